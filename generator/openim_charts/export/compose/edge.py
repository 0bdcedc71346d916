"""The proxy in front of everything: what HTTPRoutes say, as a configuration of nginx."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from openim_charts.checks.api import RenderedObject, get, listing
from openim_charts.export.system import System

ROUTE = "HTTPRoute"
PORT = 8080  # inside the container, where it is no privilege
PATH = "/config/nginx.conf"

_HEAD = """\
pid /tmp/nginx.pid;
error_log stderr warn;
events {
  worker_connections 8192;
}
http {
  access_log off;
  server_tokens off;
  absolute_redirect off;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  # Addresses are asked for at each request, so that services may start and move as they like.
  resolver 127.0.0.11 valid=5s ipv6=off;
  map $http_upgrade $upgrading {
    default upgrade;
    "" "";
  }
  map $http_x_forwarded_proto $scheme_outside {
    default $scheme;
    ~^https?$ $http_x_forwarded_proto;
  }
  # A file is as large as the program behind takes, and goes there while it comes.
  client_max_body_size 0;
  proxy_request_buffering off;
  proxy_http_version 1.1;
  server {
    listen 8080 default_server;
    return 404;
  }
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """Where requests for a path go."""

    host: str
    path: str
    backend: str = ""  # HOST:PORT; "" for a redirect
    strips: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    target: str = ""  # of the redirect
    status: int = 302
    endless: bool = False  # a request, such as a WebSocket, may take as long as it wants


def rules(system: System) -> list[Rule]:
    """What the routes of a system say, hosts sorted, and of each the longest path first."""
    found = [rule for route in system.of(ROUTE) for rule in _rules(route)]
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
        backend=f"{backend['name']}:{backend['port']}",
        strips="URLRewrite" in filters,
        headers={str(h["name"]): str(h["value"]) for h in headers},
        endless=get(rule, "timeouts", "request") == "0s",
    )


def nginx(found: list[Rule]) -> str:
    """The configuration: a server for each host, and a location for each path of it."""
    lines = [_HEAD]
    hosts = dict.fromkeys(rule.host for rule in found)
    for host in hosts:
        lines.append(f"  server {{\n    listen {PORT};\n    server_name {host};\n")
        own = (rule for rule in found if rule.host == host)
        lines += [f"    {line}\n" for rule in own for line in _location(rule)]
        lines.append("  }\n")
    return "".join([*lines, "}\n"])


def _location(rule: Rule) -> Iterator[str]:
    path = rule.path.rstrip("/")
    yield f"location ~ ^{re.escape(path)}(/|$) {{" if path else "location / {"
    if not rule.backend:
        yield f"  return {rule.status} {rule.target};"
    else:
        yield f"  set $backend {rule.backend};"
        yield from _passed(rule, path)
    yield "}"


def _passed(rule: Rule, path: str) -> Iterator[str]:
    """The request goes on as it came: signatures are made over the path as it is written."""
    outside = ""
    if rule.strips and path:
        # A group with a name: nginx would escape what a numbered one holds once more.
        yield f"  if ($request_uri !~ ^{re.escape(path)}/?(?<rest>.*)$) {{"
        yield "    return 400;"
        yield "  }"
        outside = "/$rest"
    yield "  proxy_set_header Host $http_host;"
    yield "  proxy_set_header Upgrade $http_upgrade;"
    yield "  proxy_set_header Connection $upgrading;"
    yield "  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
    yield "  proxy_set_header X-Forwarded-Proto $scheme_outside;"
    for name, value in rule.headers.items():
        yield f'  proxy_set_header {name} "{value}";'
    if rule.endless:
        yield "  proxy_read_timeout 1d;"
        yield "  proxy_send_timeout 1d;"
    yield f"  proxy_pass http://$backend{outside};"
