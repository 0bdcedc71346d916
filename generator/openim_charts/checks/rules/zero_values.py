"""No field is rendered with a value that means the same as its absence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openim_charts.checks.rendered import Path, RenderedObject
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.kubernetes.schemas import KubernetesSchemas
from openim_charts.specs.model import Catalog

# Empty here says something that leaving the field out does not.
_MEANINGFUL = frozenset(
    {
        "emptyDir",
        "namespaceSelector",
        "podSelector",
        "selector",
        "labelSelector",
        "storageClassName",
        "volumeName",
    }
)
# Fields that are no pointers in Kubernetes' types: false or 0 is how their absence reads.
_PLAIN_FIELDS = frozenset(
    {
        "hostIPC",
        "hostNetwork",
        "hostPID",
        "initialDelaySeconds",
        "minReadySeconds",
        "paused",
        "publishNotReadyAddresses",
        "readOnly",
        "stdin",
        "stdinOnce",
        "tty",
    }
)
_FREE = (("metadata", "labels"), ("metadata", "annotations"), ("matchLabels",))


class ZeroValues(ObjectRule):
    """null, "", [], {} and plain fields set to false or 0."""

    id = "zero-values"
    summary = "No null, empty text, list or mapping is rendered where it means nothing."
    rationale = (
        "Helm 4 applies server-side: a field that is named is owned. A zero value claims a field "
        "that another manager may want, and shows up as a difference on every upgrade."
    )

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        meant = {path for path, *_ in KubernetesSchemas.load().defaults(obj.data)}
        for path, value in _zeros(obj.data, ()):
            if path in meant or _is_free(path, obj):
                continue
            if value is None:
                yield Problem("null is rendered; leave the field out", obj, path)
            else:
                shown = {"": '""'}.get(value, value) if isinstance(value, str) else value
                yield Problem(f"{shown} means nothing here; leave the field out", obj, path)


def _zeros(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if value and isinstance(value, (dict, list)):
            yield from _zeros(value, (*path, key))
        elif value is None or _is_zero(key, value):
            yield (*path, key), value


def _is_zero(key: str | int, value: Any) -> bool:
    if isinstance(key, int) or key in _MEANINGFUL:
        return False
    if isinstance(value, (str, list, dict)):
        return not value
    return key in _PLAIN_FIELDS and not value


def _is_free(path: Path, obj: RenderedObject) -> bool:
    """Maps whose values are the user's own: an empty text there is a text."""
    if obj.kind in ("ConfigMap", "Secret") and path[0] in ("data", "stringData", "binaryData"):
        return len(path) > 1
    names = tuple(part for part in path if isinstance(part, str))
    return any(
        names[i : i + len(free)] == free and len(names) > i + len(free)
        for free in _FREE
        for i in range(len(names))
    )
