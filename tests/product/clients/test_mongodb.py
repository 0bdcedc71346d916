"""What the library makes of a password, and that it reaches a MongoDB."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from openim_charts.specs.model import Catalog, ReleaseLine
from tests.product.clients.conftest import external
from tests.product.clients.modules import Module, write
from tests.product.infrastructure.programs import connects, eventually, program, running
from tests.product.real import middleware
from tests.product.real.pods import pod_of

# They end the password, or stand for another character.
TAKEN = "/:@%"
FREE = "?#&=+,;$!*'()[]{}<>|^`~-_. \"\\ä"
ADDRESSES = ["mongo-0.example.com:27017", "mongo-1.example.com:27017"]


@pytest.fixture
def client(module: Callable[..., Module], line: ReleaseLine) -> Callable[..., Module]:
    mongodb = external(ADDRESSES, "login", authSource="admin")
    made = module(line, "mongodb", {"mongodb": mongodb}, {})
    return lambda **secret: replace(made, secrets={"login": secret})


def test_a_password_reaches_the_login_as_it_is(client: Callable[..., Module]) -> None:
    for password in ["abc019", *(f"a{c}41b" for c in FREE)]:
        found = client(password=password).does("mongo", "uri")
        assert found.splitlines()[:3] == ["openIM", password, "admin"]


def test_characters_of_a_uri_do_not_and_users_are_told(
    client: Callable[..., Module], catalog: Catalog
) -> None:
    """When this fails for a line, its library has learnt."""
    credential = catalog.dependencies["mongodb"].credential
    assert credential
    for character in TAKEN:
        password = f"a{character}41b"
        done = client(password=password).run("mongo", "uri")
        assert done.returncode or password not in done.stdout.splitlines()
        assert f"'{character}'" in credential.description


def test_any_password_can_be_part_of_a_whole_uri(client: Callable[..., Module]) -> None:
    for password in (f"a{c}41b" for c in TAKEN + FREE):
        uri = f"mongodb://me:{quote(password, safe='')}@mongo.example.com/openim_v3?replicaSet=rs0"
        found = client(password="unused", uri=uri).does("mongo", "uri")
        assert found.splitlines()[:3] == ["me", password, "openim_v3"]


def test_messages_wait_for_a_mongodb_that_is_away(
    catalog: Catalog, render: Callable[..., Any], tmp_path: Path
) -> None:
    """openim-msgtransfer drops what its driver gives up, which is after 30 seconds by default."""
    line = catalog.charts["openim-msgtransfer"].line
    assert line
    shared = {"mongodb": external(ADDRESSES, "login", authSource="admin")}
    values = {"global": shared, "mongodbPatienceSeconds": 5400}
    pod = pod_of(render("openim-msgtransfer", values))
    secrets = {"login": {"password": "abc"}}
    made = Module(line, pod, secrets, write(tmp_path / "files", pod.files))
    assert made.does("mongo", "uri").splitlines() == ["openIM", "abc", "admin", "1h30m0s"]


def test_a_document_is_stored_and_read(client: Callable[..., Module], tmp_path: Path) -> None:
    libraries = os.environ.get("MONGO_LIBS")
    if not libraries:
        pytest.skip("MONGO_LIBS names no folder with jars")
    [port] = middleware.free_ports(1)
    server = Path(middleware.__file__).parent / "mongodb/Server.java"
    classes = f"{Path(libraries).resolve()}/*"
    command = [program("java"), "-Xmx256m", "-cp", classes, str(server), str(port)]
    log = tmp_path / "mongodb.log"
    with running(command, {}, log):
        eventually(lambda: connects(port), log)
        uri = f"mongodb://127.0.0.1:{port}/openim_v3"
        assert client(password="unused", uri=uri).does("mongo") == "hello\n"
