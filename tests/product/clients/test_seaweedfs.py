"""Every call that the server makes to an object storage, made to SeaweedFS as started here."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from openim_charts.specs.model import Catalog, ReleaseLine
from tests.http_server import serving
from tests.pages import blocks
from tests.product.clients.conftest import external
from tests.product.clients.front import front
from tests.product.clients.modules import Module
from tests.product.clients.test_s3 import KEYS
from tests.product.infrastructure.programs import (
    ask,
    container,
    eventually,
    plain_env,
    program,
    read,
    running,
    write_files,
)
from tests.product.infrastructure.test_moving import minio, run_block

# One after another: a pod has these ports to itself, here all pods share the machine's.
pytestmark = pytest.mark.xdist_group("seaweedfs")
POD = "127.0.0.91"
ADDRESS = f"{POD}:8333"


@dataclass(frozen=True)
class Pod:
    """The chart's container, whose volume and files are folders."""

    environment: dict[str, str]
    files: Path
    log: Path

    @contextmanager
    def started(self) -> Iterator[None]:
        """The program, once the pod is ready."""
        with running(["sh", f"{self.files}/start.sh"], self.environment, self.log, 30):
            self.bucket()
            eventually(lambda: read(ADDRESS, "/healthz") is not None, self.log)
            yield

    def bucket(self) -> None:
        ask(["sh", f"{self.files}/bucket.sh"], self.environment)

    def shell(self, command: str) -> str:
        """What the shell of SeaweedFS answers."""
        servers = "-master=127.0.0.1:9333 -filer=127.0.0.1:8888"
        words = ["sh", "-c", f"echo '{command}' | weed shell {servers} 2>/dev/null"]
        return ask(words, self.environment)


@pytest.fixture
def pod(render: Callable[..., Any], tmp_path: Path) -> Pod:
    program("weed")
    objects = render("seaweedfs", {})
    files = write_files(objects, tmp_path / "files")
    (tmp_path / "data").mkdir()
    known = {
        "POD_IP": POD,
        "POD_NAME": "im-seaweedfs-0",
        "POD_NAMESPACE": "chat",
        "ACCESS_KEY": KEYS["accessKeyID"],
        "SECRET_KEY": KEYS["secretAccessKey"],
    }
    environment = plain_env(container(objects, "seaweedfs"), known)
    own = {"DATA": f"{tmp_path}/data", "FILES": str(files), "HOME": str(tmp_path)}
    return Pod(environment | own, files, tmp_path / "log")


@pytest.fixture
def storage(pod: Pod) -> Iterator[str]:
    with pod.started():
        yield ADDRESS


@pytest.fixture
def client(module: Callable[..., Module], line: ReleaseLine) -> Callable[..., Module]:
    def make(address: str, url: str, **values: str) -> Module:
        shared: dict[str, Any] = external([address], "keys", publicURL=url, **values)
        return module(line, "objectStorage", {"objectStorage": shared}, {"keys": KEYS})

    return make


def status(address: str, path: str) -> int:
    connection = HTTPConnection(address, timeout=60)
    connection.request("GET", path)
    return connection.getresponse().status


def test_all_calls_work_with_rights_in_one_bucket_only(
    client: Callable[..., Module], catalog: Catalog, pod: Pod
) -> None:
    exposure = catalog.charts["seaweedfs"].exposure
    assert exposure
    other = client(ADDRESS, f"http://{ADDRESS}", bucket="another")
    seen: list[tuple[str, str, bool]] = []
    with serving(front(exposure.path, ADDRESS, KEYS["secretAccessKey"], seen)) as public:
        module = client(ADDRESS, f"http://{public}{exposure.path}")
        with pod.started():
            done = module.run("s3")
            assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{seen}"
            assert other.run("s3", "start").returncode
            assert status(ADDRESS, "/openim/openim/data/hash/small") == 403
            # No more than a restart of the pod, and the bucket that is there is kept.
            pod.bucket()
            assert 'type="free"' in read(f"{POD}:9327", "/metrics")
    assert {method for method, _, _ in seen} == {"GET", "PUT", "POST"}
    assert not [request for request in seen if not request[2]]


def test_no_server_without_a_login_is_reached_from_other_pods(storage: str) -> None:
    for port in (8080, 8888, 9333, 18080, 18888, 19333, 7333, 8181, 8111, 9101):
        with pytest.raises(ConnectionRefusedError):
            status(f"{POD}:{port}", "/")
    assert status(storage, "/") == 403


def test_the_keys_are_in_no_config_map(pod: Pod) -> None:
    text = (pod.files / "identities.json").read_text()
    [identity] = json.loads(text)["identities"]
    assert identity["credentials"] == [{"accessKey": "${ACCESS_KEY}", "secretKey": "${SECRET_KEY}"}]
    assert {action.partition(":")[2] for action in identity["actions"]} == {"openim"}
    assert "Admin:openim" not in identity["actions"]


def test_objects_outlive_the_pod(client: Callable[..., Module], pod: Pod) -> None:
    module = client(ADDRESS, f"http://{ADDRESS}")
    with pod.started():
        done = module.run("s3")
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
        kept = pod.shell("fs.du /buckets/openim")
    assert int(re.findall(r"logical size:\s*(\d+)", kept)[0]) > 0, kept
    with pod.started():
        assert pod.shell("fs.du /buckets/openim") == kept
    assert "telemetry.seaweedfs.com" not in pod.log.read_text()


def test_files_move_from_minio_by_the_command_of_the_page(pod: Pod, tmp_path: Path) -> None:
    (block,) = blocks("storage")
    keys = {"accessKeyID": "new-access-key", "secretAccessKey": "new-secret-key"}
    pod.environment.update(
        {"ACCESS_KEY": keys["accessKeyID"], "SECRET_KEY": keys["secretAccessKey"]}
    )
    folder = str(Path(program("mc")).parent)
    env = {"PATH": f"{folder}:{os.environ['PATH']}"}
    with minio(tmp_path / "old", *keys.values()) as port, pod.started():
        block = block.replace(":9000", f":{port}").replace("127.0.0.1:8333", ADDRESS)
        block = block.replace("sleep 3\n", "")
        (tmp_path / "picture.png").write_bytes(b"picture")
        first = f"mc alias set old http://127.0.0.1:{port} {' '.join(keys.values())}"
        wait = "for _ in $(seq 60); do mc ready old >/dev/null && break; sleep 0.5; done"
        made = "mc mb old/openim && mc cp picture.png 'old/openim/openim/data/a b+\u00fc.png'"
        run_block(f"{first}\n{wait}\n{made}", tmp_path, env)
        said = run_block(block, tmp_path, env)
        assert "b+\u00fc.png" in said
        assert (
            run_block("mc cat 'new/openim/openim/data/a b+\u00fc.png'", tmp_path, env) == "picture"
        )
