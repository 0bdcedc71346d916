"""Every key can be used, on one server and on a cluster of three masters."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, chdir, contextmanager
from itertools import zip_longest
from pathlib import Path

import pytest

from openim_charts.specs.model import ReleaseLine
from tests.pages import block_with
from tests.product.clients.conftest import external
from tests.product.clients.modules import Module
from tests.product.infrastructure.programs import (
    ask,
    connects,
    eventually,
    program,
    running,
    write_tool,
)
from tests.product.real.middleware import free_ports

PASSWORD = "a/b?c#d@e%f:g h\"i'j\\k"


@contextmanager
def servers(
    folder: Path, ports: list[int], buses: list[int] | None = None, password: str = PASSWORD
) -> Iterator[None]:
    """A server on each port, with a password; ``buses`` are the ports of a cluster among them."""
    with ExitStack() as stack:
        for port, bus in zip_longest(ports, buses or []):
            cluster = ["--cluster-enabled", "yes", "--cluster-port", str(bus)] if bus else []
            (folder / str(port)).mkdir()
            command = [
                program("redis-server"), "--bind", "127.0.0.1", "--port", str(port),
                "--dir", str(folder / str(port)), "--save", "", "--requirepass", password,
                "--masterauth", password, *cluster,
            ]  # fmt: skip
            stack.enter_context(running(command, {}, folder / f"{port}.log"))
        for port in ports:
            eventually(lambda port=port: connects(port), folder / f"{port}.log")
        yield


def cli(port: int, *words: str, password: str = PASSWORD) -> str:
    """What a server answers."""
    command = [program("redis-cli"), "-h", "127.0.0.1", "-p", str(port), *words]
    return ask(command, {"REDISCLI_AUTH": password})


@contextmanager
def masters(folder: Path, password: str = PASSWORD) -> Iterator[list[str]]:
    """The addresses of three masters that share all slots."""
    free = free_ports(6)
    ports = free[:3]
    addresses = [f"127.0.0.1:{port}" for port in ports]
    with servers(folder, ports, free[3:], password):
        create = ("--cluster", "create", *addresses, "--cluster-yes")
        cli(ports[0], *create, password=password)
        for port in ports:
            eventually(
                lambda port=port: "state:ok" in cli(port, "cluster", "info", password=password)
            )
        yield addresses


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    with masters(tmp_path_factory.mktemp("redis")) as addresses:
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


def test_keys_move_into_a_cluster_by_the_commands_of_the_page(tmp_path: Path) -> None:
    page = "high-availability"
    (save,) = (line for line in block_with("--rdb", page).splitlines() if "--rdb" in line)
    load = block_with("--cluster import", page)
    write_tool(tmp_path, "kubectl", 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"')
    login = secrets.token_hex(20)
    env = {"REDISCLI_AUTH": login, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    old, copy = free_ports(2)

    def ask_new(*words: str) -> str:
        return cli(port, "-c", *words, password=login)

    with servers(tmp_path, [old], password=login), masters(tmp_path, login) as addresses:
        port = int(addresses[0].rpartition(":")[2])
        for number in range(20):
            cli(old, "hset", f"UID_PID_TOKEN_STATUS:user {number}", "t", "0", password=login)
        cli(old, "set", "MALLOC_SEQ:si_a b_c", "7", "ex", "1000", password=login)
        load = load.replace("/tmp/old", f"{tmp_path}/old").replace("6400", str(copy))
        with chdir(tmp_path):
            ask(["bash", "-eu", "-c", save.replace("redis-cli", f"redis-cli -p {old}")], env)
            ask(["bash", "-eu", "-c", load.replace("127.0.0.1:6379", addresses[0])], env)
        assert not (tmp_path / "old").exists()
        assert ask_new("get", "MALLOC_SEQ:si_a b_c") == "7\n"
        assert 900 < int(ask_new("ttl", "MALLOC_SEQ:si_a b_c")) <= 1000
        for number in range(20):
            assert ask_new("hget", f"UID_PID_TOKEN_STATUS:user {number}", "t") == "0\n"
