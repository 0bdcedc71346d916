"""A whole chart through the real Helm, with findings traced back to their source."""

from __future__ import annotations

import pytest

from openim_charts.charts.model import Chart
from openim_charts.checks.api import Checker
from openim_charts.checks.docs import checks_markdown
from openim_charts.checks.rule import all_rules
from openim_charts.findings import Finding, Location, Severity
from openim_charts.helm.adapter import Helm
from openim_charts.helm.find import find_helm
from openim_charts.specs.model import Origin
from tests.checks.builders import catalog, chart, chart_spec
from tests.replaced import replace

LABELS = """\
{{- define "web.labels" -}}
app.kubernetes.io/name: web
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: web
app.kubernetes.io/part-of: {{ .Release.Name }}
app.kubernetes.io/version: "1"
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: web-1.0.0
{{- end }}
"""
CONFIGMAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-web
  labels:
    {{- include "web.labels" . | nindent 4 }}
data:
  size: {{ .Values.size | quote }}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-web
  labels:
    {{- include "web.labels" . | nindent 4 }}
spec:
  {{- if .Values.wrong }}
  type: Cluster
  {{- end }}
  ports:
    - name: http
      port: 80
"""
SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": False,
    "properties": {"size": {"type": "integer"}, "wrong": {"type": "boolean"}},
}
FEATURE = "chart-specs/features/service/templates/service.yaml"


def web(**changes: str) -> Chart:
    """A chart of a ConfigMap and a Service; keywords replace files ("__" is "/", "_" is ".")."""
    files = {
        "templates/_helpers.tpl": LABELS,
        "templates/configmap.yaml": CONFIGMAP,
        "templates/service.yaml": SERVICE,
    }
    files |= {name.replace("__", "/").replace("DOT", "."): text for name, text in changes.items()}
    origins = {
        "templates/service.yaml": tuple(Location(FEATURE, n + 100) for n in range(1, 20)),
    }
    return chart(files, {"size": 1, "wrong": False}, SCHEMA, origins=origins)


@pytest.fixture(scope="module")
def helm() -> Helm:
    return find_helm()


def check(made: Chart, helm: Helm) -> list[Finding]:
    return Checker(catalog(made.spec), helm).check(made)


def test_a_good_chart_has_no_findings(helm: Helm) -> None:
    assert check(web(), helm) == []


def test_a_finding_is_at_the_line_of_the_feature(helm: Helm) -> None:
    made = web(**{"ci__wrong-valuesDOTyaml": "wrong: true\n"})
    (finding,) = check(made, helm)
    assert finding.location == Location(FEATURE, 109)
    assert finding.rule == "kubernetes-schema"
    assert finding.message.startswith("Service demo-web at spec.type: ")
    assert finding.trace == "with ci/wrong-values.yaml"


def test_a_template_that_fails_is_told_once(helm: Helm) -> None:
    broken = SERVICE.replace("name: http", 'name: {{ fail "no" }}')
    made = web(templates__serviceDOTyaml=broken, **{"ci__wrong-valuesDOTyaml": "wrong: true\n"})
    (found,) = check(made, helm)
    assert found.rule == "helm-render"
    assert (found.location, found.trace) == (Location(FEATURE, 112), "")
    assert "no" in found.message


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (SERVICE.replace("name: http", 'name: {{ fail "no" }}'), "helm-render"),
        (SERVICE.replace("name: http", "name: a: b"), "rendered-yaml"),
        (SERVICE.replace("name: http", "nam: http"), "kubernetes-schema"),
    ],
)
def test_a_mistake_in_the_charts_own_template_is_at_its_line(
    helm: Helm, text: str, rule: str
) -> None:
    made = web(templates__serviceDOTyaml=text)
    own = "chart-specs/app/web/templates/service.yaml"
    origins = {"templates/service.yaml": tuple(Location(own, n) for n in range(1, 20))}
    made = replace(made, spec=replace(made.spec, folder="chart-specs/app/web"), origins=origins)
    found = check(made, helm)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "nam" in row and n > 5)
    assert {(f.rule, f.trace) for f in found} == {(rule, "")}
    assert {f.location.path for f in found} == {own}
    assert line in {f.location.line for f in found}


def test_values_of_a_scenario_that_the_schema_refuses(helm: Helm) -> None:
    made = web(**{"ci__a-valuesDOTyaml": "size: big\n", "ci__b-valuesDOTyaml": "sice: 1\n"})
    found = [f for f in check(made, helm) if f.rule == "values-schema"]
    assert [f.message for f in found] == [
        "'size' must be a whole number, not text",
        "unknown key 'sice'; did you mean 'size'?",
    ]
    assert [f.trace for f in found] == ["see ci/a-values.yaml:1", "see ci/b-values.yaml:1"]


def test_default_values_that_the_schema_refuses(helm: Helm) -> None:
    made = chart({"templates/configmap.yaml": CONFIGMAP}, {"size": "big"}, SCHEMA)
    place = Location("chart-specs/base.yaml", 7, 3)
    origins = {**made.spec.origins, ("values", "size"): Origin(place, "profile base")}
    made = replace(made, spec=replace(made.spec, origins=origins))
    (found,) = check(made, helm)
    assert (found.rule, found.location) == ("values-schema", place)
    assert found.message == "'size' must be a whole number, not text"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("kind: Service\n", "kind: Service\n\tbad: 1\n", ""),
        ("kind: Service\n", "kind: Service\nkind: Service\n", "duplicate key 'kind'"),
        ("kind: Service\n", "kind: 'Service\n", ""),
    ],
)
def test_rendered_text_that_is_not_yaml(helm: Helm, old: str, new: str, words: str) -> None:
    made = web(templates__serviceDOTyaml=SERVICE.replace(old, new))
    found = [f for f in check(made, helm) if f.rule in ("rendered-yaml", "helm-render")]
    assert found
    assert words in found[0].message


def test_what_lint_says(helm: Helm) -> None:
    made = web(templates__extraDOTjson="{}")
    found = [f for f in check(made, helm) if f.rule == "helm-lint"]
    assert [f.severity for f in found] == [Severity.ERROR]
    assert "not valid" in found[0].message


def test_one_finding_for_all_scenarios(helm: Helm) -> None:
    made = web(
        templates__serviceDOTyaml=SERVICE.replace("port: 80", "port: 0"),
        **{"ci__a-valuesDOTyaml": "size: 2\n", "ci__b-valuesDOTyaml": "size: 3\n"},
    )
    found = [f for f in check(made, helm) if f.rule == "kubernetes-schema"]
    assert [(f.location, f.trace) for f in found] == [(Location(FEATURE, 113), "")]


def test_a_subchart_is_mended_in_its_own_spec(helm: Helm) -> None:
    sub = chart_spec("sub", location=Location("chart-specs/app/sub.yaml"), origins={})
    parent = chart_spec("web", kind="umbrella", includes=("sub",))
    made = chart(
        {
            "charts/sub/Chart.yaml": '{"apiVersion": "v2", "name": "sub", "version": "1.0.0"}',
            "charts/sub/values.yaml": "{}",
            "charts/sub/templates/_helpers.tpl": LABELS,
            "charts/sub/templates/service.yaml": SERVICE.replace("port: 80", "port: 0"),
            "templates/_helpers.tpl": LABELS,
        },
        spec=parent,
    )
    found = Checker(catalog(parent, sub), helm).check(made)
    assert {f.location.path for f in found if f.rule == "kubernetes-schema"} == {
        "chart-specs/app/sub.yaml"
    }


def test_documentation_names_every_rule() -> None:
    page = checks_markdown()
    for rule in all_rules():
        assert f"## {rule.id}\n" in page
        assert rule.summary in page
    assert "helm-lint" in page
