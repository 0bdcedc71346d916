"""What presets promise, for every placement of their pods that the scheduler may choose.

On each cluster, whatever was lost, drained or rolled out before: the loss of any node and of any
zone leaves of each set of pods as many as it needs, and every drain ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.checks.release import Release
from openim_charts.checks.rendered import get
from openim_charts.specs.model import Catalog
from tests.conftest import ROOT
from tests.product.infrastructure.programs import write_files
from tests.product.infrastructure.redis_places import Pod, Pods, settle, survives
from tests.product.middleware.conftest import Render
from tests.product.middleware.placement import (
    Counts,
    Node,
    Workload,
    domains,
    placements,
    possible,
    workload,
)

PRESETS = sorted(path.stem for path in (ROOT / "presets").glob("*.yaml"))
# What ha.yaml names as running once.
ALONE = {"openim-crontask", "seaweedfs", "loki", "grafana"}


def _nodes(*zones: str) -> tuple[Node, ...]:
    return tuple(Node(f"node-{i}", zone) for i, zone in enumerate(zones))


PROMISED = {
    "three nodes in three zones": _nodes("a", "b", "c"),
    "three nodes in one zone": _nodes("a", "a", "a"),
    "six nodes in three zones": _nodes("a", "a", "b", "b", "c", "c"),
}
# A zone that is lost takes too much with it here, or there are nodes to choose among; pods must
# find a place all the same.
OTHERS = {
    "three nodes in two zones": _nodes("a", "a", "b"),
    "five nodes, of which most are in one zone": _nodes("a", "a", "a", "b", "c"),
}


@pytest.fixture(scope="module")
def presets(render: Render) -> Mapping[str, Release]:
    """All presets, rendered."""
    read = {name: (ROOT / "presets" / f"{name}.yaml").read_text("utf-8") for name in PRESETS}
    return {name: render(yaml.safe_load(text)) for name, text in read.items()}


def _workloads(release: Release) -> Iterator[Workload]:
    budgets = tuple(release.of("PodDisruptionBudget"))
    for obj in release.of("Deployment", "StatefulSet"):
        yield workload(obj, budgets)


def _many(release: Release) -> list[Workload]:
    return [one for one in _workloads(release) if one.replicas > 1]


@pytest.fixture(scope="module")
def quorum(catalog: Catalog) -> Callable[[Workload], str | None]:
    """What a workload needs to take writes, as its spec says."""
    return lambda one: catalog.charts[one.chart].options.get("stateful", {}).get("quorum")


def _enough(kind: str | None, total: int, left: int) -> bool:
    """Whether so many pods of a set are enough."""
    return 2 * left > total if kind == "majority" else left > 0


@pytest.mark.parametrize("cluster", PROMISED)
def test_ha_survives_every_node_and_zone(
    presets: Mapping[str, Release], quorum: Callable[[Workload], str | None], cluster: str
) -> None:
    nodes = PROMISED[cluster]
    for one in _many(presets["ha"]):
        if quorum(one) == "shards":
            continue
        found, stuck = placements(one, nodes)
        assert found
        assert not stuck, (one.chart, stuck)
        for counts in found:
            for name, gone in domains(nodes).items():
                left = sum(count for i, count in enumerate(counts) if i not in gone)
                lost = f"{one.chart} placed {counts} loses {name}"
                assert _enough(quorum(one), one.replicas, left), lost


@pytest.mark.parametrize("cluster", PROMISED)
def test_ha_keeps_every_shard_and_a_majority_of_masters(
    presets: Mapping[str, Release],
    quorum: Callable[[Workload], str | None],
    cluster: str,
    tmp_path: Path,
) -> None:
    """The pods arrange themselves; from which beginnings they can, test_redis_places.py shows."""
    nodes = PROMISED[cluster]
    (one,) = (w for w in _many(presets["ha"]) if quorum(w) == "shards")
    configs = [
        o.data for o in presets["ha"].of("ConfigMap") if f"charts/{one.chart}/" in o.template
    ]
    script = write_files(configs, tmp_path) / "spread.awk"
    found, stuck = placements(one, nodes)
    assert found
    assert not stuck, stuck
    for counts in found:
        pods, _ = settle(script, _pairs(nodes, counts))
        for name in domains(nodes):
            assert survives(pods, name), f"{counts} loses {name}"


def _pairs(nodes: tuple[Node, ...], counts: Counts) -> Pods:
    """Pods as they first find one another: each replica with its master, where that is possible."""
    places = [node for node, count in zip(nodes, counts, strict=True) for _ in range(count)]
    return {
        f"pod-{i}": Pod(f"pod-{i // 2 * 2}", str(node.zone), node.name)
        for i, node in enumerate(places)
    }


@pytest.mark.parametrize("cluster", OTHERS)
def test_ha_can_be_installed_on_other_clusters(
    presets: Mapping[str, Release], cluster: str
) -> None:
    for one in _many(presets["ha"]):
        found, stuck = placements(one, OTHERS[cluster])
        assert found, one.chart
        assert not stuck, (one.chart, stuck)


def test_ha_says_what_runs_once(presets: Mapping[str, Release]) -> None:
    alone = {one.chart for one in _workloads(presets["ha"]) if one.replicas == 1}
    assert alone == ALONE, "ha.yaml gives a chart several pods, or says that it runs once"


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("cluster", [*PROMISED, *OTHERS])
def test_every_drain_ends_and_leaves_enough(
    presets: Mapping[str, Release],
    quorum: Callable[[Workload], str | None],
    preset: str,
    cluster: str,
) -> None:
    nodes = {**PROMISED, **OTHERS}[cluster]
    for one in _workloads(presets[preset]):
        if one.replicas == 1:
            assert one.budget is None, f"{one.chart}: no drain could ever evict its pod"
            continue
        assert one.budget, f"{one.chart}: a drain could evict all pods at once"
        if quorum(one) == "majority":
            assert _enough("majority", one.replicas, one.replicas - one.budget), one.chart
        for counts in placements(one, nodes)[0]:
            for node, count in enumerate(counts):
                assert _drained(one, nodes, counts, node), f"{one.chart}: {counts}, {count} stay"


def _drained(one: Workload, nodes: tuple[Node, ...], counts: Counts, node: int) -> bool:
    """Whether all pods of a node can be evicted, wherever those before them run by then.

    Pods with a volume may find no other place: it can be bound to the node.
    """
    assert one.budget
    if not one.moves:
        return counts[node] <= one.budget
    waiting = [counts]
    while waiting:
        now = waiting.pop()
        if not now[node]:
            continue
        fewer = list(now)
        fewer[node] -= min(one.budget, now[node])
        choices = possible(one, nodes, tuple(fewer), frozenset({node}))
        if not choices and fewer[node]:
            return False
        waiting += [tuple(c + (j == i) for j, c in enumerate(fewer)) for i in choices]
    return True


def test_budgets_let_unhealthy_pods_go(presets: Mapping[str, Release]) -> None:
    for name, release in presets.items():
        for budget in release.of("PodDisruptionBudget"):
            assert get(budget.data, "spec", "minAvailable") is None
            policy: Any = get(budget.data, "spec", "unhealthyPodEvictionPolicy")
            assert policy == "AlwaysAllow", (name, budget.name)


def test_minimal_runs_everything_once_and_standard_all_that_keeps_data(
    presets: Mapping[str, Release],
) -> None:
    assert {one.replicas for one in _workloads(presets["minimal"])} == {1}
    counts = {"Deployment": {1, 2}, "StatefulSet": {1}}
    for kind, expected in counts.items():
        found = {get(obj.data, "spec", "replicas") for obj in presets["standard"].of(kind)}
        assert found == expected, kind


def test_ha_keeps_what_is_confirmed_on_two_nodes(presets: Mapping[str, Release]) -> None:
    """What a producer of Kafka is told to be written, offsets and transactions among it."""
    release = presets["ha"]
    config = str([o.data for o in release.of("ConfigMap") if o.name == "im-kafka"])
    for topic in ("default", "offsets.topic", "transaction.state.log"):
        assert f"{topic}.replication.factor=3\\n" in config
    assert "\\nmin.insync.replicas=2\\n" in config
    assert "\\ntransaction.state.log.min.isr=2\\n" in config
    assert "unclean.leader.election" not in config, "by default Kafka elects none that lags behind"
    (job,) = (o for o in release.of("Job") if "/kafka/" in o.template)
    assert {"name": "REPLICATION_FACTOR", "value": "3"} in [
        variable
        for container in get(job.data, "spec", "template", "spec", "containers")
        for variable in container["env"]
    ]
    configs = [get(o.data, "data", "kafka.yml") for o in release.of("ConfigMap")]
    acks = {yaml.safe_load(text)["producerAck"] for text in configs if text}
    assert acks == {""}, "to OpenIM this means all of them"
