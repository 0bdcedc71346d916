"""Redis runs with the chart's files: alone, and as a cluster that makes and heals itself.

Each pod is a process with a loopback address of its own; a stand-in for getent knows which pod has
which address, as the cluster's DNS does, so that pods can come back with new ones.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.programs import (
    ask,
    container,
    eventually,
    plain_env,
    program,
    running,
    write_files,
    write_tool,
)

PASSWORD = "fromTheSecret1"
CLUSTER = {
    "mode": "cluster",
    "replicaCount": 6,
    "cluster": {"nodeTimeout": 1500},
    "global": {"redis": {"topology": "cluster"}},
}
Objects = list[dict[str, Any]]


class Pods:
    """The pods of one release; ``start`` gives each the address 127.0.NET.ORDINAL+1."""

    def __init__(self, objects: Objects, folder: Path) -> None:
        self.objects, self.folder, self.stack = objects, folder, ExitStack()
        self.addresses: dict[int, str] = {}
        write_tool(folder / "tools", "getent", f'#!/bin/sh\ngrep " $2\\$" {folder}/hosts\n')
        self.running: dict[int, ExitStack] = {}

    def _env(self, name: str, ordinal: int, address: str) -> dict[str, str]:
        known = {
            "POD_NAME": f"im-redis-{ordinal}",
            "POD_IP": address,
            "REDISCLI_AUTH": PASSWORD,
        }
        env = plain_env(container(self.objects, name), known)
        base = self.folder / str(ordinal)
        return env | {
            "PATH": f"{self.folder}/tools:{os.environ['PATH']}",
            "FILES": str(base / "files"),
            "DATA": str(base / "data"),
            "CONFIG": str(base / "redis.conf"),
            "PAUSE": "0.5",
        }

    def start(self, ordinal: int, net: int) -> None:
        base, address = self.folder / str(ordinal), f"127.0.{net}.{ordinal + 1}"
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
        for name in (c for c in shells if c == "redis" or "cluster-enabled" in config):
            stack.enter_context(
                running(
                    ["sh", str(files / shells[name])],
                    self._env(name, ordinal, address),
                    self.folder / f"{ordinal}-{name}.log",
                )
            )

    def stop(self, ordinal: int, forget: bool = False) -> None:
        self.running.pop(ordinal).close()
        del self.addresses[ordinal]
        if forget:
            shutil.rmtree(self.folder / str(ordinal) / "data")

    def cli(self, ordinal: int, *command: str) -> str:
        """What a node answers; a redirection to another node's name is followed."""
        where = ["redis-cli", "-h", self.addresses[ordinal], *command]
        answer = ask(where, {"REDISCLI_AUTH": PASSWORD}).strip()
        moved = re.match(r"MOVED \d+ im-redis-(\d)\.", answer)
        return self.cli(int(moved[1]), *command) if moved else answer

    def healthy(self, ordinal: int, what: str = "ready") -> bool:
        base = self.folder / str(ordinal)
        env = self._env("redis", ordinal, self.addresses[ordinal])
        return bool(ask(["sh", str(base / "files" / "health.sh"), what], env) or True)

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
        eventually(check, 60, self.folder / "0-join.log")


@pytest.fixture
def pods(render: Callable[..., Objects], tmp_path: Path) -> Iterator[Callable[..., Pods]]:
    program("redis-server")
    with ExitStack() as stack:

        def make(values: dict[str, Any]) -> Pods:
            made = Pods(render("redis", values), tmp_path)
            stack.callback(made.stack.close)
            return made

        yield make


def test_a_server_needs_the_password_and_keeps_its_data(
    pods: Callable[..., Pods], tmp_path: Path
) -> None:
    one = pods({"maxmemory": "64mb", "extraConfig": "timeout 300\nhz 20"})
    one.start(0, 31)
    eventually(lambda: one.healthy(0, "alive") and one.healthy(0), 20, tmp_path / "0-redis.log")
    with pytest.raises(AssertionError, match="NOAUTH"):
        ask(["redis-cli", "-e", "-h", "127.0.31.1", "get", "a"], {})
    assert one.cli(0, "set", "a", "1") == "OK"
    assert one.cli(0, "config", "get", "timeout").split() == ["timeout", "300"]
    one.stop(0)
    one.start(0, 31)
    eventually(lambda: one.cli(0, "get", "a") == "1", 20, tmp_path / "0-redis.log")
    assert PASSWORD not in Path(f"/proc/{_pid(one)}/cmdline").read_text()
    assert (tmp_path / "0" / "redis.conf").stat().st_mode & 0o077 == 0


def _pid(pods: Pods) -> str:
    return pods.cli(0, "info", "server").split("process_id:")[1].split()[0]


def test_a_config_line_that_redis_refuses_is_noticed(
    pods: Callable[..., Pods], tmp_path: Path
) -> None:
    one = pods({"extraConfig": "no-such-directive yes"})
    one.start(0, 32)
    log = tmp_path / "0-redis.log"
    eventually(lambda: "no-such-directive" in log.read_text(), 10, log)


def test_a_cluster_makes_itself_and_comes_back_with_new_addresses(
    pods: Callable[..., Pods],
) -> None:
    cluster = pods(CLUSTER)
    for i in range(6):
        cluster.start(i, 33)
    cluster.eventually(cluster.settled)
    masters = [n for n in cluster.cli(0, "cluster", "nodes").splitlines() if "master" in n]
    assert sorted(n.split(",")[1].split(".")[0] for n in masters) == [
        "im-redis-0",
        "im-redis-1",
        "im-redis-2",
    ]
    keys = [f"key-{i}" for i in range(20)]
    for key in keys:
        assert cluster.cli(0, "set", key, key) == "OK"
    assert "im-redis-" in cluster.cli(0, "cluster", "slots"), "clients get names"

    for i in range(6):
        cluster.stop(i)
    for i in range(6):
        cluster.start(i, 34)
    cluster.eventually(cluster.settled)
    assert [cluster.cli(5, "get", key) for key in keys] == keys

    # A master that loses its volume is replaced by its replica and comes back empty-handed.
    master = next(i for i in range(6) if "role:master" in cluster.cli(i, "info", "replication"))
    cluster.stop(master, forget=True)
    cluster.start(master, 35)
    cluster.eventually(cluster.settled)
    assert [cluster.cli(master, "get", key) for key in keys] == keys


def test_the_data_of_a_single_server_becomes_no_cluster(
    pods: Callable[..., Pods], tmp_path: Path
) -> None:
    cluster = pods(CLUSTER)
    (tmp_path / "0" / "data" / "appendonlydir").mkdir(parents=True)
    cluster.start(0, 36)
    log = tmp_path / "0-redis.log"
    eventually(lambda: "cannot become a cluster" in log.read_text(), 10, log)
