"""Checks of a config file's patterns and defaults against their own types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs

from generator.findings import Finding
from generator.specs.shapes import nodes
from generator.yamlio.document import Document


@lru_cache(maxsize=4096)
def _bad_pattern(pattern: str) -> str:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return f"'{pattern}' is not a regular expression; mend it"
    return ""


def check_defaults(document: Document, definitions: Mapping[str, Any]) -> Iterator[Finding]:
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
