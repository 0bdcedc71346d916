"""The whole of OpenIM, rendered with middleware in any place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from openim_charts.charts.api import Chart
from openim_charts.checks.release import Release
from openim_charts.checks.rendered import Parser
from openim_charts.helm.adapter import Helm
from openim_charts.helm.find import find_helm
from openim_charts.packaging.api import package_files
from openim_charts.specs.model import Catalog

INSTANCE = "im"
Render = Callable[[Mapping[str, Any]], Release]


@pytest.fixture(scope="session")
def helm() -> Helm:
    """The Helm of this machine."""
    return find_helm()


@pytest.fixture(scope="session")
def render(catalog: Catalog, charts: Mapping[str, Chart], helm: Helm) -> Render:
    """Renders the umbrella with values, without its schema, which other tests look at."""
    chart = charts["openim"]
    files = {path: data for path, data in chart.files.items() if path != "values.schema.json"}
    archive = package_files(chart.name, files, 0, chart.spec.location)
    parser = Parser()

    def rendered(values: Mapping[str, Any]) -> Release:
        rendering = helm.render(archive, values, INSTANCE, "apps", catalog.repository.kubernetes[0])
        objects = [
            parser.parse(file, "values", hook)
            for hook, group in ((False, rendering.manifests), (True, rendering.hooks))
            for file in group
        ]
        found = tuple(obj for obj in objects if obj)
        return Release(chart, catalog, INSTANCE, "apps", "values", found, rendering, values)

    return rendered
