"""Who owns the number of pods, and how many may be away at a time."""

from __future__ import annotations

from typing import Any

import pytest

from openim_charts.helm.adapter import HelmError
from openim_charts.specs.model import Catalog
from tests.product.features.conftest import Objects, Render, of_kind

CHART = "openim-rpc-user"
CRON = {"type": "cron", "metadata": {"timezone": "UTC", "start": "0 8 * * *", "end": "0 20 * * *"}}
SCALERS = ("HorizontalPodAutoscaler", "ScaledObject", "VerticalPodAutoscaler")


def _scaling(kind: str, **more: Any) -> dict[str, Any]:
    return {"autoscaling": {"type": kind, **more}}


def _one(objects: Objects, kind: str) -> Any:
    (found,) = of_kind(objects, kind)
    return found["spec"]


def test_replicas_are_the_charts_own_without_an_autoscaler(render: Render) -> None:
    objects = render(CHART, {"replicaCount": 3})
    assert _one(objects, "Deployment")["replicas"] == 3
    assert not of_kind(objects, *SCALERS)


@pytest.mark.parametrize(
    ("kind", "made"), [("hpa", "HorizontalPodAutoscaler"), ("keda", "ScaledObject")]
)
def test_an_autoscaler_alone_owns_the_replicas(render: Render, kind: str, made: str) -> None:
    objects = render(CHART, {"replicaCount": 3, **_scaling(kind)})
    deployment = of_kind(objects, "Deployment")[0]
    assert "replicas" not in deployment["spec"]
    spec = _one(objects, made)
    assert spec["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
    assert [o["kind"] for o in of_kind(objects, *SCALERS)] == [made]


def test_hpa_keeps_what_it_is_told(render: Render) -> None:
    behavior = {"scaleDown": {"stabilizationWindowSeconds": 600}}
    pods = {
        "type": "Pods",
        "pods": {"metric": {"name": "n"}, "target": {"type": "AverageValue", "averageValue": "5"}},
    }
    values = _scaling(
        "hpa", maxReplicas=9, targetCPU=None, targetMemory=60, metrics=[pods], behavior=behavior
    )
    spec = _one(render(CHART, values), "HorizontalPodAutoscaler")
    assert (spec["minReplicas"], spec["maxReplicas"], spec["behavior"]) == (2, 9, behavior)
    memory, other = spec["metrics"]
    assert memory["resource"] == {
        "name": "memory",
        "target": {"type": "Utilization", "averageUtilization": 60},
    }
    assert other == pods


def test_keda_triggers(render: Render) -> None:
    spec = _one(render(CHART, _scaling("keda", triggers=[CRON])), "ScaledObject")
    cpu, cron = spec["triggers"]
    assert cpu == {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "75"}}
    assert cron == CRON
    with pytest.raises(HelmError, match=r"autoscaling\.triggers"):
        render(CHART, _scaling("keda", targetCPU=None))


@pytest.mark.parametrize("kind", ["hpa", "keda"])
def test_the_least_number_of_pods_is_not_above_the_largest(render: Render, kind: str) -> None:
    with pytest.raises(HelmError, match="set maxReplicas to 7 or more"):
        render(CHART, _scaling(kind, minReplicas=7))
    assert render(CHART, _scaling("none", minReplicas=7))


def test_two_autoscalers_never_share_a_resource(render: Render) -> None:
    def both(controlled: list[str], mode: str = "Initial") -> dict[str, Any]:
        vertical = {"enabled": True, "controlledResources": controlled, "updateMode": mode}
        return {**_scaling("hpa"), "verticalPodAutoscaler": vertical}

    with pytest.raises(HelmError, match="cpu cannot have two autoscalers"):
        render(CHART, both(["cpu", "memory"]))
    assert len(of_kind(render(CHART, both(["memory"])), *SCALERS)) == 2
    assert len(of_kind(render(CHART, both(["cpu", "memory"], "Off")), *SCALERS)) == 2


def test_vertical_autoscaler_knows_the_container(render: Render) -> None:
    vertical = {"enabled": True, "maxAllowed": {"memory": "2Gi"}}
    objects = render(CHART, {"verticalPodAutoscaler": vertical})
    (policy,) = _one(objects, "VerticalPodAutoscaler")["resourcePolicy"]["containerPolicies"]
    (container,) = _one(objects, "Deployment")["template"]["spec"]["containers"]
    assert policy["containerName"] == container["name"]
    assert policy["maxAllowed"] == {"memory": "2Gi"}
    assert "minAllowed" not in policy


@pytest.mark.parametrize(
    ("values", "budget"),
    [
        ({}, False),
        ({"replicaCount": 2}, True),
        (_scaling("hpa"), True),
        ({"replicaCount": 2, "podDisruptionBudget": {"enabled": False}}, False),
    ],
)
def test_budget_only_where_pods_can_be_spared(
    render: Render, values: dict[str, Any], budget: bool
) -> None:
    assert bool(of_kind(render(CHART, values), "PodDisruptionBudget")) == budget


def test_budget_never_blocks_a_drain(render: Render) -> None:
    objects = render(CHART, {"replicaCount": 2})
    spec = _one(objects, "PodDisruptionBudget")
    assert spec["maxUnavailable"] == 1
    assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    pod = _one(objects, "Deployment")["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"].items() <= pod.items()
    for blocking in (0, "0%", "00%", -1):
        with pytest.raises(HelmError) as refusal:
            render(CHART, {"podDisruptionBudget": {"maxUnavailable": blocking}})
        assert any("podDisruptionBudget/maxUnavailable" in d for d in refusal.value.details)


def test_charts_of_one_pod_have_no_values_for_more(catalog: Catalog, render: Render) -> None:
    single = [
        c.name
        for c in catalog.charts.values()
        if c.options.get("workload", {}).get("maxReplicas") == 1
    ]
    assert single
    for name in single:
        assert not of_kind(render(name), "PodDisruptionBudget", *SCALERS)
        with pytest.raises(HelmError):
            render(name, _scaling("hpa"))


def test_a_module_of_one_pod_is_never_two_for_a_moment(render: Render) -> None:
    (deployment,) = of_kind(render("openim-crontask"), "Deployment")
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}
    with pytest.raises(HelmError, match="/strategy/type"):
        render("openim-crontask", {"strategy": {"type": "RollingUpdate"}})


@pytest.mark.parametrize("most", [2, "34%"])
def test_no_budget_takes_a_majority(render: Render, most: int | str) -> None:
    with pytest.raises(HelmError, match=r"evict 2 of 3 pods at the same time.*set it to 1"):
        render("etcd", {"replicaCount": 3, "podDisruptionBudget": {"maxUnavailable": most}})
    for enough in (1, "33%"):
        values = {"replicaCount": 3, "podDisruptionBudget": {"maxUnavailable": enough}}
        assert _one(render("etcd", values), "PodDisruptionBudget")["maxUnavailable"] == enough


def test_a_budget_may_take_half_of_what_has_no_quorum(render: Render) -> None:
    values = {"replicaCount": 4, "podDisruptionBudget": {"maxUnavailable": 2}}
    assert _one(render(CHART, values), "PodDisruptionBudget")["maxUnavailable"] == 2


def test_voters_never_share_a_node(render: Render, catalog: Catalog) -> None:
    for name, spec in catalog.charts.items():
        stateful = spec.options.get("stateful")
        if stateful is None:
            continue
        pod = _one(render(name), "StatefulSet")["template"]["spec"]
        hard = "requiredDuringSchedulingIgnoredDuringExecution" in str(pod["affinity"])
        assert hard == (stateful.get("quorum") == "majority"), name
