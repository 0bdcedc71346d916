"""The proxy in front of everything: what HTTPRoutes say, as a configuration of nginx."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from openim_charts.export.proxy.nginx import UPGRADES, server
from openim_charts.export.proxy.routes import Rule

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
  map $http_x_forwarded_proto $scheme_outside {
    default $scheme;
    ~^https?$ $http_x_forwarded_proto;
  }
"""
_OTHERS = f"""\
server {{
  listen {PORT} default_server;
  return 404;
}}
"""
# A proxy of the user's before this one may have said who asks, and how.
_FROM = (
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "proxy_set_header X-Forwarded-Proto $scheme_outside;",
)


def nginx(found: Sequence[Rule]) -> str:
    """The configuration: a server for each host, and a location for each path of it."""
    servers = [UPGRADES, _OTHERS]
    for host in dict.fromkeys(rule.host for rule in found):
        own = [(rule, _backend(rule)) for rule in found if rule.host == host]
        servers.append(server(host, own, [f"listen {PORT};"], _FROM))
    return f"{_HEAD}{indent(''.join(servers), '  ')}}}\n"


def _backend(rule: Rule) -> str:
    return f"{rule.service}:{rule.port}" if rule.service else ""
