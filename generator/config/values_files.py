"""Values files against a chart's schema, with the place of everything that is wrong."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from generator.charts.model import Chart
from generator.checks.scenarios import overlay
from generator.findings import Finding, FindingsError, Location
from generator.helm.adapter import HelmError
from generator.jsonschema import jsonschema_rs
from generator.specs.messages import explain, show_path
from generator.yamlio.document import Document, Path
from generator.yamlio.reader import read

# Helm's words for a section without keys, which names it.
_NIL = re.compile(r"\.(\w+)(?:\.\w+>: nil pointer evaluating|>: error calling dig: )")

# Helm's words for what the schema refuses: a JSON pointer, and why.
_POINTER = re.compile(r"at '(/[^']+)': (.+)")


def read_values(paths: Sequence[pathlib.Path]) -> Document:
    """The files laid over one another as Helm does, later ones over earlier ones.

    Every key knows the file and line that it comes from. Raises FindingsError with everything
    that keeps the files from being read.
    """
    findings: list[Finding] = []
    documents: list[Document] = []
    for path in paths:
        document, mistakes = read(path, str(path), refuse_templates=False)
        findings += mistakes
        if document:
            documents.append(document)
    if findings:
        raise FindingsError(findings)
    return _merged(documents)


def _merged(documents: Iterable[Document]) -> Document:
    data: dict[str, Any] = {}
    result = Document("", data, {}, {})
    for document in documents:
        result = Document(
            document.path,
            overlay(result.data, document.data),
            {**result.keys, **document.keys},
            {**result.values, **document.values},
        )
    return result


def faults(chart: Chart, document: Document) -> list[Finding]:
    """Everything that the chart's values schema says of its defaults with the values over them."""
    schema = dict(chart.schema)
    merged = Document(
        document.path, overlay(chart.values, document.data), document.keys, document.values
    )
    validator = jsonschema_rs.Draft7Validator(schema)
    members = set(chart.spec.includes)
    errors = (
        error
        for error in validator.iter_errors(merged.data)
        # Helm drops a key that is null from a subchart's defaults, before it looks at the schema.
        if not (error.instance is None and members.intersection(error.instance_path[:1]))
    )
    return sorted({finding for error in errors for finding in explain(error, schema, merged)})


def refusals(error: HelmError, document: Document) -> list[Finding]:
    """What a template refused, at the place in the values that makes it do so, where that is known.

    A section that is null has lost its defaults, and templates take keys of it for granted.
    """
    message = "; ".join(error.details) or error.message
    sections = set(_NIL.findall(message))
    emptied = [
        Finding(
            document.key(path),
            "refused",
            f"'{show_path(path)}' is empty (null), which takes its defaults away, and a template "
            "needs them; remove it, or give it the keys that should change",
        )
        for path in _nulls(document.data, ())
        if sections.intersection(path)
    ]
    if emptied:
        return emptied
    located = [_POINTER.fullmatch(detail) for detail in error.details]
    if located and all(located):
        return [
            Finding(
                document.key(_path(found[1])),
                "refused",
                f"'{show_path(_path(found[1]))}': {found[2]}",
            )
            for found in located
            if found
        ]
    return [Finding(Location(document.path), "refused", message)]


def _path(pointer: str) -> Path:
    """The path of a JSON pointer to a key."""
    parts = pointer.split("/")[1:]
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)


def _nulls(data: Any, path: Path) -> Iterator[Path]:
    if data is None:
        yield path
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _nulls(value, (*path, key))
