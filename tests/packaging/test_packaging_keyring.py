"""The keyring that users verify with."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from openim_charts.findings import UserError
from openim_charts.packaging.keyring import fingerprints, joined, public_key

sequoia = pytest.importorskip("pysequoia")


def make_key(folder: Path, name: str) -> Path:
    key = sequoia.Tsk.generate(f"{name} <{name}@example.com>", profile=sequoia.Profile.RFC4880)
    path = folder / f"{name}.pgp"
    path.write_bytes(bytes(key))
    return path


def test_keys_are_joined_once_and_old_ones_stay(tmp_path: Path) -> None:
    first, second = (public_key(str(make_key(tmp_path, name))) for name in ("one", "two"))
    ring = joined(joined(b"", first), second)
    assert ring == first + second
    assert joined(ring, first) == ring
    assert fingerprints(ring) == [
        sequoia.Cert.from_bytes(key).fingerprint.upper() for key in (first, second)
    ]


@pytest.mark.filterwarnings("ignore:Use Tsk")
def test_no_secret_leaves(tmp_path: Path) -> None:
    path = make_key(tmp_path, "one")
    public = public_key(str(path))
    assert public != path.read_bytes()
    assert not sequoia.Cert.from_bytes(public).has_secret_keys


def test_gpg_exports_the_same_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not installed")
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    path = make_key(tmp_path, "one")
    subprocess.run(["gpg", "--batch", "--quiet", "--import", path], check=True)
    assert fingerprints(public_key("one@example.com")) == fingerprints(public_key(str(path)))
    with pytest.raises(UserError, match="no public key 'two@example"):
        public_key("two@example.com")


@pytest.mark.parametrize("damage", [lambda k: k[:-3], lambda k: b"\x00" + k, lambda k: k[:1]])
def test_damaged_keyrings_are_refused(tmp_path: Path, damage: object) -> None:
    ring = public_key(str(make_key(tmp_path, "one")))
    with pytest.raises(UserError, match="restore it"):
        fingerprints(damage(ring))  # type: ignore[operator]
