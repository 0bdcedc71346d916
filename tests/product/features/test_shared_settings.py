"""What ``global`` says of pods reaches all pods of all charts, and a chart's own values win."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from openim_charts.specs.model import Catalog
from tests.product.features.conftest import Objects, Render, Values, of_kind

POOL = {"key": "example.com/pool", "operator": "Exists"}
NODES = {
    "requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [{"matchExpressions": [POOL]}]
    }
}
AS_THEY_ARE = {
    "runtimeClassName": "gvisor",
    "priorityClassName": "high",
    "schedulerName": "packer",
    "nodeSelector": {"pool": "im"},
    "tolerations": [{**POOL, "effect": "NoSchedule"}],
}
SPREAD = [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}]
QUOTA = {
    "requests": {"ephemeral-storage": "50Mi"},
    "limits": {"cpu": "7", "memory": "9Gi", "ephemeral-storage": "3Gi"},
}
SHARED: dict[str, Any] = {
    **AS_THEY_ARE,
    "resources": QUOTA,
    "temporaryStorage": "77Mi",
    "affinity": {"nodeAffinity": NODES},
    "topologySpreadConstraints": SPREAD,
    "commonLabels": {"example.com/cost": "1"},
    "commonAnnotations": {"example.com/contact": "us"},
    "podLabels": {"example.com/mesh": "on"},
    "podAnnotations": {"example.com/evict": "true"},
    "podSecurityContext": {"supplementalGroups": [4711]},
    "containerSecurityContext": {"appArmorProfile": {"type": "RuntimeDefault"}},
    "image": {"pullPolicy": "Always", "pullSecrets": ["mirror"]},
    "secrets": {"provider": "job"},
}
JOB = {"global": {"secrets": {"provider": "job"}}}


def _templates(objects: Objects) -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and pod template of all that makes pods."""
    for o in objects:
        if o["kind"] == "Pod":
            yield o["kind"], o
        elif "template" in o.get("spec", {}) and "containers" in str(o["spec"]["template"]):
            yield o["kind"], o["spec"]["template"]


@pytest.fixture(scope="module")
def everywhere(catalog: Catalog, render: Render) -> list[tuple[str, dict[str, Any]]]:
    """All pods of the umbrella chart, and of the charts that are not in it."""
    names = ["openim", *(set(catalog.charts) - set(catalog.charts["openim"].includes))]
    charts = [n for n in names if n == "openim" or catalog.charts[n].kind != "umbrella"]
    found = [pod for n in charts for pod in _templates(render(n, {"global": SHARED}))]
    assert {"Deployment", "StatefulSet", "Job", "Pod"} == {kind for kind, _ in found}
    assert len(found) > 50
    return found


def test_shared_settings_reach_every_pod(everywhere: list[tuple[str, dict[str, Any]]]) -> None:
    for kind, pod in everywhere:
        spec, metadata = pod["spec"], pod["metadata"]
        name = metadata["labels"]["app.kubernetes.io/name"]
        assert {key: spec.get(key) for key in AS_THEY_ARE} == AS_THEY_ARE, name
        assert spec["affinity"]["nodeAffinity"] == NODES, name
        assert spec["imagePullSecrets"] == [{"name": "mirror"}], name
        assert spec["securityContext"]["supplementalGroups"] == [4711], name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["enableServiceLinks"] is False, name
        assert SHARED["commonLabels"].items() <= metadata["labels"].items(), name
        assert SHARED["podLabels"].items() <= metadata["labels"].items(), name
        assert SHARED["commonAnnotations"].items() <= metadata["annotations"].items(), name
        assert SHARED["podAnnotations"].items() <= metadata["annotations"].items(), name
        stays = kind in ("Deployment", "StatefulSet")
        assert ("topologySpreadConstraints" in spec) == stays, name
        assert ("podAntiAffinity" in spec["affinity"]) == stays, name


def test_shared_settings_reach_every_container(
    everywhere: list[tuple[str, dict[str, Any]]],
) -> None:
    for _, pod in everywhere:
        for container in (*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]):
            assert container["imagePullPolicy"] == "Always"
            context = container["securityContext"]
            assert context["appArmorProfile"] == {"type": "RuntimeDefault"}
            assert context["readOnlyRootFilesystem"] is True
            resources = container["resources"]
            for asked in QUOTA:
                assert resources[asked].keys() >= {"cpu", "memory", "ephemeral-storage"}
                assert resources[asked]["ephemeral-storage"] == QUOTA[asked]["ephemeral-storage"]
            assert resources["limits"]["cpu"] == "7", container["name"]
            assert resources["limits"]["memory"] != "9Gi", "each says its own"


def test_every_empty_volume_has_a_size(everywhere: list[tuple[str, dict[str, Any]]]) -> None:
    volumes = [v for _, pod in everywhere for v in pod["spec"].get("volumes", [])]
    sizes = Counter(v["emptyDir"].get("sizeLimit") for v in volumes if "emptyDir" in v)
    assert sizes.pop("1Mi"), "registrations and secrets, in memory"
    assert sizes.pop("4Gi") == 2, "MySQL says its own"
    assert sizes.keys() == {"77Mi"}


def test_data_without_a_volume_has_the_size_of_one(render: Render) -> None:
    values = {"persistence": {"enabled": False, "size": "3Gi"}}
    (pod,) = of_kind(render("etcd", values), "StatefulSet")
    (data,) = (v for v in pod["spec"]["template"]["spec"]["volumes"] if v["name"] == "data")
    assert data["emptyDir"] == {"sizeLimit": "3Gi"}


def test_temporary_files_may_be_without_a_limit(render: Render) -> None:
    pods = _templates(render("minio", {"global": {"temporaryStorage": ""}}))
    empty = [
        v["emptyDir"] for _, pod in pods for v in pod["spec"].get("volumes", []) if "emptyDir" in v
    ]
    assert empty == [{}, {}]


def test_a_container_s_own_resources_win(render: Render) -> None:
    own = {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}
    pods = _templates(render("redis", {"resources": own, "global": {"resources": QUOTA}}))
    (spec,) = (pod["spec"] for kind, pod in pods if kind == "StatefulSet")
    program, exporter = spec["containers"]
    assert program["resources"]["limits"]["cpu"] == "2"
    assert program["resources"]["limits"]["ephemeral-storage"] == "3Gi"
    assert exporter["resources"]["limits"]["cpu"] == "7"


def test_a_chart_s_own_settings_win(render: Render) -> None:
    own = {
        "priorityClassName": "low",
        "nodeSelector": {"pool": "cache", "disk": "fast"},
        "tolerations": [{"operator": "Exists"}],
        "affinity": {"podAffinity": {}},
        "topologySpreadConstraints": [{**SPREAD[0], "maxSkew": 2}],
        "commonLabels": {"example.com/mesh": "common"},
        "podAnnotations": {"example.com/contact": "them"},
        "podSecurityContext": {"supplementalGroups": [1]},
        "image": {"pullPolicy": "Never"},
    }
    shared = {**SHARED, "nodeSelector": {"pool": "im", "arch": "arm"}}
    pods = dict(_templates(render("redis", {**own, "global": shared})))
    assert len(pods) == 3
    for pod in pods.values():
        spec = pod["spec"]
        assert spec["priorityClassName"] == "low"
        assert spec["nodeSelector"] == {"pool": "cache", "disk": "fast", "arch": "arm"}
        assert spec["tolerations"] == own["tolerations"]
        assert "nodeAffinity" not in spec.get("affinity", {})
        assert pod["metadata"]["labels"]["example.com/mesh"] == "common"
        assert pod["metadata"]["annotations"]["example.com/contact"] == "them"
        assert spec["securityContext"]["supplementalGroups"] == [1]
        assert spec["containers"][0]["imagePullPolicy"] == "Never"
    assert pods["StatefulSet"]["spec"]["topologySpreadConstraints"][0]["maxSkew"] == 2


@pytest.mark.parametrize(
    ("shared", "own", "user", "volumes"),
    [
        ({}, {}, 999, 999),
        ({"podSecurityContext": {"runAsUser": 1001}}, {}, 1001, 999),
        ({"podSecurityContext": {"runAsUser": 1001}}, {"runAsUser": 1002}, 1002, 999),
        ({"podSecurityContext": {"runAsUser": 1001}}, {"runAsUser": None}, None, 999),
        ({"userFromPlatform": True}, {}, None, None),
        ({"userFromPlatform": True}, {"fsGroup": 5}, None, 5),
    ],
)
def test_the_user_of_all_pods(
    render: Render, shared: Values, own: Values, user: int | None, volumes: int | None
) -> None:
    values = {"podSecurityContext": own, "global": {**shared, **JOB["global"]}}
    pods = dict(_templates(render("redis", values)))
    assert len(pods) == 3
    for kind, pod in pods.items():
        context = pod["spec"]["securityContext"]
        assert context.get("runAsUser") == user, kind
        assert context.get("fsGroup") == volumes, kind
        assert context["runAsNonRoot"] is True
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_jobs_and_tests_have_the_resources_that_a_quota_asks_for(render: Render) -> None:
    full = {"limits": {"cpu": "1", "memory": "64Mi"}, "requests": {"cpu": "1", "memory": "64Mi"}}
    shared = {
        "secrets": {"provider": "job", "job": {"resources": full}},
        "tools": {"resources": full},
    }
    objects = render("minio", {"global": shared, "setupJob": {"resources": full}})
    found = [p["spec"]["containers"][0] for k, p in _templates(objects) if k != "StatefulSet"]
    assert [container["resources"] for container in found] == [full] * 3


@pytest.mark.parametrize("chart", ["etcd", "kafka", "mongodb", "redis"])
def test_the_domain_of_a_cluster_is_said_once(render: Render, chart: str) -> None:
    def named(values: Values) -> set[str]:
        text = str(of_kind(render(chart, values), "StatefulSet", "ConfigMap"))
        return {d for d in ("cluster.local", "one.example", "two.example") if f".svc.{d}" in text}

    shared = {"global": {"clusterDomain": "one.example"}}
    assert named({}) == {"cluster.local"}
    assert named(shared) == {"one.example"}
    assert named({**shared, "clusterDomain": "two.example"}) == {"two.example"}
