"""Rules as the configuration of HAProxy 2.4 and newer (https://docs.haproxy.org)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openim_charts.export.proxy.front import HTTP, Front
from openim_charts.export.proxy.routes import Rule
from openim_charts.export.proxy.upstreams import Passed

_HEAD = """\
# Made by 'openim-charts export proxy': the whole file /etc/haproxy/haproxy.cfg.
global
  log /dev/log local0 notice
  user haproxy
  group haproxy
  chroot /var/lib/haproxy
  ssl-default-bind-options ssl-min-ver TLSv1.2
  # The key of NAME.crt is in NAME.key.
  ssl-load-extra-del-ext

defaults
  mode http
  log global
  # Addresses of requests, which may hold tokens, are not written down.
  option dontlog-normal
  option dontlognull
  timeout http-request 30s
  timeout connect 5s
  timeout client 1m
  timeout server 1m
  timeout queue 1m
  timeout tunnel 1m
  balance leastconn
  # A machine whose name is not known yet is asked for later.
  default-server check init-addr last,libc,none
"""
# Paths are compared as programs read them, with a slash at the end.
_COMPARED = "path,url_dec,concat(/),regsub(//+,/,g)"


def haproxy(front: Front) -> str:
    """The whole configuration: a frontend, and a backend for each rule."""
    named = [(f"{number}-{p.group or 'away'}", p) for number, p in enumerate(front.passed, 1)]
    frontend = [*_binds(front), *_checks(front)]
    frontend += (f"use_backend {name} if {_condition(each.rule)}" for name, each in named)
    backends = (_section(f"backend {name}", _backend(each)) for name, each in named)
    return "".join([_HEAD, _section(f"frontend {front.name}", frontend), *backends])


def _section(title: str, lines: list[str] | Iterator[str]) -> str:
    return "".join([f"\n{title}\n", *(f"  {line}\n" for line in lines)])


def _binds(front: Front) -> Iterator[str]:
    way = ""
    if front.door.secure:
        certificates = " ".join(f"crt {front.certificate(host)}" for host in front.hosts)
        way = f" ssl {certificates} strict-sni alpn http/1.1"
    for port, how in ((front.door.port, way), *([(HTTP, "")] if front.door.sends_over else [])):
        yield f"bind :{port}{how}"
        yield f"bind [::]:{port} v6only{how}"


def _checks(front: Front) -> Iterator[str]:
    """What is refused at once, and what is said of who asks: nobody before is believed."""
    yield "http-request set-var(txn.host) req.hdr(host),field(1,:),lower"
    yield f"http-request set-var(txn.path) {_COMPARED}"
    hosts = " ".join(front.hosts)
    yield f"http-request deny deny_status 404 unless {{ var(txn.host) -m str {hosts} }}"
    if front.door.sends_over:
        yield "http-request redirect scheme https code 301 unless { ssl_fc }"
    yield "http-request deny deny_status 400 unless { var(txn.path) -m found }"
    yield "http-request deny deny_status 400 if { var(txn.path) -m sub /./ /../ }"
    yield "http-request set-header X-Forwarded-For %[src]"
    yield f"http-request set-header X-Forwarded-Proto {'https' if front.door.secure else 'http'}"
    yield "http-request set-header X-Real-IP %[src]"


def _condition(rule: Rule) -> str:
    host = f"{{ var(txn.host) -m str {rule.host} }}"
    return f"{host} {{ var(txn.path) -m beg {rule.prefix}/ }}" if rule.prefix else host


def _backend(each: Passed) -> Iterator[str]:
    rule = each.rule
    if not each.group:
        yield f"http-request redirect location {rule.target} code {rule.status}"
        return
    if rule.strips:
        yield f"http-request deny deny_status 400 unless {{ path,concat(/) -m beg {rule.prefix}/ }}"
        yield f"http-request replace-path '^{re.escape(rule.prefix)}/?(.*)$' '/\\1'"
    for name, value in rule.headers.items():
        yield f"http-request set-header {name} {_quoted(value)}"
    if rule.longest:
        yield f"timeout server {rule.longest}"
        yield f"timeout tunnel {rule.longest}"
    for number, address in enumerate(each.addresses, 1):
        yield f"server {number} {address}"


def _quoted(value: str) -> str:
    """A text in which HAProxy replaces nothing."""
    return "'" + value.replace("%", "%%").replace("'", "'\\''") + "'"
