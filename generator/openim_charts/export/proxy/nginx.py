"""Rules as the configuration of nginx (https://nginx.org/en/docs/http/ngx_http_proxy_module.html)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from openim_charts.export.proxy.routes import ENDLESS, Rule

# For the http block: what the header Connection is to the program behind.
UPGRADES = """\
map $http_upgrade $upgrading {
  default upgrade;
  "" "";
}
"""
_UNHURRIED = "1d"
# A file is as large as the program behind takes, and goes there while it comes.
_UPLOADS = """\
  client_max_body_size 0;
  proxy_request_buffering off;
  proxy_http_version 1.1;
"""


@dataclass(frozen=True, slots=True)
class Forwarding:
    """How requests go on: ``backend`` is where, as a name and perhaps a port, and ``headers`` are
    lines that say from whom they come."""

    backend: Callable[[Rule], str]
    headers: tuple[str, ...]


def server(host: str, own: Iterable[Rule], settings: Iterable[str], way: Forwarding) -> str:
    """The server of a host with a location for each of its rules, the longest path first."""
    head = "".join(f"  {line}\n" for line in (*settings, f"server_name {host};"))
    locations = "".join(f"  {line}\n" for rule in own for line in _location(rule, way))
    return f"server {{\n{head}{_UPLOADS}{locations}}}\n"


def _location(rule: Rule, way: Forwarding) -> Iterator[str]:
    path = rule.prefix
    yield f"location ~ ^{re.escape(path)}(/|$) {{" if path else "location / {"
    if not rule.service:
        yield f"  return {rule.status} {rule.target};"
    else:
        yield f"  set $backend {way.backend(rule)};"
        yield from _passed(rule, way)
    yield "}"


def _passed(rule: Rule, way: Forwarding) -> Iterator[str]:
    """The request goes on as it came: signatures are made over the path as it is written."""
    outside = ""
    if rule.strips:
        # A group with a name: nginx would escape what a numbered one holds once more.
        yield f"  if ($request_uri !~ ^{re.escape(rule.prefix)}/?(?<rest>.*)$) {{"
        yield "    return 400;"
        yield "  }"
        outside = "/$rest"
    yield "  proxy_set_header Host $http_host;"
    yield "  proxy_set_header Upgrade $http_upgrade;"
    yield "  proxy_set_header Connection $upgrading;"
    yield from (f"  {line}" for line in way.headers)
    for name, value in rule.headers.items():
        yield f'  proxy_set_header {name} "{value}";'
    if rule.patience is not None:
        longest = _UNHURRIED if rule.patience == ENDLESS else f"{rule.patience}ms"
        yield f"  proxy_read_timeout {longest};"
        yield f"  proxy_send_timeout {longest};"
    yield f"  proxy_pass http://$backend{outside};"
