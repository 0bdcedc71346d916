"""Where clients from outside reach what an object leads to: hosts with paths, and node ports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from openim_charts.checks.rendered import RenderedObject, get, listing

_LITERAL = re.compile(r"[^\\^$.|?*+()\[\]{}]*")
_EXACT = ("Exact", "exact")


class Way(NamedTuple):
    """A host and a path, or a port; ``exact``: only the path itself, not what is below it."""

    host: str
    path: str
    exact: bool = False

    def __str__(self) -> str:
        return f"{self.host}{self.path}" or "all hosts and paths"

    def covers(self, other: Way) -> bool:
        """Whether whoever comes by the other way may come by this one."""
        if self.host not in ("", other.host):
            return False
        if self.path == other.path:
            return not self.exact or other.exact
        return not self.exact and other.path.startswith(self.path.rstrip("/") + "/")


def lost_ways(base: RenderedObject, head: RenderedObject) -> list[Way]:
    """Ways through the older object that the newer one does not have."""
    new = list(_ways(head))
    return [old for old in dict.fromkeys(_ways(base)) if not any(way.covers(old) for way in new)]


def _ways(obj: RenderedObject) -> Iterator[Way]:
    if obj.kind == "Service":
        yield from _ports(get(obj.data, "spec") or {})
    elif obj.kind == "Ingress":
        yield from _of_ingress(obj.data)
    elif obj.kind in ("HTTPRoute", "VirtualService"):
        yield from _of_route(obj.data)


def _ports(spec: Mapping[str, Any]) -> Iterator[Way]:
    kind = spec.get("type", "ClusterIP")
    if kind == "LoadBalancer":
        yield Way("", "the load balancer")
    if kind in ("NodePort", "LoadBalancer"):
        yield Way("", "ports of the nodes")
        fixed = (port.get("nodePort") for port in listing(spec, "ports"))
        yield from (Way("", f"port {port} of the nodes") for port in fixed if port)


def _of_ingress(data: Any) -> Iterator[Way]:
    for rule in listing(data, "spec", "rules"):
        for entry in listing(rule, "http", "paths"):
            path, kind = str(entry.get("path", "/")), entry.get("pathType")
            if kind == "ImplementationSpecific":  # perhaps a regular expression
                path = _LITERAL.match(path)[0]  # type: ignore[index] # it matches any text
            yield Way(rule.get("host", ""), path, kind in _EXACT)


def _of_route(data: Any) -> Iterator[Way]:
    hosts = [*listing(data, "spec", "hostnames"), *listing(data, "spec", "hosts")] or [""]
    paths = [
        path
        for rule in (*listing(data, "spec", "rules"), *listing(data, "spec", "http"))
        if rule.get("backendRefs") or rule.get("route")  # others answer, but lead nowhere
        for match in (listing(rule, "matches") or listing(rule, "match") or [{}])
        for path in _of_match(match)
    ]
    for host in hosts:
        yield from (Way(host, path, exact) for path, exact in paths)


def _of_match(match: Mapping[str, Any]) -> Iterable[tuple[str, bool]]:
    """The path of a match of the Gateway API (``path``) or of Istio (``uri``)."""
    if "uri" in match:
        return [(str(text), kind in _EXACT) for kind, text in match["uri"].items()]
    path = match.get("path") or {}
    return [(str(path.get("value", "/")), path.get("type") in _EXACT)]
