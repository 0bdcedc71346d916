"""Checks that a value can exist at all: choices are of the node's type, least is not above most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.findings import Finding
from generator.jsonschema import jsonschema_rs
from generator.specs.messages import show
from generator.yamlio.document import Document, Path

_PAIRS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)


def check_limits(
    document: Document, found: Iterable[tuple[Path, Mapping[str, Any]]]
) -> Iterator[Finding]:
    """Findings about all nodes ``found`` that no value, or not each of their choices, can meet."""
    for path, node in found:
        for index, choice in enumerate(node.get("enum", ()) if "type" in node else ()):
            if not jsonschema_rs.is_valid({"type": node["type"]}, choice):
                message = f"{show(choice)} is not of the type that the value has, {_types(node)}"
                yield Finding(document.value((*path, "enum", index)), "bad-choice", message)
        for least, most in _PAIRS:
            if least in node and most in node and node[least] > node[most]:
                message = f"'{least}' is above '{most}', so no value fits; change one"
                yield Finding(document.value((*path, least)), "empty-range", message)


def _types(node: Mapping[str, Any]) -> str:
    types = node["type"]
    return types if isinstance(types, str) else " or ".join(types)
