"""The back ends give the same answers, and those that Helm's documentation promises."""

from __future__ import annotations

import re

import pytest
import yaml

from openim_charts.findings import UserError
from openim_charts.helm import find
from openim_charts.helm.adapter import Helm, HelmError, LintSeverity
from openim_charts.helm.command import CommandHelm
from openim_charts.helm.find import find_helm
from tests.helm.charts import FULL, HELPERS, PARENT, SCHEMA, chart_yaml, pack

CHARTS = {"app": FULL, "parent": PARENT, "strict": SCHEMA}


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("version", ["1.31", "v1.36.2"])
def test_renderings_are_equal(engines: list[Helm], name: str, version: str) -> None:
    archive = pack(name, CHARTS[name])
    first, *others = [
        e.render(
            archive,
            {"replicas": 5} if name == "app" else {},
            "rel",
            "space",
            version,
            ["example.org/v1"],
        )
        for e in engines
    ]
    assert first.manifests
    for other in others:
        assert [f.path for f in other.files] == [f.path for f in first.files]
        assert [yaml.safe_load(f.text) for f in other.files] == [
            yaml.safe_load(f.text) for f in first.files
        ]
        assert other.notes == first.notes


def test_order_hooks_notes_and_capabilities(engine: Helm) -> None:
    result = engine.render(pack("app", FULL), {}, "rel", "space", "1.33", ["example.org/v1"])
    kinds = [yaml.safe_load(f.text)["kind"] for f in result.manifests]
    assert kinds == ["ConfigMap"] * 3 + ["Service"] * 3 + ["Deployment", "Widget"]
    assert [f.path for f in result.hooks] == ["app/templates/tests/test.yaml"]
    assert result.notes == 'Installed "rel" in space:\n\n  run é'
    data = yaml.safe_load(result.manifests[0].text)["data"]
    assert (data["capabilities"], data["has"]) == ("v1.33.0", "true")
    assert data["text"] == "--- not a separator\n# Source: neither/is/this.yaml\n"
    widget = yaml.safe_load(result.manifests[-1].text)["spec"]
    assert (widget["install"], widget["upgrade"], widget["lookup"]) == (True, False, {})


def test_dependencies_follow_condition_and_alias(engine: Helm) -> None:
    archive = pack("parent", PARENT)
    both = engine.render(archive, {}, "r", "n", "1.36")
    assert [f.path for f in both.manifests] == [
        "parent/templates/config.yaml",
        "parent/charts/child/templates/deployment.yaml",
        "parent/charts/twin/templates/deployment.yaml",
    ]
    assert both.notes == ""
    one = engine.render(archive, {"child": {"enabled": False}}, "r", "n", "1.36")
    assert len(one.manifests) == 2
    assert engine.render(archive, {}, "r", "n", "1.36") == both, "what was off stays off"


def test_schema_errors_are_listed_and_sorted(engine: Helm) -> None:
    with pytest.raises(HelmError) as caught:
        engine.render(pack("strict", SCHEMA), {"a": "x", "b": 1}, "r", "n", "1.36")
    assert len(caught.value.details) == 2
    assert any("'/a': got string, want integer" in d for d in caught.value.details)
    assert any("additional properties 'b' not allowed" in d for d in caught.value.details)


@pytest.mark.parametrize(
    ("template", "path", "line", "words"),
    [
        ('a: 1\nb: {{ fail "no way" }}\n', "app/templates/x.yaml", 2, "no way"),
        ('\n\nb: {{ required "need it" .Values.none }}\n', "app/templates/x.yaml", 3, "need it"),
        ("b: {{ .Values.image.tag }}\n", "app/templates/x.yaml", 1, "tag"),
        ('b: {{ include "app.broken" . }}\n', "app/templates/_helpers.tpl", 5, "nil pointer"),
        ("b: {{ nope }}\n", "app/templates/x.yaml", 1, "nope"),
    ],
)
def test_template_errors_name_their_place(
    engine: Helm, template: str, path: str, line: int, words: str
) -> None:
    files = dict(FULL) | {"templates/x.yaml": template}
    files["templates/_helpers.tpl"] = (
        HELPERS + '{{- define "app.broken" -}}{{ .Values.none.x }}{{- end }}\n'
    )
    with pytest.raises(HelmError) as caught:
        engine.render(pack("app", files), {}, "r", "n", "1.36")
    assert (caught.value.template, caught.value.line) == (path, line)
    assert words in caught.value.message


@pytest.mark.parametrize("constraint", [">=1.31.0-0", "^1.31.0 || >1.40"])
def test_a_chart_for_newer_clusters_is_refused(engine: Helm, constraint: str) -> None:
    archive = pack("app", dict(FULL) | {"Chart.yaml": chart_yaml("app", kubeVersion=constraint)})
    assert engine.render(archive, {}, "r", "n", "1.31").manifests
    with pytest.raises(HelmError, match=re.escape(f"kubeVersion: {constraint} which")):
        engine.render(archive, {}, "r", "n", "1.30")


def test_lint_messages_are_equal(engines: list[Helm]) -> None:
    files = dict(FULL) | {
        "templates/bad.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: UPPER}\n",
        "templates/x.json": "{}",
    }
    results = [e.lint(pack("app", files), {}, "1.36") for e in engines]
    assert results[0] == results[1] == results[2]
    found = {(m.path, m.severity) for m in results[0]}
    assert ("Chart.yaml", LintSeverity.INFO) in found
    assert ("templates/bad.yaml", LintSeverity.WARNING) in found
    assert ("templates/x.json", LintSeverity.ERROR) in found


def test_lint_sees_values_and_the_schema(engine: Helm) -> None:
    archive = pack("strict", SCHEMA)
    assert [m for m in engine.lint(archive, {"a": 2}, "1.36") if m.finding_severity] == []
    worst = max(engine.lint(archive, {"a": "x"}, "1.36"), key=lambda m: m.severity)
    assert worst.severity == LintSeverity.ERROR
    assert "got string, want integer" in worst.message
    skipped = engine.lint(archive, {"a": "x"}, "1.36", skip_schema=True)
    if not engine.version.startswith("3"):  # Helm 3 has the flag but reads the schema all the same
        assert [m for m in skipped if m.finding_severity] == []


def test_not_a_chart(engine: Helm) -> None:
    with pytest.raises(HelmError, match=r"Chart\.yaml"):
        engine.render(pack("none", {"README.md": "no chart"}), {}, "r", "n", "1.36")


def test_lint_without_metadata(engine: Helm) -> None:
    broken = pack("app", dict(FULL) | {"Chart.yaml": chart_yaml("app", version="one")})
    errors = [m for m in engine.lint(broken, {}, "1.36") if m.severity == LintSeverity.ERROR]
    assert errors
    assert any("version" in m.message for m in errors)


def test_versions(engines: list[Helm]) -> None:
    assert [e.version.split(".")[0] for e in engines] == ["4", "3", "4"]


@pytest.mark.parametrize(
    ("embedded", "advice"),
    [(True, "choose --helm embedded"), (False, "run: pip install helm-python-sdk==")],
)
def test_no_helm_at_all(monkeypatch: pytest.MonkeyPatch, embedded: bool, advice: str) -> None:
    monkeypatch.setenv("HELM", "surely-no-such-helm")
    monkeypatch.setattr(find, "available", lambda: embedded)
    with pytest.raises(UserError, match=advice):
        find_helm("command")


def test_a_program_that_answers_everything_is_not_taken_for_helm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HELM", "true")
    with pytest.raises(UserError, match="not Helm 3 or 4"):
        find_helm("command")


def test_a_place_for_temporary_files_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/surely/no/such/folder")
    with pytest.raises(UserError, match="TMPDIR is /surely/no/such/folder"):
        find_helm()


def test_a_program_that_is_not_helm() -> None:
    with pytest.raises(UserError, match="not Helm 3 or 4"):
        _ = CommandHelm("true").version
    with pytest.raises(UserError, match="cannot run"):
        _ = CommandHelm("/surely/no/such/helm").version
