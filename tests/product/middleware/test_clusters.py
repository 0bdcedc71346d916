"""The presets for kinds of clusters do what they say there, over the preset of a laptop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Chart
from openim_charts.checks.scenarios import overlay
from openim_charts.specs.model import Catalog
from tests.conftest import ROOT
from tests.product.features.policies import WORKLOADS, Pod, enters, leaves, pods
from tests.product.middleware.conftest import Render

FOLDER = ROOT / "presets" / "clusters"
KINDS = sorted(path.stem for path in FOLDER.glob("*.yaml"))
HTTP_ROUTE = {"type": "httpRoute", "gateway": {"parentRefs": [{"name": "public"}]}}
HOSTS = {"main": "im.example.com", "admin": "admin.example.com"}
Objects = list[dict[str, Any]]
On = Callable[..., Objects]


@pytest.fixture(scope="module")
def on(render: Render) -> On:
    """What is installed on a kind of cluster, with values of the user over its preset."""
    minimal = yaml.safe_load((ROOT / "presets" / "minimal.yaml").read_text("utf-8"))

    def objects(kind: str, values: Mapping[str, Any] | None = None) -> Objects:
        preset = yaml.safe_load((FOLDER / f"{kind}.yaml").read_text("utf-8"))
        release = render(overlay(overlay(minimal, preset), values or {}))
        return [dict(obj.data) for obj in release.objects]

    return objects


def _exposed(**how: Any) -> dict[str, Any]:
    return {"global": {"exposure": {"hosts": HOSTS, **how}}}


def _templates(objects: Objects) -> Iterator[dict[str, Any]]:
    for o in objects:
        if o["kind"] == "Pod":
            yield o
        elif o["kind"] in WORKLOADS:
            yield o["spec"]["template"]


def test_the_umbrella_has_them_all(charts: Mapping[str, Chart]) -> None:
    assert {f"presets/clusters/{kind}.yaml" for kind in KINDS} <= set(charts["openim"].scenarios)


def test_openshift_gives_users_and_lets_its_routers_in(on: On) -> None:
    objects = on("openshift", _exposed(**HTTP_ROUTE))
    for pod in _templates(objects):
        contexts = [pod["spec"], *pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]
        for context in contexts:
            names = {"runAsUser", "runAsGroup", "fsGroup", "supplementalGroups"}
            assert not names & context["securityContext"].keys()
    label = {"policy-group.network.openshift.io/ingress": ""}
    gateway = Pod({}, "openshift-ingress", label)
    target = pods(objects)["openim-msggateway"]
    assert enters(objects, gateway, target, 10001)
    assert not enters(objects, Pod({}, "others", {"team": "x"}), target, 10001)


def test_gke_takes_the_routes_and_finds_all_backends_healthy(on: On) -> None:
    objects = on("gke", _exposed(**HTTP_ROUTE))
    rules = [r for o in objects if o["kind"] == "HTTPRoute" for r in o["spec"]["rules"]]
    backends = {b["name"] for rule in rules for b in rule.get("backendRefs", [])}
    assert len(backends) > 5
    assert not any("timeouts" in rule for rule in rules)

    def targets(kind: str) -> list[str]:
        return sorted(o["spec"]["targetRef"]["name"] for o in objects if o["kind"] == kind)

    assert targets("HealthCheckPolicy") == sorted(backends)
    assert targets("GCPBackendPolicy") == ["im-msggateway"]
    assert {o["metadata"]["namespace"] for o in objects if "gke" in o["apiVersion"]} == {"apps"}
    target = pods(objects)["openim-api"]
    assert enters(objects, "35.191.4.2", target, 10002)
    assert not enters(objects, "8.8.8.8", target, 10002)


def test_gke_makes_no_objects_of_a_gateway_that_is_not_used(on: On) -> None:
    assert not [o for o in on("gke") if "gke" in o["apiVersion"]]


def test_rancher_is_told_no_password(on: On) -> None:
    secrets = [o for o in on("rancher") if o["kind"] == "Secret"]
    assert not any(o.get("data") or o.get("stringData") for o in secrets)


def test_only_traefik_of_k3s_comes_in(on: On) -> None:
    objects = on("k3s", _exposed(type="ingress"))
    found = {o["spec"].get("ingressClassName") for o in objects if o["kind"] == "Ingress"}
    assert found == {"traefik"}
    target, system = pods(objects)["openim-api"], {"kubernetes.io/metadata.name": "kube-system"}
    traefik = Pod({"app.kubernetes.io/name": "traefik"}, "kube-system", system)
    assert enters(objects, traefik, target, 10002)
    assert not enters(objects, Pod({"k8s-app": "x"}, "kube-system", system), target, 10002)


def test_who_is_not_named_does_not_come_in(on: On) -> None:
    objects = on("default-deny", _exposed(**HTTP_ROUTE))
    target = pods(objects)["openim-api"]
    assert enters(objects, Pod({}, "edge", {"openim.io/gateway": "true"}), target, 10002)
    assert not enters(objects, Pod({}, "edge", {"team": "edge"}), target, 10002)
    prometheus = Pod({"app.kubernetes.io/name": "prometheus"}, "monitoring")
    assert enters(objects, pods(objects)["prometheus"], target, 12002)
    assert not enters(objects, prometheus, target, 12002)
    covered = [o["spec"]["podSelector"]["matchLabels"] for o in objects if "Policy" in o["kind"]]
    for pod in _templates(objects):
        labels = pod["metadata"]["labels"].items()
        assert any(one.items() <= labels for one in covered), pod["metadata"]["labels"]


def test_every_container_says_all_that_a_quota_counts(on: On) -> None:
    for pod in _templates(on("quota", {"global": {"secrets": {"provider": "job"}}})):
        for container in [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]:
            for asked in ("requests", "limits"):
                said = container["resources"][asked].keys()
                assert said == {"cpu", "memory", "ephemeral-storage"}, container["name"]


def test_every_volume_names_its_class(on: On) -> None:
    claims = [
        claim
        for o in on("storage-class")
        if o["kind"] in ("StatefulSet", "PersistentVolumeClaim")
        for claim in (o["spec"].get("volumeClaimTemplates", []) if "template" in o["spec"] else [o])
    ]
    assert len(claims) > 6
    assert {claim["spec"]["storageClassName"] for claim in claims} == {"openim"}


@pytest.mark.parametrize(
    ("kind", "port", "control", "asked"),
    [
        ("istio-ambient", 15008, "", ()),
        ("istio-sidecars", None, "istio-system", (15012,)),
        ("linkerd", 4143, "linkerd", (8080, 8086, 8090)),
    ],
)
def test_a_mesh_works_in_every_pod(
    on: On, kind: str, port: int | None, control: str, asked: tuple[int, ...]
) -> None:
    objects = on(kind)
    plane = Pod({}, control, {"kubernetes.io/metadata.name": control})
    for pod in pods(objects).values():
        assert port is None or leaves(objects, pod, Pod({}), port)
        assert port is None or enters(objects, Pod({}), pod, port)
        assert all(leaves(objects, pod, plane, number) for number in asked)
    preset = yaml.safe_load((FOLDER / f"{kind}.yaml").read_text("utf-8"))["global"]
    for pod in _templates(objects):
        metadata = pod["metadata"]
        assert preset.get("podLabels", {}).items() <= metadata["labels"].items()
        assert preset.get("podAnnotations", {}).items() <= metadata.get("annotations", {}).items()


def test_linkerd_carries_what_is_no_http_as_it_is(catalog: Catalog) -> None:
    preset = yaml.safe_load((FOLDER / "linkerd.yaml").read_text("utf-8"))["global"]
    listed = preset["podAnnotations"]["config.linkerd.io/opaque-ports"].split(",")
    held = [c for c in catalog.charts.values() if c.name in _held(catalog)]
    rpc = {chart.ports["rpc"] for chart in held if "rpc" in chart.ports}
    places = {d.port for d in catalog.dependencies.values() if d.scheme != "http"}
    assert {str(number) for number in rpc | places} <= set(listed)


def _held(catalog: Catalog) -> set[str]:
    umbrella = catalog.charts["openim"].includes
    return {c.name for c in catalog.charts.values() if {c.name, c.family} & set(umbrella)}
