"""What is installed from a wheel is complete, and nothing else is."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The paths in a wheel of the project."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_every_file_that_the_tool_reads_is_in_the_wheel(files: set[str]) -> None:
    package = ROOT / "generator"
    there = {
        path.relative_to(package).as_posix()
        for path in (package / "openim_charts").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there <= files


def test_it_installs_one_package(files: set[str]) -> None:
    tops = {path.partition("/")[0] for path in files}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"openim_charts"}
