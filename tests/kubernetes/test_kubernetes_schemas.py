"""Manifests against the schemas of every minor."""

from __future__ import annotations

import copy
from typing import Any

import kubernetes_validate
import pytest

from openim_charts.kubernetes.bundle import load_bundle
from openim_charts.kubernetes.schemas import KubernetesSchemas

MINORS = ("1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37")


@pytest.mark.parametrize("first", ["HTTPHeader", "Sysctl"])
def test_types_of_one_shape_keep_their_own_limits(first: str) -> None:
    """Whichever is asked for first: names of sysctls have dots, those of HTTP headers have none."""
    bundle = load_bundle.__wrapped__()
    core = "io.k8s.api.core.v1."
    assert bundle.number(f"{core}HTTPHeader", "1.31") == bundle.number(f"{core}Sysctl", "1.31")
    bundle.body(core + first, "1.31")
    patterns = [
        bundle.body(core + name, "1.31")["properties"]["name"].get("pattern")
        for name in ("HTTPHeader", "Sysctl")
    ]
    assert patterns[0] == "^[-A-Za-z0-9]+$"
    assert patterns[1] != patterns[0]


def deployment() -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"app.kubernetes.io/name": "web"}},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}, "annotations": {"a/b": "any thing"}},
                "spec": {
                    "containers": [
                        {
                            "name": "main",
                            "image": "docker.io/library/nginx:1.29",
                            "imagePullPolicy": "IfNotPresent",
                            "ports": [{"name": "http", "containerPort": 80, "protocol": "TCP"}],
                            "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
                            "readinessProbe": {"httpGet": {"path": "/", "port": "http"}},
                        }
                    ]
                },
            },
        },
    }


def changed(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    result = deployment()
    place: Any = result
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return result


POD = ("spec", "template", "spec")
MAIN = (*POD, "containers", 0)
FAULTS: list[tuple[tuple[str | int, ...], Any, tuple[str | int, ...]]] = [
    (("spec", "replica"), 2, ("spec", "replica")),
    (("spec", "replicas"), "2", ("spec", "replicas")),
    (("spec", "replicas"), -1, ("spec", "replicas")),
    (("spec", "selector"), "web", ("spec", "selector")),
    ((*MAIN, "imagePullPolicy"), "Sometimes", (*MAIN, "imagePullPolicy")),
    ((*MAIN, "resources", "requests", "cpu"), "abc", (*MAIN, "resources", "requests", "cpu")),
    ((*MAIN, "ports", 0, "containerPort"), 0, (*MAIN, "ports", 0, "containerPort")),
    ((*MAIN, "env"), [{"name": "A", "value": 1}], (*MAIN, "env", 0, "value")),
    ((*POD, "dnsPolicy"), "Defualt", (*POD, "dnsPolicy")),
    (("metadata", "labels", "a"), "no spaces", ("metadata", "labels", "a")),
    (("metadata", "name"), "a/b", ("metadata", "name")),
]


@pytest.fixture(scope="module")
def schemas() -> KubernetesSchemas:
    return KubernetesSchemas.load()


def test_a_good_deployment_passes_everywhere(schemas: KubernetesSchemas) -> None:
    assert schemas.minors == MINORS
    assert schemas.validate_all(MINORS, deployment()) == []


@pytest.mark.parametrize(("path", "value", "where"), FAULTS)
def test_faults_are_found_with_their_path(
    schemas: KubernetesSchemas,
    path: tuple[str | int, ...],
    value: Any,
    where: tuple[str | int, ...],
) -> None:
    manifest = changed(path, value)
    for minor in MINORS:
        found = schemas.validate(minor, manifest)
        assert found is not None
        assert where in [problem[0] for problem in found]
    (version, _), *_ = schemas.validate_all(MINORS, manifest) or [("", "")]
    assert version == "1.31"


def test_all_faults_are_listed(schemas: KubernetesSchemas) -> None:
    manifest = deployment()
    for path, value, _ in FAULTS[4:9]:
        place: Any = manifest
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = value
    found = schemas.validate("1.36", manifest) or []
    assert {where for _, _, where in FAULTS[4:9]} <= {path for path, _ in found}


def refused_upstream(minor: str, manifest: dict[str, Any]) -> bool:
    try:
        kubernetes_validate.validate(manifest, f"{minor}.0", strict=True)
    except kubernetes_validate.ValidationError:
        return True
    return False


@pytest.mark.parametrize("minor", ["1.31", "1.37"])
def test_what_the_published_schema_refuses_is_refused(
    schemas: KubernetesSchemas, minor: str
) -> None:
    manifests = [changed(path, value) for path, value, _ in FAULTS]
    manifests += [deployment(), {**deployment(), "extra": 1}]
    published = [refused_upstream(minor, copy.deepcopy(m)) for m in manifests]
    ours = [bool(schemas.validate(minor, m)) for m in manifests]
    assert any(published)
    assert all(o for o, p in zip(ours, published, strict=True) if p)


@pytest.mark.parametrize(
    ("minor", "fine"), [("1.31", False), ("1.32", True), ("1.34", True), ("1.37", True)]
)
def test_a_field_of_a_later_minor(schemas: KubernetesSchemas, minor: str, fine: bool) -> None:
    manifest = changed((*POD, "resources"), {"limits": {"cpu": "1"}})
    assert (schemas.validate(minor, manifest) == []) is fine


def test_a_field_that_one_minor_had_only(schemas: KubernetesSchemas) -> None:
    manifest = changed((*POD, "workloadRef"), {"name": "a", "podGroup": "b"})
    accepting = [m for m in MINORS if schemas.validate(m, manifest) == []]
    assert accepting == ["1.35"]


def test_kinds_that_a_minor_lacks(schemas: KubernetesSchemas) -> None:
    found = schemas.validate("1.31", {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass"})
    assert found == [(("apiVersion",), "Kubernetes 1.31 has no DeviceClass in resource.k8s.io/v1")]


def test_unknown_kinds_and_registered_ones() -> None:
    schemas = KubernetesSchemas(load_bundle())
    widget = {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "w"}}
    assert schemas.validate("1.36", widget) is None
    schemas.register_crd(
        {
            "spec": {
                "group": "example.org",
                "names": {"kind": "Widget"},
                "versions": [
                    {
                        "name": "v1",
                        "schema": {
                            "openAPIV3Schema": {
                                "type": "object",
                                "properties": {
                                    "spec": {
                                        "type": "object",
                                        "properties": {
                                            "size": {"x-kubernetes-int-or-string": True},
                                            "any": {
                                                "type": "object",
                                                "x-kubernetes-preserve-unknown-fields": True,
                                                "properties": {"a": {"type": "string"}},
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    }
                ],
            }
        }
    )
    assert schemas.validate("1.36", widget) == []
    assert schemas.validate("1.36", {**widget, "spec": {"size": "1", "any": {"b": 1}}}) == []
    found = schemas.validate("1.36", {**widget, "spec": {"size": 1.5, "sice": 1}, "more": 1}) or []
    assert [path for path, _ in found] == [("more",), ("spec", "sice"), ("spec", "size")]


def test_a_misspelt_field_is_not_missing_too() -> None:
    manifest = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {}}
    manifest["spec"] = {"ports": [{"prot": 80}]}
    found = KubernetesSchemas.load().validate("1.36", manifest)
    message = "there is no field 'prot'; did you mean 'port'?"
    assert found == [(("spec", "ports", 0, "prot"), message)]


def test_what_no_union_allows_is_named_by_its_unknown_field() -> None:
    manifest = changed((*MAIN, "env"), [{"name": "A", "valueFrom": {"secretRef": {"name": "x"}}}])
    found = KubernetesSchemas.load().validate("1.36", manifest)
    place = (*MAIN, "env", 0, "valueFrom", "secretRef")
    assert found == [(place, "there is no field 'secretRef'")]


@pytest.mark.parametrize(
    ("api", "kind", "spec", "wrong"),
    [
        (
            "gateway.networking.k8s.io/v1",
            "HTTPRoute",
            {
                "parentRefs": [{"name": "g"}],
                "rules": [{"backendRefs": [{"name": "s", "port": 80}]}],
            },
            {"rules": [{"backendRefs": [{"name": "s", "port": 0}]}]},
        ),
        (
            "monitoring.coreos.com/v1",
            "PodMonitor",
            {"selector": {"matchLabels": {"a": "b"}}, "podMetricsEndpoints": [{"port": "metrics"}]},
            {"selector": {}, "podMetricsEndpoints": [{"prot": "metrics"}]},
        ),
        (
            "monitoring.coreos.com/v1",
            "PrometheusRule",
            {"groups": [{"name": "a", "rules": [{"alert": "A", "expr": "up == 0", "for": "5m"}]}]},
            {"groups": [{"name": "a", "rules": [{"alert": "A", "for": "5m"}]}]},
        ),
        (
            "keda.sh/v1alpha1",
            "ScaledObject",
            {
                "scaleTargetRef": {"name": "x"},
                "triggers": [{"type": "cpu", "metadata": {"a": "1"}}],
            },
            {"scaleTargetRef": {}, "triggers": []},
        ),
        (
            "autoscaling.k8s.io/v1",
            "VerticalPodAutoscaler",
            {"targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}},
            {"target": {}},
        ),
        (
            "external-secrets.io/v1",
            "ExternalSecret",
            {
                "secretStoreRef": {"name": "s", "kind": "ClusterSecretStore"},
                "target": {"name": "t"},
                "data": [{"secretKey": "a", "remoteRef": {"key": "b"}}],
            },
            {"data": [{"secretKey": "a"}]},
        ),
        (
            "cert-manager.io/v1",
            "Certificate",
            {"secretName": "s", "dnsNames": ["a.b"], "issuerRef": {"name": "i"}},
            {"dnsNames": ["a.b"]},
        ),
        (
            "networking.istio.io/v1",
            "VirtualService",
            {"hosts": ["a.b"], "http": [{"route": [{"destination": {"host": "s"}}]}]},
            {"hosts": "a.b"},
        ),
        (
            "traefik.io/v1alpha1",
            "Middleware",
            {"stripPrefix": {"prefixes": ["/api"]}},
            {"stripPrefix": {"prefix": ["/api"]}},
        ),
        (
            "apps.kubeblocks.io/v1",
            "Cluster",
            {
                "clusterDef": "redis",
                "topology": "standalone",
                "terminationPolicy": "Delete",
                "componentSpecs": [{"name": "redis", "replicas": 1, "env": [{"name": "A"}]}],
            },
            {
                "terminationPolicy": "Delete",
                "componentSpecs": [{"name": "redis", "replicas": 1, "environment": []}],
            },
        ),
        (
            "apps.kubeblocks.io/v1",
            "Cluster",
            {"terminationPolicy": "DoNotTerminate"},
            {"terminationPolicy": "Halt"},  # of the API before 1.0
        ),
    ],
)
def test_third_party_kinds(
    schemas: KubernetesSchemas, api: str, kind: str, spec: Any, wrong: Any
) -> None:
    manifest = {"apiVersion": api, "kind": kind, "metadata": {"name": "x"}, "spec": spec}
    assert schemas.validate_all(MINORS, manifest) == []
    assert schemas.validate_all(MINORS, {**manifest, "spec": wrong})
