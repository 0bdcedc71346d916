"""Where the scheduler may put the pods of a workload: a model of what it must keep to.

What it only prefers (ScheduleAnyway, preferred affinity) is no rule here: when nodes are full it
gives that up. Pods of one workload are alike, so a placement is their number on each node. A node
that is cordoned or lost is tainted: no pod goes there. Volumes are taken to follow their pods,
which allows more placements than volumes that are bound to a node or zone do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from openim_charts.checks.release import PodTemplate, pod_of, selects
from openim_charts.checks.rendered import RenderedObject, get, listing, mapping

HOST = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"
Counts = tuple[int, ...]
NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Node:
    """A node; one without a zone has no such label."""

    name: str
    zone: str | None = None

    def domain(self, key: str) -> str | None:
        """The value of the node's label ``key``."""
        return {HOST: self.name, ZONE: self.zone}[key]


@dataclass(frozen=True, slots=True)
class Spread:
    """A topology spread constraint that the scheduler must keep."""

    key: str
    skew: int
    domains: int
    ignores_tainted: bool
    ignores_old: bool  # pods of other revisions


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment or StatefulSet; ``budget`` pods may be evicted at the same time."""

    chart: str = field(compare=False)  # Most modules are placed alike.
    replicas: int
    surge: int
    moves: bool  # its pods have no volumes, so that any node will do
    apart: tuple[str, ...]
    spreads: tuple[Spread, ...]
    budget: int | None


def workload(obj: RenderedObject, budgets: Iterable[RenderedObject]) -> Workload:
    """What a rendered object and its PodDisruptionBudget say."""
    pod = pod_of(obj)
    assert pod is not None
    strategy = get(obj.data, "spec", "strategy", "type")
    guards = [
        get(budget.data, "spec", "maxUnavailable")
        for budget in budgets
        if selects(mapping(budget.data, "spec", "selector", "matchLabels"), pod.labels)
    ]
    assert len(guards) < 2, "the eviction of a pod with two budgets fails"
    return Workload(
        chart=obj.template.split("/")[1],
        replicas=get(obj.data, "spec", "replicas"),
        # Kubernetes' default is a quarter, rounded up, and none that is away.
        surge=-(-get(obj.data, "spec", "replicas") // 4) if strategy == "RollingUpdate" else 0,
        moves=not listing(obj.data, "spec", "volumeClaimTemplates"),
        apart=tuple(_apart(pod)),
        spreads=tuple(_spreads(pod)),
        budget=guards[0] if guards else None,
    )


def _own(rule: Mapping[str, Any], pod: PodTemplate) -> bool:
    """Whether a rule is about the workload's own pods, the only ones that the model knows."""
    return selects(mapping(rule, "labelSelector", "matchLabels"), pod.labels)


def _apart(pod: PodTemplate) -> Iterator[str]:
    affinity = mapping(pod.spec, "affinity")
    assert set(affinity) <= {"podAntiAffinity"}, affinity
    for term in listing(
        affinity, "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"
    ):
        assert _own(term, pod), term
        yield term["topologyKey"]


def _spreads(pod: PodTemplate) -> Iterator[Spread]:
    for rule in listing(pod.spec, "topologySpreadConstraints"):
        assert _own(rule, pod), rule
        keys = rule.get("matchLabelKeys", [])
        assert set(keys) <= {"pod-template-hash"}, rule
        if rule["whenUnsatisfiable"] == "DoNotSchedule":
            yield Spread(
                rule["topologyKey"],
                rule["maxSkew"],
                rule.get("minDomains", 1),
                rule.get("nodeTaintsPolicy") == "Honor",
                bool(keys),
            )


@cache
def possible(
    rules: Workload,
    nodes: tuple[Node, ...],
    counts: Counts,
    tainted: frozenset[int] = NONE,
    old: Counts | None = None,
) -> frozenset[int]:
    """The nodes that the scheduler may choose for one more pod; ``old`` ones are of the last
    revision."""
    both = tuple(a + b for a, b in zip(counts, old, strict=True)) if old else counts
    return frozenset(
        i
        for i in range(len(nodes))
        if i not in tainted
        and not any(_occupied(key, i, nodes, both) for key in rules.apart)
        and all(
            _even(rule, rules, i, nodes, counts if rule.ignores_old else both, tainted)
            for rule in rules.spreads
        )
    )


def _occupied(key: str, chosen: int, nodes: tuple[Node, ...], counts: Counts) -> bool:
    here = nodes[chosen].domain(key)
    return here is not None and any(
        count and node.domain(key) == here for node, count in zip(nodes, counts, strict=True)
    )


def _even(
    rule: Spread,
    rules: Workload,
    chosen: int,
    nodes: tuple[Node, ...],
    counts: Counts,
    tainted: frozenset[int],
) -> bool:
    """Whether a pod on the chosen node keeps the difference to the least used domain."""
    found: dict[str, int] = {}
    for i, (node, count) in enumerate(zip(nodes, counts, strict=True)):
        if any(node.domain(other.key) is None for other in rules.spreads):
            continue
        if rule.ignores_tainted and i in tainted:
            continue
        domain = str(node.domain(rule.key))
        found[domain] = found.get(domain, 0) + count
    here = nodes[chosen].domain(rule.key)
    if here not in found:
        return False
    least = min(found.values()) if len(found) >= rule.domains else 0
    return found[here] + 1 - least <= rule.skew


def _plus(counts: Counts, node: int, change: int) -> Counts:
    return (*counts[:node], counts[node] + change, *counts[node + 1 :])


def domains(nodes: tuple[Node, ...]) -> dict[str, frozenset[int]]:
    """What may be lost at once: each node, and each zone of several nodes."""
    found = {node.name: frozenset({i}) for i, node in enumerate(nodes)}
    zones = {node.zone for node in nodes if node.zone}
    for zone in zones if len(zones) > 1 else ():
        found[str(zone)] = frozenset(i for i, node in enumerate(nodes) if node.zone == zone)
    return found


State = tuple[Counts, frozenset[int]]  # pods on each node, and the nodes that are away


@cache
def placements(
    rules: Workload, nodes: tuple[Node, ...]
) -> tuple[frozenset[Counts], frozenset[Counts]]:
    """Every placement of all pods that can come about, and dead ends: where one cannot be placed.

    What may happen, any number of times: pods are deleted and placed again; a node or zone is lost
    or drained, any of its pods run elsewhere, and it comes back; a new revision is rolled out.
    """
    start = ((0,) * len(nodes), NONE)
    seen: set[State] = {start}
    waiting = [start]
    stuck = set()
    while waiting:
        state = waiting.pop()
        following = _following(rules, nodes, *state)
        if not state[1] and not any(sum(then[0]) > sum(state[0]) for then in following):
            stuck.add(state[0])
        waiting += following - seen
        seen |= following
    full = frozenset(c for c, away in seen if sum(c) == rules.replicas and not away)
    return full, frozenset(stuck) - full


def _following(
    rules: Workload, nodes: tuple[Node, ...], counts: Counts, away: frozenset[int]
) -> set[State]:
    """What one event makes of a state."""
    following = {(_plus(counts, i, -1), away) for i in away or range(len(nodes)) if counts[i]}
    if away:
        following.add((counts, NONE))
    if sum(counts) < rules.replicas:
        chosen = possible(rules, nodes, counts, away)
        return following | {(_plus(counts, i, 1), away) for i in chosen}
    if not any(counts[i] for i in away):
        following |= {(new, away) for new in _rollouts(rules, nodes, counts, away)}
    if not away:
        following |= {(counts, lost) for lost in domains(nodes).values()}
    return following


def _rollouts(
    rules: Workload, nodes: tuple[Node, ...], counts: Counts, away: frozenset[int]
) -> Iterator[Counts]:
    """Where the pods of a Deployment's next revision may be, when all of the last one are gone."""
    if not rules.surge:
        return  # Pods are deleted and placed again.
    seen = {(counts, (0,) * len(nodes))}
    waiting = list(seen)
    while waiting:
        old, new = waiting.pop()
        total = sum(old) + sum(new)
        if sum(new) == rules.replicas and not sum(old):
            yield new
            continue
        following = set()
        if sum(new) < rules.replicas and total < rules.replicas + rules.surge:
            following |= {(old, _plus(new, i, 1)) for i in possible(rules, nodes, new, away, old)}
        if total > rules.replicas:
            following |= {(_plus(old, i, -1), new) for i, count in enumerate(old) if count}
        assert following, f"a rollout of {rules.chart} cannot go on from {old} and {new}"
        waiting += following - seen
        seen |= following
