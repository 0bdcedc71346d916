"""Rows of the values table, read from a chart's values schema and its default values."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from generator.repository.page.model import ValueRow

_MISSING = object()
# Definitions named like a type (Affinity, io.k8s.api.core.v1.Volume) are Kubernetes' own, whose
# fields are documented elsewhere; others are parts of the chart's schema that occur repeatedly.
_TYPE_NAME = re.compile(r"^[A-Z]|\.")
_DEPTH = 20  # deeper than any chart's values; ends schemas that refer to themselves

Schema = Mapping[str, Any]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _references(schema: Schema) -> Iterator[str]:
    for part in (schema, *(p for p in schema.get("allOf", ()) if isinstance(p, Mapping))):
        if isinstance(reference := part.get("$ref"), str):
            yield reference.rsplit("/", 1)[-1]


def _resolved(schema: Any, definitions: Schema) -> dict[str, Any]:
    """The schema with the chart's own definitions put in; its own keywords win."""
    result = dict(_mapping(schema))
    for name in _references(result):
        if _TYPE_NAME.search(name):
            result.setdefault("title", name.rsplit(".", 1)[-1])
        else:
            result = {**_mapping(definitions.get(name)), **result}
    return result


def _type(schema: Schema) -> str:
    if "enum" in schema:
        return " | ".join(json.dumps(v, ensure_ascii=False) for v in schema["enum"])
    kind = schema.get("type", schema.get("title", "any"))
    if isinstance(kind, list):
        return " | ".join(map(str, kind))
    items = _mapping(schema.get("items")).get("type")
    return f"{items}[]" if kind == "array" and isinstance(items, str) else str(kind)


def _row(key: str, schema: Schema, value: Any) -> ValueRow:
    default = schema.get("default", value)
    shown = "" if default is _MISSING else json.dumps(default, ensure_ascii=False, default=str)
    description = " ".join(str(schema.get("description", "")).split())
    return ValueRow(key, _type(schema), shown, description)


def _properties(node: Schema, value: Any) -> Mapping[str, Any]:
    """Schemas below a node; where the schema says nothing at all, the default value's keys."""
    if not {"properties", "type", "title", "items"} & node.keys():
        return {key: {} for key in _mapping(value)}
    return _mapping(node.get("properties"))


class _Walk:
    def __init__(self, schema: Schema, shared: Collection[str]) -> None:
        self._definitions = _mapping(schema.get("definitions"))
        self._shared = shared

    def rows(self, schema: Any, value: Any, path: tuple[str, ...]) -> Iterator[ValueRow]:
        node = _resolved(schema, self._definitions)
        properties = _properties(node, value)
        if path and path[0] in self._shared:
            properties = {k: p for k, p in properties.items() if k in _mapping(value)}
        if path and (not properties or len(path) > _DEPTH):
            yield _row(".".join(path), node, value)
            return
        for key, child in properties.items():
            yield from self.rows(child, _mapping(value).get(key, _MISSING), (*path, key))


def value_rows(
    schema: Schema, values: Mapping[str, Any], subcharts: Collection[str] = ()
) -> tuple[ValueRow, ...]:
    """All values of a chart, its own before the shared ones.

    ``schema`` is its values.schema.json (draft-07; may be empty), ``values`` its values.yaml, which
    supplies defaults that the schema lacks. Under ``global`` and under the names of ``subcharts``
    the schema admits what other charts read, so only the keys that ``values`` shows are listed.
    """
    walk = _Walk(schema, {"global", *subcharts})
    known = _mapping(schema.get("properties"))
    whole = {**schema, "properties": {**{key: {} for key in values}, **known}}
    rows = list(walk.rows(whole, values, ()))
    return tuple(sorted(rows, key=lambda row: row.key.split(".", 1)[0] == "global"))
