"""A pod's container as a kubelet keeps it: its liveness probe in its rhythm, and the restarts."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openim_charts.specs.model import ChartSpec
from tests.product.clients.modules import Module
from tests.product.real.pods import ask_probe

Start = Callable[[], AbstractContextManager[subprocess.Popen[bytes]]]


@dataclass
class Kept:
    """A container whose process ``start`` starts; ``look`` does what has come due meanwhile."""

    module: Module
    start: Start
    state: Path
    env: Mapping[str, str] = field(default_factory=dict)
    restarts: list[float] = field(default_factory=list)  # time.monotonic()
    said: list[str] = field(default_factory=list)  # by probes that failed
    _stack: ExitStack = field(default_factory=ExitStack)
    _failed: int = 0
    _due: float = 0

    def __enter__(self) -> Kept:
        self.state.mkdir(parents=True)
        self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _begin(self) -> None:
        self.process = self._stack.enter_context(self.start())
        self._failed = 0
        self._due = time.monotonic() + self._probe["periodSeconds"]

    @property
    def _probe(self) -> Mapping[str, Any]:
        return self.module.pod.probes["livenessProbe"]

    def ask(self) -> subprocess.CompletedProcess[str]:
        """Run the probe's command once."""
        env = {**self.module.env, **self.env}
        pod, folder = self.module.pod, self.module.folder
        return ask_probe(pod, self._probe, folder, self.state, self.process.pid, env)

    def look(self) -> None:
        """Probe when it is time to, and restart when enough probes in a row have failed."""
        if time.monotonic() < self._due:
            return
        self._due += self._probe["periodSeconds"]
        done = self.ask()
        self._failed = self._failed + 1 if done.returncode else 0
        if done.returncode:
            self.said.append(done.stdout.strip())
        if self._failed >= self._probe["failureThreshold"]:
            self._stack.close()
            self.restarts.append(time.monotonic())
            self._begin()


def key_of(spec: ChartSpec, files: Mapping[str, Any], address: str) -> str:
    """The key under which a module registers an address, from its parsed files."""
    options = spec.options["registration"]

    def value(path: str) -> Any:
        file, *steps = path.split(".")
        found = files[file]
        for step in steps:
            found = found[step]
        return found

    return f"{value(options['root'])}/{value(options['name'])}/{address}"
