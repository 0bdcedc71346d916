"""The sets of values that a chart is rendered with, and their check against its schema."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from openim_charts.charts.globals import closed_names
from openim_charts.charts.model import Chart
from openim_charts.findings import Finding, Location
from openim_charts.jsonschema import jsonschema_rs
from openim_charts.specs.layout import PRESETS
from openim_charts.specs.messages import explain_all, show_path
from openim_charts.yamlio.document import Document, Path
from openim_charts.yamlio.reader import parse, parse_plain

SCHEMA = "values.schema.json"
RULE = "values-schema"


def scenarios(chart: Chart) -> Iterator[tuple[str, dict[str, Any]]]:
    """("", {}) for the defaults, then each values file of the chart with its content."""
    yield "", {}
    for path in chart.scenarios:
        yield path, parse_plain(chart.files[path].decode(), f"{chart.name}/{path}")


class Validator:
    """A chart's values schema, compiled.

    Values that are right satisfy a stricter schema too, which is compiled sooner; only for others
    the whole one is.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = dict(schema)
        self._strict = jsonschema_rs.Draft7Validator(closed_names(schema))

    @cached_property
    def _whole(self) -> jsonschema_rs.Draft7Validator:
        return jsonschema_rs.Draft7Validator(self._schema)

    def errors(self, values: Mapping[str, Any]) -> Iterator[Any]:
        """jsonschema-rs' errors of all values of the chart."""
        if not self._strict.is_valid(values):
            yield from self._whole.iter_errors(values)


class ValuesSchema:
    """The chart's values schema, compiled once.

    It is the same schema that Helm compiles anew for every call (half a millisecond for each KB of
    it). Helm checks the default values; this checks those of the other scenarios.
    """

    def __init__(self, chart: Chart) -> None:
        self._defaults = chart.values
        self._schema = dict(chart.schema)
        self._validator = Validator(self._schema)

    def faults(
        self, values: Document, dropped: Callable[[Any], bool] = lambda _: False
    ) -> list[Finding]:
        """What the schema says of the defaults with ``values`` laid over them, where the values
        are said; sorted. Errors that are ``dropped`` do not count."""
        data = overlay(self._defaults, values.data)
        merged = Document(values.path, data, values.keys, values.values)
        nulls: set[Finding] = set()
        rest: list[Any] = []
        for error in self._validator.errors(data):
            if path := _taken(error, values.data):
                nulls.add(_emptied(values, path))
            elif not dropped(error):
                rest.append(error)
        return sorted(nulls | explain_all(rest, self._schema, merged))


def _taken(error: Any, data: Any) -> Path:
    """The path of a key that is missing because the values make it null; () for other errors."""
    if error.kind.name != "required":
        return ()
    path: Path = (*error.instance_path, error.kind.as_dict()["property"])
    for key in path:
        if not isinstance(data, Mapping) or key not in data:
            return ()
        data = data[key]
    return path if data is None else ()


def _emptied(values: Document, path: Path) -> Finding:
    message = (
        f"'{show_path(path)}' is empty (null), which takes its default away, and templates need "
        "it; remove the key, or give it a value"
    )
    return Finding(values.key(path), "null-value", message)


def refused_values(chart: Chart, root: str) -> dict[str, list[Finding]]:
    """What the chart's schema says of its defaults and of each of its values files.

    Findings are where the values are written, as far as that is one place: in the spec (under
    ``values``), the ci.yaml beside it, or a preset. ``root`` is the project's folder.
    """
    schema = ValuesSchema(chart)
    found: dict[str, list[Finding]] = {}
    for scenario, values in scenarios(chart):
        if found.get(""):  # every scenario would say it again
            return found
        wrong = schema.faults(_placed(chart, root, scenario, values))
        if wrong:
            found[scenario] = [_finding(fault, chart, scenario) for fault in wrong]
    return found


def _finding(fault: Finding, chart: Chart, scenario: str) -> Finding:
    inexact = scenario and fault.location.path == chart.spec.location.path
    return replace(fault, rule=RULE, trace=f"see {scenario}:1" if inexact else "")


def _placed(chart: Chart, root: str, scenario: str, values: Mapping[str, Any]) -> Document:
    spec = chart.spec
    path = spec.location.path
    if scenario.startswith(f"{PRESETS}/"):
        document, _ = parse(chart.files[scenario], scenario, refuse_templates=False)
        if document:
            return document
    elif not scenario:
        places = {p[1:]: o.location for p, o in spec.origins.items() if p[0] == "values"}
        return Document(path, values, places, places)
    elif spec.folder and (file := pathlib.Path(root, spec.folder, "ci.yaml")).is_file():
        own, _ = parse(file.read_bytes(), f"{spec.folder}/ci.yaml", refuse_templates=False)
        name = scenario.removeprefix("ci/").removesuffix("-values.yaml")
        if own and name in own.data:
            return Document(path, values, _below(own.keys, name), _below(own.values, name))
    name_only: dict[Path, Location] = {(): spec.origin("name")}
    return Document(path, values, name_only, name_only)


def _below(places: Mapping[Path, Location], name: str) -> dict[Path, Location]:
    return {p[1:]: place for p, place in places.items() if p[:1] == (name,)}


def overlay(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Values as Helm merges them: mappings merge, null takes a default away (and stays null where
    there is none), the rest replaces."""
    merged = dict(base)
    for key, value in over.items():
        if value is None and key in merged:
            del merged[key]
        elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = overlay(merged[key], value)
        else:
            merged[key] = value
    return merged
