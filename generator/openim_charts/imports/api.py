"""Importing what people have from elsewhere, for the other packages."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from openim_charts.charts.model import Chart
from openim_charts.findings import Finding, Location
from openim_charts.imports.draft import Draft, Path
from openim_charts.imports.keys import ConfigKeys
from openim_charts.imports.model import Given, Sort
from openim_charts.imports.reading import read_files, short_names
from openim_charts.imports.sorts import read_sorts
from openim_charts.imports.text import as_text
from openim_charts.imports.translate import Translator
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.document import Document
from openim_charts.yamlio.reader import parse

__all__ = ["Imported", "Settings", "as_openim", "read_settings", "read_sorts"]

Judge = Callable[[Document], Iterable[Finding]]

_MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Settings:
    """What files say, and what is known about it."""

    catalog: Catalog
    keys: ConfigKeys
    stock: Sort | None  # what is known of configuration files
    given: tuple[Given, ...]
    files: tuple[str, ...]  # as comments name them


@dataclass(frozen=True, slots=True)
class Imported:
    """The text of an ``openim.yaml``, and how much is in it."""

    text: str
    values: int
    secrets: int
    left: int  # settings that are not taken over
    refused: tuple[Finding, ...] = ()  # what is still wrong with it


def read_settings(files: Sequence[pathlib.Path], catalog: Catalog) -> Settings:
    """All settings of the files. Raises FindingsError with everything that is wrong with them."""
    sorts = read_sorts(catalog)
    keys = ConfigKeys(catalog)
    given = tuple(read_files(files, sorts, keys))
    stock = next((sort for sort in sorts if sort.form == "config"), None)
    return Settings(catalog, keys, stock, given, tuple(short_names(files).values()))


def as_openim(settings: Settings, chart: Chart, judge: Judge) -> Imported:
    """The settings as an ``openim.yaml`` for the chart.

    A value that ``judge`` refuses is taken out, and a comment says so.
    """
    draft = Draft(chart.values)
    translator = Translator(draft, settings.catalog, settings.keys, settings.stock)
    for given in settings.given:
        translator.add(given)
    translator.finish()
    refused: tuple[Finding, ...] = ()
    for _ in range(_MOST_ROUNDS):
        text = as_text(draft, settings.catalog, settings.files)
        refused = _refused(text, judge)
        if not _taken_out(draft, text, refused):
            break
    left = sum(map(len, draft.left.values()))
    return Imported(text, len(draft.origins), len(draft.secrets), left, refused)


def _refused(text: str, judge: Judge) -> tuple[Finding, ...]:
    document, findings = parse(text.encode(), "openim.yaml", refuse_templates=False)
    return tuple(findings or (judge(document) if document else ()))


def _taken_out(draft: Draft, text: str, findings: Iterable[Finding]) -> bool:
    """Whether a value at which a finding points could be taken out."""
    document, _ = parse(text.encode(), "openim.yaml", refuse_templates=False)
    places: dict[Location, Path] = {}
    for known in (document.values, document.keys) if document else ():
        places |= {place: tuple(map(str, path)) for path, place in known.items()}
    done = False
    for finding in findings:
        path = places.get(finding.location, ())
        while path and not done:
            done = draft.drop(path, f"The charts refuse it: {finding.message}")
            path = path[:-1]
    return done
