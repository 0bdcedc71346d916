"""Two values schemas of a chart: keys that came and went, and what keys accept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diff.constraints import LOOSER, TIGHTER, compare_constraints, compare_types

Path = tuple[str, ...]
Relative = tuple[str, Path, str]  # id of the kind of change, path, detail
_SAID = frozenset(("description", "default", "title", "examples", "$comment"))


class SchemaComparison:
    """Compares two draft-07 schemas. A pair of definitions is compared once."""

    def __init__(self, base: Mapping[str, Any], head: Mapping[str, Any]) -> None:
        self._roots = (base, head)
        self._known: dict[tuple[str, str], list[Relative]] = {}

    def changes(self) -> list[Relative]:
        """All changes, each with the path of its key."""
        return list(self._compare(*self._roots))

    def _compare(self, base: Any, head: Any) -> Iterator[Relative]:
        references = _reference(base), _reference(head)
        if not all(references):
            yield from self._schemas(self._resolved(0, base), self._resolved(1, head))
            return
        if references not in self._known:
            self._known[references] = []  # a definition that holds itself ends here
            pair = self._resolved(0, base), self._resolved(1, head)
            self._known[references] = list(self._schemas(*pair))
        yield from self._known[references]

    def _schemas(self, base: Any, head: Any) -> Iterator[Relative]:
        base, head = ({} if schema is True else schema for schema in (base, head))
        if base is False or head is False:
            if head is not base:
                yield (
                    (TIGHTER, (), "no value is accepted any more")
                    if head is False
                    else (LOOSER, (), "a value is accepted")
                )
            return
        for kind, detail in (
            *compare_types(base, head),
            *compare_constraints(base, head, self._plain),
        ):
            yield kind, (), detail
        yield from self._properties(base, head)
        yield from self._further(base, head)
        yield from self._items(base, head)

    def _properties(self, base: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[Relative]:
        old, new = base.get("properties", {}), head.get("properties", {})
        others = base.get("additionalProperties", True), head.get("additionalProperties", True)
        for key in dict.fromkeys((*old, *new)):
            if key not in new and others[1] is False:
                yield "value-removed", (key,), ""
            elif key not in old and others[0] is False:
                yield "value-added", (key,), ""
            else:  # a key without a schema of its own has that of all other keys
                pair = old.get(key, others[0]), new.get(key, others[1])
                for kind, path, detail in self._compare(*pair):
                    yield kind, (key, *path), detail

    def _further(self, base: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[Relative]:
        """Keys beyond the properties: open, closed, or by a schema."""
        old, new = (schema.get("additionalProperties", True) for schema in (base, head))
        if old is False or new is False:
            if old is not new:
                yield (
                    (TIGHTER, (), "no other keys any more")
                    if new is False
                    else (LOOSER, (), "other keys too")
                )
            return
        if old is True and new is True:
            return
        for kind, path, detail in self._compare(old, new):
            yield kind, ("*", *path), detail

    def _items(self, base: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[Relative]:
        if "items" not in base and "items" not in head:
            return
        for kind, path, detail in self._compare(base.get("items", {}), head.get("items", {})):
            yield kind, ("[]", *path), detail

    def _resolved(self, side: int, schema: Any) -> Any:
        return resolved(self._roots[side], schema)

    def _plain(self, side: int, part: Any, within: frozenset[str] = frozenset()) -> Any:
        """A part of a schema without references and texts, for comparing as a whole."""
        if isinstance(part, list):
            return [self._plain(side, item, within) for item in part]
        if not isinstance(part, Mapping):
            return part
        name = _reference(part)
        if name in within:
            return name
        inner = within | {name} if name else within
        return {
            key: self._plain(side, value, inner)
            for key, value in self._resolved(side, part).items()
            if key not in _SAID or isinstance(value, Mapping)
        }


def resolved(root: Mapping[str, Any], schema: Any) -> Any:
    """A schema whose reference is followed; see generator/charts/compact.py for the form."""
    seen: set[str] = set()
    while name := _reference(schema):
        if name in seen:
            return {}
        seen.add(name)
        schema = root.get("definitions", {}).get(name, {})
    return schema


def _reference(schema: Any) -> str:
    """The definition that a schema consists of, perhaps beside texts; "" when there is none."""
    if not isinstance(schema, Mapping):
        return ""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix("#/definitions/")
    demands = schema.get("allOf")
    if isinstance(demands, list) and len(demands) == 1 and not schema.keys() - _SAID - {"allOf"}:
        return _reference(demands[0])
    return ""
