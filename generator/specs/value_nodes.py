"""Checks of the values that specs and features add to charts, which their schema cannot say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from generator.findings import Finding, FindingsError
from generator.kubernetes.define import definition, definition_names
from generator.specs.defaults import check_defaults
from generator.specs.limits import check_limits
from generator.specs.schema import validate
from generator.specs.shapes import conditional, nodes, property_nodes
from generator.specs.suggest import hint
from generator.yamlio.document import Document, Path
from generator.yamlio.reader import parse, parse_plain

_RESERVED = {
    "global": "what it shares stands in global.yaml, without this key",
    "config": "it is made of the chart's config files",
}
_SAYS_TYPE = {"type", "properties", "enum", "map", "kubernetes", "image"}


def check_values_file(document: Document, images: Collection[str]) -> list[Finding]:
    """Everything that is wrong with a feature's values.yaml or global.yaml; ``images`` are the
    names of all images."""
    found = validate(document, "values")
    if found:
        return found
    nodes_found = list(property_nodes(document.data))
    return sorted([*_check_reserved(document), *_check(document, nodes_found, images)])


def _check_reserved(document: Document) -> Iterator[Finding]:
    """Values that every chart has, or that stand in another file."""
    for name, advice in _RESERVED.items() if isinstance(document.data, Mapping) else ():
        if name in document.data:
            message = f"no feature can give charts the value '{name}'; {advice}"
            yield Finding(document.key((name,)), "reserved-value", message)


def checked(
    text: str, source: str, check: Callable[[Document], list[Finding]]
) -> Mapping[str, Any]:
    """The data of a YAML text in which ``check`` finds nothing; {} when it holds none.

    Places are looked up only for a text with faults. Raises FindingsError with all of them.
    """
    data = _parsed(text, source)
    if check(Document(source, data, {}, {})):
        document, _ = parse(text.encode(), source, refuse_templates=False)
        raise FindingsError(check(document) if document else [])
    return data


@lru_cache(maxsize=2048)
def _parsed(text: str, source: str) -> Mapping[str, Any]:
    return parse_plain(text, source)


def check_values(document: Document, images: Collection[str]) -> Iterator[Finding]:
    """Everything that is wrong with ``values`` of a dependency or credential, beyond its schema;
    ``images`` are the names of all images."""
    return _check(document, list(nodes(document)), images)


def _check(
    document: Document, found: list[tuple[Path, Mapping[str, Any]]], images: Collection[str]
) -> Iterator[Finding]:
    for path, node in found:
        named = len(path) == 1 or path[-2] in ("properties", "values")
        if named and not conditional(path):
            yield from _check_named(document, path, node)
        if "kubernetes" in node:
            yield from _check_kubernetes(document, path, node["kubernetes"])
        if "image" in node and node["image"] not in images:
            message = f"unknown image '{node['image']}'{hint(node['image'], images)}"
            yield Finding(document.value((*path, "image")), "unknown-image", message)
    yield from check_defaults(document, found)
    yield from check_limits(document, found)


def _check_named(document: Document, path: Path, node: Mapping[str, Any]) -> Iterator[Finding]:
    if "description" not in node and "properties" not in node:  # another feature may say it
        message = f"'{path[-1]}' lacks the key 'description'; say what the value means"
        yield Finding(document.key(path), "missing-key", message)
    if _SAYS_TYPE.isdisjoint(node):
        message = f"'{path[-1]}' lacks the key 'type'; add it"
        yield Finding(document.key(path), "missing-key", message)


def _check_kubernetes(document: Document, path: Path, name: str) -> Iterator[Finding]:
    try:
        definition(name)
    except KeyError:
        message = f"unknown Kubernetes type '{name}'{hint(name, definition_names())}"
        where = document.value((*path, "kubernetes"))
        yield Finding(where, "unknown-kubernetes-type", message)
