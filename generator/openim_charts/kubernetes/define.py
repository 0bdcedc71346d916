"""Kubernetes types as compact JSON Schema for values.schema.json."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from openim_charts.kubernetes import patterns
from openim_charts.kubernetes.bundle import PREFIX, Bundle, load_bundle, references, short_name

_GROUPS = (
    "io.k8s.api.core.v1.",
    "io.k8s.apimachinery.pkg.apis.meta.v1.",
    "io.k8s.api.apps.v1.",
    "io.k8s.api.autoscaling.v2.",
    "io.k8s.api.batch.v1.",
    "io.k8s.api.networking.v1.",
    "io.k8s.api.policy.v1.",
    "io.k8s.api.rbac.v1.",
    "io.k8s.apimachinery.pkg.api.resource.",
    "io.k8s.apimachinery.pkg.util.intstr.",
)
# Names for shapes that Kubernetes has no type for.
_PLAIN: dict[str, dict[str, Any]] = {
    "Labels": {"type": "object", **patterns.map_of(patterns.LABEL_KEY, patterns.LABEL_VALUE)},
    "Annotations": {"type": "object", **patterns.map_of(patterns.LABEL_KEY, {})},
    "Port": {"type": "integer", **patterns.PORT},
    "ResourceName": {"type": "string", **patterns.SUBDOMAIN},
    "CountOrPercent": patterns.COUNT_OR_PERCENT,
    "Amount": patterns.AMOUNT,
}
# Fields that charts have no use for: volumes that Kubernetes no longer has in its tree, Windows,
# alpha fields, and what only the API server writes.
_PRUNED: dict[str, tuple[str, ...]] = {
    "Volume": (
        "awsElasticBlockStore",
        "azureDisk",
        "azureFile",
        "cephfs",
        "cinder",
        "fc",
        "flexVolume",
        "flocker",
        "gcePersistentDisk",
        "gitRepo",
        "glusterfs",
        "image",
        "iscsi",
        "photonPersistentDisk",
        "portworxVolume",
        "quobyte",
        "rbd",
        "scaleIO",
        "storageos",
        "vsphereVolume",
    ),
    "VolumeProjection": ("clusterTrustBundle",),
    "SecurityContext": ("windowsOptions",),
    "PodSecurityContext": ("windowsOptions",),
    "ResourceRequirements": ("claims",),
    "PersistentVolumeClaimSpec": ("dataSourceRef", "volumeAttributesClassName"),
    "ObjectMeta": (
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "finalizers",
        "generateName",
        "generation",
        "managedFields",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid",
    ),
}
# A whole value may be left empty, since templates skip it then; one inside another may not.
_MAY_BE_EMPTY = ("Probe", "Lifecycle")


@cache
def definition(name: str) -> dict[str, Any]:
    """A Kubernetes type as ``{"$ref": "#/definitions/NAME", "definitions": {…}}`` (draft-07).

    ``name`` is a type such as Affinity, Probe or Volume of the oldest supported minor, or one of
    Labels, Annotations, Port, ResourceName, CountOrPercent, Amount. Stricter than the published
    schema: syntax of names, labels and quantities, enums, ports, exclusive fields; null is not
    accepted. KeyError when there is no such type. The result is shared: do not change it.
    """
    if name in _PLAIN:
        return {"$ref": PREFIX + name, "definitions": {name: _PLAIN[name]}}
    bundle = load_bundle()
    full = _full_name(bundle, name)
    found: dict[str, Any] = {}
    waiting = [full]
    while waiting:
        current = waiting.pop()
        short = short_name(current)
        if short not in found:
            body = _pruned(short, bundle.body(current, bundle.minors[0]))
            waiting.extend(references(body))
            found[short] = _compact(body)
    top = name
    if name in _MAY_BE_EMPTY:
        top = f"{name}OrEmpty"
        found[top] = _or_empty(found.pop(name))
    return {"$ref": PREFIX + top, "definitions": dict(sorted(found.items()))}


def definition_names() -> tuple[str, ...]:
    """All names that ``definition`` knows."""
    bundle = load_bundle()
    oldest = bundle.minors[0]
    known = (n for n in bundle.index if n.startswith(_GROUPS) and bundle.number(n, oldest) >= 0)
    return (*_PLAIN, *map(short_name, known))


def _full_name(bundle: Bundle, name: str) -> str:
    for group in _GROUPS:
        if bundle.number(group + name, bundle.minors[0]) >= 0:
            return group + name
    raise KeyError(name)


def _pruned(short: str, body: Mapping[str, Any]) -> dict[str, Any]:
    gone = _PRUNED.get(short, ())
    if not gone:
        return dict(body)
    kept = {name: schema for name, schema in body["properties"].items() if name not in gone}
    return {**body, "properties": kept}


def _compact(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_compact(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            result[key] = {name: _compact(inner) for name, inner in value.items()}
        elif key == "$ref":
            result[key] = PREFIX + short_name(value)
        elif key == "type" and isinstance(value, list):
            types = [kind for kind in value if kind != "null"]
            result[key] = types[0] if len(types) == 1 else types
        elif key != "format" and not key.startswith("x-kubernetes-"):
            result[key] = _compact(value)
    return result


def _or_empty(body: dict[str, Any]) -> dict[str, Any]:
    exclusive = body.get("oneOf")
    return {**body, "oneOf": [*exclusive, {"maxProperties": 0}]} if exclusive else body
