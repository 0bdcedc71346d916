"""Templates read only values that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from openim_charts.charts.model import Chart
from openim_charts.checks.rule import ChartRule, Problem
from openim_charts.checks.texts import without_comments
from openim_charts.specs.messages import referred
from openim_charts.specs.model import Catalog
from openim_charts.specs.suggest import hint

_READ = re.compile(r"(?<![\w)\]])(?:\$|\.root|\$\w+)?\.Values((?:\.[A-Za-z_]\w*)+)")
_BRANCHES = ("allOf", "anyOf", "oneOf")


class ValuesExist(ChartRule):
    """``.Values`` in the templates against values.yaml and its schema."""

    id = "values-exist"
    summary = "Each value that a template reads is one that the chart has."
    rationale = (
        "Helm renders a value that does not exist as nothing, or fails where it has parents that "
        "do not exist either: both mean a name that is misspelt."
    )

    def check(self, chart: Chart, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        for file, data in chart.files.items():
            if not file.startswith("templates/") or b".Subcharts" in data:  # values of others too
                continue
            for line, path in _reads(data):
                lacks = _lacks(path, chart.values, chart.schema)
                if lacks:
                    message = f"the chart has no value {'.'.join(path)}{hint(*lacks)}"
                    yield Problem(message, file=file, line=line)


@lru_cache(1024)
def _reads(template: bytes) -> tuple[tuple[int, tuple[str, ...]], ...]:
    text = without_comments(template.decode())
    return tuple(
        (number, tuple(found[1].split(".")[1:]))
        for number, line in enumerate(text.splitlines(), start=1)
        for found in _READ.finditer(line)
    )


def _lacks(
    path: tuple[str, ...], values: Mapping[str, Any], schema: Mapping[str, Any]
) -> tuple[str, set[str]] | None:
    """The first unknown key of a path, and the names beside it; None when all are known."""
    data: Any = values
    nodes: list[Mapping[str, Any]] = [schema] if schema else []
    for key in path:
        named = {name for node in nodes for name in node.get("properties", {})}
        here = isinstance(data, Mapping) and key in data
        free = isinstance(data, Mapping) and not data and not named
        if not here and key not in named and not (free or (nodes and _is_open(nodes))):
            return key, named | (set(data) if isinstance(data, Mapping) else set())
        data = data[key] if here else None
        nodes = [b for n in nodes if (c := _child(n, key)) for b in _branches(c, schema)]
        if data is None and not nodes:
            return None
    return None


def _child(node: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    found = node.get("properties", {}).get(key, node.get("additionalProperties"))
    return found if isinstance(found, Mapping) else None


def _branches(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "$ref" in node:
        yield from _branches(referred(schema, node["$ref"]), schema)
    yield node
    for word in _BRANCHES:
        for branch in node.get(word, ()):
            yield from _branches(branch, schema)


def _is_open(nodes: list[Mapping[str, Any]]) -> bool:
    """Whether keys that no node names may be there all the same."""
    objects = [node for node in nodes if "$ref" not in node]
    return not any(node.get("additionalProperties") is False for node in objects)
