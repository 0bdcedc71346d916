"""Repeated parts of a JSON Schema, written once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

WORTH = 100  # characters of JSON, more or less, from which a repeated part becomes a definition
_SAID = ("description", "default")  # what may differ between two places of one definition
_MAPS = ("properties", "definitions")
_SINGLE = ("items", "additionalProperties")


class _Parts:
    """Equal parts of a schema get equal numbers; how often each occurs, and how long it is."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._of: dict[int, int] = {}  # id(schema) -> number; the schemas outlive this object
        self.counts: list[int] = []
        self.sizes: list[int] = []

    def number(self, schema: Mapping[str, Any]) -> int:
        """The number of a part that was counted."""
        return self._of[id(schema)]

    def count(self, schema: Mapping[str, Any]) -> int:
        """Count a part and all below it; gives its number."""
        fields: list[Hashable] = []
        size = 2
        for key, value in sorted(schema.items()):
            if key in _SAID:
                continue
            frozen, length = self._freeze(key, value)
            fields.append((key, frozen))
            size += len(key) + length
        number = self._numbers.setdefault(tuple(fields), len(self._numbers))
        if number == len(self.counts):
            self.counts.append(0)
            self.sizes.append(size)
        self.counts[number] += 1
        self._of[id(schema)] = number
        return number

    def _freeze(self, key: str, value: Any) -> tuple[Hashable, int]:
        if key in _MAPS:
            pairs = [(name, self.count(part)) for name, part in value.items()]
            return tuple(pairs), sum(len(n) + self.sizes[number] for n, number in pairs)
        if key in _SINGLE and isinstance(value, Mapping):
            number = self.count(value)
            return ("part", number), self.sizes[number]
        text = repr(value)
        return text, len(text)


class _Sharing:
    """Rebuilds a schema with references to the parts that are worth a definition."""

    def __init__(self, parts: _Parts, prefix: str) -> None:
        self._parts = parts
        self._prefix = prefix
        self._names: dict[int, str] = {}
        self.definitions: dict[str, Any] = {}

    def visit(self, schema: Mapping[str, Any]) -> Any:
        number = self._parts.number(schema)
        if self._parts.counts[number] < 2 or self._parts.sizes[number] < WORTH:
            return self.rebuilt(schema)
        name = self._names.get(number)
        if name is None:
            name = self._names[number] = f"{self._prefix}{len(self._names) + 1}"
            bare = {k: v for k, v in schema.items() if k not in _SAID}
            self.definitions[name] = self.rebuilt(bare)
        reference = {"$ref": f"#/definitions/{name}"}
        said = {k: schema[k] for k in _SAID if k in schema}
        # In draft-07 a $ref hides its siblings, so they stand beside an allOf.
        return {**said, "allOf": [reference]} if said else reference

    def rebuilt(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self._fields(schema))

    def _fields(self, schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for key, value in schema.items():
            if key in _MAPS:
                yield key, {name: self.visit(part) for name, part in value.items()}
            elif key in _SINGLE and isinstance(value, Mapping):
                yield key, self.visit(value)
            else:
                yield key, value


def share_repeated(schema: Mapping[str, Any], prefix: str = "s") -> dict[str, Any]:
    """The same schema, in which each large part that occurs twice is a definition (``s1``, …).

    Descriptions and defaults stay where they are; definitions that it already has are left alone.
    """
    own = {k: v for k, v in schema.items() if k != "definitions"}
    parts = _Parts()
    parts.count(own)
    sharing = _Sharing(parts, prefix)
    result = sharing.rebuilt(own)
    definitions = {**schema.get("definitions", {}), **sharing.definitions}
    return {**result, **({"definitions": definitions} if definitions else {})}
