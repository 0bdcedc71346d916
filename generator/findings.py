"""What is wrong, and where: the one currency of errors and check results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
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
    reached the output; it is empty where the location itself is the whole story.
    """

    location: Location
    rule: str
    message: str
    severity: Severity = field(default=Severity.ERROR, compare=False)
    trace: str = ""

    def __str__(self) -> str:
        trace = f" ({self.trace})" if self.trace else ""
        return f"{self.location}: {self.rule}: {self.message}{trace}"


class FindingsError(Exception):
    """Work cannot go on because of the findings that it carries (at least one)."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(set(findings)))
        super().__init__("\n".join(str(finding) for finding in self.findings))


def collect(make: Callable[[], _Made], findings: list[Finding]) -> _Made | None:
    """What ``make`` gives; None, and its findings added to ``findings``, when it raises any."""
    try:
        return make()
    except FindingsError as error:
        findings += error.findings
        return None


class UserError(Exception):
    """A mistake in how the tool was called or in its surroundings: one line, no traceback."""
