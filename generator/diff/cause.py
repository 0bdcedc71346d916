"""The line of a spec, a profile, a feature or a configuration file that a change comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from generator.charts.api import explain
from generator.diff.model import Change
from generator.findings import Location, UserError
from generator.specs.model import Catalog, ChartSpec

_OF_VALUES = ("value-removed", "value-retyped", "schema-tightened", "values-refused")
_OF_APPLICATION = ("app-major", "app-minor", "app-patch")

Cause = Callable[[ChartSpec, Change], Location]


def causes(catalog: Catalog) -> Cause:
    """A function of a chart and one of its changes: where it is decided now.

    That is known for values and for the application's version. A value that is gone is looked for
    where its parent is; everything else stands at the version, which announces it.
    """

    @cache
    def of_value(chart: str, key: str) -> Location | None:
        try:
            sources = explain(catalog, chart, key).sources
        except UserError:
            return None
        return sources[-1].location if sources else None

    def cause(spec: ChartSpec, change: Change) -> Location:
        if change.kind.id in _OF_VALUES:
            chart, keys = _owner(catalog, spec, change.subject)
            found = filter(None, (of_value(chart, key) for key in _upwards(keys)))
            return next(found, spec.origin("version"))
        if change.kind.id in _OF_APPLICATION:
            own = spec.origins.get(("appVersion",))
            if own or spec.line:
                return own.location if own else spec.line.location if spec.line else spec.location
        return spec.origin("version")

    return cause


def _owner(catalog: Catalog, spec: ChartSpec, subject: str) -> tuple[str, list[str]]:
    """The chart whose value it is, for an umbrella holds others, and the value's keys there."""
    keys = subject.replace("[", ".[").split(".")
    inside = len(keys) > 1 and keys[0] in spec.includes and keys[0] in catalog.charts
    return (keys[0], keys[1:]) if inside else (spec.name, keys)


def _upwards(keys: list[str]) -> Iterator[str]:
    for length in range(len(keys), 0, -1):
        yield ".".join(keys[:length])
