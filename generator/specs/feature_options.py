"""``options.yaml``: the settings that specs may give a feature, as a JSON Schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.findings import Finding
from generator.jsonschema import jsonschema_rs
from generator.specs.feature_layout import OPTIONS
from generator.specs.messages import explain_all
from generator.specs.schema import load_schema
from generator.specs.suggest import hint
from generator.yamlio.document import Document
from generator.yamlio.document import Path as Keys
from generator.yamlio.reader import read

_UNKNOWN_SHAPE = "unknown-shape"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_NAMED = ("properties", "patternProperties")  # of names to schemas
_NODES = ("items", "additionalProperties", "propertyNames", "contains")
_CONDITIONS = ("not", "if", "then", "else")
_LISTS = ("allOf", "anyOf", "oneOf")
_KEYWORDS = {
    *(
        *_NAMED,
        *_NODES,
        *_CONDITIONS,
        *_LISTS,
        "$ref",
        "type",
        "enum",
        "const",
        "description",
        "default",
    ),
    *("pattern", "minLength", "maxLength", "minimum", "maximum", "multipleOf"),
    *("exclusiveMinimum", "exclusiveMaximum"),
    *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
    *("required", "dependentRequired"),
    "expects",  # ours: a pattern in words
}


def read_shape(folder: Path, shown: str) -> tuple[dict[str, Any], list[Finding]]:
    """A feature's settings as a JSON Schema; with faults it takes everything."""
    document, wrong = read(folder / OPTIONS, f"{shown}/{OPTIONS}", refuse_templates=False)
    if document and not wrong:
        wrong = _check(document)
    if wrong or document is None:
        return {"additionalProperties": True}, wrong
    return document.data, []


def _check(document: Document) -> list[Finding]:
    """What is wrong with a file as a JSON Schema of settings."""
    meta = jsonschema_rs.Draft202012Validator({"$ref": _DRAFT}, offline=True)
    errors = explain_all(meta.iter_errors(document.data), {}, document)
    if errors:
        return sorted(errors)
    shared = load_schema("options")
    nodes = list(_nodes(document.data, ()))
    found = [f for path, node in nodes for f in _faults(document, path, node, shared["$defs"])]
    if not any(finding.rule == _UNKNOWN_SHAPE for finding in found):
        found += _bad_defaults(document, nodes, shared)
    return sorted(found)


def _nodes(node: Any, path: Keys) -> Iterator[tuple[Keys, Mapping[str, Any]]]:
    """Every schema of the file that is an object, with its path."""
    if not isinstance(node, Mapping):
        return
    yield path, node
    for key in _NAMED:
        for name, inner in node.get(key, {}).items():
            yield from _nodes(inner, (*path, key, name))
    for key in (*_NODES, *_CONDITIONS):
        yield from _nodes(node.get(key), (*path, key))
    for key in _LISTS:
        for index, inner in enumerate(node.get(key, ())):
            yield from _nodes(inner, (*path, key, index))


def _faults(
    document: Document, path: Keys, node: Mapping[str, Any], shared: Mapping[str, Any]
) -> Iterator[Finding]:
    """What JSON Schema lets pass: keywords that nothing reads, keys that must be and cannot; and
    references to what is not among the ``shared`` definitions."""
    for key in node:
        if key not in _KEYWORDS:
            message = f"unknown key '{key}'{hint(key, _KEYWORDS)}"
            yield Finding(document.key((*path, key)), "unknown-key", message)
    shapes = [f"#/$defs/{name}" for name in shared]
    if node.get("$ref", shapes[0]) not in shapes:
        message = f"unknown definition '{node['$ref']}'{hint(node['$ref'], shapes)}"
        yield Finding(document.value((*path, "$ref")), _UNKNOWN_SHAPE, message)
    if "properties" in node and not {*_CONDITIONS, *_LISTS} & set(path):
        known = node["properties"]
        for index, name in enumerate(node.get("required", ())):
            if name not in known:
                message = f"unknown setting '{name}' in required{hint(name, known)}"
                yield Finding(document.value((*path, "required", index)), "unknown-key", message)


def _bad_defaults(
    document: Document, nodes: Iterable[tuple[Keys, Mapping[str, Any]]], shared: Mapping[str, Any]
) -> Iterator[Finding]:
    for path, node in nodes:
        if "default" not in node:
            continue
        schema = {"$schema": _DRAFT, "$defs": shared["$defs"], **node}
        validator = jsonschema_rs.Draft202012Validator(schema, offline=True)
        for error in validator.iter_errors(node["default"]):
            message = f"the default does not fit its own type: {error.message}"
            yield Finding(document.value((*path, "default")), "bad-default", message)
