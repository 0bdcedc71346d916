"""Values are merged and judged as Helm does it."""

from __future__ import annotations

from typing import Any

import pytest

from openim_charts.charts.globals import closed_names, open_names
from openim_charts.checks.scenarios import ValuesSchema
from openim_charts.helm.adapter import HelmError
from openim_charts.helm.find import find_helm
from openim_charts.jsonschema import jsonschema_rs
from openim_charts.packaging.api import package
from openim_charts.yamlio.document import Document
from tests.checks.builders import chart

VALUES = {"a": {"b": 1, "c": {"d": "x"}}, "list": [1]}
SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "a": {
            "type": "object",
            "additionalProperties": False,
            "required": ["b"],
            "properties": {"b": {"type": "integer"}, "c": {"type": "object"}},
        },
        "list": {"type": "array", "items": {"type": "integer"}},
        "global": {"type": "object"},
    },
}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"a": {"b": 2}},
        {"a": {"b": "2"}},
        {"a": {"b": None}},
        {"a": {"c": None}},
        {"a": None},
        {"a": {"x": None}},
        {"x": None},
        {"list": []},
        {"list": ["a"]},
        {"list": None},
        {"list": {"a": 1}},
        {"a": {"c": "text"}},
        {"global": {"any": 1}},
        {"global": None},
    ],
)
def test_the_same_values_are_refused(values: dict[str, Any]) -> None:
    made = chart({"templates/a.yaml": "{{- if false }}{{ end }}"}, VALUES, SCHEMA)
    try:
        find_helm().render(package(made, 0), values, "demo", "apps", "1.34")
        refused = False
    except HelmError:
        refused = True
    assert bool(ValuesSchema(made).faults(Document("a.yaml", values, {}, {}))) is refused


@pytest.mark.parametrize(
    ("values", "refused", "known"),
    [
        ({"monitoring": {}}, False, True),
        ({"stranger": {}}, False, False),  # taken, though not by the stricter schema
        ({"monitorin": {}}, True, False),
    ],
)
def test_keys_of_strangers_need_the_whole_schema(
    values: dict[str, Any], refused: bool, known: bool
) -> None:
    shared = {"type": "object", **open_names(["monitoring", "redis"])}
    reference = {"$ref": "#/definitions/global"}
    schema = {"properties": {"global": reference}, "definitions": {"global": shared}}
    given = Document("values.yaml", {"global": values}, {}, {})
    found = ValuesSchema(chart({}, {}, schema)).faults(given)
    assert bool(found) is refused
    closed = jsonschema_rs.Draft7Validator(closed_names(schema))
    assert closed.is_valid(given.data) is known
    assert "pattern" not in str(closed_names(schema))
