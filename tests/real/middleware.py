"""The middleware of the modules, started on loopback, and the values that point charts at it.

Programs come from PATH or from a variable of their name (REDIS_SERVER, ETCD, JAVA, MOTO_SERVER);
``$KAFKA_LIBS`` and ``$MONGO_LIBS`` name folders of jars (see the two pom.xml files). What is
missing skips the tests.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.programs import ask, eventually, program, running

HERE = Path(__file__).parent
TOPICS = ("toRedis", "toMongo", "toPush", "toOfflinePush")
KAFKA = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=CLIENT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=CLIENT://127.0.0.1:{port}
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
offsets.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.dirs={data}
"""


@dataclass(frozen=True)
class Middleware:
    """``values`` for every chart, ``secrets`` by name and key, and the URLs of two services."""

    values: Mapping[str, Any]
    secrets: Mapping[str, Mapping[str, str]]
    etcd: str
    s3: str


@contextmanager
def middleware(folder: Path) -> Iterator[Middleware]:
    """Redis with a password, etcd, Kafka with its topics, MongoDB and S3, for a block's time."""
    found = {name: program(name) for name in ("redis-server", "etcd", "java", "moto_server")}
    kafka_libs, mongo_libs = _jars("KAFKA_LIBS"), _jars("MONGO_LIBS")
    redis, etcd, peer, kafka, controller, mongodb, s3 = free_ports(7)
    password = secrets.token_hex(16)
    with ExitStack() as stack:

        def start(name: str, port: int, command: list[str]) -> None:
            log = folder / f"{name}.log"
            stack.enter_context(running(command, {"HOME": str(folder)}, log))
            eventually(lambda: connects(port), 60, log)

        start("redis", redis, [
            found["redis-server"], "--bind", "127.0.0.1", "--port", str(redis),
            "--requirepass", password, "--save", "", "--dir", str(folder),
        ])  # fmt: skip
        start("etcd", etcd, _etcd(found["etcd"], etcd, peer, folder))
        java = [found["java"], "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp"]
        start(
            "mongodb", mongodb, [*java, mongo_libs, str(HERE / "mongodb/Server.java"), str(mongodb)]
        )
        start("s3", s3, [found["moto_server"], "-H", "127.0.0.1", "-p", str(s3)])
        properties = folder / "kafka.properties"
        data = folder / "kafka"
        properties.write_text(KAFKA.format(port=kafka, controller=controller, data=data))
        run = [*java, kafka_libs]
        ask([*run, "kafka.tools.StorageTool", "format", "-t", "abcdefghijklmnopqrstuw",
             "-c", str(properties)], {})  # fmt: skip
        start("kafka", kafka, [*run, "kafka.Kafka", str(properties)])
        for topic in TOPICS:
            ask([*run, "org.apache.kafka.tools.TopicCommand", "--create", "--topic", topic,
                 "--partitions", "8", "--bootstrap-server", f"127.0.0.1:{kafka}"], {})  # fmt: skip
        yield _pointing_at(redis, etcd, kafka, mongodb, s3, password)


def _pointing_at(
    redis: int, etcd: int, kafka: int, mongodb: int, s3: int, password: str
) -> Middleware:
    def external(port: int, **more: str) -> dict[str, Any]:
        return {"mode": "external", "addresses": [f"127.0.0.1:{port}"], **more}

    storage = f"http://127.0.0.1:{s3}"
    values = {
        "redis": external(redis, existingSecret="test-redis"),
        "etcd": external(etcd),
        "kafka": external(kafka),
        # The stand-in knows no users: with neither name nor password the modules do not log in.
        "mongodb": external(mongodb, existingSecret="test-mongodb", username=""),
        "objectStorage": external(s3, existingSecret="test-storage", publicURL=storage),
        # Most is logged, so that there is something to look at.
        "logging": {"level": 6},
        # Without a cluster there is no Service openim-api.
        "config": {"chat": {"share": {"openIM": {"apiURL": "http://127.0.0.1:10002"}}}},
    }
    keys = {
        "test-redis": {"password": password},
        "test-mongodb": {"password": ""},
        "test-storage": {"accessKeyID": "test", "secretAccessKey": secrets.token_hex(20)},
    }
    return Middleware({"global": values}, keys, f"http://127.0.0.1:{etcd}", storage)


def _etcd(path: str, port: int, peer: int, folder: Path) -> list[str]:
    client, other = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer}"
    return [
        path, "--name", "one", "--data-dir", str(folder / "etcd"),
        "--listen-client-urls", client, "--advertise-client-urls", client,
        "--listen-peer-urls", other, "--initial-advertise-peer-urls", other,
        "--initial-cluster", f"one={other}",
    ]  # fmt: skip


def _jars(variable: str) -> str:
    folder = os.environ.get(variable)
    if not folder:
        pytest.skip(f"{variable} names no folder with jars")
    return f"{Path(folder).resolve()}/*"


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def connects(port: int) -> bool:
    """Whether somebody listens on the port of 127.0.0.1."""
    with socket.socket() as client:
        client.settimeout(3)
        return client.connect_ex(("127.0.0.1", port)) == 0
