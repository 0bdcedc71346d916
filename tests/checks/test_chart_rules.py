"""Rules about files, and the size of a release."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from openim_charts.checks.api import release_size
from openim_charts.checks.rules.cron_schedule import schedule_fault
from openim_charts.checks.rules.resource_limits import amount
from openim_charts.helm.adapter import RenderedFile, Rendering
from tests.checks.builders import chart, chart_problems

VALUES = {
    "replicas": 1,
    "image": {"repository": "a", "tag": "b"},
    "resources": {"limits": {"cpu": 1}},
    "ports": {},
    "pod": {"labels": {"a": "b"}},
    "global": {"redis": {"host": "x", "port": 1}, "kafka": {"host": "y"}},
}
TEMPLATE = """\
a: {{ .Values.replicas }}
b: {{ .Values.image.repository }}:{{ $.Values.image.tag }}
c: {{ toYaml .Values.resources }}
d: {{ .Values.ports.http }}
e: {{- with .Values.pod.labels }}
  {{- toYaml . | nindent 2 }}
{{- end }}
f: {{ .Values.global.redis.host }}
g: {{ index .Values.global "kafka" "host" }}
"""


def test_every_value_used() -> None:
    assert chart_problems("every-value-used", chart({"templates/a.yaml": TEMPLATE}, VALUES)) == []


@pytest.mark.parametrize(
    ("removed", "unused"),
    [
        ("a: {{ .Values.replicas }}\n", ["replicas"]),
        (":{{ $.Values.image.tag }}", ["image.tag"]),
        ("c: {{ toYaml .Values.resources }}\n", ["resources.limits.cpu"]),
        ("d: {{ .Values.ports.http }}\n", ["ports"]),
        ('g: {{ index .Values.global "kafka" "host" }}\n', ["global.kafka.host"]),
    ],
)
def test_unused_values(removed: str, unused: list[str]) -> None:
    template = TEMPLATE.replace(removed, "")
    assert template != TEMPLATE
    found = chart_problems("every-value-used", chart({"templates/a.yaml": template}, VALUES))
    assert [p.message for p in found] == [f"no template reads {name}" for name in unused]
    lines = chart({}, VALUES).files["values.yaml"].decode().splitlines()
    assert [lines[p.line - 1].strip().split(":")[0] for p in found] == [
        name.rpartition(".")[2] for name in unused
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (".Values.replicas", ".Values.replica", "replica; did you mean 'replicas'?"),
        ("$.Values.image.tag", "$.Values.imag.tag", "imag.tag; did you mean 'image'?"),
        (".Values.image.repository", ".Values.image.repo", "image.repo; known: repository, tag"),
    ],
)
def test_a_template_that_reads_what_is_not_there(right: str, wrong: str, message: str) -> None:
    template = TEMPLATE.replace(right, wrong)
    (found,) = chart_problems("values-exist", chart({"templates/a.yaml": template}, VALUES))
    assert found.message == f"the chart has no value {message}"
    assert wrong in template.splitlines()[found.line - 1]


def test_values_that_only_the_schema_knows_exist() -> None:
    schema = {
        "additionalProperties": False,
        "properties": {
            "tls": {"$ref": "#/definitions/tls"},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "either": {"anyOf": [{"type": "string"}, {"properties": {"name": {}}}]},
        },
        "definitions": {"tls": {"additionalProperties": False, "properties": {"secret": {}}}},
    }
    text = "{{ .Values.tls.secret }}{{ .Values.labels.any }}{{ .Values.either.name }}"
    text += "{{/* .Values.comment */}}"
    made = chart({"templates/a.yaml": text}, {}, schema)
    assert chart_problems("values-exist", made) == []
    made = chart({"templates/a.yaml": text + "{{ .Values.tls.secrets }}"}, {}, schema)
    assert len(chart_problems("values-exist", made)) == 1


def test_values_of_subcharts_are_left_to_them() -> None:
    made = chart({"charts/sub/templates/a.yaml": "{{ .Values.x }}"}, {"sub": {"y": 1}})
    assert chart_problems("every-value-used", made) == []


def test_release_size_is_what_helm_stores() -> None:
    made = chart({"templates/a.yaml": "a: b\n" * 500, "README.md": "text\n" * 100}, {"a": 1})
    rendering = Rendering((RenderedFile("web/templates/a.yaml", "a: b\n" * 500),), (), "notes")
    # The same release as Helm 4 writes it (pkg/release/v1/release.go), field by field.
    stored = {
        "name": "release",
        "info": {"first_deployed": "2026-01-01T00:00:00Z", "status": "deployed", "notes": "notes"},
        "chart": {
            "metadata": dict(made.metadata),
            "lock": None,
            "templates": [
                {
                    "name": "templates/a.yaml",
                    "data": base64.b64encode(made.files["templates/a.yaml"]).decode(),
                }
            ],
            "values": {"a": 1},
            "schema": None,
            "files": [
                {
                    "name": "README.md",
                    "data": base64.b64encode(made.files["README.md"]).decode(),
                }
            ],
        },
        "manifest": "---\n# Source: web/templates/a.yaml\n" + "a: b\n" * 500,
        "version": 1,
        "namespace": "default",
    }
    packed = gzip.compress(json.dumps(stored, separators=(",", ":")).encode(), 9)
    size = len(base64.b64encode(packed))
    assert release_size(made, rendering) == pytest.approx(size, rel=0.15)


@pytest.mark.parametrize(
    ("quantity", "number"),
    [
        ("100m", "0.1"),
        ("1Ki", "1024"),
        ("1k", "1000"),
        (2, "2"),
        ("1e3", "1000"),
        ("1.5Gi", "1610612736"),
    ],
)
def test_amounts(quantity: object, number: str) -> None:
    assert str(amount(quantity)).rstrip("0").rstrip(".") == number.rstrip("0").rstrip(".") or (
        float(amount(quantity) or 0) == float(number)
    )


@pytest.mark.parametrize("schedule", ["@daily", "0 0 1 jan sun", "1,2-5/2 * * * 7", "*/15 * * * *"])
def test_good_schedules(schedule: str) -> None:
    assert schedule_fault(schedule) == ""


@pytest.mark.parametrize(
    "schedule",
    ["", "60 * * * *", "* * 0 * *", "*/0 * * * *", "5-1 * * * *", "a * * * *", "TZ=UTC * * * * *"],
)
def test_bad_schedules(schedule: str) -> None:
    assert schedule_fault(schedule)
