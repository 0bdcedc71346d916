"""The line of a spec, a profile, a feature or a configuration file that a change comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from openim_charts.charts.api import explain
from openim_charts.diff.metadata import APPLICATION
from openim_charts.diff.model import Change, dotted
from openim_charts.findings import Location, UserError
from openim_charts.specs.model import Catalog, ChartSpec

_OF_VALUES = ("value-removed", "value-retyped", "schema-tightened", "values-refused")
_OF_APPLICATION = ("app-major", "app-minor", "app-patch")
_SHARED = "global"

Cause = Callable[[ChartSpec, Change], tuple[str, Location]]


def causes(catalog: Catalog) -> Cause:
    """A function of a chart and one of its changes: its subject, and where it is decided now.

    The place is known for values and for the application's version. A value that is gone is looked
    for where its parent is; everything else stands at the version, which announces it. The value
    of a chart that an umbrella holds is called as that chart calls it.
    """

    @cache
    def of_value(chart: str, key: str) -> Location | None:
        try:
            sources = explain(catalog, chart, key).sources
        except UserError:
            return None
        return sources[-1].location if sources else None

    @cache
    def of_shared(key: str) -> Location | None:
        """Shared values are described by the charts that read them, and refused by all."""
        return _first(of_value(chart, key) for chart in catalog.charts)

    def cause(spec: ChartSpec, change: Change) -> tuple[str, Location]:
        announced = spec.origin("version")
        if change.kind.id in _OF_VALUES:
            chart, keys = _owner(catalog, spec, change.subject)
            if keys[0] == _SHARED:
                found = _first(of_shared(key) for key in _upwards(keys, 2))
            else:
                found = _first(of_value(chart, key) for key in _upwards(keys, 1))
            return dotted(keys), found or announced
        if change.kind.id in _OF_APPLICATION:
            held = catalog.charts.get(change.subject.removeprefix(f"{APPLICATION} of "), spec)
            own = held.origins.get((APPLICATION,))
            line = held.line.location if held.line else announced
            return change.subject, own.location if own else line
        return change.subject, announced

    return cause


def _first(places: Iterable[Location | None]) -> Location | None:
    return next((place for place in places if place), None)


def _owner(catalog: Catalog, spec: ChartSpec, subject: str) -> tuple[str, list[str]]:
    """The chart whose value it is, for an umbrella holds others, and the value's keys there."""
    keys = subject.replace("[", ".[").split(".")
    inside = len(keys) > 1 and keys[0] in spec.includes and keys[0] in catalog.charts
    return (keys[0], keys[1:]) if inside else (spec.name, keys)


def _upwards(keys: list[str], shortest: int) -> Iterator[str]:
    for length in range(len(keys), shortest - 1, -1):
        yield ".".join(keys[:length])
