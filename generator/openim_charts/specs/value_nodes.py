"""Checks of the values that specs and features add to charts, which their schema cannot say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from openim_charts.findings import Finding, FindingsError
from openim_charts.jsonschema import jsonschema_rs
from openim_charts.kubernetes.define import definition, definition_names
from openim_charts.specs.keys.value import conditional, nodes, property_nodes
from openim_charts.specs.messages import show
from openim_charts.specs.schema import validate
from openim_charts.specs.suggest import hint
from openim_charts.yamlio.document import Document, Path
from openim_charts.yamlio.reader import parse, parse_plain

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


@lru_cache(maxsize=4096)
def _bad_pattern(pattern: str) -> str:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return f"'{pattern}' is not a regular expression; mend it"
    return ""


def check_defaults(
    document: Document,
    found: Collection[tuple[Path, Mapping[str, Any]]],
    definitions: Mapping[str, Any] | None = None,
) -> Iterator[Finding]:
    """Patterns compile, and defaults obey their own schema, in all nodes ``found``."""
    broken = [
        Finding(document.value((*path, "pattern")), "bad-pattern", problem)
        for path, node in found
        if "pattern" in node and (problem := _bad_pattern(node["pattern"]))
    ]
    if broken:
        yield from broken
        return
    shapes = definitions or {}
    names = {f"#/definitions/{name}" for name in shapes}
    for path, node in found:
        default = node.get("default")
        if default is None or not names.issuperset({node["$ref"]} if "$ref" in node else ()):
            continue
        schema = {**_without_marks(node), "definitions": shapes}
        try:
            errors = list(jsonschema_rs.Draft7Validator(schema).iter_errors(default))
        except ValueError:
            continue  # a shape of the file is broken, which is reported where it stands
        for error in errors:
            message = f"the default does not fit its own type: {error.message}"
            where = document.value((*path, "default", *error.instance_path))
            yield Finding(where, "bad-default", message)


def _without_marks(node: Mapping[str, Any]) -> dict[str, Any]:
    """The node as JSON Schema. Beside ``$ref`` draft 7 ignores everything, so nothing is lost."""
    return {key: value for key, value in node.items() if key not in ("description", "default")}


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
