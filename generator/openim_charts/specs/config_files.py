"""Checks of a line's config files: shapes, defaults, and what values are bound to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.findings import Finding
from openim_charts.specs.binds import check_bind, check_bound_type
from openim_charts.specs.index import Index
from openim_charts.specs.keys.value import circular, nodes
from openim_charts.specs.suggest import hint
from openim_charts.specs.value_nodes import check_defaults, check_limits
from openim_charts.yamlio.document import Document, Path

_NAMED = ("properties", "definitions")  # behind these comes a key, which needs a description
_SOURCES = ("default", "bind", "secret")


def check_config_file(document: Document, index: Index) -> Iterator[Finding]:
    """Everything that the schema of config files cannot say."""
    definitions = document.data.get("definitions", {})
    for path, node in nodes(document):
        yield from _check_shape(document, path, node, definitions)
        if "bind" in node:
            yield from check_bind(document, path, node["bind"], index)
            yield from check_bound_type(document, path, node)
        if "secret" in node:
            yield from _check_secret(document, path, node["secret"], index)
    endless = circular(definitions)
    if endless:
        message = f"the shape '{endless}' refers to itself; write it out"
        yield Finding(document.key(("definitions", endless)), "circular-shape", message)
    else:
        yield from check_defaults(document, list(nodes(document)), definitions)
    yield from check_limits(document, nodes(document))


def _check_shape(
    document: Document, path: Path, node: Mapping[str, Any], definitions: Mapping[str, Any]
) -> Iterator[Finding]:
    sources = [key for key in _SOURCES if key in node]
    if len(sources) > 1:
        message = f"a key has one of {', '.join(_SOURCES)}, not {' and '.join(sources)}"
        yield Finding(document.key((*path, sources[1])), "one-of", message)
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/definitions/")
        if name not in definitions:
            message = f"unknown shape '{name}'{hint(name, definitions)}"
            yield Finding(document.value((*path, "$ref")), "unknown-shape", message)
    elif "type" not in node and "properties" not in node and "enum" not in node:
        message = f"'{path[-1]}' lacks the key 'type'; add it"
        yield Finding(document.key(path), "missing-key", message)
    if "description" not in node and "$ref" not in node and path[-2] in _NAMED:
        message = f"'{path[-1]}' lacks the key 'description'; say what the value means"
        yield Finding(document.key(path), "missing-key", message)
    if "properties" in node and (len(sources) > 0 or "shared" in node):
        message = "a mapping with 'properties' takes its value from them; move this to its keys"
        found = [key for key in (*_SOURCES, "shared") if key in node]
        yield Finding(document.key((*path, found[0])), "mapping-without-value", message)


def _check_secret(
    document: Document, path: Path, secret: Mapping[str, Any], index: Index
) -> Iterator[Finding]:
    name, key = secret["credential"], secret["key"]
    if name not in index.secret_names:
        message = f"unknown credential '{name}'{hint(name, index.secret_names)}"
        where = document.value((*path, "secret", "credential"))
        yield Finding(where, "unknown-credential", message)
        return
    keys = index.secret_keys(name)
    if keys is not None and key not in keys:
        message = f"the credential '{name}' has no key '{key}'{hint(key, keys)}"
        yield Finding(document.value((*path, "secret", "key")), "unknown-credential-key", message)
