"""The objects that a chart renders, what tells them apart, and which fields cannot change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from openim_charts.checks.checker import NAMESPACE, RELEASE
from openim_charts.checks.rendered import Parser, RenderedObject, get
from openim_charts.checks.rules.resource_limits import amount
from openim_charts.diff.model import MISSING, differences
from openim_charts.diff.packed import PackedChart
from openim_charts.helm.adapter import Helm

# Functions of Helm's templates that give something else at each call.
_RANDOM = re.compile(
    rb"\b(?:rand(?:Alpha|AlphaNum|Ascii|Numeric|Bytes|Int)|gen(?:CA|SelfSigned|Signed|PrivateKey)"
    rb"\w*|uuidv4|htpasswd|bcrypt|encryptAES|now|shuffle)\b"
)
GENERATED = "(generated)"


class Key(NamedTuple):
    """Kind, API group, namespace and name: one object of the cluster."""

    kind: str
    group: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


Objects = Mapping[Key, RenderedObject]


@dataclass(slots=True)
class Renderer:
    """Renders charts for the newest Kubernetes that is tested."""

    helm: Helm
    kubernetes: str
    _parser: Parser = field(default_factory=Parser)

    def objects(self, chart: PackedChart, values: Mapping[str, Any], scenario: str) -> Objects:
        """What the chart renders, with GENERATED in place of what each rendering makes anew.

        Raises HelmError, and FindingsError for what is no YAML.
        """
        found = dict(self.rendered(chart, values, scenario))
        if any(_RANDOM.search(data) for path, data in chart.files.items() if "templates/" in path):
            again = dict(self.rendered(chart, values, scenario))
            for key in found.keys() & again.keys():
                data = _stable(found[key].data, again[key].data)
                found[key] = replace(found[key], data=data)
        return found

    def rendered(
        self, chart: PackedChart, values: Mapping[str, Any], scenario: str
    ) -> Iterator[tuple[Key, RenderedObject]]:
        """What one rendering gives. Raises as ``objects`` does."""
        rendering = self.helm.render(chart.renderable, values, RELEASE, NAMESPACE, self.kubernetes)
        for hook, files in ((False, rendering.manifests), (True, rendering.hooks)):
            for file in files:
                obj = self._parser.parse(file, scenario, hook)
                if obj:
                    group = obj.api_version.rpartition("/")[0]
                    yield Key(obj.kind, group, obj.namespace or NAMESPACE, obj.name), obj


def _stable(first: Any, second: Any) -> Any:
    """``first`` with GENERATED wherever ``second`` differs."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return {key: _stable(value, second.get(key)) for key, value in first.items()}
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        return [_stable(*pair) for pair in zip(first, second, strict=True)]
    return first if first == second else GENERATED


Place = tuple[str, ...]
Frozen = tuple[Place, Any, Any, str]  # path, old, new, way out

_ORPHAN = (
    "before the upgrade, delete the object and leave its pods: kubectl delete {kind} {name} "
    "--cascade=orphan; Helm makes it anew and it adopts pods that its selector matches"
)
_RENEW = "before the upgrade, delete it: kubectl delete {kind} {name}; Helm makes it anew"
_CLAIM = (
    "before the upgrade, back up the data, then delete it with its pods and make it anew; or keep "
    "the field and give the new one another name"
)
_RENAME = "give the new content another name, such as one that ends in a hash of it"


@dataclass(frozen=True, slots=True)
class _Rule:
    """Immutable ``paths`` of a kind. ``except_`` names the keys below them that may change."""

    paths: tuple[Place, ...]
    advice: str
    except_: frozenset[str] = frozenset()


_RULES: Mapping[str, _Rule] = {
    "Deployment": _Rule((("spec", "selector"),), _ORPHAN),
    "DaemonSet": _Rule((("spec", "selector"),), _ORPHAN),
    "ReplicaSet": _Rule((("spec", "selector"),), _ORPHAN),
    "StatefulSet": _Rule(
        (("spec",),),
        _ORPHAN,
        frozenset(
            ("replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
             "persistentVolumeClaimRetentionPolicy", "minReadySeconds")
        ),
    ),
    "Job": _Rule(
        (("spec", "selector"), ("spec", "template"), ("spec", "completionMode"),
         ("spec", "podFailurePolicy"), ("spec", "backoffLimitPerIndex"), ("spec", "successPolicy"),
         ("spec", "completions"), ("spec", "managedBy")),
        _RENEW,
    ),
    "Service": _Rule((("spec", "clusterIP"), ("spec", "loadBalancerClass")), _RENEW),
    "PersistentVolumeClaim": _Rule(
        (("spec",),), _CLAIM, frozenset(("resources", "volumeAttributesClassName"))
    ),
    "RoleBinding": _Rule((("roleRef",),), _RENEW),
    "ClusterRoleBinding": _Rule((("roleRef",),), _RENEW),
    "StorageClass": _Rule(
        (("provisioner",), ("parameters",), ("reclaimPolicy",), ("volumeBindingMode",)),
        f"{_RENEW}; volumes that exist keep what they have",
    ),
    "Secret": _Rule((("type",),), _RENEW),
    "PriorityClass": _Rule((("value",), ("preemptionPolicy",)), _RENEW),
    "IngressClass": _Rule((("spec", "controller"),), _RENEW),
    "RuntimeClass": _Rule((("handler",),), _RENEW),
    "EndpointSlice": _Rule((("addressType",),), _RENEW),
    "CustomResourceDefinition": _Rule((("spec", "group"), ("spec", "scope")), _RENEW),
}  # fmt: skip

# What the API server fills in: leaving it out and writing it are the same.
_FILLED_IN: Mapping[Place, Any] = {
    ("spec", "podManagementPolicy"): "OrderedReady",
    ("spec", "completionMode"): "NonIndexed",
    ("spec", "completions"): 1,
    ("spec", "volumeMode"): "Filesystem",
    ("reclaimPolicy",): "Delete",
    ("volumeBindingMode",): "Immediate",
    ("type",): "Opaque",
}
_CONTENT = (("data",), ("stringData",), ("binaryData",), ("immutable",))


def immutable_changes(base: RenderedObject, head: RenderedObject) -> Iterator[Frozen]:
    """Changes of one object that the API server refuses. Hooks are deleted and made anew."""
    if base.hook or head.hook:
        return
    rule = _RULES.get(base.kind)
    if rule:
        yield from _by_rule(rule, base, head)
    if base.data.get("immutable") is True:
        for path in _CONTENT:
            for place, old, new in differences(*_pair(base, head, path), path):
                yield place, old, new, _RENAME
    if base.kind == "PersistentVolumeClaim":
        yield from _shrunk(base, head)


def _by_rule(rule: _Rule, base: RenderedObject, head: RenderedObject) -> Iterator[Frozen]:
    advice = rule.advice.format(kind=base.kind.lower(), name=base.name)
    for path in rule.paths:
        for place, old, new in differences(*_pair(base, head, path), path):
            if len(place) > len(path) and place[len(path)] in rule.except_:
                continue
            filled = _FILLED_IN.get(place, MISSING)
            if filled is not MISSING and {repr(old), repr(new)} <= {repr(filled), repr(MISSING)}:
                continue
            yield place, old, new, advice


def _pair(base: RenderedObject, head: RenderedObject, path: Place) -> tuple[Any, Any]:
    """The field on both sides, as mappings where it is one on either side."""
    found = [get(obj.data, *path) for obj in (base, head)]
    if any(isinstance(value, Mapping) for value in found):
        return tuple({} if value is None else value for value in found)
    return tuple(MISSING if value is None else value for value in found)


def _shrunk(base: RenderedObject, head: RenderedObject) -> Iterator[Frozen]:
    path = ("spec", "resources", "requests", "storage")
    old, new = get(base.data, *path), get(head.data, *path)
    sizes = amount(old), amount(new)
    if sizes[0] is not None and sizes[1] is not None and sizes[1] < sizes[0]:
        yield path, old, new, "a volume cannot shrink: copy the data to a new claim"
