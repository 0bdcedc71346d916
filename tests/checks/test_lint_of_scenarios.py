"""Helm lints with the default values alone: the rules find what its lint finds in any scenario."""

from __future__ import annotations

import pytest

from openim_charts.charts.model import Chart
from openim_charts.checks.api import Checker
from openim_charts.findings import Severity
from openim_charts.helm.adapter import Helm, LintSeverity
from openim_charts.helm.find import find_helm
from openim_charts.packaging.api import package
from tests.checks.builders import catalog, chart
from tests.checks.test_check_chart import LABELS

SCENARIO = "ci/wrong-values.yaml"
SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": False,
    "properties": {"wrong": {"type": "boolean"}},
}
METADATA = """\
metadata:
  name: NAME
  labels:
    {{- include "web.labels" . | nindent 4 }}
"""
WORKLOAD = """\
spec:
  template:
    metadata:
      labels:
        {{- include "web.labels" . | nindent 8 }}
    spec:
      containers: []
"""


def _of(head: str, name: str = "{{ .Release.Name }}-web", tail: str = "") -> str:
    return head + METADATA.replace("NAME", name) + tail


FAULTS = {
    "a name with capital letters": _of("apiVersion: v1\nkind: ConfigMap\n", "Web"),
    "a name with an underscore": _of("apiVersion: v1\nkind: Secret\n", "web_one"),
    "an account with a slash": _of("apiVersion: v1\nkind: ServiceAccount\n", "a/b"),
    "a role with a slash": _of("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n", "a/b"),
    "a service that starts with a digit": _of(
        "apiVersion: v1\nkind: Service\n", "1web", "spec:\n  ports: [{name: http, port: 80}]\n"
    ),
    "a workload with a name of two labels": _of(
        "apiVersion: apps/v1\nkind: Deployment\n", "Web.one", WORKLOAD
    ),
    "a custom object without a name": _of("apiVersion: example.com/v1\nkind: Thing\n", '""'),
    "an API that is going": _of(
        "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: PriorityLevelConfiguration\n",
        tail="spec: {type: Exempt}\n",
    ),
    "no selector": _of("apiVersion: apps/v1\nkind: Deployment\n", tail=WORKLOAD),
    "a policy inside a list": "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n"
    "    kind: ConfigMap\n    metadata:\n      name: web\n      annotations:\n"
    "        helm.sh/resource-policy: keep\n",
    "an indented document": "  apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: web\n",
    "no YAML": "apiVersion: v1\nkind: 'ConfigMap\n",
    "a tab": "apiVersion: v1\nkind: ConfigMap\n\tmetadata: {}\n",
    "a template that fails": '{{ include "nothing" . }}\n',
    "a value of another type": "",
}


def web(fault: str) -> Chart:
    """A chart that is wrong with the values of its one scenario, and only with these."""
    values = "wrong: 1\n" if not fault else "wrong: true\n"
    return chart(
        {
            "templates/_helpers.tpl": LABELS,
            "templates/fault.yaml": "{{- if .Values.wrong }}\n" + fault + "{{- end }}\n",
            SCENARIO: values,
        },
        {"wrong": False},
        SCHEMA,
    )


@pytest.fixture(scope="module")
def helm() -> Helm:
    return find_helm()


def _lint(helm: Helm, made: Chart, wrong: object) -> list[str]:
    messages = helm.lint(package(made, 0), {"wrong": wrong}, "1.31")
    return [m.message for m in messages if m.severity >= LintSeverity.WARNING]


@pytest.mark.parametrize("name", FAULTS)
def test_what_lint_says_of_a_scenario_a_rule_says(helm: Helm, name: str) -> None:
    made = web(FAULTS[name])
    assert not _lint(helm, made, False)
    assert _lint(helm, made, True if FAULTS[name] else 1), "Helm has nothing against it"
    found = Checker(catalog(made.spec), helm).check(made)
    assert any(f.severity is Severity.ERROR and SCENARIO in f.trace + f.message for f in found), (
        found
    )
