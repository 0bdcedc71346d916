"""Rules as the configuration of nginx (https://nginx.org/en/docs/http/ngx_http_proxy_module.html)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from openim_charts.export.proxy.front import HTTP, Front
from openim_charts.export.proxy.routes import Rule

# For the http block: what the header Connection is to the program behind.
UPGRADES = """\
map $http_upgrade $upgrading {
  default upgrade;
  "" "";
}
"""
# A file is as large as the program behind takes, and goes there while it comes.
_UPLOADS = """\
  client_max_body_size 0;
  proxy_request_buffering off;
  proxy_http_version 1.1;
"""
_HEAD = """\
# Made by 'openim-charts export proxy'. It belongs into nginx' http block: on Debian as a file in
# /etc/nginx/conf.d/, on Alpine in /etc/nginx/http.d/.
"""
# Addresses of requests, which may hold tokens, are not written down.
_QUIET = ("access_log off;", "server_tokens off;", "absolute_redirect off;")
# Nobody before this proxy is believed.
_FROM = (
    "proxy_set_header X-Forwarded-For $remote_addr;",
    "proxy_set_header X-Forwarded-Proto $scheme;",
    "proxy_set_header X-Real-IP $remote_addr;",
)


def nginx(front: Front) -> str:
    """A file for the http block: addresses, and servers."""
    return "".join([_HEAD, UPGRADES, *_groups(front), *_others(front), *_servers(front)])


def _groups(front: Front) -> Iterator[str]:
    for name, addresses in front.groups.items():
        lines = "".join(f"  server {address};\n" for address in addresses)
        yield f"upstream {name} {{\n{lines}}}\n"


def _others(front: Front) -> Iterator[str]:
    """What is first is for hosts that no server names, unless another file has a default one."""
    rest = "ssl_reject_handshake on;" if front.door.secure else "return 404;"
    yield _block([*_listens(front.door.port, front.door.secure), rest])
    if front.door.sends_over:
        yield _block([*_listens(HTTP), "return 404;"])
        names = f"server_name {' '.join(front.hosts)};"
        yield _block([*_listens(HTTP), names, *_QUIET, "return 301 https://$host$request_uri;"])


def _block(lines: Iterable[str]) -> str:
    return "".join(["server {\n", *(f"  {line}\n" for line in lines), "}\n"])


def _listens(port: int, secure: bool = False) -> list[str]:
    way = " ssl" if secure else ""
    return [f"listen {port}{way};", f"listen [::]:{port}{way};"]


def _servers(front: Front) -> Iterator[str]:
    for host in front.hosts:
        settings = [*_listens(front.door.port, front.door.secure), *_QUIET]
        if front.door.secure:
            path = front.certificate(host)
            settings += [
                f"ssl_certificate {path};",
                f"ssl_certificate_key {path.removesuffix('.crt')}.key;",
                "ssl_protocols TLSv1.2 TLSv1.3;",
            ]
        own = [(each.rule, each.group) for each in front.of(host)]
        yield server(host, own, settings, _FROM)


def server(
    host: str, own: Iterable[tuple[Rule, str]], settings: Iterable[str], headers: Iterable[str]
) -> str:
    """The server of a host with a location for each of its rules, the longest path first. Each is
    given with the name behind it; ``headers`` are lines that say from whom requests come."""
    head = "".join(f"  {line}\n" for line in (*settings, f"server_name {host};"))
    said = tuple(headers)
    lines = (line for rule, backend in own for line in _location(rule, backend, said))
    locations = "".join(f"  {line}\n" for line in lines)
    return f"server {{\n{head}{_UPLOADS}{locations}}}\n"


def _location(rule: Rule, backend: str, headers: Iterable[str]) -> Iterator[str]:
    path = rule.prefix
    yield f"location ~ ^{re.escape(path)}(/|$) {{" if path else "location / {"
    if not backend:
        yield f"  return {rule.status} {rule.target};"
    else:
        yield f"  set $backend {backend};"
        yield from _passed(rule, headers)
    yield "}"


def _passed(rule: Rule, headers: Iterable[str]) -> Iterator[str]:
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
    yield from (f"  {line}" for line in headers)
    for name, value in rule.headers.items():
        yield f'  proxy_set_header {name} "{value}";'
    if rule.longest:
        yield f"  proxy_read_timeout {rule.longest};"
        yield f"  proxy_send_timeout {rule.longest};"
    yield f"  proxy_pass http://$backend{outside};"
