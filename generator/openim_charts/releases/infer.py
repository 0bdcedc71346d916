"""What a value says of its key: its type, and what a person must look at."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from openim_charts.jsonschema import jsonschema_rs

_SECRET = re.compile(
    r"(?i)(password|passwd|pwd|secret|token|credential|(access|private|app|api|master)key)"
)
_ADDRESS = re.compile(r"^([a-z]+://\S+|[A-Za-z0-9.-]*[A-Za-z.][A-Za-z0-9.-]*:\d{2,5})$")
_LIMITS = (
    *("type", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "items"),
)
_EMPTY = {"string": "", "array": [], "object": {}}


def nothing(value: Any) -> bool:
    """Whether the programs read no value: a bare key is the empty text or list."""
    return value is None or value in ("", [], {})


def same(one: Any, other: Any) -> bool:
    """Whether the programs read the same from two values."""
    if one is None or other is None:
        return _zero(one) and _zero(other)
    return (nothing(one) and nothing(other)) or _exact(one) == _exact(other)


def _zero(value: Any) -> bool:
    """Whether a value is what the programs, written in Go, read from a bare key."""
    return nothing(value) or value is False or (value == 0 and not isinstance(value, bool))


def _exact(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def looks_secret(name: str, value: Any) -> bool:
    """Whether a text may be a secret, by the name of its key."""
    text = isinstance(value, str) or value is None
    return text and bool(_SECRET.search(name)) and not name.lower().endswith("policy")


def looks_like_address(value: Any) -> bool:
    """Whether a value is a URL or host:port, or a list of such."""
    if isinstance(value, list):
        return bool(value) and all(map(looks_like_address, value))
    return isinstance(value, str) and bool(_ADDRESS.match(value))


def looks_like_port(name: str, value: Any) -> bool:
    """Whether a value is a port or a list of them, by the name of its key."""
    numbers = value if isinstance(value, list) and value else [value]
    whole = all(isinstance(n, int) and not isinstance(n, bool) for n in numbers)
    return whole and name.lower().endswith(("port", "ports"))


def public(value: Any) -> Any:
    """The value without what may be a secret, by the names of its keys."""
    if isinstance(value, list):
        return [public(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: "(not shown)" if inner and looks_secret(name, inner) else public(inner)
        for name, inner in value.items()
    }


def types(node: Mapping[str, Any]) -> tuple[str, ...]:
    """The types that a key's schema names."""
    found = node.get("type", ())
    if "properties" in node and not found:
        return ("object",)
    return (found,) if isinstance(found, str) else tuple(found)


def has_type(node: Mapping[str, Any], value: Any) -> bool:
    """Whether a value is of a type that the key may have; no value fits all."""
    known = types(node)
    return nothing(value) or not known or jsonschema_rs.is_valid({"type": list(known)}, value)


def fits(node: Mapping[str, Any], value: Any) -> bool:
    """Whether a value keeps all limits of a key; no value keeps all."""
    limits = {key: node[key] for key in _LIMITS if key in node}
    return value is None or jsonschema_rs.is_valid(limits, value)


def empty(node: Mapping[str, Any]) -> Any:
    """What a key without a value is, by its type; None is the bare key."""
    return _EMPTY.get(next(iter(types(node)), ""))


def schema(name: str, value: Any) -> dict[str, Any]:
    """The schema of a key with this value, which has no description yet. What may be a secret gets
    no default, so that none stands in values."""
    if isinstance(value, Mapping):
        if not value:
            return {"type": "object", "map": "string", "default": {}}
        return {"type": "object", "properties": {k: schema(k, v) for k, v in value.items()}}
    node = _leaf(value)
    return node if looks_secret(name, value) else {**node, "default": value}


def _leaf(value: Any) -> dict[str, Any]:
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number")):
        if isinstance(value, kind):
            return {"type": name}
    if isinstance(value, list):
        return {"type": "array", "items": _items(value)}
    return {"type": "string"}


def _items(items: Sequence[Any]) -> dict[str, Any]:
    if items and all(isinstance(item, Mapping) for item in items):
        return {"type": "object", "map": "string"}
    names = sorted({str(_leaf(item)["type"]) for item in items})
    return {"type": names[0] if len(names) == 1 else names or "string"}
