"""Two values schemas of a chart: keys that came and went, what keys accept, and constraints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from openim_charts.diff.model import shown

Verdict = tuple[str, str]  # id of the kind of change, detail
TIGHTER, LOOSER = "schema-tightened", "schema-loosened"

_LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_TEXTS = ("pattern", "format", "const", "multipleOf")
# Compared as wholes: whether one implies the other cannot be told.
_WHOLES = ("not", "if", "then", "else", "dependencies", "patternProperties", "contains")


def compare_types(base: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[Verdict]:
    """Changes of ``type``; an integer is a number too."""
    old, new = _types(base), _types(head)
    if old == new:
        return
    lost = sorted(kind for kind in old if not _accepted(kind, new))
    gained = sorted(kind for kind in new if not _accepted(kind, old))
    detail = f"{'|'.join(sorted(old)) or 'any'} → {'|'.join(sorted(new)) or 'any'}"
    if not old or not new:
        yield TIGHTER if new else LOOSER, f"type: {detail}"
    elif lost:
        yield "value-retyped" if len(lost) == len(old) else TIGHTER, f"type: {detail}"
    elif gained:
        yield LOOSER, f"type: {detail}"


def compare_constraints(
    base: Mapping[str, Any], head: Mapping[str, Any], plain: Callable[[int, Any], Any]
) -> Iterator[Verdict]:
    """Changes of all constraints but types, properties and items.

    ``plain`` gives a part of the base (0) or the head (1) without references and descriptions.
    """
    for key in _LOWEST:
        yield from _bound(key, base, head, 1)
    for key in _HIGHEST:
        yield from _bound(key, base, head, -1)
    for key in _TEXTS:
        yield from _whole(key, base.get(key), head.get(key))
    unique = (schema.get("uniqueItems") or None for schema in (base, head))  # false says nothing
    yield from _whole("uniqueItems", *unique)
    for key in _WHOLES:
        yield from _whole(key, plain(0, base.get(key)), plain(1, head.get(key)))
    names = (None if _knows_keys(s) else s.get("propertyNames") for s in (base, head))
    yield from _whole("propertyNames", *(plain(side, found) for side, found in enumerate(names)))
    yield from _choices("enum", base.get("enum"), head.get("enum"), TIGHTER, LOOSER)
    alternatives = plain(0, base.get("anyOf")), plain(1, head.get("anyOf"))
    yield from _choices("anyOf", *alternatives, TIGHTER, LOOSER)
    exclusive = plain(0, base.get("oneOf")), plain(1, head.get("oneOf"))
    yield from _choices("oneOf", *exclusive, TIGHTER, TIGHTER)  # one more may match twice
    demands = plain(0, base.get("allOf") or []), plain(1, head.get("allOf") or [])
    yield from _choices("allOf", *demands, LOOSER, TIGHTER)
    required = base.get("required") or [], head.get("required") or []
    yield from _choices("required", *required, LOOSER, TIGHTER)


def _knows_keys(schema: Mapping[str, Any]) -> bool:
    """Whether an object has keys of its own: a closed one, or one that lets strangers' keys be
    and tells by ``propertyNames`` which are slips of its own."""
    named = "properties" in schema and "propertyNames" in schema
    return named or schema.get("additionalProperties") is False


def _types(schema: Mapping[str, Any]) -> set[str]:
    kind = schema.get("type", [])
    return {kind} if isinstance(kind, str) else set(kind)


def _accepted(kind: str, kinds: set[str]) -> bool:
    return kind in kinds or (kind == "integer" and "number" in kinds)


def _bound(
    key: str, base: Mapping[str, Any], head: Mapping[str, Any], sign: int
) -> Iterator[Verdict]:
    old, new = base.get(key), head.get(key)
    if old == new:
        return
    tighter = new is not None and (old is None or (new - old) * sign > 0)
    yield TIGHTER if tighter else LOOSER, f"{key}: {_said(old)} → {_said(new)}"


def _whole(key: str, old: Any, new: Any) -> Iterator[Verdict]:
    if old != new:
        yield LOOSER if new is None else TIGHTER, f"{key}: {_said(old)} → {_said(new)}"


def _choices(key: str, old: Any, new: Any, fewer: str, more: str) -> Iterator[Verdict]:
    """Members of a list that went and came."""
    if old is None or new is None:
        if old != new:
            yield LOOSER if new is None else TIGHTER, f"{key}: {_said(old)} → {_said(new)}"
        return
    gone = [item for item in old if item not in new]
    come = [item for item in new if item not in old]
    if gone:
        yield fewer, f"{key}: without {', '.join(map(shown, gone))}"
    if come:
        yield more, f"{key}: with {', '.join(map(shown, come))}"


def _said(value: Any) -> str:
    return "none" if value is None else shown(value)


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
            if key not in new and _knows_keys(head):
                yield "value-removed", (key,), ""
            elif key not in old and _knows_keys(base):
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
    """A schema whose reference is followed; see ``charts/values_schema.py`` for the form."""
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
