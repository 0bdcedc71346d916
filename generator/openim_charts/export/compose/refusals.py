"""What Compose cannot express of a release: all that is not known to be harmless without it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from openim_charts.checks.api import Path, Problem, RenderedObject, get, listing, mapping
from openim_charts.export.compose.containers import started_hook
from openim_charts.export.compose.edge import ROUTE
from openim_charts.export.compose.system import ONCE, RUNNING, Pod, System
from openim_charts.export.compose.text import variables
from openim_charts.export.compose.volumes import claims
from openim_charts.export.model import events_of

_USED = {*RUNNING, ONCE, "ConfigMap", "Service", ROUTE}
# There is one network, one machine and nobody who asks an API, or they are for what is left out.
_NEEDLESS = {
    "NetworkPolicy",
    "PodDisruptionBudget",
    "PodMonitor",
    "PrometheusRule",
    "Role",
    "RoleBinding",
    "ServiceAccount",
    "ServiceMonitor",
}
_POD = {
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
_CONTAINER = {
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
_POD_SECURITY = {
    "fsGroup",
    "fsGroupChangePolicy",
    "runAsGroup",
    "runAsNonRoot",
    "runAsUser",
    "seccompProfile",
    "supplementalGroups",
    "sysctls",
}
_SECURITY = {
    "allowPrivilegeEscalation",
    "capabilities",
    "readOnlyRootFilesystem",
    "runAsGroup",
    "runAsNonRoot",
    "runAsUser",
    "seccompProfile",
}
_LIMITS = {"cpu", "ephemeral-storage", "memory"}
_PLAIN_SECCOMP = {"type": "RuntimeDefault"}  # which is what Docker does
_VOLUMES = {"configMap", "emptyDir", "projected"}
_FILTERS = {"RequestHeaderModifier", "RequestRedirect", "URLRewrite"}


def problems(system: System) -> Iterator[Problem]:
    """Everything that would be missing or different in Compose."""
    for obj in system.objects:
        if obj.kind not in _USED | _NEEDLESS:
            yield Problem("Compose has nothing like it", obj, ("kind",))
    for obj in system.release.objects:
        if events_of(obj) and not system.watches(obj):
            yield Problem("Compose has no hooks", obj, ("metadata", "annotations"))
    for service in system.of("Service"):
        yield from _service(system, service)
    for route in system.of(ROUTE):
        yield from _route(system, route)
    for pod in system.pods:
        yield from _pod(pod)
        for path, container in pod.template.containers():
            yield from _container(system, pod, path, container)


def _pod(pod: Pod) -> Iterator[Problem]:
    obj, here = pod.obj, (*pod.template.path, "spec")
    if int(get(obj.data, "spec", "replicas") or 1) > 1:
        message = "one machine runs one of each; set 1, or take Kubernetes"
        yield Problem(message, obj, ("spec", "replicas"))
    yield from _unknown(pod.template.spec, _POD, obj, here)
    yield from _security(pod.template.spec, _POD_SECURITY, obj, here)
    used: dict[str, int] = {}
    for _, container in pod.template.containers():
        for mount in listing(container, "volumeMounts"):
            used[str(mount["name"])] = used.get(str(mount["name"]), 0) + 1
    for index, volume in enumerate(listing(pod.template.spec, "volumes")):
        place = (*here, "volumes", index)
        kinds = set(volume) - {"name"}
        if not kinds <= _VOLUMES:
            yield Problem(f"Compose cannot mount {', '.join(sorted(kinds))}", obj, place)
        elif "emptyDir" in volume and used.get(str(volume["name"]), 0) > 1:
            yield Problem("containers of Compose share no temporary folder", obj, place)
        for source in listing(volume, "projected", "sources"):
            if set(source) != {"configMap"}:
                yield Problem("Compose mounts only files of ConfigMaps", obj, place)


def _container(
    system: System, pod: Pod, path: Path, container: Mapping[str, Any]
) -> Iterator[Problem]:
    yield from _unknown(container, _CONTAINER, pod.obj, path)
    yield from _security(container, _SECURITY, pod.obj, path)
    limits = mapping(container, "resources", "limits")
    yield from _unknown(limits, _LIMITS, pod.obj, (*path, "resources", "limits"))
    main = container is pod.main and pod.obj.kind in RUNNING
    if get(container, "lifecycle", "postStart") and not (main and started_hook(container)):
        message = "it is run for a pod's first container only, and only a command"
        yield Problem(message, pod.obj, (*path, "lifecycle", "postStart"))
    known = variables(pod, container, system.release.namespace)
    for index, variable in enumerate(listing(container, "env")):
        source = get(variable, "valueFrom") or {}
        place = (*path, "env", index, "valueFrom")
        field = get(source, "fieldRef", "fieldPath")
        if set(source) - {"fieldRef", "secretKeyRef"}:
            yield Problem("Compose knows no such source of a variable", pod.obj, place)
        elif field and known[str(variable["name"])] is None:
            yield Problem(f"Compose cannot say {field}", pod.obj, place)
    staying = claims(pod)
    plain = {str(v["name"]) for v in listing(pod.template.spec, "volumes") if "emptyDir" in v}
    for index, mount in enumerate(listing(container, "volumeMounts")):
        if mount.get("subPath") and mount["name"] in {*staying, *plain}:
            place = (*path, "volumeMounts", index, "subPath")
            yield Problem("Compose mounts whole volumes only", pod.obj, place)


def _security(
    data: Mapping[str, Any], known: Collection[str], obj: RenderedObject, path: Path
) -> Iterator[Problem]:
    context, here = mapping(data, "securityContext"), (*path, "securityContext")
    yield from _unknown(context, known, obj, here)
    if context.get("seccompProfile", _PLAIN_SECCOMP) != _PLAIN_SECCOMP:
        yield Problem("Compose has only Docker's own profile", obj, (*here, "seccompProfile"))


def _unknown(
    data: Mapping[str, Any], known: Collection[str], obj: RenderedObject, path: Path
) -> Iterator[Problem]:
    for key in data:
        if key not in known:
            yield Problem(f"'{key}' has no counterpart in Compose", obj, (*path, key))


def _service(system: System, service: RenderedObject) -> Iterator[Problem]:
    if get(service.data, "spec", "type") not in (None, "ClusterIP"):
        message = "what is published goes through the proxy; leave it ClusterIP"
        yield Problem(message, service, ("spec", "type"))
    behind = [p for p in system.pods if service.name in (p.name, *system.aliases(p))]
    for index, port in enumerate(listing(service.data, "spec", "ports")):
        target = port.get("targetPort", port["port"])
        for pod in behind:
            if pod.port(target) != port["port"]:
                message = "Compose has no Services that take connections on another port"
                yield Problem(message, service, ("spec", "ports", index))


def _route(system: System, route: RenderedObject) -> Iterator[Problem]:
    names = {obj.name for obj in system.of("Service")}
    for index, rule in enumerate(listing(route.data, "spec", "rules")):
        place = ("spec", "rules", index)
        backends = listing(rule, "backendRefs")
        filters = {str(f["type"]) for f in listing(rule, "filters")}
        plain = all(
            set(match) == {"path"} and get(match, "path", "type") == "PathPrefix"
            for match in listing(rule, "matches")
        )
        if not plain or filters - _FILTERS or len(backends) > 1:
            yield Problem("the proxy knows prefixes of paths alone", route, place)
        for backend in backends:
            if str(backend["name"]) not in names:
                message = f"there is no Service {backend['name']} for it"
                yield Problem(message, route, (*place, "backendRefs"))
