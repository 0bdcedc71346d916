"""Validate a document against one of ``schemas/``: every error, in words, at its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from openim_charts.findings import Finding, UserError
from openim_charts.jsonschema import jsonschema_rs
from openim_charts.specs.layout import SCHEMAS
from openim_charts.specs.messages import explain_all
from openim_charts.yamlio.document import Document, Path

_SHARED = "chart.schema.json"  # definitions that the other schemas refer to


@lru_cache
def load_schema(name: str) -> dict[str, Any]:
    """``schemas/NAME.schema.json`` as one schema: definitions of the chart's schema are put in.

    Raises UserError when the schemas are not beside the program.
    """
    try:
        text = (SCHEMAS / f"{name}.schema.json").read_text("utf-8")
        shared = json.loads((SCHEMAS / _SHARED).read_text("utf-8"))["$defs"]
    except OSError as error:
        raise UserError(f"{error.filename} is missing: run from a complete checkout") from error
    schema: dict[str, Any] = json.loads(text.replace(f'"{_SHARED}#/', '"#/'))
    return {**schema, "$defs": {**shared, **schema.get("$defs", {})}}


@lru_cache
def _validator(name: str) -> Any:
    return jsonschema_rs.Draft202012Validator(load_schema(name), offline=True)


def validate(document: Document, name: str) -> list[Finding]:
    """All errors of ``document`` against ``schemas/NAME.schema.json``."""
    validator = _validator(name)
    if validator.is_valid(document.data):
        return []
    schema = load_schema(name)
    return sorted(explain_all(validator.iter_errors(document.data), schema, document))


_MAPPINGS = ("definitions", "properties", "values")  # of names to nodes
_SINGLE = ("items", "map", "contains", "propertyNames")
_CONDITIONS = ("if", "then", "else", "not")
_LISTS = ("allOf", "anyOf", "oneOf")

Nodes = Iterator[tuple[Path, Mapping[str, Any]]]


def nodes(document: Document) -> Nodes:
    """Every schema object of a config file, dependency or credential with its path."""
    for top in _MAPPINGS:
        yield from property_nodes(document.data.get(top, {}), (top,))


def property_nodes(properties: Mapping[str, Any], path: Path = ()) -> Nodes:
    """Every schema object of these properties, which stand at ``path``, at any depth."""
    for name, node in properties.items():
        yield from _nodes(node, (*path, name))


def conditional(path: Path) -> bool:
    """Whether a node at ``path`` is part of a condition: it describes no value of its own."""
    return not {*_CONDITIONS, *_LISTS, "contains", "propertyNames"}.isdisjoint(path)


def _nodes(node: Mapping[str, Any], path: Path) -> Nodes:
    yield path, node
    yield from property_nodes(node.get("properties", {}), (*path, "properties"))
    for key in (*_SINGLE, *_CONDITIONS):
        if isinstance(node.get(key), Mapping):
            yield from _nodes(node[key], (*path, key))
    for key in _LISTS:
        for index, inner in enumerate(node.get(key, ())):
            yield from _nodes(inner, (*path, key, index))


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
