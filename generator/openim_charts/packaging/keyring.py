"""Public OpenPGP keys by GnuPG, as one file that ``helm verify --keyring`` takes."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from openim_charts.findings import UserError


def run_gpg(
    arguments: Sequence[str],
    seconds: int,
    late: str,
    message: bytes = b"",
    pass_fds: tuple[int, ...] = (),
) -> subprocess.CompletedProcess[bytes]:
    """Run gpg on ``message``; the caller judges its exit code.

    Raises UserError when there is no gpg, or, with the text ``late``, after ``seconds``.
    """
    try:
        return subprocess.run(
            ["gpg", "--batch", *arguments],
            input=message,
            capture_output=True,
            pass_fds=pass_fds,
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError as error:
        raise UserError("gpg is not installed; install GnuPG, or sign with a key file") from error
    except subprocess.TimeoutExpired as error:
        raise UserError(late) from error


_PUBLIC_KEY = 6  # tag of a packet with a primary public key, RFC 4880 section 4.3
_SECONDS = 60


def public_key(key: str) -> bytes:
    """The public part of ``key``, which is named as for ``provenance.sign``. Raises UserError."""
    return _from_file(key) if Path(key).is_file() else _from_gpg(key)


def _from_file(key: str) -> bytes:
    try:
        import pysequoia

        return bytes(pysequoia.Tsk.from_file(key).extract_certificate())
    except ImportError as error:
        raise UserError(f"for the key file {key} install openim-charts[sign]") from error
    except Exception as error:  # the library raises bare exceptions
        raise UserError(f"the key file {key} cannot be read: {first_line(error)}") from error


def first_line(error: Exception) -> str:
    """What the library says; where RUST_BACKTRACE is set, its stack comes after that."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def _from_gpg(key: str) -> bytes:
    late = f"gpg did not export the key within {_SECONDS} s"
    done = run_gpg(["--quiet", "--export", "--", key], _SECONDS, late)
    if done.returncode or not done.stdout:
        raise UserError(f"gpg has no public key {key!r}")
    return done.stdout


def joined(keyring: bytes, key: bytes) -> bytes:
    """The keyring with the key: what older keys signed can still be verified."""
    known = set(fingerprints(keyring))
    return keyring if known.issuperset(fingerprints(key)) else keyring + key


def fingerprints(keyring: bytes) -> list[str]:
    """Fingerprints of the primary keys of version 4 (RFC 4880 section 12.2). Raises UserError."""
    try:
        return [
            hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body).hexdigest().upper()
            for tag, body in _packets(keyring)
            if tag == _PUBLIC_KEY and body[0] == 4
        ]
    except IndexError as error:
        raise UserError("the published keyring is cut short: restore it") from error


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and body of each packet, RFC 4880 section 4.2; keys have no partial lengths."""
    at = 0
    while at < len(data):
        tag, start, length = _new_header(data, at) if data[at] & 0x40 else _old_header(data, at)
        body = data[start : start + length]
        if len(body) < length or not data[at] & 0x80:
            raise UserError("the published keyring is no OpenPGP keyring: restore it")
        yield tag, body
        at = start + length


def _old_header(data: bytes, at: int) -> tuple[int, int, int]:
    size = 1 << (data[at] & 3)  # of the length: 1, 2 or 4 bytes
    return (data[at] >> 2) & 15, at + 1 + size, int.from_bytes(data[at + 1 : at + 1 + size], "big")


def _new_header(data: bytes, at: int) -> tuple[int, int, int]:
    tag, first = data[at] & 63, data[at + 1]
    if first < 192:
        return tag, at + 2, first
    if first < 255:
        return tag, at + 3, ((first - 192) << 8) + data[at + 2] + 192
    return tag, at + 6, int.from_bytes(data[at + 2 : at + 6], "big")
