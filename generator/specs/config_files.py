"""Checks of a line's config files: shapes, defaults, and what values are bound to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs

from generator.findings import Finding
from generator.specs.known import Known
from generator.specs.suggest import hint
from generator.yamlio.document import Document, Path

_SOURCES = ("default", "bind", "secret")
_PLACES = ("dependency", "global", "chart", "port")
_FORMS = {
    "dependency": {"addresses", "address", "url", "publicURL"},
    "chart": {"url", "ports"},
    "global": {"first"},
    "port": set[str](),
}


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
        if "port" in bind and "chart" not in bind:
            yield tuple(part for part in path if part != "properties"), bind["port"]


def check_config_file(document: Document, known: Known) -> Iterator[Finding]:
    """Everything that the schema of config files cannot say."""
    definitions = document.data.get("definitions", {})
    for path, node in nodes(document):
        yield from _check_shape(document, path, node, definitions)
        if "bind" in node:
            yield from _check_bind(document, path, node["bind"], known)
        if "secret" in node:
            yield from _check_secret(document, path, node["secret"], known)
    if not _circular(definitions):
        yield from _check_defaults(document, definitions)
    else:
        message = f"the shape '{_circular(definitions)}' refers to itself; write it out"
        where = document.key(("definitions", _circular(definitions)))
        yield Finding(where, "circular-shape", message)


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
    if "description" not in node and "$ref" not in node and path[-1] != "items":
        message = f"'{path[-1]}' lacks the key 'description'; say what the value means"
        yield Finding(document.key(path), "missing-key", message)
    if "properties" in node and (len(sources) > 0 or "shared" in node):
        message = "a mapping with 'properties' takes its value from them; move this to its keys"
        found = [key for key in (*_SOURCES, "shared") if key in node]
        yield Finding(document.key((*path, found[0])), "mapping-without-value", message)


def _check_bind(
    document: Document, path: Path, bind: Mapping[str, Any], known: Known
) -> Iterator[Finding]:
    here = (*path, "bind")
    places = [place for place in _PLACES if place in bind]
    if places == ["chart", "port"]:
        places = ["chart"]
    if len(places) != 1 or ("chart" in bind and "port" not in bind):
        message = "a bind has one of dependency, global, port, or chart together with port"
        yield Finding(document.key(here), "one-of", message)
        return
    (place,) = places
    yield from _check_form(document, here, bind, place)
    name = bind[place]
    if place == "dependency":
        if name not in known.dependency_names:
            message = f"unknown dependency '{name}' in bind{hint(name, known.dependency_names)}"
            yield Finding(document.value((*here, place)), "unknown-dependency", message)
        elif bind.get("as") == "url" and not _scheme(name, known):
            message = f"the dependency '{name}' has no scheme, so no url; bind its address"
            yield Finding(document.value((*here, "as")), "unknown-form", message)
    elif place == "chart":
        yield from _check_bound_chart(document, here, bind, known)


def _scheme(dependency: str, known: Known) -> bool:
    document = known.dependencies.get(dependency)
    return document is None or bool(document.data.get("scheme"))


def _check_form(
    document: Document, here: Path, bind: Mapping[str, Any], place: str
) -> Iterator[Finding]:
    forms = _FORMS[place]
    form = bind.get("as")
    if form is None and place == "dependency":
        message = f"a bind to a dependency says 'as': one of {', '.join(sorted(forms))}"
        yield Finding(document.key(here), "missing-key", message)
    elif form is not None and form not in forms:
        wanted = f"can be {', '.join(sorted(forms))}" if forms else "is not used"
        message = f"'as' {wanted} in a bind to a {place}, not '{form}'"
        yield Finding(document.value((*here, "as")), "unknown-form", message)


def _check_bound_chart(
    document: Document, here: Path, bind: Mapping[str, Any], known: Known
) -> Iterator[Finding]:
    name = bind["chart"]
    if name not in known.chart_names:
        message = f"unknown chart '{name}' in bind{hint(name, known.chart_names)}"
        yield Finding(document.value((*here, "chart")), "unknown-chart", message)
        return
    chart = known.charts.get(name)
    ports = chart.data.get("ports", {}) if chart else {bind["port"]: 0}
    if bind["port"] not in ports:
        message = f"the chart '{name}' has no port '{bind['port']}'{hint(bind['port'], ports)}"
        yield Finding(document.value((*here, "port")), "unknown-port", message)


def _check_secret(
    document: Document, path: Path, secret: Mapping[str, Any], known: Known
) -> Iterator[Finding]:
    name, key = secret["credential"], secret["key"]
    if name not in known.secret_names:
        message = f"unknown credential '{name}'{hint(name, known.secret_names)}"
        where = document.value((*path, "secret", "credential"))
        yield Finding(where, "unknown-credential", message)
        return
    keys = known.secret_keys(name)
    if keys is not None and key not in keys:
        message = f"the credential '{name}' has no key '{key}'{hint(key, keys)}"
        yield Finding(document.value((*path, "secret", "key")), "unknown-credential-key", message)


def _circular(definitions: Mapping[str, Any]) -> str:
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


@lru_cache(maxsize=4096)
def _bad_pattern(pattern: str) -> str:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return f"'{pattern}' is not a regular expression; mend it"
    return ""


def _check_defaults(document: Document, definitions: Mapping[str, Any]) -> Iterator[Finding]:
    """Patterns compile, and defaults obey their own schema."""
    found = list(nodes(document))
    broken = [
        Finding(document.value((*path, "pattern")), "bad-pattern", problem)
        for path, node in found
        if "pattern" in node and (problem := _bad_pattern(node["pattern"]))
    ]
    if broken:
        yield from broken
        return
    names = {f"#/definitions/{name}" for name in definitions}
    for path, node in found:
        default = node.get("default")
        if default is None or not names.issuperset({node["$ref"]} if "$ref" in node else ()):
            continue
        schema = {**_without_marks(node), "definitions": definitions}
        try:
            error = next(jsonschema_rs.Draft7Validator(schema).iter_errors(default), None)
        except ValueError:
            continue  # a shape of the file is broken, which is reported where it stands
        if error:
            message = f"the default does not fit its own type: {error.message}"
            yield Finding(document.value((*path, "default")), "bad-default", message)


def _without_marks(node: Mapping[str, Any]) -> dict[str, Any]:
    """The node as JSON Schema. Beside ``$ref`` draft 7 ignores everything, so nothing is lost."""
    return {key: value for key, value in node.items() if key not in ("description", "default")}
