"""The whole of OpenIM with each preset, on a real API server, with Helm 3 and Helm 4."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping

import pytest
import yaml

from openim_charts.charts.api import Chart
from tests.pages import block_with
from tests.product.cluster.conftest import WAIT, Namespace, listed, preset, run

pytestmark = pytest.mark.cluster

PAGE = "high-availability"
ZONE = "topology.kubernetes.io/zone"
LIMIT = 0.7 * 1024 * 1024
REDIS = {
    "global": {
        "redis": {
            "mode": "external",
            "addresses": ["redis.example.com:6379"],
            "existingSecret": "their-redis",
        }
    }
}


def _make_anew(namespace: Namespace) -> None:
    """What the page has people delete before Kafka, etcd and Redis get more members."""
    for line in block_with("kubectl delete", PAGE).splitlines():
        run(*shlex.split(line), "-n", namespace.name)


def _release_size(namespace: Namespace) -> int:
    """Bytes of the largest revision's Secret: what Kubernetes limits to 1 MiB."""
    found = listed("secrets", "-l", "owner=helm", "-n", namespace.name)
    # A Secret's data is base64 of what is stored, and Helm's content is base64 of its own.
    return max(len(secret["data"]["release"]) * 3 // 4 for secret in found)


def test_minimal_to_standard(charts: Mapping[str, Chart], namespace: Namespace) -> None:
    archive = namespace.archive(charts["openim"])
    namespace.run("install", "openim", archive, *WAIT, *preset("minimal"))
    namespace.all_ready()
    secrets = {k: o["data"] for k, o in namespace.objects().items() if o["kind"] == "Secret"}
    namespace.run("test", "openim", "--timeout", "15m")

    namespace.run("upgrade", "openim", archive, *WAIT, *preset("standard"))
    namespace.all_ready()
    now = namespace.objects()
    assert {k: now[k]["data"] for k in secrets} == secrets, "a password changed"

    run(
        "kubectl",
        "create",
        "secret",
        "generic",
        "their-redis",
        "-n",
        namespace.name,
        "--from-literal=password=theirs",
    )
    namespace.run("upgrade", "openim", archive, *WAIT, *preset("standard"), values=REDIS)
    now = namespace.objects()
    assert "StatefulSet/openim-redis" not in now
    assert "redis.example.com:6379" in now["ConfigMap/openim-rpc-user"]["data"]["redis.yml"]

    size = _release_size(namespace)
    print(f"release Secret: {size} bytes, {size / LIMIT * 0.7:.0%} of 1 MiB")
    assert size < LIMIT
    run("kubectl", "delete", "secret", "their-redis", "-n", namespace.name)
    namespace.run("uninstall", "openim", *WAIT)
    assert namespace.left() == {"PersistentVolumeClaim", "Secret"}


def _zones(namespace: Namespace) -> dict[str, Counter[str]]:
    """In how many zones, and how often in each, the running pods of each program are."""
    zones = {
        node["metadata"]["name"]: node["metadata"]["labels"].get(ZONE, "")
        for node in listed("nodes")
    }
    found: dict[str, Counter[str]] = {}
    for pod in listed("pods", "-n", namespace.name, "--field-selector=status.phase=Running"):
        program = pod["metadata"]["labels"]["app.kubernetes.io/name"]
        found.setdefault(program, Counter())[zones[pod["spec"]["nodeName"]]] += 1
    return found


@pytest.mark.parametrize(
    ("namespace", "before"), [("helm4", ""), ("helm3", "standard")], indirect=["namespace"]
)
def test_ha(charts: Mapping[str, Chart], namespace: Namespace, before: str) -> None:
    archive = namespace.archive(charts["openim"])
    if before:
        namespace.run("install", "openim", archive, *preset(before))
        secrets = {k: o["data"] for k, o in namespace.objects().items() if o["kind"] == "Secret"}
        _make_anew(namespace)
        sizes = yaml.safe_load(block_with("seaweedfs: {", PAGE, "yaml"))
        namespace.run("upgrade", "openim", archive, *WAIT, *preset("ha"), values=sizes)
        now = namespace.objects()
        assert {k: now[k]["data"] for k in secrets} == secrets, "a password changed"
    else:
        namespace.run("install", "openim", archive, *WAIT, *preset("ha"))
    namespace.all_ready()
    if len({node["metadata"]["labels"].get(ZONE) for node in listed("nodes")}) == 3:
        for program, zones in _zones(namespace).items():
            assert len(zones) == min(3, zones.total()), (program, zones)
    size = _release_size(namespace)
    print(f"release Secret: {size} bytes, {size / LIMIT * 0.7:.0%} of 1 MiB")
    assert size < LIMIT
    namespace.run("uninstall", "openim", *WAIT)
    assert namespace.left() == {"PersistentVolumeClaim", "Secret"}
