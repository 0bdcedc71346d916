"""MongoDB's pods for the tests of its chart: the real shell against a stand-in for mongod.

``mongod.js`` says what the stand-in is. Each pod has a loopback address of its own.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.product.infrastructure.programs import (
    PATIENCE,
    container,
    eventually,
    plain_env,
    program,
    running,
    write_files,
)

HERE = Path(__file__).parent
SECRETS = {"APP_PASSWORD": "appPassword1", "ROOT_PASSWORD": "rootPassword1"}
State = dict[str, Any]
_networks = itertools.count(1)


def empty(count: int) -> State:
    """Members without a set, all of them up; two tests at one time get addresses of their own."""
    network = f"127.{100 + os.getpid() % 100}.{next(_networks)}"
    pods = {
        f"im-mongodb-{i}": {"address": f"{network}.{i + 1}", "up": True, "set": None}
        for i in range(count)
    }
    return {"pods": pods, "sets": {}}


class Members:
    """The pods of one release whose StatefulSet was rendered."""

    def __init__(self, objects: list[dict[str, Any]], folder: Path) -> None:
        self.objects, self.folder = objects, folder
        self.files = write_files(objects, folder / "files")
        self.shell = program("mongosh")
        # The shell comes from npm with all that it uses, which the stand-in uses too.
        self.modules = Path(self.shell).parents[1]
        if not (self.modules / "bson").is_dir():
            pytest.skip(f"{self.shell} is not an installation of npm's package mongosh")
        self.state: State = {}
        self.count = folder / "count"

    @contextmanager
    def servers(self, state: State) -> Iterator[None]:
        """The stand-ins; ``self.state`` has what became of them when they have ended."""
        self.count.unlink(missing_ok=True)
        process = subprocess.Popen(
            [program("node"), str(HERE / "mongod.js")],
            env={
                "PATH": os.environ["PATH"],
                "NODE_PATH": str(self.modules),
                "COUNT": str(self.count),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(state))
        process.stdin.close()
        process.stdin = None
        try:
            eventually(self.count.exists)
            yield
        finally:
            process.terminate()
            self.state = json.loads(process.communicate(timeout=PATIENCE)[0])

    @contextmanager
    def setup(self, state: State, pod: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
        """The setup container of one pod; its output is in ``log(pod)``."""
        spec = container(self.objects, "setup")
        home = self.folder / "homes" / pod
        home.mkdir(parents=True, exist_ok=True)
        known = {"POD_NAME": pod, **SECRETS, **env}
        environment = plain_env(spec, known) | {
            "HOME": str(home),
            "FILES": str(self.files),
            "PAUSE": "300",
            "NODE_OPTIONS": f"--require {HERE / 'mongo_names.js'}",
            "TEST_ADDRESSES": json.dumps({n: p["address"] for n, p in state["pods"].items()}),
            "PATH": f"{Path(self.shell).parent}:{os.environ['PATH']}",
            **env,
        }
        command = [word.replace("/files", str(self.files)) for word in spec["command"]]
        with running(command, environment, self.log(pod)) as process:
            yield process

    def log(self, pod: str) -> Path:
        return self.folder / f"{pod}.log"

    def settle(self, state: State, **env: str) -> State:
        """Let each pod that is up set itself up, all at once, until all say that it is done."""
        up = [name for name, pod in state["pods"].items() if pod["up"]]
        with self.servers(state), ExitStack() as stack:
            for pod in up:
                self.log(pod).unlink(missing_ok=True)
                stack.enter_context(self.setup(state, pod, **env))
            for pod in up:
                eventually(partial(self.finished, pod), self.log(pod))
        return self.state

    def opened(self) -> int:
        """How many connections clients have made up to now."""
        return int(self.count.read_text() or 0)

    def finished(self, pod: str) -> bool:
        return "the replica set is complete" in self.log(pod).read_text()


def memory(process: subprocess.Popen[bytes]) -> float:
    """MiB of memory of the processes that this one started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    status = [Path(f"/proc/{child}/status").read_text() for child in children]
    return sum(int(text.split("VmRSS:")[1].split()[0]) for text in status if "VmRSS" in text) / 1024


def hosts(state: Mapping[str, Any]) -> list[str]:
    """The names of the pods in the set's configuration."""
    return [m["host"].split(".")[0] for m in state["sets"]["rs0"]["config"]["members"]]
