"""Objects carry the standard labels, with the same values throughout."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.release import Release, pod_of
from openim_charts.checks.rendered import RenderedObject
from openim_charts.checks.rule import Problem, ReleaseRule

_PREFIX = "app.kubernetes.io/"
_REQUIRED = (
    f"{_PREFIX}name",
    f"{_PREFIX}instance",
    f"{_PREFIX}component",
    f"{_PREFIX}part-of",
    f"{_PREFIX}version",
    f"{_PREFIX}managed-by",
    "helm.sh/chart",
)
_OF_PODS = (f"{_PREFIX}name", f"{_PREFIX}instance", f"{_PREFIX}part-of")


class StandardLabels(ReleaseRule):
    """The recommended labels of Kubernetes and Helm."""

    id = "standard-labels"
    summary = "Every object has the standard labels; instance is the release, managed-by is Helm."
    rationale = (
        "Tools, NetworkPolicies and people find what belongs together by these labels: "
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/."
    )

    def check(self, release: Release) -> Iterator[Problem]:
        for obj in release.objects:
            missing = [label for label in _REQUIRED if label not in obj.labels]
            if missing:
                message = f"lacks the labels {', '.join(missing)}"
                yield Problem(message, obj, ("metadata", "labels"))
            yield from _values(obj, release)
            pod = pod_of(obj)
            if pod and pod.path:
                absent = [label for label in _OF_PODS if label not in pod.labels]
                if absent:
                    message = f"its pods lack the labels {', '.join(absent)}"
                    yield Problem(message, obj, (*pod.path, "metadata", "labels"))


def _values(obj: RenderedObject, release: Release) -> Iterator[Problem]:
    wanted = {f"{_PREFIX}instance": release.name, f"{_PREFIX}managed-by": "Helm"}
    for label, value in wanted.items():
        if obj.labels.get(label, value) != value:
            message = f"is {obj.labels[label]!r}, not {value!r}"
            yield Problem(message, obj, ("metadata", "labels", label))
