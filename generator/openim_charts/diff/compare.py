"""Two versions of a chart: everything that a user of it will notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from openim_charts.checks.rendered import RenderedObject, get
from openim_charts.checks.scenarios import overlay
from openim_charts.diff.metadata import APPLICATION, compare_applications, compare_metadata
from openim_charts.diff.model import MISSING, Change, ChartDiff, became, change, differences, dotted
from openim_charts.diff.objects import Objects, Renderer
from openim_charts.diff.packed import PackedChart
from openim_charts.diff.rendered import compare_objects
from openim_charts.diff.schema import SchemaComparison
from openim_charts.findings import FindingsError
from openim_charts.helm.adapter import HelmError
from openim_charts.yamlio.reader import parse

_FILES = (".yml", ".yaml")
_VALUE = "config"


def compare_settings(
    chart: PackedChart, base: Objects, head: Objects, scenario: str
) -> Iterator[Change]:
    """Keys of configuration files that both renderings have, with other values."""
    for key in base.keys() & head.keys():
        if key.kind == "ConfigMap":
            yield from _of_map(chart, base[key], head[key], scenario)


def _of_map(
    chart: PackedChart, base: RenderedObject, head: RenderedObject, scenario: str
) -> Iterator[Change]:
    owner = _owner(head.template)
    for file, text in (get(head.data, "data") or {}).items():
        path = PurePosixPath(file)
        before = get(base.data, "data", file)
        if before in (None, text) or path.suffix not in _FILES:
            continue
        value = (*owner, _VALUE, path.stem)
        if not chart.has_value(value):
            continue
        for place, old, new in differences(_settings(before), _settings(text)):
            if MISSING not in (old, new):  # keys that came or went are told by the schema
                yield change(
                    "default-changed", dotted((*value, *place)), became(old, new), scenario
                )


def _owner(template: str) -> tuple[str, ...]:
    """The chart in an umbrella whose template it is."""
    parts = template.split("/")
    return (parts[1],) if parts[0] == "charts" else ()


def _settings(text: str) -> Mapping[str, Any]:
    document, _ = parse(text.encode(), "", refuse_templates=False)
    data = document.data if document else None
    return data if isinstance(data, Mapping) else {}


Presets = Mapping[str, Mapping[str, Any]]  # name -> values
_MOVE = (
    "move the key in your values file before the upgrade; 'helm show values' lists what there is"
)
_FIX = "see what the chart's values say now, and correct your values file before the upgrade"


def compare_charts(
    base: PackedChart, head: PackedChart, renderer: Renderer, presets: Presets | None = None
) -> ChartDiff:
    """What changes for a user who upgrades from ``base`` to ``head`` and keeps the values.

    The values are the defaults, each file in the base's ci/ and each preset that the base accepts.
    """
    changes: list[Change] = []
    if base.files != head.files:
        changes += compare_metadata(base.metadata, head.metadata)
        own = (str(base.metadata.get(APPLICATION, "")), str(head.metadata.get(APPLICATION, "")))
        changes += compare_applications(own, base.applications, head.applications)
        changes += compare_values(base, head)
        changes += _renderings(base, head, renderer, presets or {})
        if not changes:
            files = base.files.keys() | head.files.keys()
            texts = sorted(p for p in files if base.files.get(p) != head.files.get(p))
            if texts != ["Chart.yaml"] or _but_version(base) != _but_version(head):
                changes.append(change("text-changed", ", ".join(texts)))
    return ChartDiff(head.name, base.version, head.version, tuple(changes))


def _but_version(chart: PackedChart) -> Mapping[str, Any]:
    return {key: value for key, value in chart.metadata.items() if key != "version"}


def compare_values(base: PackedChart, head: PackedChart) -> Iterator[Change]:
    """Keys that came, went or accept something else, and defaults that changed."""
    came_or_went: set[tuple[str, ...]] = set()
    for kind, path, detail in SchemaComparison(base.schema, head.schema).changes():
        if len(path) > 1 and path[1] == "global" and path[0] in head.subcharts:
            continue  # the shared values of a chart that it holds are its own
        if kind in ("value-added", "value-removed"):
            came_or_went.add(path)
        yield _of_key(kind, path, detail, head)
    for path, old, new in differences(base.values, head.values):
        if not any(path[:length] in came_or_went for length in range(1, len(path) + 1)):
            yield change("default-changed", dotted(path), became(old, new))


def _of_key(kind: str, path: tuple[str, ...], detail: str, head: PackedChart) -> Change:
    subject = dotted(path) or "values"
    if kind == "value-added" and path[0] == "global" and not _holds(head.values, path):
        return change("global-added", subject)
    advice = {"value-removed": _MOVE, "value-retyped": _FIX, "schema-tightened": _FIX}.get(kind, "")
    return change(kind, subject, detail, "", advice)


def _holds(values: Any, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(values, Mapping) or key not in values:
            return False
        values = values[key]
    return True


def _renderings(
    base: PackedChart, head: PackedChart, renderer: Renderer, presets: Presets
) -> Iterator[Change]:
    own: Presets = dict(base.scenarios())
    shared = {name: _scoped(p, base) for name, p in presets.items() if name not in own}
    for scenario, values in {"": {}, **own, **shared}.items():
        try:
            before = renderer.objects(base, values, scenario)
        except (HelmError, FindingsError):
            continue  # not a set of values that anybody can have in use
        if any(_faults(base, values)):
            continue
        for where, message in _faults(head, values):
            yield change("values-refused", where, message, scenario, _FIX)
        try:
            after = renderer.objects(head, values, scenario)
        except (HelmError, FindingsError) as error:
            yield change("values-refused", "templates", str(error).splitlines()[0], scenario, _FIX)
            continue
        yield from compare_objects(before, after, scenario)
        yield from compare_settings(head, before, after, scenario)


def _scoped(preset: Mapping[str, Any], chart: PackedChart) -> Mapping[str, Any]:
    """A preset as the chart gets it: whole where the chart holds others, else its own part."""
    if chart.subcharts:
        return preset
    return {**preset.get(chart.name, {}), "global": preset.get("global", {})}


def _faults(chart: PackedChart, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Where and how the chart's schema refuses values."""
    for error in chart.validator.errors(overlay(chart.own_values, values)):
        yield ".".join(map(str, error.instance_path)) or "values", error.message
