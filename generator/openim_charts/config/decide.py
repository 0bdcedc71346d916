"""Which of a user's values decides something, found by rendering charts with fewer of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from openim_charts.charts.api import compile_chart
from openim_charts.charts.model import Chart
from openim_charts.checks.api import bare_archive, objects_of, overlay
from openim_charts.findings import FindingsError
from openim_charts.helm.adapter import Helm, HelmError, Rendering
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.document import Path

_SECRET = "\nkind: Secret\n"  # what Helm generates is another one in each rendering


def leaves(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all values in a mapping; a list is one value, and an empty mapping is none."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from leaves(value, (*path, str(key)))
    elif path:
        yield path


def at(data: Any, path: Path) -> Any:
    """The value at a path; None where there is none."""
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def part(data: Mapping[str, Any], paths: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    """The values at some of the paths of ``data``, as values files have them."""
    found: dict[str, Any] = {}
    for path in paths:
        inner, value = found, data
        for key in path[:-1]:
            inner, value = inner.setdefault(key, {}), value[key]
        inner[path[-1]] = value[path[-1]]
    return found


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a chart is installed, and the values that hold there unless a user says otherwise."""

    release: str  # its name
    namespace: str
    defaults: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Trial:
    """Renders a chart, or one of an umbrella's, with some of the values of a user."""

    chart: Chart
    catalog: Catalog
    helm: Helm
    values: Mapping[str, Any]
    where: Surroundings
    _archives: dict[str, bytes] = field(default_factory=dict)
    _known: dict[tuple[str, str], Rendering | None] = field(default_factory=dict)

    def of(self, owner: str) -> list[tuple[str, ...]]:
        """The paths of the values that the chart ``owner`` sees."""
        if owner == self.chart.name:
            return list(leaves(self.values))
        return [path for path in leaves(self.values) if path[0] in ("global", owner)]

    def render(self, owner: str, paths: Iterable[tuple[str, ...]]) -> Rendering | None:
        """What one chart renders with these values alone; None where Helm refuses them."""
        values: Mapping[str, Any] = overlay(self.where.defaults, part(self.values, paths))
        if owner != self.chart.name:
            values = {**values.get(owner, {}), "global": values.get("global", {})}
        key = (owner, json.dumps(values, sort_keys=True, default=str))
        if key not in self._known:
            if owner not in self._archives:
                self._archives[owner] = bare_archive(compile_chart(self.catalog, owner))
            release, namespace = self.where.release, self.where.namespace
            oldest, archive = self.catalog.repository.kubernetes[0], self._archives[owner]
            try:
                rendered = self.helm.render(archive, values, release, namespace, oldest)
            except HelmError:
                rendered = None
            self._known[key] = rendered
        return self._known[key]

    def decider(self, owner: str, kind: str, name: str, field_path: Path) -> Path:
        """The path of the value that makes a field of an object what it is, or else the nearest
        part of the object around it that values change, or else what switches its chart on; ()
        where none does."""
        for length in range(len(field_path), -1, -1):
            found = self._decider(owner, kind, name, field_path[:length])
            if found:
                return found
        switch = (owner, "enabled")
        return switch if owner != self.chart.name and at(self.values, switch) else ()

    def _decider(self, owner: str, kind: str, name: str, field_path: Path) -> Path:
        paths = self.of(owner)

        def seen(count: int) -> str:
            rendering = self.render(owner, paths[:count])
            return _field(rendering, kind, name, field_path) if rendering else "refused"

        wanted = seen(len(paths))
        if seen(0) == wanted:
            return ()
        low, high = 0, len(paths)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if seen(middle) == wanted else (middle, high)
        return paths[high - 1]

    def default(self, path: Path) -> Any:
        """What the value at a path is without the user's, in the chart itself or in a member."""
        given = at(self.where.defaults, path)
        if given is not None:
            return given
        if path[0] in self.chart.spec.includes and path[1:] != ("enabled",):
            return at(compile_chart(self.catalog, str(path[0])).values, path[1:])
        return at(self.chart.values, path)

    def reads(self, owner: str, path: Path) -> bool:
        """Whether a chart that is installed reads the section of ``global`` at the path."""
        own = self.values.get(owner)
        off = isinstance(own, Mapping) and own.get("enabled") is False
        section = path[1] if len(path) > 1 else ""  # of global: null
        return not off and section in compile_chart(self.catalog, owner).values["global"]

    def has_effect(self, owner: str, path: Path) -> bool:
        """Whether the chart renders something else without the value."""
        paths = self.of(owner)
        whole = self.render(owner, paths)
        without = self.render(owner, [other for other in paths if other != path])
        return whole is None or without is None or _said(whole) != _said(without)


def _field(rendering: Rendering, kind: str, name: str, path: Path) -> str:
    try:
        objects = objects_of(rendering)
    except FindingsError:
        return "broken"
    for obj in objects:
        if (obj.kind, obj.name) == (kind, name):
            value: Any = obj.data
            for key in path:
                inside = isinstance(value, Mapping) and key in value
                listed = isinstance(value, list) and isinstance(key, int) and key < len(value)
                if not (inside or listed):
                    return "nothing"
                value = value[key]
            return json.dumps(value, sort_keys=True, default=str)
    return "absent"


def _said(rendering: Rendering) -> tuple[str, ...]:
    texts = (file.text for file in rendering.files if _SECRET not in f"\n{file.text}\n")
    return (*texts, rendering.notes)
