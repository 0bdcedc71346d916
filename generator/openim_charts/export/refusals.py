"""What targets that run pods without a cluster refuse: all that is not known to be harmless."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from openim_charts.checks.api import Path, Problem, RenderedObject, get
from openim_charts.export.model import events_of
from openim_charts.export.system import Pod, System

# There is one network, one machine and nobody who asks an API, or they are for what is left out.
NEEDLESS = {
    "NetworkPolicy",
    "PodDisruptionBudget",
    "PodMonitor",
    "PrometheusRule",
    "Role",
    "RoleBinding",
    "ServiceAccount",
    "ServiceMonitor",
}
POD = {
    "affinity",
    "automountServiceAccountToken",
    "containers",
    "enableServiceLinks",
    "imagePullSecrets",
    "initContainers",
    "nodeSelector",
    "priorityClassName",
    "restartPolicy",
    "schedulerName",
    "securityContext",
    "serviceAccountName",
    "terminationGracePeriodSeconds",
    "tolerations",
    "topologySpreadConstraints",
    "volumes",
}
CONTAINER = {
    "args",
    "command",
    "env",
    "image",
    "imagePullPolicy",
    "lifecycle",
    "livenessProbe",
    "name",
    "ports",
    "readinessProbe",
    "resources",
    "securityContext",
    "startupProbe",
    "volumeMounts",
    "workingDir",
}
POD_SECURITY = {
    "fsGroup",
    "fsGroupChangePolicy",
    "runAsGroup",
    "runAsNonRoot",
    "runAsUser",
    "seccompProfile",
    "supplementalGroups",
    "sysctls",
}
SECURITY = {
    "allowPrivilegeEscalation",
    "capabilities",
    "readOnlyRootFilesystem",
    "runAsGroup",
    "runAsNonRoot",
    "runAsUser",
    "seccompProfile",
}
LIMITS = {"cpu", "ephemeral-storage", "memory"}
PLAIN_SECCOMP = {"type": "RuntimeDefault"}  # the profile of the runtime


def strange(system: System, used: Collection[str], target: str) -> Iterator[Problem]:
    """Objects of kinds that a target does not use and cannot leave out, and hooks."""
    for obj in system.objects:
        if obj.kind not in {*used, *NEEDLESS}:
            yield Problem(f"{target} has nothing like it", obj, ("kind",))
    for obj in system.release.objects:
        if events_of(obj) and not system.watches(obj):
            yield Problem(f"{target} has no hooks", obj, ("metadata", "annotations"))


def several(pod: Pod) -> Iterator[Problem]:
    """More than one of a pod."""
    if int(get(pod.obj.data, "spec", "replicas") or 1) > 1:
        message = "one machine runs one of each; set 1, or take Kubernetes"
        yield Problem(message, pod.obj, ("spec", "replicas"))


def unknown(
    data: Mapping[str, Any], known: Collection[str], obj: RenderedObject, path: Path, target: str
) -> Iterator[Problem]:
    """Keys of a part of an object that are not known to be harmless."""
    for key in data:
        if key not in known:
            yield Problem(f"'{key}' has no counterpart in {target}", obj, (*path, key))
