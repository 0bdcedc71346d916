"""The script that compares all bytes of all charts between two commits."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.projects import Cli, make_project
from tests.conftest import ROOT


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Cli:
    """A repository with the tool itself and two charts, of one commit."""
    project = make_project(root, tmp_path)
    ignore = shutil.ignore_patterns("__pycache__")
    for folder in ("generator", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    git(project, "init", "-q")
    commit(project)
    return project


def git(project: Cli, *arguments: str) -> None:
    names = ["-c", "user.name=a", "-c", "user.email=a"]
    subprocess.run(["git", *names, *arguments], cwd=project.folder, check=True)


def commit(project: Cli) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-qm", "x")


def compare(project: Cli, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/compare-charts", *arguments]
    return subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=False)


def test_every_byte_of_every_chart_is_compared(project: Cli) -> None:
    same = compare(project, "HEAD")
    assert (same.returncode, same.stdout) == (0, "0 files differ, in 0 of 2 charts\n"), same.stderr
    project.change("beta", "A site called beta.", "A shop called beta.")
    changed = compare(project, "--diff", "HEAD")
    assert changed.returncode == 1
    said = changed.stdout.splitlines()
    assert "changed beta/Chart.yaml" in said
    assert "+description: A shop called beta." in said
    assert "alpha" not in changed.stdout
    assert said[-1] == "2 files differ, in 1 of 2 charts"
    commit(project)
    between = compare(project, "HEAD~1", "HEAD")
    assert between.stdout.splitlines() == [line for line in said if line[0] not in "-+@ "]


def test_a_side_that_cannot_be_compiled_is_no_difference(project: Cli) -> None:
    assert "none: " in compare(project, "none").stderr
    project.change("beta", "extends: front", "extends: frnt")
    broken = compare(project, "HEAD")
    assert broken.returncode == 2
    assert "unknown profile 'frnt'" in broken.stderr
    assert broken.stdout == ""
