"""Addresses in configuration lead to Services."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from openim_charts.checks.release import Release, pod_of
from openim_charts.checks.rendered import Path, RenderedObject, get, listing, mapping
from openim_charts.checks.rule import Problem, ReleaseRule
from openim_charts.checks.rules.service_targets import service_ports
from openim_charts.findings import Severity
from openim_charts.specs.model import Catalog

_HOST = r"(?<![\w.-])(?<![^/]/){prefix}-[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_TAIL = r"((?:\.[a-z0-9-]+)*)(?::([0-9]{{1,5}})|(?![\w-]))"


class AddressesResolve(ReleaseRule):
    """host:port in ConfigMaps, variables and arguments, where the host is one of ours."""

    id = "addresses-resolve"
    of_values = Severity.ERROR
    summary = "Every address of the instance is a Service of a chart, on a port that it has."
    rationale = (
        "A wrong host or port shows only when the module runs. An address inside the release must "
        "be a Service there with that port; another of the instance must be that of a chart or a "
        "dependency."
    )

    def check(self, release: Release) -> Iterator[Problem]:
        services = {service.name: service for service in release.of("Service")}
        for obj in release.objects:
            for path, text in _texts(obj):
                for host, domain, port in addresses(text, release.name):
                    if _is_member(host, domain, port, release):
                        continue
                    message = _fault(host, port, services, release)
                    if message:
                        yield Problem(message, obj, path, otherwise=("uses",))


def linked(release: Release, component: str) -> set[str]:
    """Charts whose texts hold an address of the Service of a component of the release."""
    wanted = f"{release.name}-{component}"
    return {
        release.spec_of(obj).name
        for obj in release.objects
        for _, text in _texts(obj)
        for host, _, _ in addresses(text, release.name)
        if host == wanted
    }


def _texts(obj: RenderedObject) -> Iterator[tuple[Path, str]]:
    if obj.kind == "ConfigMap":
        for key, text in mapping(obj.data, "data").items():
            if isinstance(text, str):
                yield ("data", key), text
    spec = ("spec",) if obj.kind == "Pod" else ("spec", "template", "spec")
    for field in ("initContainers", "containers"):
        for index, container in enumerate(listing(obj.data, *spec, field)):
            place = (*spec, field, index)
            for number, variable in enumerate(listing(container, "env")):
                value = get(variable, "value")
                if isinstance(value, str):
                    yield (*place, "env", number, "value"), value
            for part in ("command", "args"):
                for number, word in enumerate(listing(container, part)):
                    yield (*place, part, number), str(word)


@lru_cache(maxsize=8)
def _pattern(prefix: str) -> re.Pattern[str]:
    return re.compile(f"({_HOST.format(prefix=re.escape(prefix))}){_TAIL.format()}")


def addresses(text: str, instance: str) -> Iterator[tuple[str, str, int | None]]:
    """(host, domain, port) of each address of the instance in a text; a bare name counts as an
    address only when it has a port or a domain in the cluster."""
    if f"{instance}-" not in text:
        return
    for found in _pattern(instance).finditer(text):
        host, domain, port = found.groups()
        if port or ".svc" in domain:
            yield host, domain.lstrip("."), int(port) if port else None


def _is_member(host: str, domain: str, port: int | None, release: Release) -> bool:
    """Whether the address is a StatefulSet's pod: POD.SERVICE…, on a port that its pods have."""
    name, _, ordinal = host.rpartition("-")
    workload = release.find("StatefulSet", name)
    if workload is None or not ordinal.isdigit():
        return False
    pod = pod_of(workload)
    service = get(workload.data, "spec", "serviceName")
    has_port = port is None or (pod is not None and pod.has_port(port))
    return domain.split(".")[0] == service and has_port


def _fault(
    host: str, port: int | None, services: Mapping[str, RenderedObject], release: Release
) -> str:
    if host in services:
        if port is None or port in service_ports(services[host]):
            return ""
        return f"{host}:{port}: the Service {host} has no port {port}"
    component = host.removeprefix(f"{release.name}-")
    ports = _operated(host, release) or _ports_of(component, release.catalog)
    if ports is None:
        return f"{host}: no chart has a Service of that name"
    if port is not None and port not in ports:
        return f"{host}:{port}: {component} listens on {', '.join(map(str, sorted(ports)))}"
    return ""


def _operated(host: str, release: Release) -> set[int]:
    """The port of a Service that KubeBlocks makes; none when it makes no such Service."""
    return {
        dependency.ports[dependency.operated]
        for dependency in release.catalog.dependencies.values()
        if dependency.kubeblocks and release.operated(dependency, "service") == host
    }


def _ports_of(component: str, catalog: Catalog) -> set[int] | None:
    """Ports of the charts with this component, None when there is none."""
    charts = catalog.with_component(component)
    return {port for chart in charts for port in chart.ports.values()} if charts else None
