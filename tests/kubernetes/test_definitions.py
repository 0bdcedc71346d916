"""Types for values.schema.json: what the API server takes, and what it refuses."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from openim_charts.kubernetes.bundle import load_bundle, short_name
from openim_charts.kubernetes.limits_objects import OBJECT_LIMITS, VOLUME_LIMITS
from openim_charts.kubernetes.limits_pods import POD_LIMITS
from openim_charts.kubernetes.schemas import definition

GOOD: list[tuple[str, Any]] = [
    ("Affinity", {}),
    (
        "Affinity",
        {
            "podAntiAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [
                    {
                        "weight": 100,
                        "podAffinityTerm": {
                            "topologyKey": "kubernetes.io/hostname",
                            "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "x"}},
                        },
                    }
                ]
            }
        },
    ),
    ("Probe", {}),
    ("Probe", {"tcpSocket": {"port": "http"}, "periodSeconds": 5}),
    ("Probe", {"httpGet": {"port": 8080, "path": "/", "scheme": "HTTPS"}}),
    ("ResourceRequirements", {"requests": {"cpu": "100m", "memory": 1024}, "limits": {"cpu": 1.5}}),
    ("ResourceRequirements", {"limits": {"nvidia.com/gpu": "1", "hugepages-2Mi": "4Mi"}}),
    ("Volume", {"name": "data", "emptyDir": {"sizeLimit": "1Gi", "medium": "Memory"}}),
    ("Volume", {"name": "c", "configMap": {"name": "x", "items": [{"key": "a.b", "path": "c/d"}]}}),
    ("VolumeMount", {"name": "data", "mountPath": "/data", "subPath": "a/b..c"}),
    ("SecurityContext", {"runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}}),
    ("Toleration", {"operator": "Exists"}),
    ("Toleration", {"key": "a/b", "value": "c", "effect": "NoExecute", "tolerationSeconds": 3}),
    ("EnvVar", {"name": "A_B", "value": ""}),
    ("EnvVar", {"name": "a.b", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}),
    ("EnvFromSource", {"secretRef": {"name": "s"}}),
    ("Lifecycle", {"preStop": {"sleep": {"seconds": 5}}}),
    ("Labels", {"a/b": "", "c": "D.e_f"}),
    ("DeploymentStrategy", {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "150%"}}),
    (
        "TopologySpreadConstraint",
        {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"},
    ),
    (
        "Container",
        {"name": "side-car", "image": "r.io/a/b:1@sha256:0", "ports": [{"containerPort": 1}]},
    ),
    ("HostAlias", {"ip": "fe80::1", "hostnames": ["a.b"]}),
    ("CountOrPercent", "50%"),
    ("Port", 65535),
]

BAD: list[tuple[str, Any, str]] = [
    ("Affinity", {"podAntiAfinity": {}}, "podAntiAfinity"),
    ("Probe", {"tcpSocket": {"port": 1}, "exec": {"command": ["a"]}}, "oneOf"),
    ("Probe", {"periodSeconds": 5}, "oneOf"),
    ("Probe", {"tcpSocket": {"port": 0}}, ""),
    ("Probe", {"tcpSocket": {"port": "name-that-is-too-long"}}, ""),
    ("Probe", {"tcpSocket": {"port": 1}, "timeoutSeconds": "5"}, "5"),
    ("Probe", {"httpGet": {"port": 1, "scheme": "http"}}, "http"),
    ("ResourceRequirements", {"requests": {"cpu": "100x"}}, "100x"),
    ("ResourceRequirements", {"requests": {"cpu": "-1"}}, "-1"),
    ("ResourceRequirements", {"requests": {"gpu": "1"}}, "gpu"),
    ("ResourceRequirements", {"requests": {"cpu": None}}, ""),
    ("Volume", {"name": "a", "emptyDir": {}, "secret": {"secretName": "b"}}, ""),
    ("Volume", {"name": "A", "emptyDir": {}}, "A"),
    ("Volume", {"name": "a", "secret": {"name": "b"}}, "name"),
    ("Volume", {"name": "a", "secret": {"secretName": "b", "defaultMode": 640}}, "640"),
    ("VolumeMount", {"name": "a", "mountPath": "/a", "subPath": "../x"}, ""),
    ("VolumeMount", {"name": "a"}, "mountPath"),
    ("SecurityContext", {"privileged": True, "allowPrivilegeEscalation": False}, ""),
    ("SecurityContext", {"runAsUser": -1}, "-1"),
    ("SecurityContext", {"seccompProfile": {"type": "Localhost"}}, "localhostProfile"),
    ("Toleration", {"operator": "Equal"}, ""),
    ("Toleration", {"operator": "Exists", "value": "a", "key": "b"}, ""),
    ("Toleration", {"key": "a", "operator": "exists"}, "exists"),
    ("EnvVar", {"name": "A", "value": "a", "valueFrom": {"fieldRef": {"fieldPath": "b"}}}, ""),
    ("EnvVar", {"name": "1A", "value": "a"}, "1A"),
    ("EnvVar", {"name": "A", "value": 1}, "1"),
    ("EnvVar", {"name": "A", "valueFrom": {"secretKeyRef": {"key": "k"}}}, "name"),
    ("EnvFromSource", {}, ""),
    ("Labels", {"a b": "c"}, "a b"),
    ("Labels", {"a": "-b"}, "-b"),
    ("Labels", {"a": True}, ""),
    ("DeploymentStrategy", {"type": "Recreate", "rollingUpdate": {}}, ""),
    ("DeploymentStrategy", {"type": "Rolling"}, "Rolling"),
    ("Container", {"name": "a"}, "image"),
    ("Container", {"name": "a", "image": "b", "imagePullPolicy": "Sometimes"}, "Sometimes"),
    ("Container", {"name": "a", "image": "b", "ports": [{"containerPort": 70000}]}, "70000"),
    ("TopologySpreadConstraint", {"maxSkew": 1, "topologyKey": "z"}, "whenUnsatisfiable"),
    ("CountOrPercent", "150%", ""),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_accepted(name: str, value: Any) -> None:
    schema = definition(name)
    assert list(jsonschema.Draft7Validator(schema).iter_errors(value)) == []
    assert jsonschema_rs.Draft7Validator(schema).is_valid(value)


@pytest.mark.parametrize(("name", "value", "words"), BAD)
def test_refused(name: str, value: Any, words: str) -> None:
    schema = definition(name)
    errors = list(jsonschema_rs.Draft7Validator(schema).iter_errors(value))
    assert errors
    assert words in " ".join(e.message for e in errors)
    assert not jsonschema.Draft7Validator(schema).is_valid(value)


@pytest.mark.parametrize("name", sorted({name for name, *_ in GOOD} | {"PodSpec", "ObjectMeta"}))
def test_definitions_are_whole_plain_draft_07(name: str) -> None:
    schema = definition(name)
    jsonschema.Draft7Validator.check_schema(schema)
    text = json.dumps(schema)
    used = set(re.findall(r'"#/definitions/(\w+)"', text))
    assert used == set(schema["definitions"])
    assert not re.search(r'"(description|format|x-kubernetes-[a-z-]+)":', text)
    assert "null" not in text
    assert "(?" not in text


@pytest.mark.parametrize(("name", "most"), [("Affinity", 5000), ("Volume", 11000), ("Probe", 2200)])
def test_definitions_stay_small(name: str, most: int) -> None:
    assert len(json.dumps(definition(name), separators=(",", ":"))) < most


def test_no_such_type() -> None:
    with pytest.raises(KeyError):
        definition("Prope")


@pytest.mark.parametrize("name", sorted({**POD_LIMITS, **VOLUME_LIMITS, **OBJECT_LIMITS}))
def test_limits_name_types_and_fields_that_exist(name: str) -> None:
    bundle = load_bundle()
    bodies = [
        bundle.body(full, minor)
        for full in bundle.index
        if short_name(full) == name
        for minor in bundle.minors
        if bundle.number(full, minor) >= 0
    ]
    assert bodies
    fields = {field for body in bodies for field in body.get("properties", {})}
    limit = {**POD_LIMITS, **VOLUME_LIMITS, **OBJECT_LIMITS}[name]
    assert set(limit.get("properties", {})) <= fields
    assert set(limit.get("required", ())) <= fields
