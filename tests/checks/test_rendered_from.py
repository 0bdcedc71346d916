"""What needs no new rendering, and what does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from unittest.mock import DEFAULT, patch

import pytest

from openim_charts.charts.model import Chart
from openim_charts.checks.api import rendered_from
from openim_charts.cli.workers import Pipeline
from openim_charts.helm.embedded import EmbeddedHelm
from openim_charts.helm.find import find_helm
from openim_charts.repository.state import CheckCache
from openim_charts.specs.model import Catalog, ChartSpec
from tests.replaced import replace

PUSH = "charts/openim-push"


def _edited(chart: Chart, path: str, edit: Callable[[str], str]) -> Chart:
    old = chart.files[path].decode()
    assert edit(old) != old
    return replace(chart, files={**chart.files, path: edit(old).encode()})


def _after(text: str, line: str) -> Callable[[str], str]:
    return lambda old: old.replace(text, f"{text}{line}", 1)


@pytest.mark.parametrize(
    ("path", "edit"),
    [
        ("README.md", lambda text: text + "One more line.\n"),
        ("Chart.yaml", _after("description: ", "Other ")),
        (f"{PUSH}/Chart.yaml", _after("description: ", "Other ")),
        ("values.yaml", lambda text: f"# Another comment.\n{text}"),
        (f"{PUSH}/values.yaml", lambda text: f"# Another comment.\n{text}"),
    ],
)
def test_texts_for_people(
    charts: Mapping[str, Chart], path: str, edit: Callable[[str], str]
) -> None:
    umbrella = charts["openim"]
    assert rendered_from(_edited(umbrella, path, edit)) == rendered_from(umbrella)


@pytest.mark.parametrize(
    ("path", "edit"),
    [
        ("values.yaml", _after("global:\n", "  cluster: other\n")),
        (f"{PUSH}/values.yaml", lambda text: f"other: true\n{text}"),
        (f"{PUSH}/Chart.yaml", lambda text: text.replace("version: ", "version: 9", 1)),
        (f"{PUSH}/templates/deployment.yaml", lambda text: f"{text}\n"),
        ("presets/minimal.yaml", lambda text: f"{text}\n"),
        ("README.md", lambda text: text * 20),
        ("templates/NOTES.txt", lambda text: text + "{{ .Chart.Description }}\n"),
    ],
)
def test_what_renders(charts: Mapping[str, Chart], path: str, edit: Callable[[str], str]) -> None:
    umbrella = charts["openim"]
    assert rendered_from(_edited(umbrella, path, edit)) != rendered_from(umbrella)


def test_the_schema_counts_without_its_descriptions(charts: Mapping[str, Chart]) -> None:
    chart = charts["openim-push"]
    properties = chart.schema["properties"]
    count = properties["replicaCount"]
    texts = {**properties, "replicaCount": {**count, "description": "Another."}}
    limits = {**properties, "replicaCount": {**count, "maximum": 3}}
    same = rendered_from(chart)
    assert rendered_from(replace(chart, schema={**chart.schema, "properties": texts})) == same
    assert rendered_from(replace(chart, schema={**chart.schema, "properties": limits})) != same


def test_a_description_that_a_template_reads(charts: Mapping[str, Chart]) -> None:
    notes = ("templates/NOTES.txt", lambda text: text + "{{ .Chart.Description }}\n")
    reading = _edited(charts["openim-push"], *notes)
    other = _edited(reading, "Chart.yaml", _after("description: ", "Other "))
    assert rendered_from(other) != rendered_from(reading)


def test_another_description_needs_no_helm(catalog: Catalog, tmp_path: Path) -> None:
    name, cache = "openim-web-front", CheckCache(tmp_path)
    spec = catalog.charts[name]
    assert not Pipeline(catalog, [name], find_helm(), cache, "tool").run(name).findings
    described = replace(spec, description="Another.", data={**spec.data, "description": "Another."})
    titled = replace(spec, title="Other", data={**spec.data, "title": "Other"})

    def calls(changed: ChartSpec) -> int:
        other = replace(catalog, charts={**catalog.charts, name: changed})
        with patch.multiple(EmbeddedHelm, lint=DEFAULT, render=DEFAULT) as asked:
            Pipeline(other, [name], EmbeddedHelm(), cache, "tool").run(name)
        return sum(mock.call_count for mock in asked.values())

    assert calls(described) == 0
    assert calls(titled) > 0
