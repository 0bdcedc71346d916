"""The catalog, or everything that is wrong with the specs, of both kinds."""

from __future__ import annotations

from pathlib import Path

from generator.charts.api import Compiler
from generator.checks.api import refused_values
from generator.findings import Finding, FindingsError
from generator.specs.api import SpecsError, load_catalog
from generator.specs.model import Catalog


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
    findings: set[Finding] = set()
    try:
        compiler = Compiler(catalog)
    except FindingsError as error:
        return set(error.findings)
    for name in catalog.charts:
        try:
            for wrong in refused_values(compiler.compile(name), catalog.root).values():
                findings |= set(wrong)
        except FindingsError as error:
            findings |= set(error.findings)
    return findings
