"""Helm provenance: a clear-signed note of the chart's metadata and the archive's digest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openim_charts.findings import UserError
from openim_charts.packaging.keyring import first_line, run_gpg

_HINT = (
    "it must be a secret key that may sign and has not expired, and OPENIM_CHARTS_PASSPHRASE "
    "must hold its passphrase if it has one"
)
_SECONDS = 120  # long enough to type a passphrase


def sign(archive: bytes, metadata: Mapping[str, Any], key: str) -> str:
    """The text of the ``.prov`` file of ``archive``, whose Chart.yaml is ``metadata``.

    ``key`` is what ``gpg --local-user`` accepts (an id, a fingerprint, an address) or the path of
    a file with a secret OpenPGP key, for which the extra ``sign`` must be installed. A passphrase
    is read from the variable ``OPENIM_CHARTS_PASSPHRASE``. Raises UserError.
    """
    message = _message(archive, metadata).encode()
    return (
        _sign_with_file(message, Path(key)) if Path(key).is_file() else _sign_with_gpg(message, key)
    )


def _message(archive: bytes, metadata: Mapping[str, Any]) -> str:
    """What is signed. Data dumped anew has no spaces at line ends, which signers treat unlike."""
    from openim_charts.yamlio.writer import dump  # who does not sign does not wait for YAML

    filename = f"{metadata['name']}-{metadata['version']}.tgz"
    digest = hashlib.sha256(archive).hexdigest()
    return f"{dump(metadata)}\n...\nfiles:\n  {filename}: sha256:{digest}\n"


def _sign_with_gpg(message: bytes, key: str) -> str:
    command = ["--yes", "--quiet", "--armor", "--digest-algo", "SHA512"]
    passphrase = os.environ.get("OPENIM_CHARTS_PASSPHRASE")
    reading, writing = os.pipe()
    try:
        if passphrase is not None:
            os.write(writing, passphrase.encode() + b"\n")
            command += ["--pinentry-mode", "loopback", "--passphrase-fd", str(reading)]
        os.close(writing)
        late = f"gpg did not sign within {_SECONDS} s; unlock the key first"
        arguments = [*command, "--local-user", key, "--clearsign"]
        done = run_gpg(arguments, _SECONDS, late, message, (reading,))
    finally:
        os.close(reading)
    if done.returncode or not done.stdout:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise UserError(f"gpg cannot sign with the key {key!r}: {said}; {_HINT}")
    return done.stdout.decode()


def _sign_with_file(message: bytes, path: Path) -> str:
    try:
        import pysequoia
    except ImportError as error:
        raise UserError(
            f"to sign with the key file {path} install openim-charts[sign], "
            "or import the key into gpg and give its id"
        ) from error
    try:
        secret = pysequoia.Tsk.from_file(str(path))
        signer = secret.signer(os.environ.get("OPENIM_CHARTS_PASSPHRASE"))
        signed: bytes = pysequoia.sign(signer, message, mode=pysequoia.SignatureMode.CLEAR)
    except Exception as error:  # the library raises bare exceptions
        said = first_line(error)
        raise UserError(f"cannot sign with the key file {path}: {said}; {_HINT}") from error
    return signed.decode()
