"""Every call that the server makes to an object storage, and what it signs for browsers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from openim_charts.specs.model import Catalog, ReleaseLine
from tests.http_server import serving
from tests.product.clients.conftest import external
from tests.product.clients.front import front
from tests.product.clients.modules import Module
from tests.product.infrastructure.programs import connects, eventually, program, running
from tests.product.real.middleware import free_ports

KEYS = {"accessKeyID": "openim", "secretAccessKey": "a/b?c#d@e%f:g h\"i'j\\k+="}


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[str]:
    """The address of an S3."""
    [port] = free_ports(1)
    command = [program("moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with running(command, {"HOME": str(tmp_path)}, tmp_path / "s3.log"):
        eventually(lambda: connects(port), tmp_path / "s3.log")
        yield f"127.0.0.1:{port}"


@pytest.fixture
def client(module: Callable[..., Module], line: ReleaseLine) -> Callable[..., Module]:
    def make(address: str, url: str, **secret: str) -> Module:
        values: dict[str, Any] = external([address], "keys", publicURL=url)
        return module(line, "objectStorage", {"objectStorage": values}, {"keys": KEYS | secret})

    return make


@pytest.mark.parametrize("prefixed", [True, False])
def test_all_calls_work_and_all_links_are_signed_for_the_public_address(
    client: Callable[..., Module], catalog: Catalog, storage: str, prefixed: bool
) -> None:
    exposure = catalog.charts["minio"].exposure
    assert exposure
    assert exposure.strip_prefix
    prefix = exposure.path if prefixed else ""
    seen: list[tuple[str, str, bool]] = []
    with serving(front(prefix, storage, KEYS["secretAccessKey"], seen)) as public:
        done = client(storage, f"http://{public}{prefix}").run("s3")
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{seen}"
    assert {method for method, _, _ in seen} == {"GET", "PUT", "POST"}
    assert not [request for request in seen if not request[2]]


def test_public_read_would_let_everybody_write(
    client: Callable[..., Module], storage: str, catalog: Catalog
) -> None:
    """Why the charts refuse it. When this fails for a line, they need not any more."""
    module = client(storage, f"http://{storage}")
    file = module.folder / "minio.yml"
    assert "publicRead: false" in file.read_text()
    file.write_text(file.read_text().replace("publicRead: false", "publicRead: true"))
    assert module.does("s3", "start") == "start\n"
    bucket = catalog.dependencies["objectStorage"].values["bucket"]["default"]
    with urlopen(f"http://{storage}/{bucket}?policy", timeout=60) as answer:
        [statement] = json.load(answer)["Statement"]
    assert statement["Principal"] == {"AWS": ["*"]}
    assert "s3:PutObject" in statement["Action"]
