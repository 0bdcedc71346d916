"""All middleware elsewhere, or run by KubeBlocks: what a real API server then has."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Chart
from openim_charts.checks.rendered import get, walk
from openim_charts.specs.model import Catalog
from tests.conftest import ROOT
from tests.product.cluster.conftest import WAIT, Namespace, listed, need_cluster, preset, run

pytestmark = pytest.mark.cluster

KIND = "clusters.apps.kubeblocks.io"
DEFINITION = ROOT / "scripts" / "crds" / "apps.kubeblocks.io_clusters.yaml"


@dataclass(frozen=True)
class Place:
    """Where a middleware is: its address, its Secret ("" for none) and that Secret's keys."""

    address: str
    secret: str
    keys: tuple[str, ...]


EXTERNAL = {
    "redis": Place("redis.example.com:6380", "their-redis", ("pass",)),
    "mongodb": Place("mongo.example.com:27018", "their-mongodb", ("pass",)),
    "kafka": Place("kafka.example.com:9093", "their-kafka", ("user", "pass")),
    "etcd": Place("etcd.example.com:2380", "their-etcd", ("user", "pass")),
    "objectStorage": Place("s3.example.com:9001", "their-keys", ("id", "secret")),
}
KEYS = {
    "redis": {"password": "pass"},
    "mongodb": {"password": "pass"},
    "kafka": {"username": "user", "password": "pass"},
    "etcd": {"username": "user", "password": "pass"},
    "objectStorage": {"accessKeyID": "id", "secretAccessKey": "secret"},
}
# Services and Secrets that KubeBlocks 1.0 makes for Clusters of these names, from the pages of its
# addons (https://kubeblocks.io/docs). Its Secrets have the keys username and password.
_LOGIN = ("username", "password")
KUBEBLOCKS = {
    "redis": Place("openim-redis-redis-redis:6379", "openim-redis-redis-account-default", _LOGIN),
    "mongodb": Place(
        "openim-mongodb-mongodb-mongodb:27017", "openim-mongodb-mongodb-account-root", _LOGIN
    ),
    "kafka": Place(
        "openim-kafka-kafka-combine-headless:9092",
        "openim-kafka-kafka-combine-account-client",
        _LOGIN,
    ),
    "etcd": Place("openim-etcd-etcd-headless:2379", "", ()),
    "objectStorage": Place("openim-minio-minio:9000", "openim-minio-minio-account-root", _LOGIN),
}


def _make_secrets(namespace: Namespace, places: Mapping[str, Place]) -> None:
    for place in places.values():
        if place.secret:
            given = [f"--from-literal={key}=theirs" for key in place.keys]
            create = ("kubectl", "create", "secret", "generic", place.secret)
            run(*create, "-n", namespace.name, *given)


def _delete_secrets(namespace: Namespace, places: Mapping[str, Place]) -> None:
    names = [place.secret for place in places.values() if place.secret]
    run("kubectl", "delete", "secret", *names, "-n", namespace.name)


def _nothing_builtin(objects: Mapping[str, Mapping[str, Any]], catalog: Catalog) -> None:
    for dependency in catalog.dependencies.values():
        made = [
            key
            for key, found in objects.items()
            if get(found, "metadata", "labels", "app.kubernetes.io/name") in dependency.components
        ]
        assert not made, dependency.name


def _modules_follow(
    objects: Mapping[str, Mapping[str, Any]], places: Mapping[str, Place], catalog: Catalog
) -> None:
    """Files, arguments and variables name the place, never the builtin Service."""
    text = json.dumps([{k: v for k, v in o.items() if k != "metadata"} for o in objects.values()])
    used = {name for name, *_ in _references(objects)}
    for name, place in places.items():
        dependency = catalog.dependencies[name]
        assert place.address in text, name
        assert f"openim-{dependency.component}:{dependency.port}" not in text, name
        assert not place.secret or place.secret in used, name
    for secret, key, optional in _references(objects):
        found = objects.get(f"Secret/{secret}")
        assert optional or (found and key in found["data"]), (secret, key)


def _installed(namespace: Namespace, chart: Chart, size: str, values: dict[str, Any]) -> None:
    """The umbrella is installed with a preset, and all its pods are ready."""
    archive = namespace.archive(chart)
    namespace.run("install", "openim", archive, *WAIT, *preset(size), values=values)
    namespace.all_ready()


def _uses_only(namespace: Namespace, places: Mapping[str, Place], catalog: Catalog) -> None:
    """Nothing builtin is there, and the modules follow the places."""
    objects = namespace.objects()
    _nothing_builtin(objects, catalog)
    _modules_follow(objects, places, catalog)


def _references(objects: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, bool]]:
    """(Secret, key, optional) of the variables of all pods."""
    for found in objects.values():
        for path, node in walk(found.get("spec", {})):
            if path and path[-1] == "secretKeyRef":
                yield node["name"], node["key"], bool(node.get("optional"))


def test_all_elsewhere(charts: Mapping[str, Chart], catalog: Catalog, namespace: Namespace) -> None:
    assert EXTERNAL.keys() == catalog.dependencies.keys()
    _make_secrets(namespace, EXTERNAL)
    values = {
        "global": {
            name: {
                "mode": "external",
                "addresses": [place.address],
                "existingSecret": place.secret,
                "secretKeys": KEYS[name],
            }
            for name, place in EXTERNAL.items()
        }
    }
    _installed(namespace, charts["openim"], "standard", values)
    _uses_only(namespace, EXTERNAL, catalog)

    namespace.run("uninstall", "openim", *WAIT)
    _delete_secrets(namespace, EXTERNAL)
    assert namespace.left() == {"PersistentVolumeClaim", "Secret"}


def _until_known(folders: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> None:
    """Wait until kubectl knows the kind: it remembers for hours what it was once told."""
    for _ in range(180):
        patch.setenv("KUBECACHEDIR", str(folders.mktemp("kubectl")))
        if (
            subprocess.run(["kubectl", "get", KIND], capture_output=True, check=False).returncode
            == 0
        ):
            return
        time.sleep(1)
    pytest.fail(f"the API server does not serve {KIND}")


@pytest.fixture(scope="module")
def _kind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The kind, if need be; it stays in the cluster, since both Helms may be at work at once."""
    need_cluster()
    command = ["kubectl", "get", "customresourcedefinition", KIND]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        run("kubectl", "apply", "--server-side", "-f", str(DEFINITION))
    wait = ("kubectl", "wait", "--timeout=5m", "--for=condition=Established")
    run(*wait, f"customresourcedefinition/{KIND}")
    with pytest.MonkeyPatch.context() as patch:
        _until_known(tmp_path_factory, patch)
        yield


def _clusters(namespace: Namespace) -> dict[str, Any]:
    return {item["metadata"]["name"]: item for item in listed(KIND, "-n", namespace.name)}


@pytest.mark.xdist_group("kubeblocks")
@pytest.mark.usefixtures("_kind")
def test_all_run_by_kubeblocks(
    charts: Mapping[str, Chart], catalog: Catalog, namespace: Namespace
) -> None:
    assert KUBEBLOCKS.keys() == {d.name for d in catalog.dependencies.values() if d.kubeblocks}
    _make_secrets(namespace, KUBEBLOCKS)  # in the operator's place
    values: dict[str, Any] = {"global": {name: {"mode": "kubeblocks"} for name in KUBEBLOCKS}}
    values["global"]["kafka"]["auth"] = {"enabled": True}
    _installed(namespace, charts["openim"], "minimal", values)
    _uses_only(namespace, KUBEBLOCKS, catalog)

    clusters = _clusters(namespace)
    components = {catalog.dependencies[name].operated for name in KUBEBLOCKS}
    assert clusters.keys() == {f"openim-{component}" for component in components}
    pure = [{k: v for k, v in item.items() if k != "status"} for item in clusters.values()]
    strict = ("kubectl", "apply", "--validate=strict", "--dry-run=server", "-f", "-")
    run(*strict, stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": pure}))

    namespace.run("uninstall", "openim", *WAIT)
    assert _clusters(namespace).keys() == clusters.keys(), "data would be lost"
    _delete_secrets(namespace, KUBEBLOCKS)
    assert namespace.left() == {"PersistentVolumeClaim", "Secret"}


@pytest.mark.xdist_group("kubeblocks")
@pytest.mark.usefixtures("_kind")
def test_the_api_server_refuses_a_wrong_field(namespace: Namespace) -> None:
    """The definition is strict, so that the test above means something."""
    spec = {"terminationPolicy": "Delete", "componentSpecs": [{"name": "a", "replica": 1}]}
    manifest = {
        "apiVersion": "apps.kubeblocks.io/v1",
        "kind": "Cluster",
        "metadata": {"name": "wrong", "namespace": namespace.name},
        "spec": spec,
    }
    strict = ["kubectl", "apply", "--validate=strict", "--dry-run=server", "-f", "-"]
    done = subprocess.run(
        strict, input=yaml.safe_dump(manifest), capture_output=True, text=True, check=False
    )
    assert done.returncode
    assert "replica" in done.stderr
