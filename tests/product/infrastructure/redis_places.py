"""Redis' pods in places, moved as the chart's spread.awk says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from pathlib import Path

from tests.product.infrastructure.programs import ask, program


@dataclass(frozen=True, slots=True)
class Pod:
    """Where a pod runs, and whom it follows: a master itself."""

    master: str
    zone: str
    node: str


Pods = Mapping[str, Pod]
Place = tuple[str, str]  # zone and node


def step(script: Path, pods: Pods) -> list[list[str]]:
    """What spread.awk wants to be done next, each command as its words."""
    rows = (f"{name} {pod.master} {pod.zone} {pod.node}\n" for name, pod in pods.items())
    told = ask([program("awk"), "-f", str(script)], {}, "".join(rows))
    return [line.split() for line in told.splitlines()]


def settle(script: Path, pods: Pods) -> tuple[Pods, int]:
    """The pods when nothing is left to do, and how many steps that took."""
    now = dict(pods)
    for count in range(30):
        commands = step(script, now)
        if not commands:
            return now, count
        for verb, name, *master in commands:
            old = now[name].master
            assert old != name, f"{verb} of a master: {now}"
            if verb == "replicate":
                now[name] = Pod(master[0], now[name].zone, now[name].node)
            else:
                assert verb == "failover"
                now |= {n: Pod(name, p.zone, p.node) for n, p in now.items() if p.master == old}
    raise AssertionError(f"no end: {pods}")


def survives(pods: Pods, place: str) -> bool:
    """Whether the cluster serves all slots after a zone or node is lost."""
    left = {name for name, pod in pods.items() if place not in (pod.zone, pod.node)}
    masters = {pod.master for pod in pods.values()}
    served = {pods[name].master for name in left}
    return served == masters and 2 * len(masters & left) > len(masters)


def clusters(places: Iterable[Place], masters: int = 3) -> Iterator[Pods]:
    """Every cluster that can be made of pods in these places, whoever is master or follows whom.

    Pods in one place are alike, as are masters: of clusters that differ in names only there is one.
    """
    seen = set()
    where = sorted(places)
    for roles in product(range(-1, masters), repeat=len(where)):
        if roles.count(-1) != masters:
            continue
        own = [i for i, role in enumerate(roles) if role < 0]
        shape = sorted(
            (where[m], sorted(where[i] for i, role in enumerate(roles) if role == number))
            for number, m in enumerate(own)
        )
        if str(shape) in seen:
            continue
        seen.add(str(shape))
        yield {
            f"pod-{i}": Pod(f"pod-{i if role < 0 else own[role]}", *where[i])
            for i, role in enumerate(roles)
        }


def spreads(pods: int, places: int, most: int) -> Iterator[tuple[int, ...]]:
    """How many pods are in each place, where none has more than ``most`` and none has none."""
    for chosen in combinations_with_replacement(range(places), pods):
        counts = tuple(chosen.count(place) for place in range(places))
        if min(counts) > 0 and max(counts) <= most:
            yield counts
