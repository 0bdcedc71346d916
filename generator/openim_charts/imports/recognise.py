"""Recognise files: which sort each is, and of which products a configuration file is."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from openim_charts.findings import Finding, FindingsError, Location
from openim_charts.imports.environment import Variables, parse_variables
from openim_charts.imports.keys import ConfigKeys
from openim_charts.imports.model import Sort, value_at
from openim_charts.specs.model import ConfigFile, ReleaseLine
from openim_charts.yamlio.document import Document
from openim_charts.yamlio.reader import parse
from openim_charts.yamlio.text import decode

_ABOUT_VALUES = ("yaml-number", "yaml-syntax", "yaml-tag")
_WORD = re.compile(r"[!*&]?([^\s,\[\]{}#'\"]+)")

Products = tuple[tuple[ReleaseLine, ConfigFile], ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file whose sort is known: variables or a document, of which ``products`` are those that
    have such a configuration file."""

    path: pathlib.Path
    sort: Sort
    variables: Variables | None = None
    document: Document | None = None
    products: Products = ()


def recognised(
    paths: Iterable[pathlib.Path], sorts: Sequence[Sort], keys: ConfigKeys
) -> list[File]:
    """The files with their sorts. Raises FindingsError with everything that is wrong with them."""
    findings: list[Finding] = []
    files = []
    for path in paths:
        file, mistakes = _read(path, sorts, keys)
        findings += mistakes
        if file and not mistakes:
            files.append(file)
    files = _with_products(files)
    findings += _repeats(files)
    if findings:
        raise FindingsError(findings)
    return files


def _read(
    path: pathlib.Path, sorts: Sequence[Sort], keys: ConfigKeys
) -> tuple[File | None, list[Finding]]:
    shown = str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or error}"
        return None, [Finding(Location(shown), "unreadable", message)]
    config = next((sort for sort in sorts if sort.form == "config"), None)
    variables = [sort for sort in sorts if sort.form == "environment" and _named(path, sort)]
    if variables and path.suffix not in (".yaml", ".yml"):
        text, findings = decode(content, shown)
        given, more = parse_variables(text, shown)
        return File(path, variables[0], variables=given), [*findings, *more]
    document, findings = parse(content, shown, refuse_templates=False)
    if document is None or findings:
        lines = content.decode("utf-8", "replace").split("\n")
        return None, [_without_value(finding, lines) for finding in findings]
    if config and (products := keys.files(path.name)):
        return File(path, config, document=document, products=tuple(products)), []
    sort = _sort_of(path, document, sorts)
    if sort is None:
        titles = sorted({f"{sort.title} ({', '.join(sort.files)})" for sort in sorts if sort.files})
        message = (
            "neither the file's name nor its keys say what it is; what can be imported: "
            f"configuration files of OpenIM under their own names, {', '.join(titles)}"
        )
        return None, [Finding(Location(shown), "unknown-file", message)]
    return File(path, sort, document=document), []


def _without_value(finding: Finding, lines: Sequence[str]) -> Finding:
    """A finding about a value, whose message does not repeat it: it may be a secret."""
    if finding.rule not in _ABOUT_VALUES or finding.location.line > len(lines):
        return finding
    rest = lines[finding.location.line - 1][finding.location.column - 1 :]
    word = _WORD.match(rest)
    if not word:
        return finding
    message = finding.message.replace(word[0], "…").replace(word[1], "…")
    return replace(finding, message=message)


def _named(path: pathlib.Path, sort: Sort) -> bool:
    """Whether a pattern is that of the file's name, or of its name below its folder's."""
    below = f"{path.absolute().parent.name}/{path.name}"
    return any(
        fnmatchcase(below if "/" in pattern else path.name, pattern) for pattern in sort.files
    )


def _sort_of(path: pathlib.Path, document: Document, sorts: Sequence[Sort]) -> Sort | None:
    """By what is in the file, else by its name."""
    if isinstance(document.data.get("services"), Mapping):
        return next((sort for sort in sorts if sort.form == "environment"), None)
    values = [sort for sort in sorts if sort.form == "values"]
    marks = [sum(value_at(document.data, m) is not None for m in sort.marks) for sort in values]
    if any(marks):
        return values[marks.index(max(marks))]
    return next((sort for sort in values if _named(path, sort)), None)


def _with_products(files: list[File]) -> list[File]:
    """The files with the product that each is of. Many names are those of files of several."""
    beside: dict[pathlib.Path, set[str]] = {}
    for file in files:
        if len(file.products) == 1:
            beside.setdefault(file.path.parent, set()).add(file.products[0][0].product)
    return [
        replace(file, products=_best(file, beside.get(file.path.parent, set()))) for file in files
    ]


def _best(file: File, beside: Collection[str]) -> Products:
    """The product that others in the folder are of for certain, else that whose keys fit best, else
    that which the path names; else all that have such a file."""
    data = set(file.document.data) if file.document else set()
    path = "/".join(file.path.absolute().parts[:-1])

    def fit(config: ConfigFile) -> int:
        known = set(config.schema["properties"])
        return len(data & known) - len(data - known)

    left = file.products
    for score in (
        [int(line.product in beside) for line, _ in left],
        [fit(config) for _, config in left],
        [path.rfind(line.product) for line, _ in left],
    ):
        if score.count(max(score, default=0)) == 1:
            return (left[score.index(max(score))],)
    return left


def _repeats(files: Iterable[File]) -> Iterator[Finding]:
    seen: dict[tuple[str, str], pathlib.Path] = {}
    for file in files:
        for line, config in file.products:
            first = seen.setdefault((line.product, config.filename), file.path)
            if first is not file.path:
                message = (
                    f"{config.filename} of {line.product} is given twice, first as {first}; "
                    "give one of them, or put each beside the other files of its product"
                )
                yield Finding(Location(str(file.path)), "repeated-file", message)
                break
