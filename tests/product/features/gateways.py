"""What four gateways do with a request, by the rules that each documents, over rendered objects."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Objects = list[dict[str, Any]]


@dataclass(frozen=True)
class Forward:
    """The request reaches a Service."""

    service: str
    port: int
    path: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """The gateway answers itself."""

    status: int
    location: str = ""


Answer = Forward | Refusal
NOT_FOUND = Refusal(404)


def _under(path: str, prefix: str) -> bool:
    """Whether the prefix matches element by element (Gateway API and Ingress ``Prefix``)."""
    prefix = prefix.rstrip("/")
    return path == prefix or path.startswith(prefix + "/")


def http_route(objects: Objects, host: str, path: str) -> Answer:
    """Gateway API: the longest matching prefix wins (HTTPRouteRule.matches)."""
    rules = [
        (len(match["path"]["value"].rstrip("/")), match["path"]["value"], rule)
        for route in objects
        if route["kind"] == "HTTPRoute" and host in route["spec"]["hostnames"]
        for rule in route["spec"]["rules"]
        for match in rule["matches"]
        if _under(path, match["path"]["value"])
    ]
    if not rules:
        return NOT_FOUND
    _, prefix, rule = max(rules, key=lambda found: found[0])
    headers: dict[str, str] = {}
    for filter_ in rule.get("filters", []):
        if filter_["type"] == "RequestRedirect":
            redirect = filter_["requestRedirect"]
            return Refusal(redirect["statusCode"], redirect["path"]["replaceFullPath"])
        if filter_["type"] == "URLRewrite":
            new = filter_["urlRewrite"]["path"]["replacePrefixMatch"]
            path = "/" + (new + path.removeprefix(prefix)).lstrip("/")
        if filter_["type"] == "RequestHeaderModifier":
            headers |= {h["name"]: h["value"] for h in filter_["requestHeaderModifier"]["set"]}
    (backend,) = rule["backendRefs"]
    return Forward(backend["name"], backend["port"], path, headers)


def istio(objects: Objects, host: str, path: str) -> Answer:
    """Istio: the first matching route of a VirtualService; catch-all routes come last."""
    routes = [
        route
        for service in objects
        if service["kind"] == "VirtualService" and host in service["spec"]["hosts"]
        for route in service["spec"]["http"]
    ]
    for route in sorted(routes, key=lambda r: "match" not in r):
        for match in route.get("match", [{"uri": {"prefix": "/"}}]):
            uri = match["uri"]
            exact = uri.get("exact") == path
            if not exact and not ("prefix" in uri and path.startswith(uri["prefix"])):
                continue
            if "directResponse" in route:
                return Refusal(route["directResponse"]["status"])
            if "rewrite" in route:
                matched = uri.get("exact") or uri["prefix"]
                path = route["rewrite"]["uri"] + path.removeprefix(matched)
            target = route["route"][0]["destination"]
            headers = route.get("headers", {}).get("request", {}).get("set", {})
            return Forward(target["host"], target["port"]["number"], path, headers)
    return NOT_FOUND


def _ingress_paths(objects: Objects, host: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [
        (ingress, path)
        for ingress in objects
        if ingress["kind"] == "Ingress"
        for rule in ingress["spec"]["rules"]
        if rule["host"] == host
        for path in rule["http"]["paths"]
    ]


def _backend(path: dict[str, Any]) -> tuple[str, int]:
    service = path["backend"]["service"]
    return service["name"], service["port"]["number"]


def ingress_nginx(objects: Objects, host: str, path: str) -> Answer:
    """ingress-nginx: with use-regex on one Ingress, all paths of the host are case-insensitive
    regular expressions in descending length, matched against the normalized path."""
    annotation = "nginx.ingress.kubernetes.io/"
    path = re.sub("/+", "/", path.replace("%70", "p").replace("%2F", "/"))
    found = _ingress_paths(objects, host)
    for ingress, entry in sorted(found, key=lambda f: -len(f[1]["path"])):
        match = re.match(f"(?i:^{entry['path']})", path)
        if not match:
            continue
        notes = ingress["metadata"].get("annotations", {})
        target = notes.get(f"{annotation}rewrite-target")
        if target:
            path = target.replace("$1", match[1] or "")
        snippet = notes.get(f"{annotation}configuration-snippet", "")
        headers = dict(re.findall(r'proxy_set_header (\S+) +"([^"]*)";', " ".join(snippet.split())))
        return Forward(*_backend(entry), path, headers)
    return NOT_FOUND


def _annotation(ingress: dict[str, Any], name: str) -> str:
    annotations: dict[str, str] = ingress["metadata"].get("annotations", {})
    return annotations.get(f"traefik.ingress.kubernetes.io/router.{name}", "")


def _priority(ingress: dict[str, Any], entry: dict[str, Any], host: str) -> int:
    matcher = "Path" if entry["pathType"] == "Exact" else "PathPrefix"
    rule = f"Host(`{host}`) && {matcher}(`{entry['path']}`)"
    return int(_annotation(ingress, "priority") or len(rule))


def traefik(objects: Objects, host: str, path: str) -> Answer:
    """Traefik: the router of the highest priority (by default the length of its rule) wins, a
    Prefix is a prefix of the text, middlewares act in order."""
    middlewares = {
        f"{o['metadata']['namespace']}-{o['metadata']['name']}@kubernetescrd": o["spec"]
        for o in objects
        if o["kind"] == "Middleware"
    }
    candidates = [
        (_priority(ingress, entry, host), ingress, entry)
        for ingress, entry in _ingress_paths(objects, host)
        if (
            path == entry["path"]
            if entry["pathType"] == "Exact"
            else path.startswith(entry["path"])
        )
    ]
    if not candidates:
        return NOT_FOUND
    _, ingress, entry = max(candidates, key=lambda c: c[0])
    names = _annotation(ingress, "middlewares")
    headers: dict[str, str] = {}
    for name in filter(None, names.split(",")):
        spec = middlewares[name]
        if "redirectRegex" in spec:
            return Refusal(302, spec["redirectRegex"]["replacement"])
        if "stripPrefix" in spec:
            (prefix,) = spec["stripPrefix"]["prefixes"]
            path = "/" + path.removeprefix(prefix).removeprefix("/")
        headers |= spec.get("headers", {}).get("customRequestHeaders", {})
    return Forward(*_backend(entry), path, headers)


def plain_ingress(objects: Objects, host: str, path: str) -> Answer:
    """Kubernetes' own rules: Exact first, then the longest Prefix; no pods behind it is a 503."""
    candidates = [
        (e["pathType"] == "Exact", len(e["path"].rstrip("/")), e)
        for _, e in _ingress_paths(objects, host)
        if (path == e["path"] if e["pathType"] == "Exact" else _under(path, e["path"]))
    ]
    if not candidates:
        return NOT_FOUND
    entry = max(candidates, key=lambda c: c[:2])[2]
    name, port = _backend(entry)
    service = next(o for o in objects if o["kind"] == "Service" and o["metadata"]["name"] == name)
    return Forward(name, port, path) if "selector" in service["spec"] else Refusal(503)


GATEWAYS: dict[str, Callable[[Objects, str, str], Answer]] = {
    "http-route": http_route,
    "istio": istio,
    "ingress-nginx": ingress_nginx,
    "ingress-traefik": traefik,
    "ingress-other": plain_ingress,
}
