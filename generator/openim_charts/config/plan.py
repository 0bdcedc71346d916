"""What a rendering installs: programs, what they ask of the nodes, and volumes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openim_charts.checks.release import pod_of
from openim_charts.checks.rendered import Parser, RenderedObject, get, listing, mapping
from openim_charts.helm.adapter import Rendering

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(m|k|Ki|[MGTPE]i?|[eE][+-]?\d+)?")
_DECIMAL = {"m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}


def quantity(text: object) -> Decimal:
    """Cores or bytes: ``250m`` is 0.25, ``1Gi`` is 1073741824. Raises ValueError."""
    found = _QUANTITY.fullmatch(str(text).strip())
    if not found:
        raise ValueError(f"{text!r} is not a quantity")
    number, unit = Decimal(found[1]), found[2] or ""
    if unit in _BINARY:
        return number * Decimal(1024 ** _BINARY[unit])
    if unit in _DECIMAL:
        return number.scaleb(_DECIMAL[unit])
    return number.scaleb(int(unit[1:]))


def cores(amount: Decimal) -> str:
    """``0.25``, ``12``: at most two places."""
    return f"{amount:.2f}".rstrip("0").rstrip(".")


def size(amount: Decimal) -> str:
    """``96 MiB``, ``3.9 GiB``: bytes in the unit in which they are easy to read."""
    for unit, power in (("GiB", 3), ("MiB", 2), ("KiB", 1)):
        value = amount / 1024**power
        if value >= 1:
            return f"{value:.1f}".removesuffix(".0") + f" {unit}"
    return f"{amount:.0f} B"


_RUNNING = ("Deployment", "StatefulSet")
_CLAIM = "PersistentVolumeClaim"
_SCALERS = {"HorizontalPodAutoscaler": "minReplicas", "ScaledObject": "minReplicaCount"}


@dataclass(frozen=True, slots=True)
class Resources:
    """Cores and bytes; a limit is None where a container has none."""

    cpu: Decimal
    memory: Decimal
    cpu_limit: Decimal | None
    memory_limit: Decimal | None

    def times(self, count: int) -> Resources:
        """The resources of ``count`` such pods."""
        return Resources(
            self.cpu * count,
            self.memory * count,
            None if self.cpu_limit is None else self.cpu_limit * count,
            None if self.memory_limit is None else self.memory_limit * count,
        )


@dataclass(frozen=True, slots=True)
class Program:
    """One Deployment or StatefulSet; ``pod`` is what one of its pods asks for."""

    chart: str
    kind: str
    name: str
    replicas: int
    pod: Resources


@dataclass(frozen=True, slots=True)
class Volume:
    """A claim, or those of one workload: each of its ``count`` pods has one."""

    name: str
    count: int
    size: Decimal  # bytes; 0 for a claim that exists already
    storage_class: str  # "" is the cluster's default class, "-" none
    existing: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that runs and stays; Jobs and tests, which end, are left out."""

    programs: tuple[Program, ...]
    volumes: tuple[Volume, ...]

    @property
    def pods(self) -> int:
        """Number of pods."""
        return sum(program.replicas for program in self.programs)

    @property
    def total(self) -> Resources:
        """What all pods ask for together."""
        return add(program.pod.times(program.replicas) for program in self.programs)

    @property
    def disk(self) -> Decimal:
        """Bytes of all new volumes."""
        return sum((v.size * v.count for v in self.volumes), Decimal(0))


def add(parts: Iterable[Resources]) -> Resources:
    """The sum; a limit is None as soon as one part has none."""
    cpu = memory = Decimal(0)
    limits: list[Decimal | None] = [Decimal(0), Decimal(0)]
    for part in parts:
        cpu += part.cpu
        memory += part.memory
        for index, limit in enumerate((part.cpu_limit, part.memory_limit)):
            known = limits[index]
            limits[index] = None if known is None or limit is None else known + limit
    return Resources(cpu, memory, *limits)


def plan_of(rendering: Rendering, chart: str) -> Plan:
    """What a rendering of ``chart`` installs, in the order of the charts' names."""
    parser = Parser()
    parsed = (parser.parse(file, "", hook=False) for file in rendering.manifests)
    objects = [obj for obj in parsed if obj]
    minima = dict(_minima(objects))
    programs: list[Program] = []
    volumes = [_volume(obj.name, obj.data, 1) for obj in objects if obj.kind == _CLAIM]
    existing: set[str] = set()
    for obj in objects:
        pod = pod_of(obj)
        if pod is None:
            continue
        existing |= set(pod.claims())
        if obj.kind not in _RUNNING:
            continue
        replicas = minima.get((obj.kind, obj.name), get(obj.data, "spec", "replicas"))
        count = 1 if replicas is None else int(replicas)
        parts = obj.template.split("/")
        owner = parts[1] if parts[0] == "charts" else chart
        programs.append(Program(owner, obj.kind, obj.name, count, _pod(pod.spec)))
        volumes += [
            _volume(f"{get(claim, 'metadata', 'name')}-{obj.name}", claim, count)
            for claim in listing(obj.data, "spec", "volumeClaimTemplates")
        ]
    existing -= {volume.name for volume in volumes}
    volumes += [Volume(name, 1, Decimal(0), "", existing=True) for name in existing]
    return Plan(
        tuple(sorted(programs, key=lambda p: (p.chart, p.name))),
        tuple(sorted(volumes, key=lambda v: v.name)),
    )


def _minima(objects: Iterable[RenderedObject]) -> Iterator[tuple[tuple[str, str], int]]:
    """The fewest pods of each workload that an autoscaler rules."""
    for obj in objects:
        key = _SCALERS.get(obj.kind)
        target = mapping(obj.data, "spec", "scaleTargetRef")
        if key and target:
            least = get(obj.data, "spec", key)
            kind = str(target.get("kind", "Deployment"))
            yield (kind, str(target.get("name"))), 1 if least is None else int(least)


def _pod(spec: Mapping[str, Any]) -> Resources:
    """What the scheduler keeps free for a pod: its containers and sidecars together, or the
    largest of the init containers before them where that is more."""
    running = [_container(c) for c in listing(spec, "containers")]
    first: list[Resources] = []
    for container in listing(spec, "initContainers"):
        one = _container(container)
        (running if get(container, "restartPolicy") == "Always" else first).append(one)
    together = add(running)
    return Resources(
        max([together.cpu, *(c.cpu for c in first)]),
        max([together.memory, *(c.memory for c in first)]),
        together.cpu_limit,
        together.memory_limit,
    )


def _container(container: Any) -> Resources:
    limits = mapping(container, "resources", "limits")
    # A request that is not given is the limit (Kubernetes sets it so).
    wanted = {**limits, **mapping(container, "resources", "requests")}
    return Resources(
        quantity(wanted.get("cpu", 0)),
        quantity(wanted.get("memory", 0)),
        quantity(limits["cpu"]) if "cpu" in limits else None,
        quantity(limits["memory"]) if "memory" in limits else None,
    )


def _volume(name: str, claim: Mapping[str, Any], count: int) -> Volume:
    wanted = get(claim, "spec", "resources", "requests", "storage")
    given = get(claim, "spec", "storageClassName")
    kind = "" if given is None else str(given) or "-"
    return Volume(name, count, quantity(wanted or 0), kind)
