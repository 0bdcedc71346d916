"""Where requests go, from the HTTPRoutes of a release."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from openim_charts.checks.api import Problem, RenderedObject, get, listing

ROUTE = "HTTPRoute"
_ENDLESS = 0  # of a rule's patience: a request, such as a WebSocket, may take as long as it wants
_FILTERS = {"RequestHeaderModifier", "RequestRedirect", "URLRewrite"}
# Gateway API's durations (https://gateway-api.sigs.k8s.io/geps/gep-2257/), in milliseconds.
_UNITS = {"h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_DURATION = re.compile(r"([0-9]+)(ms|h|m|s)")


@dataclass(frozen=True, slots=True)
class Rule:
    """Where requests for a path go: to a port of a Service, or back with a redirect."""

    host: str
    path: str
    service: str = ""  # "" for a redirect
    port: int = 0
    strips: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    target: str = ""  # of the redirect
    status: int = 302
    patience: int | None = None  # milliseconds that a request may take; None where nobody says

    @property
    def prefix(self) -> str:
        """The path without a slash at its end: "" is everything."""
        return self.path.rstrip("/")

    @property
    def longest(self) -> str:
        """How long a request may take, as nginx and HAProxy write it; "" where nobody says."""
        if self.patience is None:
            return ""
        return "1d" if self.patience == _ENDLESS else f"{self.patience}ms"


def rules(routes: Iterable[RenderedObject]) -> list[Rule]:
    """What HTTPRoutes say, hosts sorted, and of each the longest path first."""
    found = [rule for route in routes for rule in _rules(route)]
    return sorted(found, key=lambda rule: (rule.host, -len(rule.path), rule.path))


def _rules(route: RenderedObject) -> Iterator[Rule]:
    for host in listing(route.data, "spec", "hostnames"):
        for rule in listing(route.data, "spec", "rules"):
            for match in listing(rule, "matches"):
                yield _rule(str(host), str(get(match, "path", "value")), rule)


def _rule(host: str, path: str, rule: Mapping[str, Any]) -> Rule:
    filters = {str(f["type"]): f for f in listing(rule, "filters")}
    redirect = get(filters, "RequestRedirect", "requestRedirect")
    if redirect:
        target = str(get(redirect, "path", "replaceFullPath"))
        return Rule(host, path, target=target, status=int(get(redirect, "statusCode") or 302))
    (backend,) = listing(rule, "backendRefs")
    headers = listing(filters, "RequestHeaderModifier", "requestHeaderModifier", "set")
    return Rule(
        host,
        path,
        service=str(backend["name"]),
        port=int(backend["port"]),
        strips="URLRewrite" in filters and path != "/",
        headers={str(h["name"]): str(h["value"]) for h in headers},
        patience=_milliseconds(get(rule, "timeouts", "request")),
    )


def _milliseconds(duration: str | None) -> int | None:
    if duration is None:
        return None
    return sum(int(count) * _UNITS[unit] for count, unit in _DURATION.findall(duration))


def route_problems(route: RenderedObject, services: Collection[str]) -> Iterator[Problem]:
    """What ``rules`` cannot say of a route, in a release that has these Services."""
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
            if str(backend["name"]) not in services:
                message = f"there is no Service {backend['name']} for it"
                yield Problem(message, route, (*place, "backendRefs"))
