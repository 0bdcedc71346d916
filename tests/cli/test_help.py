"""Help and completion: complete, consistent and fast."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from openim_charts import __version__
from openim_charts.cli.app import COMMANDS, app
from tests.cli.projects import COMMAND

HEAVY = {
    "yaml",
    "jinja2",
    "jsonschema_rs",
    "jsonschema",
    "rich",
    "requests",
    "ruamel",
    "helm_python",
}


def _imported(root: Path, *arguments: str, **environment: str) -> set[str]:
    """Top-level modules that a command imports."""
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "openim_charts", *arguments],
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in result.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["completion", "bash"]])
def test_help_imports_nothing_heavy(root: Path, arguments: list[str]) -> None:
    found = _imported(root, *arguments)
    assert "click" in found
    assert not found & HEAVY


def test_completing_a_chart_imports_nothing_heavy(root: Path) -> None:
    words = {"COMP_WORDS": "openim-charts build openim-", "COMP_CWORD": "2"}
    found = _imported(root, _OPENIM_CHARTS_COMPLETE="bash_complete", **words)
    assert not found & HEAVY


def _seconds(root: Path, command: list[str]) -> float:
    """Time of the processor that a command takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=root, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_is_fast(root: Path) -> None:
    """It takes little more than Python with click alone, however slow the machine is."""
    alone = [sys.executable, "-c", "import click"]
    pairs = [(_seconds(root, [*COMMAND, "--help"]), _seconds(root, alone)) for _ in range(5)]
    assert min(help_ for help_, _ in pairs) < 3 * min(click for _, click in pairs)


def test_version_is_that_of_the_package(root: Path) -> None:
    assert (
        CliRunner().invoke(app, ["--version"]).output == f"openim-charts, version {__version__}\n"
    )
    assert f'version = "{__version__}"' in (root / "pyproject.toml").read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(name: str) -> None:
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0
    assert COMMANDS[name] in " ".join(result.output.split())
    assert f"openim-charts {name}" in result.output.partition("Examples:")[2]


def test_help_lists_every_command() -> None:
    output = CliRunner().invoke(app, ["--help"]).output
    for name, text in COMMANDS.items():
        assert f"{name:12}{text}" in output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_command(shell: str) -> None:
    result = CliRunner().invoke(app, ["completion", shell], prog_name="openim-charts")
    assert result.exit_code == 0
    assert "_OPENIM_CHARTS_COMPLETE" in result.output
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=result.output, text=True, check=True)
