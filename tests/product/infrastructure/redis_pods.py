"""Redis pods as processes, for the tests of its chart.

Each pod has a loopback address of its own; a stand-in for getent knows which pod has which
address, as the cluster's DNS does, so that pods can come back with new ones.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.product.infrastructure.programs import (
    ask,
    container,
    eventually,
    plain_env,
    running,
    write_files,
    write_tool,
)

PASSWORD = "fromTheSecret1"
Objects = list[dict[str, Any]]


class Pods:
    """The pods of one release; ``start`` gives each a loopback address of its own.

    ``places`` says in which zone and on which node a pod runs; without it on a node of its own.
    """

    def __init__(self, objects: Objects, folder: Path) -> None:
        self.objects, self.folder, self.stack = objects, folder, ExitStack()
        self.addresses: dict[int, str] = {}
        self.places: dict[int, tuple[str, str]] = {}
        write_tool(folder / "tools", "getent", f'#!/bin/sh\ngrep " $2\\$" {folder}/hosts\n')
        self.running: dict[int, ExitStack] = {}
        self.processes: dict[int, list[subprocess.Popen[bytes]]] = {}

        self.password = PASSWORD

    def _env(self, name: str, ordinal: int, address: str) -> dict[str, str]:
        zone, node = self.places.get(ordinal, ("", f"node-{ordinal}"))
        known = {
            "POD_NAME": f"im-redis-{ordinal}",
            "POD_NODE": node,
            "POD_ZONE": zone,
            "POD_IP": address,
            "REDISCLI_AUTH": self.password,
        }
        env = plain_env(container(self.objects, name), known)
        base = self.folder / str(ordinal)
        return env | {
            "PATH": f"{self.folder}/tools:{os.environ['PATH']}",
            "FILES": str(base / "files"),
            "DATA": str(base / "data"),
            "RUN": str(base),
            "PAUSE": "0.5",
        }

    def start(self, ordinal: int, net: int, host: int | None = None) -> None:
        """The pod gets the address 127.0.NET.HOST, where HOST is ORDINAL + 1 unless given."""
        base = self.folder / str(ordinal)
        address = f"127.0.{net}.{ordinal + 1 if host is None else host}"
        (base / "data").mkdir(parents=True, exist_ok=True)
        files = write_files(self.objects, base / "files")
        config = (files / "redis.conf").read_text().replace("/data", str(base / "data"))
        (files / "redis.conf").write_text(f"{config}bind {address}\n")
        self.addresses[ordinal] = address
        domain = self._env("redis", ordinal, address)["POD_DOMAIN"]
        hosts = [f"{a} im-redis-{i}.{domain}\n" for i, a in self.addresses.items()]
        (self.folder / "hosts").write_text("".join(hosts))
        stack = self.running[ordinal] = self.stack.enter_context(ExitStack())
        shells = {"redis": "start.sh", "join": "join.sh"}
        self.processes[ordinal] = [
            stack.enter_context(
                running(
                    ["sh", str(files / shells[name])],
                    self._env(name, ordinal, address),
                    self.folder / f"{ordinal}-{name}.log",
                )
            )
            for name in shells
            if name == "redis" or "cluster-enabled" in config
        ]

    def stop(self, ordinal: int, forget: bool = False) -> list[int | None]:
        """End a pod, its volume too where it is to ``forget``; what its containers returned."""
        self.running.pop(ordinal).close()
        del self.addresses[ordinal]
        if forget:
            self.forget(ordinal)
        return [process.returncode for process in self.processes.pop(ordinal)]

    def forget(self, ordinal: int) -> None:
        """The pod's volume is lost."""
        shutil.rmtree(self.folder / str(ordinal) / "data")

    def freeze(self, ordinals: Iterable[int]) -> None:
        """Pods answer nobody from now on and close no connection, as when their node is lost."""
        for ordinal in ordinals:
            for process in self.processes[ordinal]:
                process.send_signal(signal.SIGSTOP)

    def kill(self, ordinals: Iterable[int] | None = None) -> None:
        """End pods, or all, at once, without a chance to say goodbye."""
        ended = list(self.running if ordinals is None else ordinals)
        for process in (p for ordinal in ended for p in self.processes[ordinal]):
            process.kill()
        for ordinal in ended:
            self.stop(ordinal)

    def cli(self, ordinal: int, *command: str) -> str:
        """What a node answers within 5 s; a redirection to another node's name is followed."""
        where = ["timeout", "5", "redis-cli", "-h", self.addresses[ordinal], *command]
        answer = ask(where, {"REDISCLI_AUTH": self.password}).strip()
        moved = re.match(r"MOVED \d+ im-redis-(\d)\.", answer)
        return self.cli(int(moved[1]), *command) if moved else answer

    def run(self, ordinal: int, script: str, *arguments: str) -> str:
        """What one of the chart's scripts prints in a pod; raises when it fails."""
        path = self.folder / str(ordinal) / "files" / script
        env = self._env("redis", ordinal, self.addresses[ordinal])
        return ask(["sh", str(path), *arguments], env)

    def healthy(self, ordinal: int, what: str = "ready") -> bool:
        return bool(self.run(ordinal, "health.sh", what) or True)

    def of_role(self, role: str) -> list[int]:
        """The pods whose server is a master, or a slave."""
        found = {i: self.cli(i, "role").splitlines()[0] for i in self.addresses}
        return [i for i, now in found.items() if now == role]

    def pairs(self, ordinal: int) -> list[tuple[int, int]]:
        """Each master and its replica, as a pod sees them."""
        rows = [line.split() for line in self.cli(ordinal, "cluster", "nodes").splitlines()]
        pods = {row[0]: int(re.findall(r"im-redis-(\d)\.", row[1])[0]) for row in rows}
        return [(pods[row[3]], pods[row[0]]) for row in rows if "slave" in row[2]]

    def settled(self) -> bool:
        """All pods are ready, know exactly one another, and each of three masters has a replica."""
        for ordinal in self.addresses:
            nodes = self.cli(ordinal, "cluster", "nodes").splitlines()
            assert len(nodes) == len(self.addresses), nodes
            assert not [n for n in nodes if "fail" in n or "handshake" in n], nodes
            followed = [n.split()[3] for n in nodes if "slave" in n]
            assert len(followed) == len(set(followed)) == len(self.addresses) / 2, nodes
            assert self.healthy(ordinal)
            assert "master_link_status:down" not in self.cli(ordinal, "info", "replication")
        return True

    def eventually(self, check: Callable[[], Any]) -> None:
        eventually(check, self.folder / "0-join.log")
