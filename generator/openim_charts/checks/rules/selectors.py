"""Workloads select their own pods by labels that never change."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.release import pod_of, selects
from openim_charts.checks.rendered import Path, RenderedObject, mapping
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.findings import Severity
from openim_charts.specs.model import Catalog

_CHANGING = (
    "app.kubernetes.io/version",
    "app.kubernetes.io/managed-by",
    "helm.sh/chart",
    "pod-template-hash",
)


class Selectors(ObjectRule):
    """spec.selector of Deployments, StatefulSets and DaemonSets, and of Services."""

    id = "selectors"
    of_values = Severity.ERROR
    summary = "A selector matches the pod template and names no label that an upgrade changes."
    rationale = "Selectors of workloads cannot be changed: an upgrade that tries fails for good."

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        if obj.kind in ("Deployment", "StatefulSet", "DaemonSet"):
            path: Path = ("spec", "selector", "matchLabels")
            pod = pod_of(obj)
            if pod and not selects(mapping(obj.data, *path), pod.labels):
                yield Problem("does not select the pods of its own template", obj, path)
        elif obj.kind == "Service":
            path = ("spec", "selector")
        else:
            return
        for label in _CHANGING:
            if label in mapping(obj.data, *path):
                yield Problem(f"names {label}, which changes with an upgrade", obj, (*path, label))
