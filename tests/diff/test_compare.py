"""What counts as a change, and what does not."""

from __future__ import annotations

import json

import pytest

from openim_charts.diff.compare import compare_charts
from openim_charts.diff.kinds import Step
from openim_charts.diff.model import ChartDiff, change
from openim_charts.diff.objects import Renderer
from openim_charts.diff.report import REPORTS
from openim_charts.diff.schema import SchemaComparison
from openim_charts.diff.step import declared, next_version, shortfall
from openim_charts.helm.find import find_helm
from tests.diff.samples import BASE, SCHEMA, edited, packed


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


SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: demo-settings}
data:
  cache.yml: |
    size: 100
    servers: [{name: a, port: 1}]
  other.yml: |
    size: 100
  start.sh: |
    exec run
"""


def test_a_default_in_a_configuration_file_counts_as_one_in_the_values(renderer: Renderer) -> None:
    config = {"properties": {"cache": {"type": "object"}}}
    schema = json.dumps({**SCHEMA, "properties": {**SCHEMA["properties"], "config": config}})
    base = dict(BASE) | {"templates/settings.yaml": SETTINGS, "values.schema.json": schema}
    head = dict(base)
    for old, new in (("size: 100", "size: 200"), ("port: 1", "port: 2"), ("exec run", "run")):
        head["templates/settings.yaml"] = head["templates/settings.yaml"].replace(old, new)
    head["templates/settings.yaml"] += "  more.yml: 'size: 1'\n"
    diff = compare_charts(packed(base), packed(head), renderer)
    found = {c.subject: c.detail for c in diff.changes if c.kind.id == "default-changed"}
    assert found == {"config.cache.size": "100 → 200", "config.cache.servers[a].port": "1 → 2"}


def umbrella(version: str, redis: str, part: str) -> dict[str, str]:
    """A chart of that appVersion that holds two others."""
    return {
        "Chart.yaml": f"apiVersion: v2\nname: all\nversion: 1.0.0\nappVersion: {version}\n",
        "charts/redis/Chart.yaml": (
            f"apiVersion: v2\nname: redis\nversion: 1.0.0\nappVersion: {redis}\n"
        ),
        "charts/part/Chart.yaml": (
            f"apiVersion: v2\nname: part\nversion: 1.0.0\nappVersion: {part}\n"
        ),
    }


def test_applications_inside_an_umbrella_count(renderer: Renderer) -> None:
    base = packed(umbrella("v3.8.3", "8.2.1", "v3.8.3"))
    same = packed(umbrella("v3.8.4", "8.2.1", "v3.8.4"))
    found = [(c.subject, c.kind.id) for c in compare_charts(base, same, renderer).changes]
    assert found == [("appVersion", "app-patch")]  # said once
    newer = packed(umbrella("v3.8.3", "9.0.0", "v3.8.3"))
    found = [(c.subject, c.kind.id) for c in compare_charts(base, newer, renderer).changes]
    assert found == [("appVersion of redis", "app-major")]


INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: demo}
spec:
  rules:
    - host: im.example.com
      http:
        paths:
          - {path: /api, pathType: Prefix, backend: {service: {name: a, port: {number: 1}}}}
          - {path: "/m(/|$)(.*)", pathType: ImplementationSpecific,
             backend: {service: {name: a, port: {number: 1}}}}
"""
ROUTE = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: demo}
spec:
  hostnames: [im.example.com]
  rules:
    - matches: [{path: {type: PathPrefix, value: /api/secret}}]
      filters: [{type: RequestRedirect}]
    - matches: [{path: {type: PathPrefix, value: /api}}]
      backendRefs: [{name: a, port: 1}]
"""
ISTIO = """\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: demo}
spec:
  hosts: [im.example.com]
  http:
    - match: [{uri: {exact: /api}}, {uri: {prefix: /api/}}]
      route: [{destination: {host: a}}]
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: demo}
spec:
  type: LoadBalancer
  ports: [{name: http, port: 80, nodePort: 30080}]
"""


@pytest.mark.parametrize(
    ("template", "old", "new", "lost"),
    [
        (INGRESS, "/api", "/v2", "im.example.com/api"),
        (INGRESS, "host: im.", "host: chat.", "im.example.com/api, im.example.com/m"),
        (INGRESS, "host: im.example.com\n      ", "", ""),
        (INGRESS, "/api", "/", ""),
        (INGRESS, "/api, pathType: Prefix", "/api, pathType: Exact", "im.example.com/api"),
        (INGRESS, "/m(/|$)(.*)", "/m(?:/(.*))?$", ""),
        (INGRESS, "/m(/|$)(.*)", "/n(/|$)(.*)", "im.example.com/m"),
        (ROUTE, "value: /api}", "value: /v2}", "im.example.com/api"),
        (ROUTE, "/api/secret", "/api/hidden", ""),
        (ROUTE, "[im.example.com]", "[im.example.com, im.example.org]", ""),
        (ISTIO, "prefix: /api/", "prefix: /v2/", "im.example.com/api/"),
        (ISTIO, "[im.example.com]", "[chat.example.com]",
         "im.example.com/api, im.example.com/api/"),
        (SERVICE, "nodePort: 30080", "nodePort: 30081", "port 30080 of the nodes"),
        (SERVICE, "LoadBalancer", "NodePort", "the load balancer"),
        (SERVICE, "type: LoadBalancer", "type: ClusterIP",
         "the load balancer, ports of the nodes, port 30080 of the nodes"),
    ],
)  # fmt: skip
def test_ways_in_that_are_lost(
    template: str, old: str, new: str, lost: str, renderer: Renderer
) -> None:
    assert old in template
    base, head = (
        dict(BASE) | {"templates/way.yaml": t} for t in (template, template.replace(old, new))
    )
    found = compare_charts(packed(base), packed(head), renderer).changes
    said = {c.detail for c in found if c.kind.id == "endpoint-removed"}
    assert said == ({f"no longer by {lost}"} if lost else set())


def test_a_cluster_of_an_operator_holds_data(renderer: Renderer) -> None:
    cluster = "apiVersion: apps.kubeblocks.io/v1\nkind: Cluster\nmetadata: {name: demo}\n"
    base = packed(dict(BASE) | {"templates/cluster.yaml": cluster})
    found = {(c.kind.id, c.subject) for c in compare_charts(base, packed(BASE), renderer).changes}
    assert found == {("data-removed", "Cluster demo")}


@pytest.mark.parametrize(
    ("new", "kind"),
    [(">=1.31.0-0 <1.38.0-0", "kubernetes-raised"), (">=1.31.7", "kubernetes-raised"),
     (">=1.31-0", ""), (">= 1.30.0-0", "kubernetes-lowered")],
)  # fmt: skip
def test_kubernetes_versions(new: str, kind: str, renderer: Renderer) -> None:
    head = packed(edited(("Chart.yaml", ">=1.31.0-0", new)))
    found = {c.kind.id for c in compare_charts(packed(BASE), head, renderer).changes}
    assert found == {kind or "text-changed"}


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
        ({"uniqueItems": True}, {"uniqueItems": False}, ["schema-loosened"]),
        ({}, {"uniqueItems": False}, []),
        # Where other keys are allowed, a key of its own says what that one may be.
        ({"additionalProperties": {"type": "string"}},
         {"additionalProperties": {"type": "string"}, "properties": {"a": {"type": "integer"}}},
         ["value-retyped"]),
        # An object's own keys come and go, also where strangers' keys may be among them.
        ({"properties": {"a": {}}, "propertyNames": {"enum": ["a"]}},
         {"properties": {"b": {}}, "propertyNames": {"enum": ["b"]}},
         ["value-added", "value-removed"]),
        ({"propertyNames": {"enum": ["a"]}}, {}, ["schema-loosened"]),
        ({"properties": {"a": {"maximum": 5}}}, {}, ["schema-loosened"]),
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


def test_a_summary_fits_into_a_comment() -> None:
    changes = tuple(
        change("value-removed", f"key{n}", "x" * 60, "ci/a-values.yaml") for n in range(40)
    )
    diffs = [ChartDiff(f"chart{n}", "1.0.0", "2.0.0", changes) for n in range(33)]
    text = REPORTS["markdown"](diffs)
    assert len(text) < 65_536
    assert all(f"| chart{n} | 1.0.0 | 2.0.0 | major |" in text for n in range(33))
    shown = text.count("<details")
    assert shown == text.count("</details>") > 5
    assert f"… and details of {33 - shown} more charts" in text
    assert "more charts" not in REPORTS["markdown"](diffs[:3])
