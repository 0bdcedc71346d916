"""Each rule on objects that are right and on objects that are wrong in one way."""

from __future__ import annotations

import textwrap
from dataclasses import replace

import pytest

from openim_charts.checks.rule import ChartRule, ReleaseRule, all_rules
from tests.checks.builders import CONFIG, chart_spec, problems, release, rule
from tests.checks.test_image_rules import WRONG as WRONG_IMAGES

POD = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: demo-web
  labels: &labels
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: demo
    app.kubernetes.io/component: web
    app.kubernetes.io/part-of: demo
    app.kubernetes.io/version: "1"
    app.kubernetes.io/managed-by: Helm
    helm.sh/chart: web-1.0.0
spec:
  selector:
    matchLabels: {app.kubernetes.io/name: web, app.kubernetes.io/instance: demo}
  template:
    metadata:
      labels: *labels
    spec:
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        seccompProfile: {type: RuntimeDefault}
      containers:
        - name: main
          image: docker.io/library/web:1.0
          command: [web, --redis, demo-redis:6379]
          env:
            - {name: MODE, value: fast}
            - name: PASSWORD
              valueFrom: {secretKeyRef: {name: demo-redis, key: password}}
          ports:
            - {name: http, containerPort: 8080}
          readinessProbe:
            tcpSocket: {port: http}
          resources:
            requests: {cpu: 100m, memory: 64Mi}
            limits: {cpu: "1", memory: 128Mi}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
          volumeMounts:
            - {name: config, mountPath: /config}
      volumes:
        - name: config
          configMap: {name: demo-web}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: demo-web
  labels:
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: demo
    app.kubernetes.io/component: web
    app.kubernetes.io/part-of: demo
    app.kubernetes.io/version: "1"
    app.kubernetes.io/managed-by: Helm
    helm.sh/chart: web-1.0.0
data:
  app.yml: |
    url: http://demo-web.apps.svc:80
    password:
    store:
      code:
---
apiVersion: v1
kind: Service
metadata:
  name: demo-web
  labels:
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: demo
    app.kubernetes.io/component: web
    app.kubernetes.io/part-of: demo
    app.kubernetes.io/version: "1"
    app.kubernetes.io/managed-by: Helm
    helm.sh/chart: web-1.0.0
spec:
  selector: {app.kubernetes.io/name: web, app.kubernetes.io/instance: demo}
  ports:
    - {name: http, port: 80, targetPort: http}
"""
EXTRA = {
    "policy": """\
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: demo-web
          labels: {helm.sh/chart: web-1.0.0}
        spec:
          policyTypes: [Ingress, Egress]
          podSelector:
            matchLabels: {app.kubernetes.io/instance: demo}
            matchExpressions:
              - {key: app.kubernetes.io/name, operator: In, values: [web, web-setup]}
        """,
    "job": """\
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: demo-web-setup
          labels: {helm.sh/chart: web-1.0.0}
        spec:
          template:
            metadata:
              labels:
                app.kubernetes.io/name: web-setup
                app.kubernetes.io/instance: demo
                app.kubernetes.io/component: web
                app.kubernetes.io/part-of: demo
                app.kubernetes.io/version: "1"
                app.kubernetes.io/managed-by: Helm
                helm.sh/chart: web-1.0.0
            spec:
              automountServiceAccountToken: false
              restartPolicy: OnFailure
              securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
              containers:
                - name: setup
                  image: docker.io/library/web:1.0
                  securityContext:
                    allowPrivilegeEscalation: false
                    readOnlyRootFilesystem: true
                    capabilities: {drop: [ALL]}
        """,
    "hpa": """\
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: demo-web}
        spec:
          maxReplicas: 3
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: demo-web}
        """,
    "pdb": """\
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: demo-web}
        spec:
          minAvailable: 1
          selector:
            matchLabels: {app.kubernetes.io/name: web}
        """,
    "monitor": """\
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata: {name: demo-web}
        spec:
          selector:
            matchLabels: {app.kubernetes.io/name: web}
          podMetricsEndpoints: [{port: http}]
        """,
    "rbac": """\
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: demo-web}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: demo-web}
        rules:
          - apiGroups: [""]
            resources: [pods]
            verbs: [get, list]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: demo-web}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: demo-web}
        subjects: [{kind: ServiceAccount, name: demo-web}]
        """,
    "ingress": """\
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: demo-web}
        spec:
          rules:
            - host: a.example.org
              http:
                paths:
                  - path: /
                    pathType: Prefix
                    backend: {service: {name: demo-web, port: {name: http}}}
        """,
    "route": """\
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: demo-web}
        spec:
          rules:
            - matches: [{path: {type: PathPrefix, value: /}}]
              backendRefs: [{group: "", kind: Service, weight: 1, name: demo-web, port: 80}]
        """,
    "cron": """\
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: demo-web}
        spec:
          schedule: "*/5 0-6 * * mon-fri"
        """,
    "hook": """\
        apiVersion: v1
        kind: Pod
        metadata:
          name: demo-web-test
          annotations:
            helm.sh/hook: test
            helm.sh/hook-weight: "-1"
            helm.sh/hook-delete-policy: before-hook-creation
        """,
    "claim": """\
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: demo-web}
        """,
}


def stream(*extra: str) -> str:
    return "\n---\n".join([POD.strip(), *(textwrap.dedent(EXTRA[name]).strip() for name in extra)])


def swap(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new)


TOKEN = ("automountServiceAccountToken: false", "serviceAccountName: demo-web")
# rule, other objects, what is replaced by what, words of the message
WRONG: list[tuple[str, tuple[str, ...], str, str, str]] = [
    ("kubernetes-schema", (), "containerPort: 8080", "containerPort: 0", "0 is less than"),
    ("kubernetes-schema", (), "    spec:\n", "    spec:\n      contaners: []\n", "contaners"),
    ("kubernetes-schema", (), "kind: Deployment", "kind: Deploymnt", "no kind 'Deploymnt'"),
    ("kubernetes-schema", ("monitor",), "[{port: http}]", "[{prot: http}]", "prot"),
    ("kubernetes-schema", ("hpa",), "maxReplicas: 3", "maxReplicas: many", "many"),
    ("yamllint", (), "  name: demo-web\n", "  name:  demo-web\n", "too many spaces after colon"),
    ("yamllint", (), "kind: Service\n", "kind: Service \n", "trailing spaces"),
    ("yamllint", (), "    spec:\n", "    spec: \n", "trailing spaces"),
    ("yamllint", (), "{drop: [ALL]}", "{drop: [ ALL]}", "too many spaces inside brackets"),
    ("yamllint", (), "value: fast}", "value: fast }", "too many spaces inside braces"),
    ("yamllint", (), "value: fast", "value: yes", "truthy value"),
    ("yamllint", (), "cpu: 100m, memory", "cpu: 100m,memory", "too few spaces after comma"),
    ("yamllint", (), "            - {name: http", "            -  {name: http", "hyphen"),
    (
        "yamllint",
        (),
        "          ports:\n            - {name",
        "          ports:\n             - {name",
        "indentation",
    ),
    ("yamllint", (), "kind: Service\n", "kind: Service  #x\n", "missing starting space"),
    ("yamllint", (), "kind: Service\n", "kind: Service\nkind: Service\n", "duplication of key"),
    ("yamllint", (), "kind: Service\n", "kind: Service\n\n\n\n\n", "too many blank lines"),
    ("zero-values", (), "value: fast", "value:", "null"),
    ("zero-values", (), "value: fast", 'value: ""', '""'),
    ("zero-values", (), "    spec:\n", "    spec:\n      tolerations: []\n", "[]"),
    ("zero-values", (), "    spec:\n", "    spec:\n      nodeSelector: {}\n", "{}"),
    ("zero-values", (), "    spec:\n", "    spec:\n      hostNetwork: false\n", "False"),
    ("images-pinned", (), "web:1.0", "web:latest", "moves"),
    ("images-pinned", (), "web:1.0", "web", "neither tag nor digest"),
    ("images-pinned", (), "docker.io/library/web:1.0", "web:1.0", "not registry/repository:tag"),
    ("images-pinned", (), "docker.io/library", "ghcr.io/a", "not among those allowed"),
    ("images-pinned", (), "docker.io/library", "docker.io/bitnamilegacy", "refused by the pattern"),
    ("restricted-pod-security", (), "runAsNonRoot: true", "runAsUser: 1", "runAsNonRoot"),
    (
        "restricted-pod-security",
        (),
        "runAsNonRoot: true",
        "runAsNonRoot: true\n        runAsUser: 0",
        "root",
    ),
    ("restricted-pod-security", (), "{type: RuntimeDefault}", "{type: Unconfined}", "seccomp"),
    (
        "restricted-pod-security",
        (),
        "allowPrivilegeEscalation: false",
        "privileged: true",
        "is privileged",
    ),
    ("restricted-pod-security", (), "{drop: [ALL]}", "{drop: [NET_RAW]}", "must name ALL"),
    (
        "restricted-pod-security",
        (),
        "drop: [ALL]",
        "drop: [ALL], add: [SYS_PTRACE]",
        "NET_BIND_SERVICE",
    ),
    (
        "restricted-pod-security",
        (),
        "configMap: {name: demo-web}",
        "hostPath: {path: /}",
        "hostPath",
    ),
    (
        "restricted-pod-security",
        (),
        "containerPort: 8080",
        "containerPort: 8080, hostPort: 8080",
        "port of the host",
    ),
    (
        "restricted-pod-security",
        (),
        "    spec:\n",
        "    spec:\n      hostPID: true\n",
        "namespace of the host",
    ),
    (
        "restricted-pod-security",
        (),
        "tcpSocket: {port: http}",
        "tcpSocket: {port: http, host: a}",
        "names a host",
    ),
    ("probe-ports", (), "tcpSocket: {port: http}", "tcpSocket: {port: metrics}", "'metrics'"),
    ("volume-mounts", (), "{name: config, mountPath", "{name: conf, mountPath", "no volume 'conf'"),
    (
        "volume-mounts",
        (),
        "      volumes:\n",
        "      volumes:\n        - {name: b, emptyDir: {}}\n",
        "mounts the volume 'b'",
    ),
    ("unique-names", (), "{name: MODE, value: fast}", "{name: PASSWORD, value: a}", "'PASSWORD'"),
    ("resource-limits", (), "cpu: 100m", "cpu: 1100m", "more than its limit"),
    ("resource-limits", (), "memory: 64Mi", "memory: 1Gi", "more than its limit"),
    ("claims-bound", ("claim",), "value: fast", "value: safe", "the claim 'demo-web'"),
    ("cron-schedule", ("cron",), "*/5 0-6", "*/5 0-24", "'0-24'"),
    ("cron-schedule", ("cron",), "*/5 0-6 * * mon-fri", "* * * *", "4 fields"),
    ("cron-schedule", ("cron",), "mon-fri", "mon-fry", "weekday"),
    ("hook-annotations", ("hook",), '"-1"', '"first"', "whole number"),
    ("hook-annotations", ("hook",), "before-hook-creation", "before-hook", "unknown to Helm"),
    ("object-names", (), "name: demo-web\n", f"name: {'demo-' * 13}web\n", "characters"),
    ("object-names", ("cron",), "{name: demo-web}", f"{{name: {'demo-' * 10}web}}", "more than 52"),
    ("selectors", (), "matchLabels: {", "matchLabels: {app: x, ", "does not select"),
    (
        "selectors",
        (),
        "matchLabels: {",
        "matchLabels: {helm.sh/chart: web-1.0.0, ",
        "changes with an upgrade",
    ),
    (
        "pods-alike",
        ("job",),
        "securityContext: {runAsNonRoot: true, ",
        "securityContext: {runAsNonRoot: true, runAsUser: 1, ",
        "securityContext is not that of Deployment demo-web",
    ),
    (
        "pods-alike",
        ("job",),
        "      automountServiceAccountToken: false\n      securityContext:",
        "      tolerations: [{operator: Exists}]\n      securityContext:",
        "tolerations is not that",
    ),
    (
        "pods-alike",
        ("job",),
        "        - name: main\n",
        "        - name: main\n          imagePullPolicy: Always\n",
        "imagePullPolicy is not that",
    ),
    (
        "pods-alike",
        ("job",),
        "        app.kubernetes.io/component: web\n",
        "",
        "lack the label app.kubernetes.io/component: web",
    ),
    ("pods-have-policies", ("job", "policy"), "[web, web-setup]", "[web]", "no NetworkPolicy"),
    ("pods-have-policies", ("job", "policy"), "In, values", "NotIn, values", "no NetworkPolicy"),
    ("pods-have-policies", ("policy",), "[Ingress, Egress]", "[Ingress]", "no NetworkPolicy"),
    ("standard-labels", (), '    app.kubernetes.io/version: "1"\n', "", "version"),
    ("standard-labels", (), "instance: demo\n", "instance: other\n", "'other', not 'demo'"),
    ("standard-labels", (), "managed-by: Helm", "managed-by: me", "'me', not 'Helm'"),
    (
        "own-namespace",
        (),
        "  name: demo-web\n",
        "  name: demo-web\n  namespace: default\n",
        "'default'",
    ),
    (
        "service-targets",
        (),
        "selector: {app.kubernetes.io/name: web,",
        "selector: {app: x,",
        "selects no pod",
    ),
    ("service-targets", (), "targetPort: http", "targetPort: 8081", "no port 8081"),
    (
        "service-targets",
        ("ingress",),
        "name: demo-web, port: {",
        "name: demo-wep, port: {",
        "no Service 'demo-wep'",
    ),
    ("service-targets", ("ingress",), "port: {name: http}}}", "port: {number: 81}}}", "no port 81"),
    ("crd-defaults", ("route",), "weight: 1, ", "", "lacks weight, whose default is 1"),
    ("crd-defaults", ("route",), "type: PathPrefix, ", "", 'lacks type, whose default is "PathPr'),
    ("service-targets", ("route",), "port: 80}]", "port: 8080}]", "no port 8080"),
    ("addresses-resolve", (), "demo-web.apps.svc:80", "demo-web.apps.svc:81", "no port 81"),
    ("addresses-resolve", (), "demo-redis:6379", "demo-redis:6380", "redis listens on 6379"),
    ("addresses-resolve", (), "demo-redis:6379", "demo-reddis:6379", "no chart has a Service"),
    (
        "references",
        (),
        "configMap: {name: demo-web}",
        "configMap: {name: demo-wep}",
        "no ConfigMap 'demo-wep'",
    ),
    ("references", (), "name: demo-redis, key", "name: demo-radis, key", "Secret 'demo-radis'"),
    ("references", (), "demo-redis, key: password", "demo-redis, key: passwd", "no key 'passwd'"),
    (
        "references",
        (),
        "configMap: {name: demo-web}",
        "configMap: {name: demo-web, items: [{key: a, path: a}]}",
        "no key 'a'",
    ),
    ("references", (), *TOKEN, "no ServiceAccount 'demo-web'"),
    (
        "references",
        ("claim",),
        "configMap: {name: demo-web}",
        "persistentVolumeClaim: {claimName: x}",
        "no claim 'x'",
    ),
    (
        "co-owned-fields",
        ("hpa",),
        "  selector:\n    matchLabels",
        "  replicas: 2\n  selector:\n    matchLabels",
        "owns it",
    ),
    ("co-owned-fields", ("hpa", "hpa"), "maxReplicas: 3", "maxReplicas: 4", "scales demo-web too"),
    (
        "targets-exist",
        ("hpa",),
        "kind: Deployment, name: demo-web",
        "kind: Deployment, name: demo",
        "no Deployment 'demo'",
    ),
    (
        "targets-exist",
        ("pdb",),
        "matchLabels: {app.kubernetes.io/name: web}",
        "matchLabels: {a: b}",
        "selects no pod",
    ),
    ("targets-exist", ("monitor",), "[{port: http}]", "[{port: metrics}]", "'metrics'"),
    ("service-account-token", (), *TOKEN, "nothing is bound"),
    ("rbac", ("rbac",), "verbs: [get, list]", 'verbs: ["*"]', "grants everything"),
    ("rbac", ("rbac",), "resources: [pods]", "resources: [secrets]", "every Secret"),
    ("rbac", ("rbac",), "kind: Role, name: demo-web", "kind: Role, name: x", "no Role 'x'"),
    ("rbac", ("rbac",), "kind: Role, name: demo-web", "kind: Role, name: x", "no binding refers"),
    (
        "no-secret-in-configmap",
        (),
        "    password:\n",
        "    password: hunter2\n",
        "secret by its name",
    ),
    ("no-secret-in-configmap", (), "value: fast", "value: chat123", "everybody knows"),
    (
        "no-secret-in-configmap",
        (),
        "value: fast",
        "value: aB3dE5gH7jK9mN1pQ4sT6vW8yZ0xC2",
        "random",
    ),
    (
        "no-secret-in-configmap",
        (),
        "{name: MODE, value: fast}",
        "{name: REDIS_PASSWORD, value: x}",
        "by its name",
    ),
]


@pytest.mark.parametrize(("name", "extra", "old", "new", "words"), WRONG)
def test_wrong(name: str, extra: tuple[str, ...], old: str, new: str, words: str) -> None:
    found = problems(name, swap(stream(*extra), old, new))
    assert any(words in problem.message for problem in found), [p.message for p in found]


def test_a_claim_that_a_pod_mounts_is_bound() -> None:
    mounted = "persistentVolumeClaim: {claimName: demo-web}"
    assert not problems(
        "claims-bound", swap(stream("claim"), "configMap: {name: demo-web}", mounted)
    )


CLEAN = [r.id for r in all_rules() if not isinstance(r, ChartRule) and r.id != "yamllint"]


@pytest.mark.parametrize("name", CLEAN)
def test_right(name: str) -> None:
    extra = {
        "co-owned-fields": ("hpa",),
        "targets-exist": ("hpa", "pdb", "monitor"),
        "service-targets": ("ingress", "route"),
        "cron-schedule": ("cron",),
        "pods-alike": ("job",),
        "pods-have-policies": ("job", "policy"),
        "hook-annotations": ("hook",),
    }.get(name, ())
    spec = chart_spec(config=(CONFIG,))
    assert [p.message for p in problems(name, stream(*extra), spec)] == []


def test_right_yaml_style() -> None:
    assert problems("yamllint", stream("hpa", "pdb", "monitor", "rbac", "ingress", "cron")) == []


def test_right_rbac_needs_a_pod_with_the_token() -> None:
    used = swap(stream("rbac"), *TOKEN)
    assert problems("rbac", used) == []
    assert problems("service-account-token", used) == []
    unused = problems("rbac", stream("rbac"))
    assert [p.message for p in unused] == ["no pod mounts the token of demo-web"]


def test_a_spec_may_forbid_tokens() -> None:
    spec = chart_spec(service_account_token=False)
    found = problems("service-account-token", swap(stream("rbac"), *TOKEN), spec)
    assert [p.spec for p in found] == [("serviceAccountToken",)]


def test_secret_keys_of_configuration_files() -> None:
    spec = chart_spec(config=(CONFIG,))
    filled = problems("config-secrets", swap(POD, "      code:\n", "      code: x\n"), spec)
    assert [p.message for p in filled] == ["app.yml: store.code is secret and has a value"]
    absent = problems("config-secrets", swap(POD, "      code:\n", ""), spec)
    assert [p.message for p in absent] == ["app.yml: store.code is missing"]


MEMBERS = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: demo-redis}
spec:
  serviceName: demo-redis-headless
  template:
    spec:
      containers:
        - name: main
          args: [--join, demo-redis-0.demo-redis-headless.apps.svc:16379]
          ports: [{containerPort: 16379}]
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [("svc:16379", "svc:6379"), ("headless.apps", "other.apps"), ("demo-redis-0", "demo-redis-x")],
)
def test_addresses_of_members(old: str, new: str) -> None:
    assert problems("addresses-resolve", MEMBERS) == []
    assert problems("addresses-resolve", swap(MEMBERS, old, new))


def test_what_the_user_brings_along() -> None:
    text = swap(stream(), "configMap: {name: demo-web}", "persistentVolumeClaim: {claimName: mine}")
    bare = release(text)
    check = rule("references")
    assert isinstance(check, ReleaseRule)
    assert list(check.check(bare))
    assert list(check.check(replace(bare, values={"persistence": {"claim": "mine"}}))) == []


def test_duplicate_objects() -> None:
    found = problems("unique-objects", stream("hpa", "hpa"))
    assert [p.obj.kind for p in found if p.obj] == ["HorizontalPodAutoscaler"]


def test_zero_values_that_mean_something() -> None:
    text = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: a, labels: {empty: ""}, annotations: {empty: ""}}
spec:
  podSelector: {}
  ingress: [{from: [{namespaceSelector: {}}]}]
"""
    assert problems("zero-values", text) == []


def test_every_rule_is_described_and_tested() -> None:
    tested = {name for name, *_ in (*WRONG, *WRONG_IMAGES)} | {
        "artifact-hub",
        "config-secrets",
        "every-value-used",
        "values-exist",
        "release-size",
        "module-ports",  # in tests/charts/test_new_module.py
        "image-platforms",
        "unique-objects",
    }
    assert {r.id for r in all_rules()} == tested
    for r in all_rules():
        assert r.summary.endswith(".")
        assert r.rationale.endswith(".")
