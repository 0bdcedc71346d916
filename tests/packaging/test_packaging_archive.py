"""The archive: the same bytes everywhere, and what Helm reads of it."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from openim_charts.findings import FindingsError, Location
from openim_charts.packaging.api import (
    ArchiveError,
    package_files,
    read_archive,
    same_contents,
    unpack,
)
from tests.repository.samples import CHART, FILES

SPEC = Location("chart-specs/server/sample.yaml")
ROOT = Path(__file__).parents[2]
PROGRAM = """
import hashlib, sys
from tests.packaging.test_packaging_archive import FILES, SPEC, package_files
files = {name: FILES[name] for name in set(FILES)}
print(hashlib.sha256(package_files("sample", files, 1700000000, SPEC)).hexdigest())
"""


def members(archive: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return tar.getmembers()


def test_bytes_do_not_depend_on_the_machine_s_surroundings(tmp_path: Path) -> None:
    digests = set()
    for number, surroundings in enumerate(
        [
            {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
            {"PYTHONHASHSEED": "77", "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"},
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generator'}", **surroundings},
            umask=0o077 if number else 0o002,
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout)
    assert len(digests) == 1


def test_the_tar_inside_is_known_to_the_byte() -> None:
    archive = package_files("sample", FILES, 1_700_000_000, SPEC)
    # Recorded once: a change here changes the digest of every chart ever built.
    assert hashlib.sha256(gzip.decompress(archive)).hexdigest() == (
        "40035f7297b6cf1b5b647affd129c05103799d4bdbd43f613a8ee201e5ffe6e0"
    )


def test_entries_are_plain_and_in_order() -> None:
    found = members(package_files("sample", FILES, 1_700_000_000, SPEC))
    names = [member.name for member in found]
    assert names[0] == "sample/Chart.yaml"
    assert names[1:] == sorted(f"sample/{name}" for name in FILES if name != "Chart.yaml")
    for member in found:
        assert (member.uid, member.gid, member.uname, member.gname) == (0, 0, "", "")
        assert (member.mode, member.mtime) == (0o644, 1_700_000_000)


def test_the_gzip_header_names_neither_file_nor_time_nor_system() -> None:
    archive = package_files("sample", FILES, 1_700_000_000, SPEC)
    assert archive[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


@pytest.mark.parametrize(
    ("path", "fits"),
    [
        ("a" * 100, True),
        ("a" * 101, False),
        ("d" * 148 + "/" + "f" * 100, True),
        ("d" * 149 + "/" + "f" * 100, False),
        ("d" * 100 + "/" + "f" * 101, False),
        ("中" * 33, True),
        ("中" * 34, False),
    ],
)
def test_names_over_the_limit_are_refused(path: str, fits: bool) -> None:
    files = {"Chart.yaml": CHART, path: b"x"}
    if fits:
        assert f"sample/{path}" in [
            m.name for m in members(package_files("sample", files, 0, SPEC))
        ]
        return
    with pytest.raises(FindingsError, match=r"sample\.yaml:1:1: archive-path-length: .*too long"):
        package_files("sample", files, 0, SPEC)


def test_a_file_that_helm_would_not_load_is_refused() -> None:
    with pytest.raises(FindingsError, match="archive-file-size"):
        package_files("sample", {"Chart.yaml": CHART, "big": bytes(5 * 2**20 + 1)}, 0, SPEC)


def test_reading_gives_back_chart_yaml() -> None:
    contents = read_archive(package_files("sample", FILES, 0, SPEC))
    assert contents.text == CHART.decode()
    assert contents.metadata["description"] == "A sample: 示例"


def test_every_damage_to_an_archive_is_seen() -> None:
    archive = package_files("sample", FILES, 0, SPEC)
    for cut in range(0, len(archive), 7):
        with pytest.raises(ArchiveError):
            read_archive(archive[:cut])
    harmless = 0  # a few bits of a deflate stream mean nothing
    for place in range(10, len(archive)):
        damaged = bytearray(archive)
        damaged[place] ^= 0x10
        try:
            read_archive(bytes(damaged))
        except ArchiveError:
            continue
        assert unpack(bytes(damaged)) == unpack(archive)
        harmless += 1
    assert harmless < 3
    with pytest.raises(ArchiveError, match="something follows"):
        read_archive(archive + b"x")


def test_an_archive_that_unpacks_without_end_is_refused() -> None:
    with pytest.raises(ArchiveError, match="unpacks to more"):
        read_archive(gzip.compress(bytes(101 * 2**20), 1))


def test_other_compression_or_date_of_the_same_files_is_the_same_chart() -> None:
    archive = package_files("sample", FILES, 0, SPEC)
    again = gzip.compress(gzip.decompress(archive), 1)
    assert again != archive
    assert same_contents(archive, again)
    assert same_contents(archive, package_files("sample", FILES, 60, SPEC))
    changed = {**FILES, "values.yaml": b"replicas: 2\n"}
    assert not same_contents(archive, package_files("sample", changed, 0, SPEC))


@pytest.mark.helm
def test_helm_reads_it(helm: str, tmp_path: Path) -> None:
    archive = tmp_path / "sample-1.0.0.tgz"
    archive.write_bytes(package_files("sample", FILES, 1_700_000_000, SPEC))
    for command in (["show", "chart"], ["lint", "--strict"], ["template", "x"]):
        done = subprocess.run(
            [helm, *command, str(archive)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert "from: sample" in done.stdout
