"""Autoscalers, budgets, monitors and policies find what they are for."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.release import Release, selects
from openim_charts.checks.rendered import Path, RenderedObject, get, listing, mapping
from openim_charts.checks.rule import Problem, ReleaseRule
from openim_charts.findings import Severity

_SELECTING: dict[str, Path] = {
    "PodDisruptionBudget": ("spec", "selector", "matchLabels"),
    "PodMonitor": ("spec", "selector", "matchLabels"),
    "NetworkPolicy": ("spec", "podSelector", "matchLabels"),
}
_REFERRING: dict[str, Path] = {
    "HorizontalPodAutoscaler": ("spec", "scaleTargetRef"),
    "ScaledObject": ("spec", "scaleTargetRef"),
    "VerticalPodAutoscaler": ("spec", "targetRef"),
}


class TargetsExist(ReleaseRule):
    """Selectors select something, references name something, monitored ports exist."""

    id = "targets-exist"
    of_values = Severity.ERROR
    summary = "Autoscalers, disruption budgets, monitors and NetworkPolicies have a target."
    rationale = "Each of them is accepted and does nothing when its target is not there."

    def check(self, release: Release) -> Iterator[Problem]:
        for kind, path in _SELECTING.items():
            for obj in release.of(kind):
                labels = mapping(obj.data, *path)
                if labels and not any(selects(labels, pod.labels) for pod in release.pods):
                    yield Problem("selects no pod of the release", obj, path)
        for kind, path in _REFERRING.items():
            for obj in release.of(kind):
                reference = mapping(obj.data, *path)
                target = str(reference.get("kind") or "Deployment")
                if release.find(target, str(reference.get("name"))) is None:
                    yield Problem(f"there is no {target} {reference.get('name')!r}", obj, path)
        for monitor in release.of("PodMonitor", "ServiceMonitor"):
            yield from _monitored(monitor, release)


def _monitored(monitor: RenderedObject, release: Release) -> Iterator[Problem]:
    labels = mapping(monitor.data, "spec", "selector", "matchLabels")
    pods = monitor.kind == "PodMonitor"
    field = "podMetricsEndpoints" if pods else "endpoints"
    names: set[str] = set()
    if pods:
        for pod in release.pods:
            if selects(labels, pod.labels):
                names |= {name for name, _ in pod.ports()}
    else:
        for service in release.of("Service"):
            if selects(labels, service.labels):
                names |= {str(get(p, "name")) for p in listing(service.data, "spec", "ports")}
    for index, endpoint in enumerate(listing(monitor.data, "spec", field)):
        port = get(endpoint, "port")
        if port is not None and port not in names:
            yield Problem(
                f"nothing that it selects has a port {port!r}", monitor, ("spec", field, index)
            )
