"""What a rule is, and how rules are found."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from openim_charts.charts.model import Chart
from openim_charts.checks.release import Release
from openim_charts.checks.rendered import Path, RenderedObject
from openim_charts.findings import Severity
from openim_charts.specs.model import Catalog


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule saw. The checker turns it into a finding at the place that can mend it.

    ``obj`` and ``path`` name the field of a rendered object, and ``row`` a line below it, ``file``
    and ``line`` a place in a file of the chart. ``spec`` is the key of the chart's spec that
    decides it, ``otherwise`` the one that does unless a template of the chart's own does.
    """

    message: str
    obj: RenderedObject | None = None
    path: Path = ()
    file: str = ""
    line: int = 1
    spec: Path = ("name",)
    scenario: str = ""  # the values file, for what is said of no object
    row: int = 0
    otherwise: Path = ("name",)


class Rule:
    """One rule. Subclasses say what it demands and why; a module of ``rules`` holds one."""

    id: ClassVar[str]
    summary: ClassVar[str]
    rationale: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    # How bad it is when values of a user bring it about; None where users may do as they like, and
    # where it is about charts alone.
    of_values: ClassVar[Severity | None] = None


class ObjectRule(Rule, ABC):
    """Looks at one object, and at nothing else but the catalog: the answer is kept by its text."""

    @abstractmethod
    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:
        """Problems of the object."""


class ReleaseRule(Rule, ABC):
    """Looks at all objects that one set of values renders."""

    @abstractmethod
    def check(self, release: Release) -> Iterator[Problem]:
        """Problems of the release."""


class ChartRule(Rule, ABC):
    """Looks at the chart's files."""

    @abstractmethod
    def check(self, chart: Chart, catalog: Catalog) -> Iterator[Problem]:
        """Problems of the chart."""


@cache
def all_rules() -> tuple[Rule, ...]:
    """One of each rule in ``openim_charts.checks.rules``, by id."""
    package = importlib.import_module("openim_charts.checks.rules")
    found: dict[str, Rule] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for value in vars(module).values():
            own = isinstance(value, type) and value.__module__ == module.__name__
            if own and issubclass(value, Rule):
                found[value.id] = value()
    return tuple(found[name] for name in sorted(found))
