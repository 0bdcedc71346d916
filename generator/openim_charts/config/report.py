"""A plan as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openim_charts.config.plan import Plan, Resources, Volume, cores, size

_HEAD = ("CHART", "PODS", "CPU", "MEMORY", "CPU LIMIT", "MEMORY LIMIT")
_NONE = "none"


def as_text(plan: Plan) -> str:
    """Two tables: what runs, with its sum, and the volumes, with theirs."""
    rows = [
        (program.chart, str(program.replicas), *_cells(program.pod.times(program.replicas)))
        for program in plan.programs
    ]
    rows.append(("total", str(plan.pods), *_cells(plan.total)))
    volumes = [("VOLUME", "NUMBER", "SIZE", "CLASS"), *(_volume(v) for v in plan.volumes)]
    volumes.append(("total", str(sum(v.count for v in plan.volumes)), size(plan.disk), ""))
    return _table([_HEAD, *rows]) + ("\n" + _table(volumes) if plan.volumes else "")


def _cells(resources: Resources) -> Iterable[str]:
    yield cores(resources.cpu)
    yield size(resources.memory)
    yield _NONE if resources.cpu_limit is None else cores(resources.cpu_limit)
    yield _NONE if resources.memory_limit is None else size(resources.memory_limit)


def _volume(volume: Volume) -> Sequence[str]:
    if volume.existing:
        return (volume.name, "1", "as it is", "exists")
    kind = {"": "the cluster's default", "-": _NONE}.get(volume.storage_class, volume.storage_class)
    return (volume.name, str(volume.count), size(volume.size), kind)


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "".join(f"{line}\n" for line in lines)


def as_data(plan: Plan) -> dict[str, Any]:
    """The plan for programs: cores, and bytes as whole numbers; null is no limit."""
    return {
        "charts": [
            {
                "chart": program.chart,
                "kind": program.kind,
                "name": program.name,
                "replicas": program.replicas,
                **_numbers(program.pod.times(program.replicas)),
            }
            for program in plan.programs
        ],
        "total": {"pods": plan.pods, **_numbers(plan.total), "disk": int(plan.disk)},
        "volumes": [
            {
                "name": volume.name,
                "count": volume.count,
                "size": int(volume.size),
                "storageClass": volume.storage_class,
                "existing": volume.existing,
            }
            for volume in plan.volumes
        ],
    }


def _numbers(resources: Resources) -> dict[str, float | int | None]:
    return {
        "cpu": float(resources.cpu),
        "memory": int(resources.memory),
        "cpuLimit": None if resources.cpu_limit is None else float(resources.cpu_limit),
        "memoryLimit": _whole(resources.memory_limit),
    }


def _whole(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount)
