"""The target ``proxy``: nginx or HAProxy in front of a cluster, of Compose or of machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from openim_charts.charts.model import Chart
from openim_charts.checks.api import Problem, Release, RenderedObject, get
from openim_charts.export.model import Files, Target
from openim_charts.export.proxy.front import HTTP, HTTPS, Door, Front
from openim_charts.export.proxy.haproxy import haproxy
from openim_charts.export.proxy.nginx import nginx
from openim_charts.export.proxy.routes import ROUTE, Rule, route_problems, rules
from openim_charts.export.proxy.upstreams import (
    Upstream,
    check_services,
    outside_port,
    parse_upstreams,
    passed,
    upstreams_of,
)
from openim_charts.specs.model import Catalog

_OTHER_ROUTES = ("Ingress", "VirtualService")
_HERE = ("127.0.0.1", "localhost", "[::1]")
_FROM_ROUTES = (
    "the proxy is made from HTTPRoutes: set global.exposure.type to httpRoute for this export, in "
    "a file after this one"
)


def _defaults(chart: Chart, catalog: Catalog) -> Mapping[str, Any]:  # noqa: ARG001
    exposure = {
        "type": "httpRoute",
        "hosts": {"main": "localhost", "admin": "admin.localhost"},
        "gateway": {"parentRefs": [{"name": "proxy"}]},
    }
    return {"global": {"exposure": exposure}}


def _refused(upstreams: Sequence[Upstream], release: Release) -> Iterator[Problem]:
    routes = list(release.of(ROUTE))
    if not routes:
        others = list(release.of(*_OTHER_ROUTES))
        yield from (Problem(_FROM_ROUTES, other, ("kind",)) for other in others)
        if not others:
            yield Problem(_FROM_ROUTES)
    services = {obj.name: obj for obj in release.of("Service")}
    found = [problem for route in routes for problem in route_problems(route, services)]
    yield from found
    if found:
        return
    for rule in rules(routes):
        if rule.service:
            yield from _unreachable(rule, services[rule.service], upstreams, _door(release))


def _unreachable(
    rule: Rule, service: RenderedObject, upstreams: Sequence[Upstream], door: Door
) -> Iterator[Problem]:
    for upstream in upstreams_of(rule.service, upstreams):
        port = upstream.port or outside_port(rule, service)
        if port is None:
            message = "Kubernetes picks its node port; set service.nodePorts"
            yield Problem(message, service, ("spec", "type"))
        elif upstream.host in _HERE and port in door.ports:
            message = (
                f"the proxy itself is at {upstream.host}:{port}; give --upstream "
                f"{rule.service}=HOST:PORT, or set exposure.enabled of the chart to false"
            )
            yield Problem(message, service, ("spec", "ports"))


def _door(release: Release) -> Door:
    exposure = ("global", "exposure")
    tls = get(release.values, *exposure, "tls", "enabled")
    scheme = get(release.values, *exposure, "scheme") or ("https" if tls else "http")
    secure = scheme == "https"
    return Door(secure, get(release.values, *exposure, "port") or (HTTPS if secure else HTTP))


def _files(upstreams: Sequence[Upstream], release: Release) -> Files:
    found = rules(release.of(ROUTE))
    check_services(upstreams, (rule.service for rule in found if rule.service))
    services = {obj.name: obj for obj in release.of("Service")}
    front = Front(
        name=release.name,
        door=_door(release),
        passed=tuple(passed(rule, upstreams, services, release.name) for rule in found),
    )
    return {
        f"nginx/{release.name}.conf": nginx(front).encode(),
        "haproxy/haproxy.cfg": haproxy(front).encode(),
    }


def _to(texts: Sequence[str]) -> Target:
    upstreams = parse_upstreams(texts)
    return replace(PROXY, refused=partial(_refused, upstreams), files=partial(_files, upstreams))


PROXY = Target(
    description="The configuration of nginx and of HAProxy, either of which stands before it all.",
    defaults=_defaults,
    refused=partial(_refused, ()),
    files=partial(_files, ()),
    to=_to,
)
