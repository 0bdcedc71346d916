"""Finding the project, its specs and its charts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from generator.charts.api import Compiler
from generator.checks.api import refused_values
from generator.findings import Finding, FindingsError, UserError, collect
from generator.specs.api import SpecsError, load_catalog
from generator.specs.layout import PRESETS, SPECS
from generator.specs.model import Catalog
from generator.specs.suggest import hint

if TYPE_CHECKING:
    from generator.specs.model import Catalog


def find_root(given: Path | None = None) -> Path:
    """The folder that holds chart-specs/: ``given``, else here or the nearest above. UserError."""
    if given is not None:
        if (given / SPECS).is_dir():
            return given.resolve()
        raise UserError(f"--root {given}: there is no folder {SPECS}/ in it")
    try:
        here = Path.cwd()
    except FileNotFoundError:
        raise UserError("this folder is gone: go to another one, or give --root FOLDER") from None
    for folder in (here, *here.parents):
        if (folder / SPECS).is_dir():
            return folder
    raise UserError(
        f"there is no {SPECS}/ in {here} or above: go to the project's folder or give --root FOLDER"
    )


def refuse_sources(option: str, folder: Path, root: Path) -> None:
    """Raise UserError when a repository would be written among what a person writes."""
    try:
        real = folder.resolve()
    except (OSError, RuntimeError) as error:  # a loop of links; this folder is gone
        raise UserError(f"{option} {folder}: there is no such place ({error})") from None
    sources = [root.resolve() / name for name in (SPECS, PRESETS)]
    if real == root.resolve() or any(real.is_relative_to(source) for source in sources):
        raise UserError(
            f"{option} {folder}: this is a folder of the project's sources; give another one"
        )


def select(catalog: Catalog, names: Iterable[str]) -> list[str]:
    """The charts that were named, all when none was. UserError, with the nearest name."""
    wanted = list(dict.fromkeys(names))
    unknown = [name for name in wanted if name not in catalog.charts]
    if unknown:
        raise UserError(
            "; ".join(f"there is no chart '{name}'{hint(name, catalog.charts)}" for name in unknown)
        )
    return wanted or list(catalog.charts)


def load_specs(root: Path) -> Catalog:
    """The catalog. When specs are wrong, FindingsError with that, and with what shows when the
    charts that are right are compiled."""
    try:
        return load_catalog(root)
    except SpecsError as error:
        more = mistakes_of_charts(error.rest) if error.rest else set()
        raise FindingsError({*error.findings, *more}) from None


def mistakes_of_charts(catalog: Catalog) -> set[Finding]:
    """What shows when the charts are compiled: in templates, and in values of all kinds."""
    findings: list[Finding] = []
    compiler = collect(partial(Compiler, catalog), findings)
    if compiler is None:
        return set(findings)
    for name in catalog.charts:
        chart = collect(partial(compiler.compile, name), findings)
        if chart:
            findings += chain.from_iterable(refused_values(chart, catalog.root).values())
    return set(findings)
