"""Repeated parts of a JSON Schema, written once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

WORTH = 100  # bytes of JSON from which a repeated schema becomes a definition


def _bare(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in schema.items() if k not in ("description", "default")}


def _children(schema: Mapping[str, Any]) -> Iterator[Any]:
    for key in ("properties", "definitions"):
        yield from schema.get(key, {}).values()
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            yield schema[key]


def _text(schema: Any) -> str:
    return json.dumps(schema, sort_keys=True, separators=(",", ":"))


def _count(schema: Any, counts: Counter[str]) -> None:
    if not isinstance(schema, Mapping):
        return
    for child in _children(schema):
        _count(child, counts)
    text = _text(_bare(schema))
    if len(text) >= WORTH:
        counts[text] += 1


class _Sharing:
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self.definitions: dict[str, Any] = {}

    def visit(self, schema: Any) -> Any:
        if not isinstance(schema, Mapping):
            return schema
        name = self._names.get(_text(_bare(schema)))
        if name is None:
            return self._rebuilt(schema)
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self._rebuilt(_bare(schema))
        reference = {"$ref": f"#/definitions/{name}"}
        said = {k: v for k, v in schema.items() if k in ("description", "default")}
        # In draft-07 a $ref hides its siblings, so they stand beside an allOf.
        return {**said, "allOf": [reference]} if said else reference

    def _rebuilt(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        result = dict(schema)
        for key in ("properties", "definitions"):
            if key in result:
                result[key] = {k: self.visit(v) for k, v in result[key].items()}
        for key in ("items", "additionalProperties"):
            if key in result:
                result[key] = self.visit(result[key])
        return result


def share_repeated(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The same schema, in which each large part that occurs twice is a definition (``s1``, …).

    Descriptions and defaults stay where they are.
    """
    counts: Counter[str] = Counter()
    _count({k: v for k, v in schema.items() if k != "definitions"}, counts)
    repeated = [text for text, count in counts.items() if count > 1]
    names = {text: f"s{number}" for number, text in enumerate(repeated, start=1)}
    sharing = _Sharing(names)
    result = sharing._rebuilt({k: v for k, v in schema.items() if k != "definitions"})
    definitions = {**schema.get("definitions", {}), **sharing.definitions}
    return {**result, **({"definitions": definitions} if definitions else {})}
