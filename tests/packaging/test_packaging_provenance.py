"""Signatures that Helm accepts, and that no changed byte survives."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from openim_charts.findings import UserError
from openim_charts.packaging.api import sign
from tests.repository.samples import CHART, chart_release

WHO = "charts@example.com"
RELEASE = chart_release("sample", "1.0.0")


def gpg(home: Path, *arguments: str) -> bytes:
    return subprocess.run(
        ["gpg", "--batch", "--homedir", str(home), *arguments], capture_output=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def gpg_home() -> Iterator[Path]:
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not installed")
    with TemporaryDirectory(prefix="gpg") as folder:  # gpg's socket needs a short path
        home = Path(folder)
        home.chmod(0o700)
        gpg(home, "--passphrase", "", "--quick-generate-key", WHO, "ed25519", "sign", "never")
        yield home
        subprocess.run(["gpgconf", "--homedir", folder, "--kill", "all"], check=False)


@pytest.fixture
def keys(gpg_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A public keyring; gpg signs with the key in it."""
    monkeypatch.setenv("GNUPGHOME", str(gpg_home))
    ring = tmp_path / "public.gpg"
    ring.write_bytes(gpg(gpg_home, "--export"))
    return ring


def verify(helm: str, folder: Path, ring: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [helm, "verify", str(folder / RELEASE.filename), "--keyring", str(ring)],
        capture_output=True,
        text=True,
        check=False,
    )


def store(folder: Path, archive: bytes, provenance: str) -> None:
    (folder / RELEASE.filename).write_bytes(archive)
    (folder / f"{RELEASE.filename}.prov").write_text(provenance)


@pytest.mark.helm
def test_helm_accepts_gpg_and_refuses_any_change(helm: str, keys: Path, tmp_path: Path) -> None:
    provenance = sign(RELEASE.archive, RELEASE.metadata, WHO)
    store(tmp_path, RELEASE.archive, provenance)
    assert verify(helm, tmp_path, keys).returncode == 0
    changed = bytearray(RELEASE.archive)
    changed[40] ^= 1
    store(tmp_path, bytes(changed), provenance)
    assert verify(helm, tmp_path, keys).returncode != 0
    store(tmp_path, RELEASE.archive, provenance.replace("name: sample", "name: sampel"))
    assert verify(helm, tmp_path, keys).returncode != 0


@pytest.mark.helm
def test_helm_accepts_a_key_file(helm: str, tmp_path: Path) -> None:
    sequoia = pytest.importorskip("pysequoia")
    key = sequoia.Tsk.generate(f"Charts <{WHO}>", profile=sequoia.Profile.RFC4880)
    (tmp_path / "key.pgp").write_bytes(bytes(key))
    ring = tmp_path / "public.gpg"
    ring.write_bytes(bytes(key.extract_certificate()))
    provenance = sign(RELEASE.archive, RELEASE.metadata, str(tmp_path / "key.pgp"))
    store(tmp_path, RELEASE.archive, provenance)
    done = verify(helm, tmp_path, ring)
    assert done.returncode == 0, done.stderr
    store(tmp_path, RELEASE.archive, provenance.replace("sample", "sampel"))
    assert verify(helm, tmp_path, ring).returncode != 0


@pytest.mark.usefixtures("keys")
def test_metadata_that_is_hard_to_sign(tmp_path: Path, gpg_home: Path) -> None:
    metadata = {**RELEASE.metadata, "description": "- dash\nends in a space \n-----BEGIN 示例"}
    path = tmp_path / "x.prov"
    path.write_text(sign(RELEASE.archive, metadata, WHO))
    gpg(gpg_home, "--verify", str(path))


@pytest.mark.usefixtures("keys")
def test_an_unknown_key_is_one_clear_line() -> None:
    with pytest.raises(UserError, match=r"gpg cannot sign with the key 'nobody@example\.com'"):
        sign(RELEASE.archive, RELEASE.metadata, "nobody@example.com")


def test_a_file_that_is_no_key_is_one_clear_line(tmp_path: Path) -> None:
    pytest.importorskip("pysequoia")
    (tmp_path / "key").write_bytes(CHART)
    with pytest.raises(UserError, match="cannot sign with the key file"):
        sign(RELEASE.archive, RELEASE.metadata, str(tmp_path / "key"))


@pytest.mark.usefixtures("keys")
def test_a_key_that_cannot_sign_is_one_line_with_a_hint(
    tmp_path: Path, gpg_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pysequoia")
    monkeypatch.setenv("RUST_BACKTRACE", "1")
    (tmp_path / "public.asc").write_bytes(gpg(gpg_home, "--armor", "--export", WHO))
    for key in ("nobody@example.com", str(tmp_path / "public.asc")):
        with pytest.raises(UserError, match="OPENIM_CHARTS_PASSPHRASE must hold") as caught:
            sign(RELEASE.archive, RELEASE.metadata, key)
        assert len(str(caught.value).splitlines()) == 1


@pytest.mark.usefixtures("keys")
def test_no_gpg_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="gpg is not installed"):
        sign(RELEASE.archive, RELEASE.metadata, WHO)
    assert os.environ["PATH"] == str(tmp_path)
