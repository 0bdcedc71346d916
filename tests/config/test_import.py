"""``openim-charts config import`` as its users call it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

SECRET = "r7Tq-hidden-9Zk"


def _run(command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "openim_charts", "config", command, "--root", str(ROOT)]
        + [str(argument) for argument in arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


@pytest.fixture
def env(tmp_path: Path) -> Path:
    """A .env with what was changed, and a secret."""
    path = tmp_path / ".env"
    path.write_text(f"LOG_LEVEL=5\nREDIS_ADDRESS=r.example.com\nOPENIM_SECRET='{SECRET}'\n")
    return path


def test_a_file_that_is_there_is_replaced_when_asked(env: Path) -> None:
    out = env.with_name("openim.yaml")
    out.write_text("mine\n")
    done = _run("import", env, "--out", out)
    assert done.returncode == 2
    assert done.stderr == (
        f"error: {out} exists already; give --force to replace it, or another name\n"
    )
    assert out.read_text() == "mine\n"
    done = _run("import", env, "--out", env.parent)
    assert (done.returncode, done.stderr) == (2, f"error: {env.parent} is a folder: name a file\n")
    done = _run("import", env, "--out", out, "--force")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr == (
        f"{out}: 4 values, 2 Secrets to make, 0 settings not taken over; the comments say which\n"
    )
    assert sorted(path.name for path in env.parent.iterdir()) == [".env", "openim.yaml"]
    text = out.read_text()
    assert SECRET not in text + done.stderr
    assert "--from-file=secret=FILE" in text
    assert yaml.safe_load(text)["global"]["server"] == {"existingSecret": "imported-server"}


def test_a_mistake_is_named_in_its_place(env: Path) -> None:
    env.write_text(f'SECRET="{SECRET}\n')
    done = _run("import", env)
    assert done.returncode == 1
    assert done.stdout == (
        f"{env}:1:1: bad-variable: the line has a quote that does not end; correct it\n"
    )
    assert SECRET not in done.stderr
