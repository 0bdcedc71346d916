"""What a build would say of what values install, at the values that bring it about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openim_charts.checks.api import Problem, Release, dotted, held, linked
from openim_charts.config.decide import Trial, at, leaves
from openim_charts.findings import Finding, Location, Severity
from openim_charts.specs.messages import show_path
from openim_charts.yamlio.document import Document, Path

_NAMED = 2  # charts that a message names beside the first


def judged(release: Release, trial: Trial, document: Document) -> list[Finding]:
    """What rules say of a release with the values of the document, sorted: errors, and warnings
    for what may be meant."""
    held_ = ((rule.id, rule.of_values or rule.severity, found) for rule, found in held(release))
    found = [*placed(held_, release, trial, document), *_dangling(release, document)]
    if not any(finding.severity is Severity.ERROR for finding in found):
        found += _idle(trial, document)
    return sorted(set(found))


def placed(
    problems: Iterable[tuple[str, Severity, Problem]],
    release: Release,
    trial: Trial,
    document: Document,
) -> Iterator[Finding]:
    """One finding for all problems of a rule that one value brings about, at that value."""
    seen: dict[tuple[Location, str], list[str]] = {}
    severities: dict[str, Severity] = {}
    for rule, severity, problem in problems:
        place, message = _start(document), problem.message
        if problem.obj:
            obj = problem.obj
            owner = release.spec_of(obj).name
            path = trial.decider(owner, obj.kind, obj.name, problem.path)
            place = document.key(path) if path else place
            where = f" at {dotted(problem.path)}" if problem.path else ""
            message = f"{obj.kind} {obj.name}{where}: {message}"
        seen.setdefault((place, rule), []).append(message)
        severities[rule] = severity
    for (place, rule), messages in seen.items():
        more = f" (and {len(messages) - 1} more)" if len(messages) > 1 else ""
        yield Finding(place, rule, messages[0] + more, severities[rule])


def _start(document: Document) -> Location:
    """Where the last file begins, for what no value alone decides."""
    return Location(max(document.keys.values(), default=Location(document.path)).path)


def _dangling(release: Release, document: Document) -> Iterator[Finding]:
    """Addresses that lead to charts which the values switch off."""
    if release.values.get("global", {}).get("instance"):
        return
    off = [name for name in release.chart.spec.includes if _is_off(name, release.values)]
    for name in off:
        chart = release.catalog.charts[name]
        callers = linked(release, chart.component)
        if "rpc" in chart.ports:  # callers ask the discovery for it, not a Service
            callers |= {*release.catalog.callers(name)} & {*release.chart.spec.includes}
        callers -= set(off)
        if callers:
            message = f"{name}.enabled is false, but {_names(callers)} will look for it"
            place = document.key((name, "enabled"))
            yield Finding(place, "switched-off", message, Severity.WARNING)


def _names(charts: Iterable[str]) -> str:
    """``a, b and 3 others``"""
    first, *rest = sorted(charts)
    if len(rest) > _NAMED:
        return f"{first}, {', '.join(rest[:_NAMED])} and {len(rest) - _NAMED} others"
    return ", ".join([first, *rest])


def _is_off(name: str, values: Mapping[str, Any]) -> bool:
    own = values.get(name)
    return isinstance(own, Mapping) and own.get("enabled") is False


def _idle(trial: Trial, document: Document) -> Iterator[Finding]:
    """Values of the last file that change nothing of what is installed."""
    last = _start(document).path
    for path in leaves(document.data):
        place = document.key(path)
        if place.path == last and not _is_default(path, trial) and not _matters(path, trial):
            message = f"'{show_path(path)}' has no effect with the other values"
            yield Finding(place, "idle-value", message, Severity.WARNING)


def _is_default(path: Path, trial: Trial) -> bool:
    return bool(trial.default(path) == at(trial.values, path))


def _matters(path: Path, trial: Trial) -> bool:
    members = trial.chart.spec.includes
    if path[1:] == ("enabled",) and path[0] in members:
        return True
    if path[0] != "global":
        owner = str(path[0]) if path[0] in members else trial.chart.name
        return _is_off(owner, trial.values) or trial.has_effect(owner, path)
    readers = [name for name in members if trial.reads(name, path)]
    return any(trial.has_effect(name, path) for name in (*readers, trial.chart.name))
