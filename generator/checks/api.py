"""Checking charts, for the other rooms."""

from __future__ import annotations

from generator.charts.model import Chart
from generator.checks.checker import Checker
from generator.checks.rules.release_size import release_size
from generator.findings import Finding
from generator.helm.adapter import Helm
from generator.specs.model import Catalog

__all__ = ["Checker", "check_chart", "release_size"]

_last: list[Checker] = []


def check_chart(
    chart: Chart, catalog: Catalog, helm: Helm, archive: bytes | None = None
) -> list[Finding]:
    """Everything that is wrong with the chart, sorted: Helm's lint, and with the default values
    and each of its values files Helm's rendering, yamllint, the Kubernetes schemas of all minors
    and the project's rules. ``archive`` is the packaged chart where the caller has it already.

    What is learnt about a document is kept for the next chart of the same catalog.
    """
    if not _last or _last[0].catalog is not catalog or _last[0].helm is not helm:
        _last[:] = [Checker(catalog, helm)]
    return _last[0].check(chart, archive)
