"""What counts as a change, and what does not."""

from __future__ import annotations

import pytest

from generator.diff.compare import compare_charts
from generator.diff.kinds import Step
from generator.diff.model import ChartDiff, change
from generator.diff.objects import Renderer
from generator.diff.report import REPORTS
from generator.diff.schema import SchemaComparison
from generator.diff.step import declared, next_version, shortfall
from generator.helm.find import find_helm
from tests.diff.samples import BASE, edited, packed


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(find_helm(), "1.37")


def test_generated_secrets_and_labels_of_the_release_do_not_count(renderer: Renderer) -> None:
    head = packed(edited(("Chart.yaml", "version: 1.0.0", "version: 1.0.1")))
    diff = compare_charts(packed(BASE), head, renderer)
    assert (diff.changes, diff.step) == ((), Step.NONE)
    longer = packed(edited(("templates/secret.yaml", "randAlphaNum 32", "randAlphaNum 16")))
    assert [c.kind.id for c in compare_charts(packed(BASE), longer, renderer).changes] == [
        "text-changed"
    ]


def test_a_fixed_secret_counts_but_is_not_shown(renderer: Renderer) -> None:
    old = edited(("templates/secret.yaml", "{{ randAlphaNum 32 | b64enc }}", "b2xkLXBhc3M="))
    new = edited(("templates/secret.yaml", "{{ randAlphaNum 32 | b64enc }}", "bmV3LXBhc3M="))
    (found,) = {c.detail for c in compare_charts(packed(old), packed(new), renderer).changes}
    assert found == "data.password: changed"


def test_scenarios_are_those_of_the_base_and_named_once(renderer: Renderer) -> None:
    head = edited(("templates/deployment.yaml", "web:1", "web:2"))
    head["ci/new-values.yaml"] = "mode: fast\n"
    presets = {"presets/big.yaml": {"web": {"note": "big"}, "db": {"size": 3}}}
    (seen,) = compare_charts(packed(BASE), packed(head), renderer, presets).seen()
    assert seen.scenarios == ("", "ci/slow-values.yaml", "presets/big.yaml")
    assert seen.change.detail == 'spec.template.spec.containers[web].image: "web:1" → "web:2"'


def test_a_change_that_only_a_scenario_shows(renderer: Renderer) -> None:
    head = edited(
        ("templates/deployment.yaml", "args: [{{ .Values.mode }}]",
         'args: [{{ .Values.mode }}{{ if eq .Values.mode "slow" }}, "-x"{{ end }}]')
    )  # fmt: skip
    (seen,) = compare_charts(packed(BASE), packed(head), renderer).seen()
    assert seen.scenarios == ("ci/slow-values.yaml",)


def test_a_template_that_fails_breaks_users(renderer: Renderer) -> None:
    head = edited(
        ("templates/deployment.yaml", "apiVersion",
         '{{ if eq .Values.mode "slow" }}{{ fail "never slow" }}{{ end }}apiVersion')
    )  # fmt: skip
    (seen,) = compare_charts(packed(BASE), packed(head), renderer).seen()
    assert seen.change.kind.id == "values-refused"
    assert "never slow" in seen.change.detail
    assert seen.scenarios == ("ci/slow-values.yaml",)


STATEFUL = "templates/statefulset.yaml"


@pytest.mark.parametrize(
    ("path", "old", "new", "field"),
    [
        (STATEFUL, "serviceName: db", "serviceName: data", "spec.serviceName"),
        (STATEFUL, "storage: 1Gi", "storage: 2Gi",
         "spec.volumeClaimTemplates[0].spec.resources.requests.storage"),
        (STATEFUL, "serviceName: db", "serviceName: db\n  podManagementPolicy: Parallel",
         "spec.podManagementPolicy"),
        ("templates/service.yaml", "  selector:", "  clusterIP: None\n  selector:",
         "spec.clusterIP"),
    ],
)  # fmt: skip
def test_immutable_fields(path: str, old: str, new: str, field: str, renderer: Renderer) -> None:
    diff = compare_charts(packed(BASE), packed(edited((path, old, new))), renderer)
    found = [seen.change for seen in diff.seen() if seen.change.kind.id == "field-immutable"]
    assert [c.detail.split(": ")[0] for c in found] == [field]
    assert "kubectl delete" in found[0].advice


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (STATEFUL, "serviceName: db", "serviceName: db\n  podManagementPolicy: OrderedReady"),
        (STATEFUL, "serviceName: db", "serviceName: db\n  replicas: 3"),
        ("templates/secret.yaml", "kind: Secret", "kind: Secret\ntype: Opaque"),
    ],
)
def test_fields_that_may_change(path: str, old: str, new: str, renderer: Renderer) -> None:
    diff = compare_charts(packed(BASE), packed(edited((path, old, new))), renderer)
    assert diff.step is Step.PATCH


JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: setup
  annotations: {x: y}
spec:
  template: {spec: {restartPolicy: Never, containers: [{name: a, image: "a:1"}]}}
"""
OTHERS = {
    "ConfigMap": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nimmutable: true\ndata: {a: '1'}\n"
    ),
    "Secret": "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ntype: '1'\n",
    "RoleBinding": (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: x}\n"
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: '1'}\n"
    ),
    "StorageClass": (
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: x}\n"
        "provisioner: p\nparameters: {a: '1'}\n"
    ),
    "PersistentVolumeClaim": (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: x}\n"
        "spec: {storageClassName: '1', accessModes: [ReadWriteOnce]}\n"
    ),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_immutable_kinds(kind: str, renderer: Renderer) -> None:
    old = packed(dict(BASE) | {"templates/x.yaml": OTHERS[kind]})
    new = packed(dict(BASE) | {"templates/x.yaml": OTHERS[kind].replace("'1'", "'2'")})
    assert compare_charts(old, new, renderer).step is Step.MAJOR


def test_a_job_is_immutable_unless_it_is_a_hook(renderer: Renderer) -> None:
    def step(job: str, renamed: str = "setup") -> tuple[str, ...]:
        after = job.replace("a:1", "a:2").replace("name: setup", f"name: {renamed}")
        old = packed(dict(BASE) | {"templates/job.yaml": job})
        new = packed(dict(BASE) | {"templates/job.yaml": after})
        return tuple(s.change.kind.id for s in compare_charts(old, new, renderer).seen())

    assert step(JOB) == ("field-immutable",)
    assert step(JOB, "setup-2") == ("object-changed",)
    assert step(JOB.replace("x: y", "helm.sh/hook: post-install")) == ("hook-changed",)


def test_definitions_with_other_names_are_the_same_schema() -> None:
    part = {"type": "string", "pattern": "^a"}
    old = {"properties": {"x": {"$ref": "#/definitions/s1"}}, "definitions": {"s1": part}}
    new = {
        "properties": {"x": {"allOf": [{"$ref": "#/definitions/s9"}], "default": "a"}},
        "definitions": {"s9": part},
    }
    assert SchemaComparison(old, new).changes() == []
    assert SchemaComparison(old, {"properties": {"x": part}}).changes() == []


def test_a_definition_that_holds_itself_ends() -> None:
    def tree(limit: int) -> dict[str, object]:
        node = {"properties": {"next": {"$ref": "#/definitions/n"}, "v": {"maximum": limit}}}
        return {"$ref": "#/definitions/n", "definitions": {"n": node}}

    assert SchemaComparison(tree(5), tree(6)).changes() == [
        ("schema-loosened", ("v",), "maximum: 5 → 6")
    ]


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ({"type": "integer"}, {"type": "number"}, ["schema-loosened"]),
        ({"type": "number"}, {"type": "integer"}, ["value-retyped"]),
        ({"type": ["string", "null"]}, {"type": "string"}, ["schema-tightened"]),
        ({}, {"pattern": "a"}, ["schema-tightened"]),
        ({"pattern": "a"}, {}, ["schema-loosened"]),
        ({"items": {"minimum": 1}}, {"items": {"minimum": 2}}, ["schema-tightened"]),
        ({"required": ["a"]}, {"required": ["b"]}, ["schema-loosened", "schema-tightened"]),
        ({"additionalProperties": True}, {"additionalProperties": False}, ["schema-tightened"]),
        ({"enum": [1]}, {}, ["schema-loosened"]),
        ({}, {"enum": [1]}, ["schema-tightened"]),
        ({}, {"allOf": [{"minimum": 1}, {"maximum": 2}]}, ["schema-tightened"]),
        ({"anyOf": [{"minimum": 1}]}, {"anyOf": [{"minimum": 1}, {"maximum": 0}]},
         ["schema-loosened"]),
        ({"description": "a"}, {"description": "b"}, []),
        (True, False, ["schema-tightened"]),
    ],
)  # fmt: skip
def test_constraints(old: object, new: object, kinds: list[str]) -> None:
    pair = ({"properties": {"x": old}}, {"properties": {"x": new}})
    assert sorted(kind for kind, _, _ in SchemaComparison(*pair).changes()) == kinds


@pytest.mark.parametrize(
    ("base", "head", "kind", "right"),
    [
        ("1.0.0", "1.0.0", None, ""),
        ("1.0.0", "1.0.0", "text-changed", "1.0.1"),
        ("1.0.0", "1.0.1", "text-changed", ""),
        ("1.0.0", "1.0.1", "value-added", "1.1.0"),
        ("1.0.0", "1.1.0", "value-removed", "2.0.0"),
        ("1.2.3", "2.0.0", "value-removed", ""),
        ("0.2.3", "0.3.0", "value-removed", ""),
        ("0.2.3", "0.2.4", "value-removed", "0.3.0"),
        ("0.2.3", "0.2.4", "value-added", ""),
        ("1.0.0-rc.1", "1.0.0-rc.2", "value-removed", ""),
        ("1.0.0-rc.1", "1.0.0-rc.1", "value-removed", "1.0.0"),
        ("1.1.0", "1.0.5", "text-changed", "1.1.1"),
    ],
)
def test_declared_versions(base: str, head: str, kind: str | None, right: str) -> None:
    changes = (change(kind, "x"),) if kind else ()
    said = shortfall(ChartDiff("web", base, head, changes))
    assert (right in said) if right else not said


def test_steps() -> None:
    assert declared("1.9.9", "2.0.0") is Step.MAJOR
    assert declared("1.2.0", "1.1.9") is None
    assert next_version("1.2.3", Step.MINOR) == "1.3.0"


def test_reports_hold_no_markup_of_specs() -> None:
    diff = ChartDiff("web", "1.0.0", "1.0.1", (change("value-added", "a|b`c", "<img> @team | x"),))
    text = REPORTS["markdown"]([diff])
    assert "<img>" not in text
    assert "@team" not in text
    assert "needs a minor step, 1.1.0 or newer" in text
    assert all(line.count(" | ") == 3 for line in text.splitlines() if line.startswith("| minor"))
