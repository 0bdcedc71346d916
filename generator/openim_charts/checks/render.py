"""A chart rendered for people: its documents, and which source line wrote each of their lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from openim_charts.charts.model import Chart
from openim_charts.checks.checker import NAMESPACE, RELEASE, render_files
from openim_charts.checks.locate import origin
from openim_charts.checks.origins import Origins
from openim_charts.checks.scenarios import ValuesSchema, overlay
from openim_charts.findings import Finding, FindingsError, Location
from openim_charts.helm.adapter import Helm, HelmError
from openim_charts.packaging.api import package
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.document import Document


@dataclass(frozen=True, slots=True)
class Rendered:
    """One document; ``template`` is the chart's file that rendered it."""

    template: str
    text: str
    _chart: Chart = field(repr=False)
    _origins: Origins = field(repr=False)

    def origin(self, line: int) -> Location | None:
        """The source line that wrote a line (from 1), None where the tool itself wrote it."""
        file, at = self._origins.place(self.template, self.text, line)
        return origin(self._chart, file, at)


def render(
    chart: Chart, catalog: Catalog, helm: Helm, files: Sequence[Document], kube_version: str
) -> list[Rendered]:
    """What the chart renders with values files, the last of which wins, in Helm's order.

    FindingsError when its schema refuses the values, or a template fails, at the line that does.
    """
    refused = [fault for file in files for fault in ValuesSchema(chart).faults(file)]
    if refused:
        raise FindingsError(refused)
    values: Mapping[str, Any] = {}
    for file in files:
        values = overlay(values, file.data)

    try:
        archive = package(chart, catalog.source_date)
        rendering = helm.render(archive, values, RELEASE, NAMESPACE, kube_version)
    except HelmError as error:
        place = origin(chart, error.template.partition("/")[2], max(error.line, 1))
        where = files[-1].key(()) if files else chart.spec.origin("name")
        raise FindingsError([Finding(place or where, "helm-render", error.said)]) from None
    origins = Origins(chart, partial(render_files, helm, chart, values, kube_version))
    return [
        Rendered(file.path.partition("/")[2], file.text.strip("\n"), chart, origins)
        for file in rendering.files
    ]
