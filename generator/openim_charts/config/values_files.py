"""Values files against a chart's schema, with the place of everything that is wrong."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from openim_charts.charts.model import Chart
from openim_charts.checks.rendered import get
from openim_charts.checks.scenarios import ValuesSchema, overlay
from openim_charts.findings import Finding, FindingsError, Location
from openim_charts.helm.adapter import HelmError
from openim_charts.specs.messages import show_path
from openim_charts.specs.suggest import nearest
from openim_charts.yamlio.document import Document, Path
from openim_charts.yamlio.reader import read

# Helm's words for a section without keys, which name it; dig may have lost one below it.
_NIL = re.compile(r"((?:\.\w+)+)\.\w+>: nil pointer evaluating")
_DIG = re.compile(r"\.(\w+)>: error calling dig: ")

# A value, as templates that refuse some name it.
_WORD = re.compile(r"[A-Za-z][\w-]*(?:\.[\w-]+)*")

_LIKE = 0.8  # of their letters

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
    members = set(chart.spec.includes)

    def dropped(error: Any) -> bool:
        # Helm drops a key that is null from a subchart's defaults, before it looks at the schema.
        return error.instance is None and bool(members.intersection(error.instance_path[:1]))

    found = ValuesSchema(chart).faults(document, dropped)
    return sorted({*found, *_misspelt(chart, document)})


def _misspelt(chart: Chart, document: Document) -> Iterator[Finding]:
    """Keys of ``global`` that are like one that charts know: the schema, which must take keys of
    strangers there, refuses only those that differ by a slip."""
    shared = document.data.get("global")
    known = get(chart.schema, "definitions", "global", "properties") or {}
    for key in shared if isinstance(shared, Mapping) else ():
        meant = nearest(key, known, _LIKE)
        if key not in known and meant:
            message = f"unknown key '{key}' in 'global'; did you mean '{meant}'?"
            yield Finding(document.key(("global", key)), "unknown-key", message)


def refusals(error: HelmError, document: Document) -> list[Finding]:
    """What Helm refused, at the places in the values that make it do so, where they are known."""
    found = _emptied(error, document) or _pointed_at(error, document)
    place = _named_in(error, document) or Location(document.path)
    return found or [Finding(place, "refused", error.said)]


def _emptied(error: HelmError, document: Document) -> list[Finding]:
    """Sections that are null: they have lost their defaults, and a template takes those for
    granted."""
    message = error.said
    last = {section for path in _NIL.findall(message) for section in path.split(".")}
    inner = set(_DIG.findall(message))
    charts = {"global", *re.findall(r"charts/([^/]+)/", error.template)}
    return [
        Finding(
            document.key(path),
            "refused",
            f"'{show_path(path)}' is empty (null), which takes its defaults away, and a template "
            "needs them; remove it, or give it the keys that should change",
        )
        for path in _nulls(document.data, ())
        if (path[-1] in last or inner.intersection(path))
        and (len(charts) == 1 or path[0] in charts)
    ]


def _pointed_at(error: HelmError, document: Document) -> list[Finding]:
    """What the schema says, if each of Helm's words for it names its place."""
    findings = []
    for detail in error.details:
        found = _POINTER.fullmatch(detail)
        if not found:
            return []
        path = _path(found[1])
        message = f"'{show_path(path)}': {found[2]}"
        findings.append(Finding(document.key(path), "refused", message))
    return findings


def _named_in(error: HelmError, document: Document) -> Location | None:
    """The first value that a template's own words name and the files set."""
    charts: Path = tuple(re.findall(r"charts/([^/]+)/", error.template))
    for word in _WORD.findall(error.said):
        inner: Path = tuple(word.split("."))
        path = inner if inner[0] == "global" else (*charts, *inner)
        if path in document.keys:
            return document.keys[path]
    return None


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
