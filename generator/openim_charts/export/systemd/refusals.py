"""What units of systemd cannot express of a release: all that is not known to be harmless."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.checks.api import Path, Problem, get, listing, mapping
from openim_charts.export.files import sources
from openim_charts.export.probes import probe_of
from openim_charts.export.refusals import (
    CONTAINER,
    LIMITS,
    POD,
    POD_SECURITY,
    SECURITY,
    several,
    strange,
    unknown,
)
from openim_charts.export.system import ADDRESSES, Pod, System
from openim_charts.export.systemd.programs import program_of
from openim_charts.export.systemd.units import field_of
from openim_charts.export.variables import REFERENCE, variables_of

_WHO = "systemd"
# Routes are for what stands before the programs, which a host has from elsewhere.
_USED = {"Deployment", "ConfigMap", "Service", "HTTPRoute", "Ingress", "Gateway", "VirtualService"}
_RUNNING = ("Deployment", "StatefulSet", "DaemonSet", "Job")
_NOT_OURS = (
    "a host runs programs of OpenIM's own alone, and this is one of an image: leave its chart out, "
    "and say in openim.yaml where the host or another one has it (mode: external)"
)


def problems(system: System) -> Iterator[Problem]:
    """Everything that would be missing or different on a host."""
    foreign = set()
    for obj in system.of(*_RUNNING):
        spec = system.release.spec_of(obj)
        if not spec.line:
            foreign.add(spec.name)
            yield Problem(_NOT_OURS, obj, ("kind",))
    for problem in strange(system, _USED, _WHO):
        if not problem.obj or system.release.spec_of(problem.obj).name not in foreign:
            yield problem
    for pod in system.pods:
        if pod.chart not in foreign:
            yield from _pod(system, pod)


def _pod(system: System, pod: Pod) -> Iterator[Problem]:
    here = (*pod.template.path, "spec")
    yield from several(pod)
    yield from unknown(pod.template.spec, set(POD) - {"initContainers"}, pod.obj, here, _WHO)
    yield from _security(pod.template.spec, set(POD_SECURITY) - {"sysctls"}, pod, here)
    for index, _ in enumerate(listing(pod.template.spec, "containers")[1:], 1):
        message = "a unit runs one program; run the other one by a unit of your own"
        yield Problem(message, pod.obj, (*here, "containers", index))
    for index, volume in enumerate(listing(pod.template.spec, "volumes")):
        found = listing(volume, "projected", "sources")
        if any(set(source) != {"configMap"} for source in found) or not (
            sources(volume) or "emptyDir" in volume
        ):
            message = "a unit has only files of ConfigMaps and temporary folders"
            yield Problem(message, pod.obj, (*here, "volumes", index))
    yield from _container(system, pod, (*here, "containers", 0))


def _container(system: System, pod: Pod, path: Path) -> Iterator[Problem]:
    container, obj = pod.main, pod.obj
    known = set(CONTAINER) - {"workingDir"}
    yield from unknown(container, known, obj, path, _WHO)
    yield from _security(container, SECURITY, pod, path)
    limits = mapping(container, "resources", "limits")
    yield from unknown(limits, LIMITS, obj, (*path, "resources", "limits"), _WHO)
    if program_of(container) is None:
        message = "write it as a program and its arguments: the shell of the image is not there"
        yield Problem(message, obj, (*path, "command"))
    if get(container, "lifecycle", "postStart"):
        yield Problem("systemd does nothing of it", obj, (*path, "lifecycle", "postStart"))
    if listing(container, "securityContext", "capabilities", "add"):
        message = "units have no capabilities; give it one by a drop-in of yours"
        yield Problem(message, obj, (*path, "securityContext", "capabilities", "add"))
    yield from _probe(pod, path)
    yield from _variables(system, pod, path)


def _probe(pod: Pod, path: Path) -> Iterator[Problem]:
    probe = probe_of(pod.main)
    web = mapping(probe, "httpGet")
    odd = web.get("httpHeaders") or web.get("scheme", "HTTP") != "HTTP"
    if probe and (odd or not {"httpGet", "tcpSocket"} & probe.keys()):
        key = "readinessProbe" if "readinessProbe" in pod.main else "startupProbe"
        message = "a host asks by plain HTTP, or whether a port is open"
        yield Problem(message, pod.obj, (*path, key))


def _variables(system: System, pod: Pod, path: Path) -> Iterator[Problem]:
    secret: set[str] = set()
    for index, variable in enumerate(variables_of(pod.main)):
        place = (*path, "env", index)
        if variable.secret:
            secret.add(variable.name)
        elif variable.field is not None:
            if variable.field not in ADDRESSES and field_of(system, pod, variable.field) is None:
                yield Problem("a host cannot say this", pod.obj, (*place, "valueFrom"))
        elif secret & {found[1] for found in REFERENCE.finditer(variable.text)}:
            message = "a unit cannot put one variable's secret into another"
            yield Problem(message, pod.obj, (*place, "value"))


def _security(data: Mapping[str, Any], known: set[str], pod: Pod, path: Path) -> Iterator[Problem]:
    context = mapping(data, "securityContext")
    yield from unknown(context, known, pod.obj, (*path, "securityContext"), _WHO)
