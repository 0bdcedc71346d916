"""The catalog, or everything that is wrong with the specs, of both kinds."""

from __future__ import annotations

from functools import partial
from itertools import chain
from pathlib import Path

from openim_charts.charts.api import Compiler
from openim_charts.checks.api import refused_values
from openim_charts.findings import Finding, FindingsError, collect
from openim_charts.imports.api import read_sorts
from openim_charts.specs.api import SpecsError, load_catalog
from openim_charts.specs.model import Catalog


def load_specs(root: Path) -> Catalog:
    """The catalog. When specs are wrong, FindingsError with that, and with what shows when the
    charts that are right are compiled."""
    try:
        return load_catalog(root)
    except SpecsError as error:
        more = mistakes_of_charts(error.rest) if error.rest else set()
        raise FindingsError({*error.findings, *more}) from None


def mistakes_of_charts(catalog: Catalog) -> set[Finding]:
    """What shows when the charts are compiled: in templates, and in values of all kinds; and what
    is wrong with the files that say how other installations are imported."""
    findings: list[Finding] = []
    compiler = collect(partial(Compiler, catalog), findings)
    if compiler is None:
        return set(findings)
    collect(partial(read_sorts, catalog), findings)
    for name in catalog.charts:
        chart = collect(partial(compiler.compile, name), findings)
        if chart:
            findings += chain.from_iterable(refused_values(chart, catalog.root).values())
    return set(findings)
