"""Schedules of CronJobs can be parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from openim_charts.checks.rendered import RenderedObject, get
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.findings import Severity
from openim_charts.specs.model import Catalog

_MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_DAYS = "sun mon tue wed thu fri sat".split()  # noqa: SIM905
_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("weekday", 0, 7, _DAYS),
)
_PART = re.compile(r"^(\*|\?|\w+)(?:-(\w+))?(?:/([0-9]+))?$")


class CronSchedule(ObjectRule):
    """Five fields in their ranges, or a macro."""

    id = "cron-schedule"
    of_values = Severity.ERROR
    summary = "A CronJob's schedule is a valid cron expression."
    rationale = "The published schemas take any text; the API server does not."

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        if obj.kind != "CronJob":
            return
        schedule = str(get(obj.data, "spec", "schedule") or "")
        fault = schedule_fault(schedule)
        if fault:
            yield Problem(f"{schedule!r}: {fault}", obj, ("spec", "schedule"))


def schedule_fault(schedule: str) -> str:
    """What is wrong with a cron expression, "" when nothing is."""
    if "TZ=" in schedule:
        return "a time zone belongs in spec.timeZone"
    if schedule in _MACROS:
        return ""
    parts = schedule.split()
    if len(parts) != len(_FIELDS):
        return f"has {len(parts)} fields, not five"
    for text, (name, low, high, names) in zip(parts, _FIELDS, strict=True):
        if not all(_valid(part, low, high, names) for part in text.split(",")):
            return f"{text!r} is not a {name} ({low} to {high})"
    return ""


def _valid(part: str, low: int, high: int, names: Sequence[str]) -> bool:
    found = _PART.match(part)
    if not found:
        return False
    start, end, step = found.groups()
    if step is not None and int(step) < 1:
        return False
    if start in ("*", "?"):
        return end is None
    bounds = [_number(word, low, names) for word in (start, end) if word is not None]
    return all(b is not None and low <= b <= high for b in bounds) and bounds == sorted(
        bounds, key=lambda b: b or 0
    )


def _number(word: str, low: int, names: Sequence[str]) -> int | None:
    if word.isdigit():
        return int(word)
    return names.index(word.lower()) + low if word.lower() in names else None
