"""The middleware of the modules, started on loopback, and the values that point charts at it.

Programs come from PATH or from a variable of their name (REDIS_SERVER, ETCD, JAVA, MOTO_SERVER);
``$KAFKA_LIBS`` and ``$MONGO_LIBS`` name folders of jars (see the two pom.xml files). What is
missing skips the tests. Redis, etcd and Kafka want a login; those of the last two are made by the
scripts of their charts.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.product.infrastructure.kafka_nodes import AUTH, SECRETS, Kafka, Objects
from tests.product.infrastructure.programs import (
    ask,
    connects,
    eventually,
    program,
    running,
    write_files,
)
from tests.registry import free_port

HERE = Path(__file__).parent
ETCD_USER = "root"


@dataclass(frozen=True)
class Etcd:
    """etcd's address, and the login that it wants."""

    url: str
    password: str

    def call(self, path: str, token: str = "", **body: Any) -> dict[str, Any]:
        """POST to a path below /v3/; errors raise."""
        headers = {"Authorization": token} if token else {}
        request = Request(f"{self.url}/v3/{path}", json.dumps(body).encode(), headers)
        with urlopen(request, timeout=60) as answer:
            return dict(json.load(answer))

    def keys(self, prefix: str) -> list[str]:
        """All keys that start with the prefix."""
        token = self.call("auth/authenticate", name=ETCD_USER, password=self.password)["token"]
        start, end = prefix.encode(), prefix[:-1].encode() + bytes([ord(prefix[-1]) + 1])
        encoded = {n: base64.b64encode(v).decode() for n, v in (("key", start), ("range_end", end))}
        found = self.call("kv/range", token, keys_only=True, **encoded).get("kvs", [])
        return [base64.b64decode(item["key"]).decode() for item in found]


@dataclass(frozen=True)
class Server:
    """A program on a port, which can be away for a while."""

    command: list[str]
    port: int
    folder: Path
    stack: ExitStack

    def start(self) -> None:
        """Start it, and wait until it listens."""
        log = self.folder / f"{Path(self.command[0]).name}.log"
        self.stack.enter_context(running(self.command, {"HOME": str(self.folder)}, log))
        eventually(lambda: connects(self.port), log)

    def stop(self) -> None:
        """End it."""
        self.stack.close()


@dataclass(frozen=True)
class Middleware:
    """``values`` for every chart, ``secrets`` by name and key, etcd, and the URL of S3."""

    values: Mapping[str, Any]
    secrets: Mapping[str, Mapping[str, str]]
    etcd: Etcd
    etcd_server: Server
    s3: str


@contextmanager
def middleware(
    folder: Path, render: Callable[[str, Mapping[str, Any]], Objects]
) -> Iterator[Middleware]:
    """Redis, etcd, Kafka with its topics, MongoDB and S3, for a block's time.

    ``render`` gives the objects of a chart with values.
    """
    found = {name: program(name) for name in ("redis-server", "etcd", "java", "moto_server")}
    mongo_libs = _jars("MONGO_LIBS")
    redis, client, peer, mongodb, s3 = free_ports(5)
    password = secrets.token_hex(16)
    etcd = Etcd(f"http://127.0.0.1:{client}", password)
    with ExitStack() as stack:

        def start(port: int, command: list[str]) -> Server:
            server = Server(command, port, folder, stack.enter_context(ExitStack()))
            server.start()
            return server

        kafka = Kafka(render("kafka", AUTH), folder, stack, 43)
        kafka.start(0)
        start(redis, [
            found["redis-server"], "--bind", "127.0.0.1", "--port", str(redis),
            "--requirepass", password, "--save", "", "--dir", str(folder),
        ])  # fmt: skip
        server = start(client, _etcd(found["etcd"], client, peer, folder))
        _authenticate(etcd, render, folder)
        java = [found["java"], "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp"]
        start(mongodb, [*java, mongo_libs, str(HERE / "mongodb/Server.java"), str(mongodb)])
        start(s3, [found["moto_server"], "-H", "127.0.0.1", "-p", str(s3)])
        kafka.make_topics()
        addresses = {
            "redis": f"127.0.0.1:{redis}",
            "etcd": f"127.0.0.1:{client}",
            "kafka": kafka.bootstrap,
            "mongodb": f"127.0.0.1:{mongodb}",
            "objectStorage": f"127.0.0.1:{s3}",
        }
        yield Middleware(
            _values(addresses),
            _secrets(addresses["mongodb"], password),
            etcd,
            server,
            f"http://{addresses['objectStorage']}",
        )


def _values(addresses: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: {"mode": "external", "addresses": [address], "existingSecret": f"test-{name.lower()}"}
        for name, address in addresses.items()
    }
    found["objectStorage"]["publicURL"] = f"http://{addresses['objectStorage']}"
    return {
        "global": {
            **found,
            # Most is logged, so that there is something to look at.
            "logging": {"level": 6},
            # Without a cluster there is no Service openim-api.
            "config": {"chat": {"share": {"openIM": {"apiURL": "http://127.0.0.1:10002"}}}},
        }
    }


def _secrets(mongodb: str, password: str) -> dict[str, dict[str, str]]:
    user, login = SECRETS["SASL_USERNAME"], SECRETS["SASL_PASSWORD"]
    return {
        "test-redis": {"password": password},
        "test-etcd": {"username": ETCD_USER, "password": password},
        "test-kafka": {"username": user, "password": login},
        # The stand-in knows no users, and only a whole URI can do without one.
        "test-mongodb": {"password": "unused", "uri": f"mongodb://{mongodb}/openim_v3"},
        "test-objectstorage": {"accessKeyID": "test", "secretAccessKey": secrets.token_hex(20)},
    }


def _authenticate(
    etcd: Etcd, render: Callable[[str, Mapping[str, Any]], Objects], folder: Path
) -> None:
    """Turn etcd's authentication on with the script of its chart's Job."""
    objects = render("etcd", {"global": {"etcd": {"auth": {"enabled": True}}}})
    script = write_files(objects, folder / "etcd-files") / "authenticate.sh"
    env = {"ENDPOINT": etcd.url, "USERNAME": ETCD_USER, "PASSWORD": etcd.password}
    eventually(lambda: ask(["sh", str(script)], env), folder / "etcd.log")


def _etcd(path: str, port: int, peer: int, folder: Path) -> list[str]:
    client, other = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer}"
    return [
        path, "--name", "one", "--data-dir", str(folder / "etcd"),
        "--listen-client-urls", client, "--advertise-client-urls", client,
        "--listen-peer-urls", other, "--initial-advertise-peer-urls", other,
        "--initial-cluster", f"one={other}",
        # The cheapest hash of passwords: all modules log in at once.
        "--bcrypt-cost", "4",
    ]  # fmt: skip


def _jars(variable: str) -> str:
    folder = os.environ.get(variable)
    if not folder:
        pytest.skip(f"{variable} names no folder with jars")
    return f"{Path(folder).resolve()}/*"


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on, all different."""
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port())
    return list(found)
