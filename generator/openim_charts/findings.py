"""What is wrong, and where: the one currency of errors and check results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

_Made = TypeVar("_Made")


class Severity(StrEnum):
    """How bad a finding is: errors make a command exit with 1, warnings do not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True, slots=True)
class Location:
    """A place in a file; line and column count from 1, the path is relative to the project."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """One defect: the place that can mend it, the rule that saw it, and what to do.

    ``trace`` names the template line (or other intermediate place) through which the defect
    reached the output; it is empty where the location itself is the whole story. ``origin`` is the
    template line that several charts may share, and ``chart`` the one in which it was seen.
    """

    location: Location
    rule: str
    message: str
    severity: Severity = field(default=Severity.ERROR, compare=False)
    trace: str = ""
    origin: Location | None = field(default=None, compare=False)
    chart: str = field(default="", compare=False)

    def __str__(self) -> str:
        trace = f" ({self.trace})" if self.trace else ""
        return f"{self.location}: {self.rule}: {self.message}{trace}"


class FindingsError(Exception):
    """Work cannot go on because of the findings that it carries (at least one)."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(set(findings)))
        super().__init__("\n".join(str(finding) for finding in self.findings))


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, sorted, with one for each fault: what a rule says of one template line in many
    charts, or many times in a chart, is said once, at that line.

    Where only one chart has it and its spec decides it, each stays where it is.
    """
    faults: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        place: object = finding.origin or (finding.location, finding.message)
        faults.setdefault((finding.rule, place), []).append(finding)
    said: set[Finding] = set()
    for (_, place), same in faults.items():
        charts = {finding.chart for finding in same}
        origin = place if isinstance(place, Location) else same[0].location
        if len(charts) == 1 and same[0].location != origin:
            said |= set(same)
        else:
            said.add(_for_all(min(same), origin, len(charts), len(set(same))))
    return sorted(said)


def _for_all(finding: Finding, origin: Location, charts: int, times: int) -> Finding:
    parts = [finding.trace.removeprefix(f"rendered by {origin.path}:{origin.line}").strip()]
    if charts > 1:
        parts.append(f"also in {charts - 1} other chart{'s' * (charts > 2)}")
    elif times > 1:
        parts.append(f"{times} times in this chart")
    return replace(finding, location=origin, trace=", ".join(filter(None, parts)))


def collect(make: Callable[[], _Made], findings: list[Finding]) -> _Made | None:
    """What ``make`` gives; None, and its findings added to ``findings``, when it raises any."""
    try:
        return make()
    except FindingsError as error:
        findings += error.findings
        return None


class UserError(Exception):
    """A mistake in how the tool was called or in its surroundings: one line, no traceback."""
