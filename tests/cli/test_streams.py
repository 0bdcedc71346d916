"""Output that cannot be written, or is read no further."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from openim_charts.cli.main import INTERRUPTED
from tests.cli.projects import COMMAND, Cli


def _shell(root: Path, line: str) -> subprocess.CompletedProcess[str]:
    command = line.replace("CLI", " ".join(COMMAND))
    return subprocess.run(["bash", "-c", command], cwd=root, capture_output=True, text=True)


def test_a_reader_that_leaves(root: Path) -> None:
    result = _shell(root, "CLI graph --format svg | head -c 1; echo ${PIPESTATUS[0]}")
    assert result.stdout.splitlines()[-1].endswith(("141", "0"))
    assert result.stderr == ""


def test_closed_output(root: Path) -> None:
    result = _shell(root, "CLI graph >&-")
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk(root: Path) -> None:
    result = _shell(root, "CLI graph >/dev/full")
    assert result.returncode == 2
    assert result.stderr == "error: output cannot be written: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_errors_that_cannot_be_written(root: Path) -> None:
    assert _shell(root, "CLI validate 2>/dev/full").returncode == 2
    assert _shell(root, "CLI validate >/dev/full 2>/dev/full").returncode == 2


@pytest.mark.parametrize(
    ("module", "code", "said"),
    [
        ("click", -signal.SIGINT, b""),
        # Two that a library in Rust imports while it is imported itself, and another one.
        ("jsonschema_rs.jsonschema_rs", INTERRUPTED, b"interrupted; nothing was changed"),
        ("decimal", INTERRUPTED, b"interrupted; nothing was changed"),
        ("openim_charts.specs.layout", INTERRUPTED, b"interrupted; nothing was changed"),
    ],
)
def test_an_interrupt_while_modules_are_imported(
    root: Path, module: str, code: int, said: bytes
) -> None:
    """That takes longer than anything else of a short command."""
    start = (
        "import os, signal, sys; import openim_charts.__main__ as m; "
        "sys.meta_path.insert(0, type('F', (), {'find_spec': staticmethod("
        f"lambda name, *_: name == {module!r} and os.kill(os.getpid(), signal.SIGINT) or None"
        ")})); "
        "sys.argv = ['x', 'graph']; m.main()"
    )
    process = subprocess.run([sys.executable, "-c", start], cwd=root, capture_output=True)
    assert (process.returncode, process.stderr.strip()) == (code, said)


def _on_a_terminal(cli: Cli, *arguments: str, **environment: str) -> str:
    leader, follower = os.openpty()
    process = cli.start(
        *arguments, stdout=follower, stderr=follower, environment={"TERM": "xterm", **environment}
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        shown += piece
        if not piece:
            break
    process.wait(timeout=240)
    os.close(leader)
    return shown.decode()


def test_colours_on_a_terminal_unless_refused(cli: Cli) -> None:
    cli.change("alpha", "version: 1.0.0", "version: one")
    assert "\x1b[31m" in _on_a_terminal(cli, "validate")
    plain = _on_a_terminal(cli, "validate", NO_COLOR="1")
    assert "SemVer" in plain
    assert "\x1b[" not in plain


def test_a_bar_on_a_terminal(cli: Cli) -> None:
    shown = _on_a_terminal(cli, "build")
    assert "━" in shown
    assert "building 1/2" not in shown
    assert "2 of 2 charts changed" in shown
