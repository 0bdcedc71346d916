"""What Compose cannot express of a release: all that is not known to be harmless without it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from openim_charts.checks.api import Path, Problem, RenderedObject, get, listing, mapping
from openim_charts.export.compose.containers import started_hook
from openim_charts.export.compose.text import variables
from openim_charts.export.compose.volumes import claims
from openim_charts.export.proxy.routes import ROUTE, route_problems
from openim_charts.export.refusals import (
    CONTAINER,
    LIMITS,
    PLAIN_SECCOMP,
    POD,
    POD_SECURITY,
    SECURITY,
    several,
    strange,
    unknown,
)
from openim_charts.export.system import ONCE, RUNNING, Pod, System

_WHO = "Compose"
_USED = {*RUNNING, ONCE, "ConfigMap", "Service", ROUTE}
_VOLUMES = {"configMap", "emptyDir", "projected"}


def problems(system: System) -> Iterator[Problem]:
    """Everything that would be missing or different in Compose."""
    yield from strange(system, _USED, _WHO)
    for service in system.of("Service"):
        yield from _service(system, service)
    names = {obj.name for obj in system.of("Service")}
    for route in system.of(ROUTE):
        yield from route_problems(route, names)
    for pod in system.pods:
        yield from _pod(pod)
        for path, container in pod.template.containers():
            yield from _container(system, pod, path, container)


def _pod(pod: Pod) -> Iterator[Problem]:
    obj, here = pod.obj, (*pod.template.path, "spec")
    yield from several(pod)
    yield from unknown(pod.template.spec, POD, obj, here, _WHO)
    yield from _security(pod.template.spec, POD_SECURITY, obj, here)
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
    yield from unknown(container, CONTAINER, pod.obj, path, _WHO)
    yield from _security(container, SECURITY, pod.obj, path)
    limits = mapping(container, "resources", "limits")
    yield from unknown(limits, LIMITS, pod.obj, (*path, "resources", "limits"), _WHO)
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
    yield from unknown(context, known, obj, here, _WHO)
    if context.get("seccompProfile", PLAIN_SECCOMP) != PLAIN_SECCOMP:
        yield Problem("Compose has only Docker's own profile", obj, (*here, "seccompProfile"))


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
