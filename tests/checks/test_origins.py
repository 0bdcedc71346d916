"""Every line that a chart renders is traced to the template line that wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pytest

from openim_charts.charts.model import Chart
from openim_charts.checks.checker import render_files
from openim_charts.checks.origins import Origins
from openim_charts.checks.scenarios import scenarios
from openim_charts.helm.adapter import RenderedFile
from openim_charts.helm.find import find_helm
from openim_charts.specs.api import load_catalog
from tests.checks.builders import chart
from tests.conftest import ROOT


def rendered(made: Chart, values: Mapping[str, object]) -> tuple[Origins, list[RenderedFile]]:
    """The documents of a chart, and where their lines come from."""
    render = partial(render_files, find_helm(), made, values, "1.36")
    return Origins(made, render), list(render(made.files).files)


@pytest.mark.parametrize("name", sorted(load_catalog(ROOT).charts))
def test_plain_lines_of_all_charts_come_from_equal_lines(
    charts: Mapping[str, Chart], name: str
) -> None:
    made = charts[name]
    wrong, traced = [], 0
    for scenario, values in list(scenarios(made))[:1]:
        origins, documents = rendered(made, values)
        for document in documents:
            template = document.path.partition("/")[2]
            for number, row in enumerate(document.text.splitlines(), start=1):
                file, line = origins.place(template, document.text, number)
                source = made.files[file].decode().splitlines()[line - 1]
                traced += 1
                if row and "{{" not in source and source.strip() != row.strip():
                    wrong.append((scenario, template, number, row, file, line, source))
    assert not wrong
    assert traced


LISTS = """\
{{- define "web.items" -}}
- name: first
  value: {{ .Values.first }}
{{- range .Values.more }}
- name: {{ . }}
  value: one more
{{- end }}
{{- end }}
{{- define "web.name" -}}
{{ .Release.Name }}-web
{{- end }}
"""
CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "web.name" . }}
  labels: {{- include "web.labels" . | nindent 4 }}
  annotations:
    {{- toYaml .Values.annotations | nindent 4 }}
data:
  items: |
    {{- include "web.items" . | nindent 4 }}
  digest: {{ include "web.items" . | sha256sum }}
"""
LABELS = """\
{{- define "web.labels" -}}
a: b
{{- with include "web.none" . }}
{{ . }}
{{- end }}
{{- end }}
{{- define "web.none" -}}
{{- if .Values.none }}
c: d
{{- end }}
{{- end }}
"""


def test_lines_come_through_include_range_and_toyaml() -> None:
    files = {
        "templates/config.yaml": CONFIG,
        "templates/_lists.tpl": LISTS,
        "templates/_labels.tpl": LABELS,
    }
    values = {"first": 1, "more": ["x", "y"], "annotations": {"p": 1, "q": 2}, "none": False}
    origins, [document] = rendered(chart(files, values), {})
    found = []
    for number, row in enumerate(document.text.splitlines(), start=1):
        file, line = origins.place("templates/config.yaml", document.text, number)
        found.append((row.strip(), files[file].splitlines()[line - 1].strip()))
    config = [row.strip() for row in CONFIG.splitlines()]
    items = [row.strip() for row in LISTS.splitlines()]
    assert found == [
        *zip(config[:3], config[:3], strict=True),
        ("name: demo-web", config[3]),
        ("labels:", config[4]),
        ("a: b", "a: b"),
        ("annotations:", config[5]),
        ("p: 1", config[6]),
        ("q: 2", config[6]),
        ("data:", "data:"),
        ("items: |", "items: |"),
        ("- name: first", items[1]),
        ("value: 1", items[2]),
        ("- name: x", items[4]),
        ("value: one more", items[5]),
        ("- name: y", items[4]),
        ("value: one more", items[5]),
        (document.text.splitlines()[-1].strip(), config[10]),
    ]
