"""The settings in files of any sort."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from openim_charts.findings import Location
from openim_charts.imports.environment import (
    Variables,
    container_variables,
    mounted,
    only_reference,
)
from openim_charts.imports.keys import ConfigKeys
from openim_charts.imports.model import Given, Setting, Sort, Words
from openim_charts.imports.recognise import File, recognised
from openim_charts.specs.model import ConfigFile, ReleaseLine
from openim_charts.specs.suggest import nearest
from openim_charts.yamlio.document import Document
from openim_charts.yamlio.document import Path as Keys

_STAGES = ("environment", "values", "config")
_MOUNTED = (
    "What is mounted there holds settings too: import those files together with this one, if you "
    "have not."
)
_NO_VARIABLES = (
    "This variable and others after it have their values from variables that are in another file; "
    "import the .env file together with this one."
)


def read_files(
    paths: Sequence[pathlib.Path], sorts: Sequence[Sort], keys: ConfigKeys
) -> list[Given]:
    """All settings of the files, those first that win over others. Raises FindingsError with
    everything that is wrong with the files."""
    files = recognised(paths, sorts, keys)
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


def _settings(file: File, known: Variables, keys: ConfigKeys) -> Iterator[Given]:
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
