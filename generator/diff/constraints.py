"""One constraint of a JSON Schema (draft-07), before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.diff.model import shown

Verdict = tuple[str, str]  # id of the kind of change, detail
TIGHTER, LOOSER = "schema-tightened", "schema-loosened"

_LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_TEXTS = ("pattern", "format", "const", "multipleOf")
# Compared as wholes: whether one implies the other cannot be told.
_WHOLES = ("not", "if", "then", "else", "dependencies", "propertyNames", "patternProperties",
           "contains")  # fmt: skip


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
    yield from _choices("enum", base.get("enum"), head.get("enum"), TIGHTER, LOOSER)
    alternatives = plain(0, base.get("anyOf")), plain(1, head.get("anyOf"))
    yield from _choices("anyOf", *alternatives, TIGHTER, LOOSER)
    exclusive = plain(0, base.get("oneOf")), plain(1, head.get("oneOf"))
    yield from _choices("oneOf", *exclusive, TIGHTER, TIGHTER)  # one more may match twice
    demands = plain(0, base.get("allOf") or []), plain(1, head.get("allOf") or [])
    yield from _choices("allOf", *demands, LOOSER, TIGHTER)
    required = base.get("required") or [], head.get("required") or []
    yield from _choices("required", *required, LOOSER, TIGHTER)


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
