"""What is set for the pods of a chart is set for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from openim_charts.checks.release import PodTemplate, Release
from openim_charts.checks.rendered import Path, get
from openim_charts.checks.rule import Problem, ReleaseRule

_CONTROLLED = ("Deployment", "StatefulSet", "DaemonSet")
# A place among other pods (podAffinity, topologySpreadConstraints) is for pods that stay.
_OF_PODS: tuple[Path, ...] = (
    ("securityContext",),
    ("enableServiceLinks",),
    ("hostAliases",),
    ("dnsPolicy",),
    ("dnsConfig",),
    ("runtimeClassName",),
    ("priorityClassName",),
    ("schedulerName",),
    ("imagePullSecrets",),
    ("nodeSelector",),
    ("tolerations",),
    ("affinity", "nodeAffinity"),
)
_OF_CONTAINERS = ("imagePullPolicy", "securityContext")
_NAME = "app.kubernetes.io/name"

Fault = tuple[Path, str]


class PodsAlike(ReleaseRule):
    """Pods of Jobs, tests and the like beside those of the chart's program."""

    id = "pods-alike"
    summary = (
        "All pods of a chart have the same settings: those of a Job or a test are placed, secured "
        "and labelled as the program's are, and so are further containers."
    )
    rationale = (
        "Whoever says on which nodes pods run, as which user, or with which labels means all of "
        "them: a cluster that refuses the others refuses the Job, and the install waits for it."
    )

    def check(self, release: Release) -> Iterator[Problem]:
        # Objects without this label are the user's own.
        own = [pod for pod in release.pods if "helm.sh/chart" in pod.obj.labels]
        for _, group in groupby(sorted(own, key=_chart), _chart):
            pods = list(group)
            model = next((pod for pod in pods if pod.obj.kind in _CONTROLLED), pods[0])
            for pod in pods:
                for path, message in (*_pod(pod, model), *_containers(pod, model, release.given)):
                    whose = f"{model.obj.kind} {model.obj.name}"
                    yield Problem(f"{message} of {whose}", pod.obj, path)


def _chart(pod: PodTemplate) -> str:
    return pod.obj.labels["helm.sh/chart"]


def _pod(pod: PodTemplate, model: PodTemplate) -> Iterator[Fault]:
    for path in _OF_PODS:
        if get(pod.spec, *path) != get(model.spec, *path):
            yield (*pod.path, "spec", *path), f"{'.'.join(map(str, path))} is not that"
    for label, value in model.labels.items():
        if label != _NAME and pod.labels.get(label) != value:
            yield (*pod.path, "metadata", "labels"), f"its pods lack the label {label}: {value}"


def _containers(pod: PodTemplate, model: PodTemplate, given: frozenset[str]) -> Iterator[Fault]:
    _, program = next(model.containers(init=False), ((), {}))
    for path, container in pod.containers():
        if container.get("name") not in given:  # the user's own
            yield from _container(path, container, program)


def _container(
    path: Path, container: Mapping[str, Any], program: Mapping[str, Any]
) -> Iterator[Fault]:
    for key in _OF_CONTAINERS:
        if container.get(key) != program.get(key):
            yield (*path, key), f"{key} is not that"
