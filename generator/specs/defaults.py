"""Checks of patterns, and of defaults against their own types."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from generator.findings import Finding
from generator.jsonschema import jsonschema_rs
from generator.yamlio.document import Document, Path


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
