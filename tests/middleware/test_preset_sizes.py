"""The presets: how much they install, how it is spread, and that nothing blocks a drain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
import yaml

from generator.checks.release import Release, pod_of, selects
from generator.checks.rendered import RenderedObject, get, listing, mapping
from generator.config.plan import plan_of
from generator.config.quantities import size
from tests.conftest import ROOT
from tests.middleware.conftest import Render

ZONE = "topology.kubernetes.io/zone"
# What ha.yaml names as running once.
ALONE = {"openim-crontask", "minio", "loki", "grafana"}


@pytest.fixture(scope="module")
def presets(render: Render) -> Mapping[str, Release]:
    """All presets, rendered."""
    paths = sorted((ROOT / "presets").glob("*.yaml"))
    return {path.stem: render(yaml.safe_load(path.read_text("utf-8"))) for path in paths}


def _workloads(release: Release) -> Iterator[RenderedObject]:
    return release.of("Deployment", "StatefulSet")


def _owner(obj: RenderedObject) -> str:
    return obj.template.split("/")[1]


def test_minimal_fits_a_laptop(presets: Mapping[str, Release]) -> None:
    plan = plan_of(presets["minimal"].rendering, "openim")
    assert {program.replicas for program in plan.programs} == {1}
    assert plan.total.memory < 4 * 2**30
    assert plan.total.cpu < 2
    assert {p.chart for p in plan.programs} == set(presets["minimal"].chart.spec.includes)


def test_minimal_can_become_standard(presets: Mapping[str, Release]) -> None:
    """Nothing differs that a StatefulSet cannot change."""
    fixed = [
        {
            obj.name: (
                listing(obj.data, "spec", "volumeClaimTemplates"),
                get(obj.data, "spec", "replicas"),
            )
            for obj in presets[name].of("StatefulSet")
        }
        for name in ("minimal", "standard")
    ]
    assert fixed[0] == fixed[1]


def test_ha_survives_a_node_and_a_zone(presets: Mapping[str, Release]) -> None:
    alone = set()
    for obj in _workloads(presets["ha"]):
        count = get(obj.data, "spec", "replicas")
        if count == 1:
            alone.add(_owner(obj))
            continue
        pod = pod_of(obj)
        assert pod is not None
        zones = listing(pod.spec, "topologySpreadConstraints")
        assert [c["topologyKey"] for c in zones] == [ZONE], obj.name
        assert selects(mapping(zones[0], "labelSelector", "matchLabels"), pod.labels), obj.name
        assert get(pod.spec, "affinity", "podAntiAffinity"), obj.name
        assert count >= 3 or _owner(obj) == "prometheus", obj.name
    assert alone == ALONE


def test_no_budget_blocks_a_drain(presets: Mapping[str, Release]) -> None:
    for name, release in presets.items():
        budgets = list(release.of("PodDisruptionBudget"))
        guarded = set()
        for budget in budgets:
            assert get(budget.data, "spec", "maxUnavailable") == 1, (name, budget.name)
            assert get(budget.data, "spec", "minAvailable") is None
            assert get(budget.data, "spec", "unhealthyPodEvictionPolicy") == "AlwaysAllow"
            chosen = mapping(budget.data, "spec", "selector", "matchLabels")
            guarded |= {
                obj.name
                for obj in _workloads(release)
                if (pod := pod_of(obj)) and selects(chosen, pod.labels)
            }
        many = {o.name for o in _workloads(release) if get(o.data, "spec", "replicas") > 1}
        assert guarded == many, name


def test_the_readme_knows_the_sizes(presets: Mapping[str, Release]) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for name, release in presets.items():
        plan = plan_of(release.rendering, "openim")
        cpu = f"{plan.total.cpu:.1f}".removesuffix(".0")
        row = f"| `{name}` | {plan.pods} | {cpu} cores, {size(plan.total.memory)} |"
        assert row in text, row
