"""ZooKeeper runs with the chart's files, as one server and as an ensemble of three.

``$ZOOKEEPER_LIBS`` names a folder with the jars of ZooKeeper and what they need (see
zookeeper/pom.xml). Of the image these tests lack zkServer.sh, in whose place they start the class
that it starts, and the provider of metrics for Prometheus, which no registry has. It gives the
numbers of ``mntr`` under the same names, so these are compared with the chart's rules.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from openim_charts.specs.model import Catalog
from tests.product.infrastructure.programs import (
    PATIENCE,
    ask,
    container,
    eventually,
    find_data,
    plain_env,
    program,
    running,
    write_files,
    write_tool,
)

Objects = list[dict[str, Any]]


class Servers:
    """The pods of one release, each with a loopback address of its own.

    Java reads names from a file, as pods ask the cluster's DNS, so that pods can come back with
    new addresses.
    """

    def __init__(self, objects: Objects, folder: Path, stack: ExitStack) -> None:
        self.objects, self.folder, self.stack = objects, folder, stack
        self.addresses: dict[int, str] = {}
        self.processes: dict[int, subprocess.Popen[bytes]] = {}
        libraries = os.environ["ZOOKEEPER_LIBS"]
        self.java = [
            program("java"), "-XX:TieredStopAtLevel=1", f"-Djdk.net.hosts.file={folder}/hosts",
            # Java keeps an address for 30 seconds otherwise, for which the tests need not wait.
            "-Dsun.net.inetaddr.ttl=1", "-cp", f"{libraries}/*",
        ]  # fmt: skip
        run = " ".join(f"'{word}'" for word in self.java)
        write_tool(
            folder / "tools",
            "zkServer.sh",
            '#!/bin/sh\n[ "$1" = start-foreground ] || exit 1\n'
            f'exec {run} "-Xmx${{ZK_SERVER_HEAP}}m" '
            'org.apache.zookeeper.server.quorum.QuorumPeerMain "$2"\n',
        )

    def start(self, ordinal: int, net: int) -> None:
        address = self.addresses[ordinal] = f"127.0.{net}.{ordinal + 1}"
        env = self._env(ordinal)
        files = write_files(self.objects, self.folder / str(ordinal) / "files")
        config = find_data(self.objects, "zoo.cfg")
        # All servers share one machine here, and one folder of jars lacks the metrics.
        config = config.replace("quorumListenOnAllIPs=true", "quorumListenOnAllIPs=false")
        config = re.sub(r"metricsProvider\..*\n", "", config)
        (files / "zoo.cfg").write_text(f"{config}\nclientPortAddress={address}\n")
        names = {i: f"im-zookeeper-{i}.{env['POD_DOMAIN']}" for i in range(3)}
        hosts = [f"{self.addresses.get(i, '127.0.50.250')} {name}\n" for i, name in names.items()]
        (self.folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(hosts))
        self.processes[ordinal] = self.stack.enter_context(
            running(["bash", str(files / "start.sh")], env, self.log(ordinal), 3)
        )

    def kill(self) -> None:
        """All at once, without a chance to say goodbye."""
        for process in self.processes.values():
            process.send_signal(signal.SIGKILL)
        for process in self.processes.values():
            process.wait()
        self.addresses.clear()

    def log(self, ordinal: int) -> Path:
        return self.folder / f"{ordinal}.log"

    def _env(self, ordinal: int) -> dict[str, str]:
        known = {"POD_NAME": f"im-zookeeper-{ordinal}", "POD_IP": self.addresses[ordinal]}
        base = self.folder / str(ordinal)
        return plain_env(container(self.objects, "zookeeper"), known) | {
            "PATH": f"{self.folder}/tools:{os.environ['PATH']}",
            "FILES": str(base / "files"),
            "DATA": str(base / "data"),
            "CONFIG": str(base / "zoo.cfg"),
        }

    def ready(self, ordinal: int) -> str:
        """What the readiness probe prints; raises while it fails."""
        probe = container(self.objects, "zookeeper")["readinessProbe"]["exec"]["command"]
        files = str(self.folder / str(ordinal) / "files")
        command = [word.replace("/files", files) for word in probe]
        return ask(command, self._env(ordinal)).strip()

    def modes(self) -> list[str]:
        return sorted(self.ready(i) for i in self.addresses)

    def words(self, ordinal: int, word: str) -> str:
        """The answer to a command of four letters."""
        with socket.create_connection((self.addresses[ordinal], 2181), 30) as connection:
            connection.sendall(word.encode())
            return "".join(iter(lambda: connection.recv(65536).decode(), ""))

    def client(self, ordinal: int, *command: str) -> str:
        """What ZooKeeper's own client prints."""
        main = "org.apache.zookeeper.ZooKeeperMain"
        server = ["-server", f"{self.addresses[ordinal]}:2181"]
        return ask([*self.java, main, *server, *command], {})


@pytest.fixture
def servers(render: Callable[..., Objects], tmp_path: Path) -> Iterator[Callable[..., Servers]]:
    program("java")
    if not os.environ.get("ZOOKEEPER_LIBS"):
        pytest.skip("ZOOKEEPER_LIBS names no folder with ZooKeeper's jars")
    with ExitStack() as stack:
        yield lambda values: Servers(render("zookeeper", values), tmp_path, stack)


def test_one_server_keeps_its_data_and_counts_what_the_rules_watch(
    servers: Callable[..., Servers], catalog: Catalog
) -> None:
    one = servers({"extraConfig": {"maxClientCnxns": "200"}})
    one.start(0, 51)
    assert eventually(lambda: one.ready(0), one.log(0)) == "Mode: standalone"
    assert one.words(0, "ruok") == "imok"
    assert "not in the whitelist" in one.words(0, "envi")
    counted = one.words(0, "mntr")
    rules = catalog.charts["zookeeper"].options["alerts"]["rules"]
    watched = {name for rule in rules for name in re.findall(r"([a-z_]+){", rule["expr"])}
    assert len(watched) == len(rules)
    for name in watched:
        assert f"\nzk_{name}\t" in counted
    one.client(0, "create", "/openim", "kept")
    one.kill()
    one.start(0, 52)
    eventually(lambda: one.ready(0), one.log(0))
    assert "kept" in one.client(0, "get", "/openim")


def test_three_servers_need_a_majority_and_come_back_with_new_addresses(
    servers: Callable[..., Servers],
) -> None:
    three = servers({"replicaCount": 3})
    three.start(0, 53)
    eventually(lambda: three.words(0, "ruok") == "imok", three.log(0))
    with pytest.raises(AssertionError):
        three.ready(0)
    three.start(1, 53)
    three.start(2, 53)
    members = ["Mode: follower", "Mode: follower", "Mode: leader"]
    eventually(lambda: three.modes() == members, three.log(0))
    three.client(0, "create", "/openim", "kept")
    eventually(lambda: "kept" in three.client(2, "get", "/openim"))  # one may be a step behind

    three.kill()
    for ordinal in (2, 0, 1):
        three.start(ordinal, 54)
    eventually(lambda: three.modes() == members, three.log(0))
    assert "kept" in three.client(1, "get", "/openim")


def test_a_server_that_does_not_answer_is_not_ready(
    render: Callable[..., Objects], tmp_path: Path
) -> None:
    """As one does now and then that is asked while it starts."""
    objects = render("zookeeper", {})
    probe = container(objects, "zookeeper")["readinessProbe"]
    health = str(write_files(objects, tmp_path) / "health.sh")
    [seconds] = re.findall(r"read .*-t (\d+)", Path(health).read_text())
    assert int(seconds) < probe["timeoutSeconds"], "the kubelet would kill it before"
    with socket.create_server(("127.0.56.1", 2181)), pytest.raises(AssertionError):
        ask(["/bin/bash", health], {"POD_IP": "127.0.56.1"})


def test_a_setting_that_zookeeper_refuses_is_noticed(servers: Callable[..., Servers]) -> None:
    one = servers({"extraConfig": {"tickTime": "never"}})
    one.start(0, 55)
    eventually(lambda: "Invalid config" in one.log(0).read_text(), one.log(0))
    assert one.processes[0].wait(PATIENCE) != 0
