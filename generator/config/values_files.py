"""Values files against a chart's schema, with the place of everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs

from generator.charts.model import Chart
from generator.checks.scenarios import overlay
from generator.findings import Finding, FindingsError
from generator.specs.messages import explain
from generator.yamlio.document import Document
from generator.yamlio.reader import read


def read_values(paths: Sequence[Path]) -> Document:
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
