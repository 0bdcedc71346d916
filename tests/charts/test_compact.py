"""Sharing repeated parts of a schema changes nothing about what it accepts."""

from __future__ import annotations

import json

import jsonschema
import pytest

from openim_charts.charts.values_schema import share_repeated

EVENT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "isSendMsg": {"type": "boolean", "description": "Whether a message is sent at all."},
        "level": {"type": "integer", "minimum": 1, "maximum": 2, "description": "How reliably."},
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {name: {**EVENT, "description": name} for name in ("a", "b", "c")},
}


def test_repeated_parts_become_one_definition() -> None:
    shared = share_repeated(SCHEMA)
    assert list(shared["definitions"]) == ["s1"]
    assert shared["properties"]["b"]["description"] == "b"
    assert len(json.dumps(shared)) < len(json.dumps(SCHEMA))


@pytest.mark.parametrize(
    "value",
    [{}, {"a": {"level": 1}}, {"a": {"level": 3}}, {"b": {"levl": 1}}, {"d": {}}, {"c": 1}, []],
)
def test_it_accepts_exactly_what_it_accepted(value: object) -> None:
    before = jsonschema.Draft7Validator(SCHEMA).is_valid(value)
    assert jsonschema.Draft7Validator(share_repeated(SCHEMA)).is_valid(value) is before
