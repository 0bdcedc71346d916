"""JSON Schema: the validator, and a walk over all schemas that one holds.

jsonschema-rs is imported so that a Ctrl-C waits until it is there: its library in Rust prints a
panic when an exception comes out of the Python that it calls.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from typing import Any

_before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
try:
    import jsonschema_rs
finally:
    signal.pthread_sigmask(signal.SIG_SETMASK, _before)

__all__ = ["CONDITIONS", "HOLDERS", "NAMED", "jsonschema_rs", "walk"]

Path = tuple[str | int, ...]

# Keywords that hold further schemas: named ones, one, or a list.
NAMED = ("properties", "patternProperties")
_ONE = ("items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else")
_MANY = ("allOf", "anyOf", "oneOf")
HOLDERS = frozenset({*NAMED, *_ONE, *_MANY})
# What stands below them describes no value of its own.
CONDITIONS = frozenset({*_MANY, "contains", "propertyNames", "not", "if", "then", "else"})


def walk(
    node: Any, path: Path = (), more: tuple[str, ...] = ()
) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every schema in ``node``, which stands at ``path``, with its path, itself first; ``more`` are
    keywords of our own that hold one."""
    if not isinstance(node, Mapping):
        return
    yield path, node
    for key in NAMED:
        for name, inner in node.get(key, {}).items():
            yield from walk(inner, (*path, key, name), more)
    for key in (*_ONE, *more):
        yield from walk(node.get(key), (*path, key), more)
    for key in _MANY:
        for index, inner in enumerate(node.get(key, ())):
            yield from walk(inner, (*path, key, index), more)
