"""A walk over the JSON Schema of a config file: its keys, shared shapes and items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.yamlio.document import Document, Path


def nodes(document: Document) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every schema object of the file with its path: keys, shapes, items, at any depth."""
    for top in ("definitions", "properties"):
        for name, node in document.data.get(top, {}).items():
            yield from _nodes(node, (top, name))


def _nodes(node: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    yield path, node
    for name, inner in node.get("properties", {}).items():
        yield from _nodes(inner, (*path, "properties", name))
    if "items" in node:
        yield from _nodes(node["items"], (*path, "items"))


def port_binds(document: Document) -> Iterator[tuple[Path, str]]:
    """Ports of the reading chart that the file's values are bound to, with the key's path."""
    for path, node in nodes(document):
        bind = node.get("bind", {})
        if set(bind) == {"port"}:
            yield tuple(part for part in path if part != "properties"), bind["port"]


def circular(definitions: Mapping[str, Any]) -> str:
    """The first shape that holds itself through references, or ""."""

    def references(name: str) -> set[str]:
        found = _nodes(definitions.get(name, {}), ())
        return {n["$ref"].removeprefix("#/definitions/") for _, n in found if "$ref" in n}

    for start in definitions:
        reached: set[str] = set()
        frontier = references(start)
        while frontier:
            reached |= frontier
            frontier = {far for near in frontier for far in references(near)} - reached
        if start in reached:
            return start
    return ""
