"""``new --feature`` and ``new --rule``: what they write is right at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.projects import Cli, make_project
from tests.conftest import ROOT


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """A project with two charts."""
    return make_project(ROOT, tmp_path)


def test_a_feature_that_is_written_renders(cli: Cli) -> None:
    assert cli("new", "--feature", "night-watch").code == 0
    cli.spec("alpha").write_text(cli.spec("alpha").read_text() + "features: [night-watch]\n")
    result = cli("lint", "alpha", "--quiet")
    assert (result.code, result.out) == (0, "")
    values = cli.folder / "on.yaml"
    values.write_text("nightWatch: {enabled: true}\n")
    text = cli("render", "alpha", "--show", "night-watch.yaml", "-f", str(values)).out
    (made,) = yaml.safe_load_all(text)
    assert made["kind"] == "ConfigMap"
    again = cli("new", "--feature", "night-watch")
    assert again.code == 2
    assert "chart-specs/features/night-watch exists already; nothing was written" in again.err


def test_a_rule_that_is_written_is_a_rule_with_a_page(cli: Cli) -> None:
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "generator", cli.folder / "generator", ignore=ignore)
    assert cli("new", "--rule", "good-names").code == 0
    environment = {**os.environ, "PYTHONPATH": str(cli.folder / "generator")}
    command = [sys.executable, "-m", "openim_charts", "explain", "good-names"]
    done = subprocess.run(
        command, cwd=cli.folder, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("good-names (error)\nEvery object has a name.\n")
    assert "metadata: {name: web}" in done.stdout


def test_what_cannot_be_is_refused(cli: Cli) -> None:
    for arguments, said in (
        (("--rule", "good-names"), "rules are a part of the tool, and"),
        (("--feature", "Night"), "'Night' cannot be a name: write words of small letters"),
        (("--feature", "x", "--profile", "front"), "--profile is for a chart"),
    ):
        result = cli("new", *arguments)
        assert result.code == 2
        assert said in result.err
