"""Every key can be used, on one server and on a cluster of three masters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import zip_longest
from pathlib import Path

import pytest

from openim_charts.specs.model import ReleaseLine
from tests.product.clients.conftest import external
from tests.product.clients.modules import Module
from tests.product.infrastructure.programs import ask, connects, eventually, program, running
from tests.product.real.middleware import free_ports

PASSWORD = "a/b?c#d@e%f:g h\"i'j\\k"


@contextmanager
def servers(folder: Path, ports: list[int], buses: list[int] | None = None) -> Iterator[None]:
    """A server on each port, with a password; ``buses`` are the ports of a cluster among them."""
    with ExitStack() as stack:
        for port, bus in zip_longest(ports, buses or []):
            cluster = ["--cluster-enabled", "yes", "--cluster-port", str(bus)] if bus else []
            (folder / str(port)).mkdir()
            command = [
                program("redis-server"), "--bind", "127.0.0.1", "--port", str(port),
                "--dir", str(folder / str(port)), "--save", "", "--requirepass", PASSWORD,
                "--masterauth", PASSWORD, *cluster,
            ]  # fmt: skip
            stack.enter_context(running(command, {}, folder / f"{port}.log"))
        for port in ports:
            eventually(lambda port=port: connects(port), folder / f"{port}.log")
        yield


def cli(port: int, *words: str) -> str:
    """What a server answers."""
    command = [program("redis-cli"), "-h", "127.0.0.1", "-p", str(port), *words]
    return ask(command, {"REDISCLI_AUTH": PASSWORD})


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The addresses of three masters that share all slots."""
    folder = tmp_path_factory.mktemp("redis")
    free = free_ports(6)
    ports = free[:3]
    addresses = [f"127.0.0.1:{port}" for port in ports]
    with servers(folder, ports, buses=free[3:]):
        cli(ports[0], "--cluster", "create", *addresses, "--cluster-yes")
        for port in ports:
            eventually(lambda port=port: "cluster_state:ok" in cli(port, "cluster", "info"))
        yield addresses


@pytest.mark.parametrize("known", [1, 3])
def test_all_keys_of_a_cluster_can_be_used(
    module: Callable[..., Module], line: ReleaseLine, cluster: list[str], known: int
) -> None:
    redis = external(cluster[:known], "login", topology="cluster")
    client = module(line, "redis", {"redis": redis}, {"login": {"password": PASSWORD}})
    assert client.does("redis") == "60 keys\n"


def test_all_keys_of_one_server_can_be_used(
    module: Callable[..., Module], line: ReleaseLine, tmp_path: Path
) -> None:
    [port] = free_ports(1)
    redis = external([f"127.0.0.1:{port}"], "login", database=3)
    client = module(line, "redis", {"redis": redis}, {"login": {"password": PASSWORD}})
    with servers(tmp_path, [port]):
        assert client.does("redis") == "60 keys\n"
        wrong = module(line, "redis", {"redis": redis}, {"login": {"password": "x"}}).run("redis")
        assert wrong.returncode
        assert "WRONGPASS" in wrong.stderr
