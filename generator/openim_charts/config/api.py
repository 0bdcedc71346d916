"""Checking values files and planning what they install, for the other packages."""

from __future__ import annotations

from collections.abc import Callable

from openim_charts.charts.model import Chart
from openim_charts.config.foreign import foreign
from openim_charts.config.judge import judged
from openim_charts.config.plan import Plan, plan_of
from openim_charts.config.report import as_data, as_text
from openim_charts.config.values_files import faults, read_values, refusals
from openim_charts.findings import Finding, FindingsError, Severity
from openim_charts.helm.adapter import Helm, HelmError
from openim_charts.packaging.api import package
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.document import Document

__all__ = ["Plan", "as_data", "as_text", "judge", "plan", "read_values"]


def plan(
    chart: Chart, catalog: Catalog, helm: Helm, document: Document
) -> tuple[Plan, list[Finding]]:
    """What Helm installs of the chart with these values, as a first install under its own name,
    and warnings about values.

    Raises FindingsError with everything that the values schema, or else a template, or else a rule
    that a build holds against the objects refuses.
    """
    wrong = faults(chart, document)
    if wrong:
        raise FindingsError(foreign(document, catalog) or wrong)
    archive = package(chart, catalog.source_date)
    oldest = catalog.repository.kubernetes[0]
    try:
        rendering = helm.render(archive, document.data, chart.name, chart.name, oldest)
    except HelmError as error:
        raise FindingsError(refusals(error, document)) from error
    found = judged(chart, catalog, helm, document, rendering)
    if any(finding.severity is Severity.ERROR for finding in found):
        raise FindingsError(found)
    return plan_of(rendering, chart.name), found


def judge(chart: Chart, catalog: Catalog, helm: Helm) -> Callable[[Document], tuple[Finding, ...]]:
    """A function that says everything for which ``plan`` refuses values."""

    def refused(document: Document) -> tuple[Finding, ...]:
        try:
            plan(chart, catalog, helm, document)
        except FindingsError as error:
            return error.findings
        return ()

    return refused
