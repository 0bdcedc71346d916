"""Services lead to pods that listen."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.release import Release, selects
from openim_charts.checks.rendered import RenderedObject, get, listing, mapping
from openim_charts.checks.rule import Problem, ReleaseRule
from openim_charts.findings import Severity

# Labels by which a StatefulSet's controller tells its pods apart; no template has them.
_ONE_POD = frozenset({"apps.kubernetes.io/pod-index", "statefulset.kubernetes.io/pod-name"})


class ServiceTargets(ReleaseRule):
    """Selectors and target ports of Services, and backends of Ingresses and routes."""

    id = "service-targets"
    of_values = Severity.ERROR
    summary = "A Service selects pods that have its target ports; a route names a Service's port."
    rationale = "Nothing in Kubernetes objects to a Service without endpoints; its callers do."

    def check(self, release: Release) -> Iterator[Problem]:
        for service in release.of("Service"):
            yield from _service(service, release)
        for route in release.of("Ingress", "HTTPRoute", "GRPCRoute", "VirtualService"):
            yield from _backends(route, release)


def _service(service: RenderedObject, release: Release) -> Iterator[Problem]:
    selector = {
        key: value
        for key, value in mapping(service.data, "spec", "selector").items()
        if key not in _ONE_POD
    }
    if not selector:
        return
    pods = [pod for pod in release.pods if not pod.obj.hook and selects(selector, pod.labels)]
    if not pods:
        yield Problem("selects no pod of the release", service, ("spec", "selector"))
        return
    for index, port in enumerate(listing(service.data, "spec", "ports")):
        target = get(port, "targetPort") or get(port, "port")
        if not all(pod.has_port(target) for pod in pods):
            message = f"the pods that it selects have no port {target!r}"
            yield Problem(message, service, ("spec", "ports", index, "targetPort"))


def _backends(route: RenderedObject, release: Release) -> Iterator[Problem]:
    for name, port in backends(route):
        service = release.find("Service", name)
        if service is None:
            yield Problem(f"there is no Service {name!r}", route, spec=("exposure",))
        elif port not in service_ports(service):
            message = f"the Service {name} has no port {port!r}"
            yield Problem(message, route, spec=("exposure",))


def service_ports(service: RenderedObject) -> set[object]:
    """Names and numbers of a Service's ports."""
    ports = listing(service.data, "spec", "ports")
    return {get(port, field) for port in ports for field in ("name", "port")} - {None}


def backends(route: RenderedObject) -> Iterator[tuple[str, object]]:
    """(Service, port) of each backend of an Ingress, a Gateway route or a VirtualService."""
    spec = route.data.get("spec")
    if route.kind == "Ingress":
        for rule in listing(spec, "rules"):
            for path in listing(rule, "http", "paths"):
                service = mapping(path, "backend", "service")
                port = mapping(service, "port")
                yield str(service.get("name")), port.get("number") or port.get("name")
    elif route.kind == "VirtualService":
        for http in listing(spec, "http"):
            for target in listing(http, "route"):
                destination = mapping(target, "destination")
                host = str(destination.get("host", "")).split(".")[0]
                yield host, get(destination, "port", "number")
    else:
        for rule in listing(spec, "rules"):
            for backend in listing(rule, "backendRefs"):
                if get(backend, "kind") in (None, "Service"):
                    yield str(get(backend, "name")), get(backend, "port")
