"""All middleware run by KubeBlocks: what a real API server that knows the kind takes and keeps."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from generator.charts.api import Chart
from tests.cluster.conftest import Namespace, _need_cluster, _run
from tests.conftest import ROOT

pytestmark = [pytest.mark.cluster, pytest.mark.xdist_group("kubeblocks")]

KIND = "clusters.apps.kubeblocks.io"
NAMES = ("redis", "mongodb", "kafka", "etcd", "objectStorage")


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _definition() -> dict[str, Any]:
    """The kind with the fields of KubeBlocks 1.0 that charts set; the API server refuses others
    when it is asked to be strict (https://kubeblocks.io/docs, API reference, Cluster)."""
    text, whole = {"type": "string"}, {"type": "integer", "format": "int32"}
    free = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    component = _object(
        name=text,
        componentDef=text,
        serviceVersion=text,
        replicas=whole,
        resources=free,
        env={"type": "array", "items": free},
        volumeClaimTemplates={"type": "array", "items": _object(name=text, spec=free)},
    )
    policy = {**text, "enum": ["DoNotTerminate", "Delete", "WipeOut"]}
    spec = _object(
        clusterDef=text,
        topology=text,
        terminationPolicy=policy,
        componentSpecs={"type": "array", "items": component},
    )
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": _object(spec={**spec, "required": ["terminationPolicy"]})},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": KIND},
        "spec": {
            "group": "apps.kubeblocks.io",
            "names": {"kind": "Cluster", "plural": "clusters", "singular": "cluster"},
            "scope": "Namespaced",
            "versions": [version],
        },
    }


def _until_known(folders: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> None:
    """Wait until kubectl knows the kind: it remembers for hours what it was once told."""
    for _ in range(30):
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
    _need_cluster()
    command = ["kubectl", "get", "customresourcedefinition", KIND]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        _run("kubectl", "apply", "--server-side", "-f", "-", stdin=json.dumps(_definition()))
    _run("kubectl", "wait", f"customresourcedefinition/{KIND}", "--for=condition=Established")
    with pytest.MonkeyPatch.context() as patch:
        _until_known(tmp_path_factory, patch)
        yield


@pytest.mark.usefixtures("_kind")
def test_all_middleware(charts: Mapping[str, Chart], namespace: Namespace) -> None:
    values = {"global": {name: {"mode": "kubeblocks"} for name in NAMES}}
    preset = ("--values", str(ROOT / "presets" / "minimal.yaml"))
    wait = ("--wait", "--timeout", "5m")
    archive = namespace.archive(charts["openim"])
    namespace.run("install", "openim", archive, *wait, *preset, values=values)

    found = json.loads(_run("kubectl", "get", KIND, "-n", namespace.name, "-o", "json"))["items"]
    clusters = {item["metadata"]["name"] for item in found}
    assert clusters == {f"openim-{c}" for c in ("redis", "mongodb", "kafka", "etcd", "minio")}
    assert not {f"StatefulSet/{name}" for name in clusters} & namespace.objects().keys()
    pure = [{k: v for k, v in item.items() if k != "status"} for item in found]
    strict = ("kubectl", "apply", "--validate=strict", "--dry-run=server", "-f", "-")
    _run(*strict, stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": pure}))

    namespace.run("uninstall", "openim", *wait)
    left = json.loads(_run("kubectl", "get", KIND, "-n", namespace.name, "-o", "json"))["items"]
    assert {item["metadata"]["name"] for item in left} == clusters, "data would be lost"
