"""Whether one schema surely accepts all that another accepts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.kubernetes.bundle import Bundle

_SILENT = ("format", "x-kubernetes-group-version-kind")


def accepts_all(bundle: Bundle, name: str, old: str, new: str) -> bool:
    """Whether minor ``new`` accepts every object of this definition that ``old`` accepts.

    True is proven; False may only mean that the proof is not obvious.
    """
    if bundle.number(name, old) < 0 or bundle.number(name, new) < 0:
        return False
    for inner, body in bundle.closure(name, old).items():
        if bundle.number(inner, old) == bundle.number(inner, new):
            continue
        if bundle.number(inner, new) < 0 or not _wider(body, bundle.body(inner, new)):
            return False
    return True


def _wider(old: Any, new: Any) -> bool:
    if old == new:
        return True
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return False
    return all(
        _KEYWORDS.get(key, _equal)(old, new, key) for key in {*old, *new} if key not in _SILENT
    )


def _equal(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    return bool(old.get(key) == new.get(key))


def _types(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    return key not in new or (key in old and _set(old[key]) <= _set(new[key]))


def _set(value: str | list[str]) -> set[str]:
    return {value} if isinstance(value, str) else set(value)


def _required(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    return set(new.get(key, ())) <= set(old.get(key, ()))


def _properties(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    before, after = old.get(key, {}), new.get(key, {})
    closed = old.get("additionalProperties") is False
    return (
        (closed or set(after) <= set(before))
        and set(before) <= set(after)
        and all(_wider(before[name], after[name]) for name in before)
    )


def _inner(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    return key not in new or _wider(old.get(key), new[key])


_KEYWORDS = {
    "type": _types,
    "enum": _types,
    "required": _required,
    "properties": _properties,
    "items": _inner,
    "additionalProperties": _inner,
}
