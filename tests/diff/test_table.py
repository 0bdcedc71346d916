"""The table of docs/versioning.md, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from openim_charts.diff.compare import compare_charts
from openim_charts.diff.docs import versioning
from openim_charts.diff.kinds import KINDS, Step
from openim_charts.diff.model import ChartDiff
from openim_charts.diff.objects import Renderer
from openim_charts.helm.find import find_helm
from tests.diff.samples import BASE, edited, packed

SCHEMA, VALUES, CHART = "values.schema.json", "values.yaml", "Chart.yaml"
SERVICE, DEPLOYMENT = "templates/service.yaml", "templates/deployment.yaml"
EXTRA = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n"


def without(path: str) -> dict[str, str]:
    return {p: text for p, text in BASE.items() if p != path}


# Kind of change -> the chart after it, what is named, and which other kinds it must bring along.
CASES: dict[str, tuple[dict[str, str], str, set[str]]] = {
    "value-removed": (
        edited((SCHEMA, '"note": {"allOf": [{"$ref": "#/definitions/text"}], "default": ""}, ', ""),
               (VALUES, "note: ''\n", "")),
        "note", set(),
    ),
    "value-retyped": (
        edited((SCHEMA, '"route": {"type": "boolean"', '"route": {"type": "string"'),
               (VALUES, "route: true", "route: 'true'")),
        "route", {"default-changed"},
    ),
    "schema-tightened": (edited((SCHEMA, '"maxLength": 100', '"maxLength": 50')), "note", set()),
    "values-refused": (
        edited((SCHEMA, '"fast", "slow"', '"fast", "slower"')), "mode",
        {"schema-tightened", "schema-loosened"},
    ),
    "field-immutable": (
        edited((DEPLOYMENT, "matchLabels: {app: web}", "matchLabels: {app: site}")),
        "Deployment demo-web", set(),
    ),
    "endpoint-removed": (without(SERVICE), "Service demo-web", set()),
    "service-port-removed": (
        edited((SERVICE, "    - {name: metrics, port: 9090}\n", "")), "Service demo-web",
        {"object-changed"},
    ),
    "data-removed": (
        edited(("templates/statefulset.yaml", "-db}", "-data}")), "StatefulSet demo-db", set(),
    ),
    "kubernetes-raised": (edited((CHART, "1.31.0", "1.33.0")), "kubeVersion", set()),
    "app-major": (edited((CHART, "v2.3.4", "v3.0.0")), "appVersion", set()),
    "app-minor": (edited((CHART, "v2.3.4", "v2.4.0")), "appVersion", set()),
    "app-patch": (edited((CHART, "v2.3.4", "v2.3.5")), "appVersion", set()),
    "value-added": (
        edited((SCHEMA, '"mode": {', '"size": {"type": "integer", "default": 1}, "mode": {'),
               (VALUES, "mode:", "size: 1\nmode:")),
        "size", set(),
    ),
    "schema-loosened": (edited((SCHEMA, '"minimum": 1', '"minimum": 0')), "port", set()),
    "default-changed": (
        edited((VALUES, "note: ''", "note: hello")), "note", set(),
    ),
    "object-added": (dict(BASE) | {"templates/more.yaml": EXTRA}, "ConfigMap more", set()),
    "object-removed": (without("templates/configmap.yaml"), "ConfigMap demo-web", set()),
    "object-renamed": (
        edited(("templates/configmap.yaml", "-web}", "-site}")), "ConfigMap demo-web", set(),
    ),
    "kubernetes-lowered": (edited((CHART, "1.31.0", "1.30.0")), "kubeVersion", set()),
    "deprecated": (edited((CHART, "description", "deprecated: true\ndescription")), "Chart.yaml",
                   set()),
    "global-added": (
        edited((SCHEMA, '"global": {"type": "object", "additionalProperties": false, '
                '"properties": {', '"global": {"type": "object", "additionalProperties": false, '
                '"properties": {"zone": {"type": "string"}')),
        "global.zone", set(),
    ),
    "object-changed": (edited((DEPLOYMENT, "web:1", "web:2")), "Deployment demo-web", set()),
    "hook-changed": (edited(("templates/test.yaml", "busybox:1", "busybox:2")), "Pod demo-test",
                     set()),
    "text-changed": (edited(("README.md", "# web", "# Web")), "README.md", set()),
}  # fmt: skip


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(find_helm(), "1.37")


def compared(files: dict[str, str], renderer: Renderer) -> ChartDiff:
    return compare_charts(packed(BASE), packed(files), renderer)


@pytest.mark.parametrize("kind", CASES)
def test_each_row(kind: str, renderer: Renderer) -> None:
    files, subject, others = CASES[kind]
    diff = compared(files, renderer)
    found = {change.kind.id: change for change in diff.changes}
    assert found.keys() == {kind} | others
    assert subject in {change.subject for change in diff.changes if change.kind.id == kind}
    assert diff.step == max(KINDS[name].step for name in {kind} | others)
    if KINDS[kind].step is Step.MAJOR and not kind.startswith("app-"):
        assert found[kind].advice, "a breaking change comes with a way out"


def test_every_row_has_a_case() -> None:
    assert CASES.keys() == KINDS.keys()


def test_the_document_is_the_table(root: Path) -> None:
    text = (root / "docs" / "versioning.md").read_text("utf-8")
    assert text == versioning(), "run scripts/make-docs"
    for kind in KINDS.values():
        assert f"| {kind.heading} | {kind.step} |" in text
