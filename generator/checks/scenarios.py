"""The sets of values that a chart is rendered with, and their check against its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.charts.model import Chart
from generator.jsonschema import jsonschema_rs
from generator.yamlio.reader import parse_plain

SCHEMA = "values.schema.json"


def scenarios(chart: Chart) -> Iterator[tuple[str, dict[str, Any]]]:
    """("", {}) for the defaults, then each values file of the chart with its content."""
    yield "", {}
    for path in chart.scenarios:
        yield path, parse_plain(chart.files[path].decode(), f"{chart.name}/{path}")


class ValuesSchema:
    """The chart's values schema, compiled once.

    It is the same schema that Helm compiles anew for every call (half a millisecond for each KB of
    it). Helm checks the default values; this checks those of the other scenarios.
    """

    def __init__(self, chart: Chart) -> None:
        self._defaults = chart.values
        self._validator = (
            jsonschema_rs.Draft7Validator(dict(chart.schema)) if chart.schema else None
        )

    def faults(self, values: Mapping[str, Any]) -> list[tuple[tuple[str, ...], str]]:
        """What the schema says of the defaults with ``values`` laid over them, with the keys of
        what it says it of; sorted."""
        if self._validator is None:
            return []
        merged = overlay(self._defaults, values)
        found = []
        for error in self._validator.iter_errors(merged):
            keys = tuple(str(part) for part in error.instance_path)
            found.append((keys, f"{'.'.join(keys) or 'values'}: {error.message}"))
        return sorted(found)


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
