"""Read files of any sort: which sort each is, and the settings in it."""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from openim_charts.findings import Finding, FindingsError, Location
from openim_charts.imports.environment import (
    Variables,
    container_variables,
    mounted,
    only_reference,
    parse_variables,
)
from openim_charts.imports.keys import ConfigKeys
from openim_charts.imports.model import Given, Setting, Sort, Words, value_at
from openim_charts.specs.model import ConfigFile, ReleaseLine
from openim_charts.specs.suggest import nearest
from openim_charts.yamlio.document import Document
from openim_charts.yamlio.document import Path as Keys
from openim_charts.yamlio.reader import parse
from openim_charts.yamlio.text import decode

_MOUNTED = (
    "What is mounted there holds settings too: import those files together with this one, if you "
    "have not."
)
_ABOUT_VALUES = ("yaml-number", "yaml-syntax", "yaml-tag")
_WORD = re.compile(r"[!*&]?([^\s,\[\]{}#'\"]+)")
_STAGES = ("environment", "values", "config")
_NO_VARIABLES = (
    "This variable and others after it have their values from variables that are in another file; "
    "import the .env file together with this one."
)


Products = tuple[tuple[ReleaseLine, ConfigFile], ...]


@dataclass(frozen=True, slots=True)
class _File:
    """A file whose sort is known: variables or a document, of which ``products`` are those that
    have such a configuration file."""

    path: pathlib.Path
    sort: Sort
    variables: Variables | None = None
    document: Document | None = None
    products: Products = ()


def read_files(
    paths: Sequence[pathlib.Path], sorts: Sequence[Sort], keys: ConfigKeys
) -> list[Given]:
    """All settings of the files. Raises FindingsError with everything that is wrong with them."""
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
    known: Variables = {}
    for file in files:
        known |= file.variables or {}
    # What a compose file says itself wins over the variables that it is given.
    files.sort(key=lambda file: (_STAGES.index(file.sort.form), file.document is None))
    short = short_names(paths)
    return [
        replace(given, place=replace(given.place, path=short[given.place.path]))
        for file in files
        for given in _settings(file, known, keys)
    ]


def short_names(paths: Sequence[pathlib.Path]) -> dict[str, str]:
    """Each path as comments show it: without the folders that all paths share."""
    shared = os.path.commonpath([path.absolute().parent for path in paths])
    return {str(path): os.path.relpath(path.absolute(), shared) for path in paths}


def _read(
    path: pathlib.Path, sorts: Sequence[Sort], keys: ConfigKeys
) -> tuple[_File | None, list[Finding]]:
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
        return _File(path, variables[0], variables=given), [*findings, *more]
    document, findings = parse(content, shown, refuse_templates=False)
    if document is None or findings:
        lines = content.decode("utf-8", "replace").split("\n")
        return None, [_without_value(finding, lines) for finding in findings]
    if config and (products := keys.files(path.name)):
        return _File(path, config, document=document, products=tuple(products)), []
    sort = _sort_of(path, document, sorts)
    if sort is None:
        titles = sorted({f"{sort.title} ({', '.join(sort.files)})" for sort in sorts if sort.files})
        message = (
            "neither the file's name nor its keys say what it is; what can be imported: "
            f"configuration files of OpenIM under their own names, {', '.join(titles)}"
        )
        return None, [Finding(Location(shown), "unknown-file", message)]
    return _File(path, sort, document=document), []


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


def _with_products(files: list[_File]) -> list[_File]:
    """The files with the product that each is of. Many names are those of files of several."""
    beside: dict[pathlib.Path, set[str]] = {}
    for file in files:
        if len(file.products) == 1:
            beside.setdefault(file.path.parent, set()).add(file.products[0][0].product)
    return [
        replace(file, products=_best(file, beside.get(file.path.parent, set()))) for file in files
    ]


def _best(file: _File, beside: Collection[str]) -> Products:
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


def _repeats(files: Iterable[_File]) -> Iterator[Finding]:
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


def _settings(file: _File, known: Variables, keys: ConfigKeys) -> Iterator[Given]:
    if file.variables is not None:
        for name, (text, place) in file.variables.items():
            yield _variable(name, text, place, file.sort, keys)
    elif file.document and file.products:
        for line, config in file.products:
            yield from _config(file.document, line, config, file.sort, keys)
    elif file.document and file.sort.form == "environment":
        yield from _containers(file.document, file.sort, known, keys)
    elif file.document:
        yield from _values(file.document, file.sort)


def _variable(name: str, text: str, place: Location, sort: Sort, keys: ConfigKeys) -> Given:
    own = keys.by_variable.get(name)
    if own:
        near = (s for s in sort.settings.values() if own in s.config)
        setting = Setting(config=(own,), stock=tuple(v for s in near for v in s.stock))
        return Given(name, text, place, setting, inside=True)
    setting_or_none = sort.find((name,))
    if setting_or_none:
        return Given(name, text, place, setting_or_none, inside=True)
    words = {words[0] for words in sort.settings if "*" not in words[0]}
    meant = nearest(name, words | keys.by_variable.keys())
    return Given(name, text, place, hint=f"; did you mean '{meant}'?" if meant else "")


def _containers(
    document: Document, sort: Sort, known: Variables, keys: ConfigKeys
) -> Iterator[Given]:
    prefixes = tuple(line.environment_prefix for line in keys.lines if line.environment_prefix)
    absent = []
    for name, written, text, place in container_variables(document, known):
        if not name.startswith(prefixes):
            continue
        if text is None:
            absent.append(Given(name, "", place, Setting(because=_NO_VARIABLES)))
        elif not _given_itself(written, keys.by_variable.get(name, ""), known, sort):
            yield _variable(name, text, place, sort, keys)
    if not known:
        yield from absent[:1]
    for target, written, place in mounted(document):
        folders = {line.config_directory.rpartition("/")[2] for line in keys.lines}
        name = pathlib.PurePosixPath(target).name
        if name in folders or (name.endswith(".yml") and keys.files(name)):
            yield Given(written, "", place, Setting(because=_MOUNTED))
    for name in document.data["services"]:
        if name not in sort.services:
            because = "A container of your own; it needs a chart or a manifest of your own."
            yield Given(name, "", document.key(("services", name)), Setting(because=because))


def _given_itself(text: str, key: str, known: Variables, sort: Sort) -> bool:
    """Whether the text is a variable that is a setting by itself, of the same key."""
    name = only_reference(text)
    setting = sort.find((name,)) if name in known else None
    return setting is not None and key in setting.config


def _config(
    document: Document, line: ReleaseLine, config: ConfigFile, sort: Sort, keys: ConfigKeys
) -> Iterator[Given]:
    prefix = (line.product, config.name)

    def visit(data: Any, path: Keys) -> Iterator[Given]:
        words = tuple(map(str, path))
        target = ".".join((*prefix, *words))
        extra = sort.find((*prefix, *words)) if path else None
        shown = ".".join(words)
        place = document.key(path)
        if target in keys.by_name or (extra and extra.because):
            general = (extra and extra.within(document.data)) or Setting()
            found = replace(general, config=(target,))
            yield Given(shown, data, place, found)
        elif keys.section(target) and (isinstance(data, Mapping) or not path):
            for key, value in data.items():
                yield from visit(value, (*path, key))
        elif data is not None:
            yield Given(shown, data, place, hint=keys.hint(target))

    yield from visit(document.data, ())


def _values(document: Document, sort: Sort) -> Iterator[Given]:
    """Settings of values; one whose condition is not true in the same section is left out."""
    data = document.data

    def visit(value: Any, path: Keys) -> Iterator[Given]:
        words = tuple("*" if isinstance(part, int) else part for part in path)
        inner_known = isinstance(value, Mapping | list) and sort.begins(words)
        setting = sort.settings.get(words) or (None if inner_known else sort.find(words))
        shown = ".".join(map(str, path))
        if setting:
            if counts := setting.within(data):
                yield Given(shown, value, document.key(path), counts)
        elif isinstance(value, Mapping) and inner_known:
            for key, inner in value.items():
                yield from visit(inner, (*path, key))
        elif isinstance(value, list) and inner_known:
            for index, inner in enumerate(value):
                yield from visit(inner, (*path, index))
        elif value not in (None, {}, [], ""):
            yield Given(shown, value, document.key(path), hint=_near(words, sort))

    yield from visit(data, ())


def _near(words: Words, sort: Sort) -> str:
    size = len(words)
    known = {p[size - 1] for p in sort.settings if len(p) >= size and p[: size - 1] == words[:-1]}
    meant = nearest(words[-1], known)
    return f"; did you mean '{meant}'?" if meant else ""
