"""A module's place in the middleware, taken by the client of its release line."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openim_charts.specs.model import ReleaseLine
from tests.product.infrastructure.programs import PATIENCE, program, running
from tests.product.real.pods import Pod, Secrets, environment

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
LINES = sorted(p.parent.name for p in (ROOT / "chart-specs/lines").glob("*/line.yaml"))


@dataclass(frozen=True)
class Module:
    """A chart's pod, whose files are in ``folder``, and the client that takes its place."""

    line: ReleaseLine
    pod: Pod
    secrets: Secrets
    folder: Path

    @property
    def env(self) -> dict[str, str]:
        """The variables of the container, but for those of other Secrets than are known."""
        sources = [(item, item.get("valueFrom", {})) for item in self.pod.container["env"]]
        known = [
            item
            for item, source in sources
            if "secretKeyRef" not in source or source["secretKeyRef"]["name"] in self.secrets
        ]
        return environment({**self.pod.container, "env": known}, self.secrets)

    def command(self, name: str, *arguments: str) -> list[str]:
        """The client's command line."""
        given = ["--config", str(self.folder), "--prefix", self.line.environment_prefix]
        # The library makes a folder for its logs where it is started.
        moved = ["env", f"--chdir={self.folder}"]
        return [*moved, program(f"client-{self.line.name}"), name, *given, *arguments]

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the client to its end."""
        return subprocess.run(
            self.command(name, *arguments),
            env=self.env,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def does(self, name: str, *arguments: str) -> str:
        """What a command prints, which must not fail."""
        done = self.run(name, *arguments)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def running(self, log: Path, name: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """A command of the client for the time of a block; what it prints is in ``log``."""
        with running(self.command(name, *arguments), self.env, log, 10) as process:
            yield process


def write(folder: Path, files: Mapping[str, Any]) -> Path:
    """The ConfigMap's files, as they are mounted."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder
