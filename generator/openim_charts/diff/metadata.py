"""Chart.yaml, before and after: the application, Kubernetes versions, deprecation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.diff.model import Change, became, change

APPLICATION = "appVersion"

_NUMBERS = re.compile(r"[^0-9]*(\d+)(?:\.(\d+))?(?:\.(\d+))?")
_OLDEST = re.compile(r">=\s*v?(\d+)\.(\d+)(?:\.0)?(?:-0)?")


def compare_metadata(base: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[Change]:
    """Changes of the metadata that users feel."""
    yield from _application(str(base.get("appVersion", "")), str(head.get("appVersion", "")))
    yield from _kubernetes(str(base.get("kubeVersion", "")), str(head.get("kubeVersion", "")))
    old, new = bool(base.get("deprecated")), bool(head.get("deprecated"))
    if old != new:
        yield change("deprecated", "Chart.yaml", "deprecated" if new else "no longer deprecated")


def compare_applications(
    own: tuple[str, str], base: Mapping[str, str], head: Mapping[str, str]
) -> Iterator[Change]:
    """Changes of appVersion among the charts that an umbrella holds, but for its own change."""
    for name in base.keys() & head.keys():
        if (base[name], head[name]) != own:
            yield from _application(base[name], head[name], f"{APPLICATION} of {name}")


def _application(old: str, new: str, subject: str = APPLICATION) -> Iterator[Change]:
    if old == new:
        return
    before, after = (_NUMBERS.match(text) for text in (old, new))
    kind = "app-patch"
    if not before or not after or before[1] != after[1]:
        kind = "app-major"
    elif before[2] != after[2]:
        kind = "app-minor"
    yield change(kind, subject, became(old, new))


def _kubernetes(old: str, new: str) -> Iterator[Change]:
    if old == new:
        return
    before, after = _oldest(old), _oldest(new)
    if before is None or after is None or after > before:
        advice = "upgrade the cluster first, or stay with the older chart"
        yield change("kubernetes-raised", "kubeVersion", became(old, new), "", advice)
    elif after < before:
        yield change("kubernetes-lowered", "kubeVersion", became(old, new))


def _oldest(constraint: str) -> tuple[int, int] | None:
    """The oldest minor that a constraint accepts; None when it says something else."""
    if not constraint:
        return (0, 0)
    found = _OLDEST.fullmatch(constraint.strip())
    return (int(found[1]), int(found[2])) if found else None
