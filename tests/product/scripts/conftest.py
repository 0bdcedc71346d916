"""The published script, with programs in the place of Helm and kubectl."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

SCRIPT = ROOT / "chart-specs" / "scripts" / "openim"
# One service that is ready, as the template of the script has kubectl write it.
READY = "redis redis StatefulSet openim-redis 1 1 1 1 1 1"
DEPLOYED = '{"name":"openim","info":{"first_deployed":"x","status":"deployed"},"version":1}'
# What the programs answer where a test says nothing else.
HELM = f"""
case "$*" in
  version*) echo v4.3.1 ;;
  *" status "*) echo '{DEPLOYED}' ;;
  *" get values "*) echo null ;;
esac
"""
KUBECTL = """
case "$*" in
  *" get deployments,"*) cat "$HERE/objects" ;;
  *" get pods "*) cat "$HERE/pods" ;;
esac
"""


@dataclass(frozen=True)
class Result:
    """What the script printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output, which must be JSON."""
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass(frozen=True)
class Operator:
    """The script in a shell, with ``helm`` and ``kubectl`` that do what a test says."""

    folder: Path
    shell: tuple[str, ...]

    def program(self, name: str, first: str = "", usual: str = "") -> None:
        """Put a program on PATH: what ``first`` does not answer, with 'exit', ``usual`` does."""
        path = self.folder / "bin" / name
        path.write_text(
            f'#!/bin/sh\nHERE={self.folder}\necho "{name} $*" >>"$HERE/calls"\n{first}\n{usual}\n'
        )
        path.chmod(0o755)

    def helm(self, first: str) -> None:
        """A ``helm`` with other answers."""
        self.program("helm", first, HELM)

    def kubectl(self, first: str) -> None:
        """A ``kubectl`` with other answers."""
        self.program("kubectl", first, KUBECTL)

    def objects(self, *lines: str) -> None:
        """What runs: service, chart, kind, name, generation twice, pods wanted, ready, up to date
        and there, with spaces between; and 'failed'."""
        text = "".join(
            "\t".join(line.split(" ")) + "\t" * (line.count(" ") < 10) + "\n" for line in lines
        )
        (self.folder / "objects").write_text(text)

    def pods(self, *lines: tuple[str, ...]) -> None:
        """Fields of what keeps pods from being ready."""
        (self.folder / "pods").write_text("".join("\t".join(line) + "\n" for line in lines))

    @property
    def calls(self) -> list[str]:
        """The commands that were run."""
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def __call__(self, *arguments: str, **variables: str) -> Result:
        """Run the script with nobody to answer."""
        environment = {
            "PATH": f"{self.folder / 'bin'}:{self.folder / 'tools'}",
            "TMPDIR": str(self.folder),
            "OPENIM_INTERVAL": "1",
            "OPENIM_TIMEOUT": "2",
            **variables,
        }
        done = subprocess.run(
            [*self.shell, str(SCRIPT), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)


SHELLS = ("dash", "bash --posix", "busybox sh")
# All that the script may use beside Helm and kubectl; Alpine and macOS have these.
TOOLS = (
    "awk", "cat", "cp", "cut", "date", "grep", "head", "mktemp", "mv", "paste", "rm", "sed",
    "sh", "sleep", "sort", "tail", "touch", "tr", "wc",
)  # fmt: skip


@pytest.fixture(params=SHELLS[:1])
def operator(request: pytest.FixtureRequest, tmp_path: Path) -> Operator:
    """The script in a POSIX shell, or in those that a test names, with no other tool on PATH."""
    shell, *rest = str(request.param).split()
    found = shutil.which(shell)
    if not found:
        pytest.skip(f"no {shell} on PATH")
    for folder in ("bin", "tools"):
        (tmp_path / folder).mkdir()
    for tool in TOOLS:
        (tmp_path / "tools" / tool).symlink_to(str(shutil.which(tool)))
    made = Operator(tmp_path, (found, *rest))
    made.helm("")
    made.kubectl("")
    made.objects(READY)
    made.pods()
    return made
