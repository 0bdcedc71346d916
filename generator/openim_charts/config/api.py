"""Checking values files and planning what they install, for the other packages."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from openim_charts.charts.model import Chart
from openim_charts.checks.api import Problem, Release, objects_of, overlay
from openim_charts.config.decide import Surroundings, Trial
from openim_charts.config.foreign import foreign
from openim_charts.config.judge import judged, placed
from openim_charts.config.plan import Plan, plan_of, quantity
from openim_charts.config.report import as_data, as_text
from openim_charts.config.values_files import faults, read_values, refusals
from openim_charts.findings import Finding, FindingsError, Severity
from openim_charts.helm.adapter import Helm, HelmError
from openim_charts.packaging.api import package
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.document import Document

__all__ = [
    "Plan",
    "Surroundings",
    "as_data",
    "as_text",
    "judge",
    "plan",
    "quantity",
    "read_values",
    "refused",
    "rendered",
]


def plan(
    chart: Chart, catalog: Catalog, helm: Helm, document: Document
) -> tuple[Plan, list[Finding]]:
    """What Helm installs of the chart with these values, and warnings about values.

    Raises FindingsError as ``rendered`` does.
    """
    release, found = rendered(chart, catalog, helm, document)
    return plan_of(release.rendering, chart.name), found


def rendered(
    chart: Chart,
    catalog: Catalog,
    helm: Helm,
    document: Document,
    where: Surroundings | None = None,
) -> tuple[Release, list[Finding]]:
    """What Helm renders of the chart with these values, as a first install, and warnings about
    values. The release and its namespace have the chart's name where ``where`` is not given.

    Raises FindingsError with everything that the values schema, or else a template, or else a rule
    that a build holds against the objects refuses.
    """
    wrong = faults(chart, document)
    if wrong:
        raise FindingsError(foreign(document, catalog) or wrong)
    where = where or Surroundings(chart.name, chart.name)
    values = overlay(where.defaults, document.data)
    archive = package(chart, catalog.source_date)
    oldest = catalog.repository.kubernetes[0]
    try:
        rendering = helm.render(archive, values, where.release, where.namespace, oldest)
    except HelmError as error:
        raise FindingsError(refusals(error, document)) from error
    objects = objects_of(rendering)
    release = Release(
        chart, catalog, where.release, where.namespace, "", objects, rendering, values
    )
    found = judged(release, Trial(chart, catalog, helm, document.data, where), document)
    if any(finding.severity is Severity.ERROR for finding in found):
        raise FindingsError(found)
    return release, found


def refused(
    release: Release,
    helm: Helm,
    document: Document,
    where: Surroundings,
    problems: Iterable[tuple[str, Problem]],
) -> list[Finding]:
    """Problems of a release's objects, each behind its rule, as errors at the values of the
    document that bring them about."""
    trial = Trial(release.chart, release.catalog, helm, document.data, where)
    found = ((rule, Severity.ERROR, problem) for rule, problem in problems)
    return list(placed(found, release, trial, document))


def judge(chart: Chart, catalog: Catalog, helm: Helm) -> Callable[[Document], tuple[Finding, ...]]:
    """A function that says everything for which ``plan`` refuses values."""

    def said(document: Document) -> tuple[Finding, ...]:
        try:
            plan(chart, catalog, helm, document)
        except FindingsError as error:
            return error.findings
        return ()

    return said
