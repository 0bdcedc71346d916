"""The proxies of exports: nginx and HAProxy themselves take one table of requests."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from openim_charts.checks.api import Release, overlay
from openim_charts.export.api import TARGETS
from openim_charts.findings import FindingsError, UserError
from tests.export.behind import Ports, echoes
from tests.export.conftest import Exported
from tests.product.features.gateways import Answer, Forward, Objects, Refusal, http_route
from tests.product.infrastructure.programs import program

pytestmark = pytest.mark.xdist_group("compose")  # everything is rendered once for them

HOST, ADMIN = "localhost", "admin.localhost"
REQUESTS = (
    (HOST, "/"),
    (HOST, "/pages/a%20b?x=1"),
    (HOST, "/api"),
    (HOST, "/api/"),
    (HOST, "/api?x=1&y=%2F"),
    (HOST, "/api/user/get_users_info"),
    (HOST, "/apix/y"),
    (HOST, "/api/prometheus_discovery"),
    (HOST, "/api/prometheus_discovery/api"),
    (HOST, "/api/prometheus_discoveryx"),
    (HOST, "/msg_gateway/a"),
    (HOST, "/chat/account/login"),
    (HOST, "/im-s3-api/openim/a%2Bb%20c/%E4%BD%A0?signature=x%2Fy"),
    (HOST, "/im-s3-api/openim/%25/a..b/.c/'(d)'~*!,;@=$&"),
    (HOST, "/complete_admin/x"),
    (ADMIN, "/"),
    (ADMIN, "/complete_admin/account/login"),
    (ADMIN, "/api/user/get_users_info"),
    ("example.com", "/"),
)
HIDDEN = (
    "/api/%70rometheus_discovery/api",
    "/api//prometheus_discovery/api",
    "/api/x/../prometheus_discovery/api",
    "/api/x/%2e%2e/prometheus_discovery",
    "/api/./prometheus_discovery",
    "/api%2Fprometheus_discovery",
    "/%61pi/user/get_users_info",
    "//api/prometheus_discovery",
    "/x/../api/prometheus_discovery",
)


@dataclass(frozen=True)
class Door:
    """A way in: its port, and what is behind it."""

    port: int
    secure: int = 0  # the port with TLS


Opened = Callable[..., Door]


@pytest.fixture(scope="module")
def release(composed: tuple[Release, Mapping[str, bytes]]) -> Release:
    return composed[0]


@pytest.fixture(scope="module")
def objects(release: Release) -> Objects:
    return [dict(obj.data) for obj in release.objects if obj.kind == "HTTPRoute"]


@pytest.fixture(scope="module")
def behind(objects: Objects) -> Iterator[Ports]:
    found = {
        f"{backend['name']}:{backend['port']}"
        for route in objects
        for rule in route["spec"]["rules"]
        for backend in rule.get("backendRefs", [])
    }
    with echoes(sorted(found)) as ports:
        yield ports


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _running(command: list[str], *ports: int) -> Iterator[None]:
    known = {name: value for name, value in os.environ.items() if name != "NGINX"}
    process = subprocess.Popen(command, env=known)  # to nginx that names sockets
    try:
        for port in ports:
            _wait(port, process)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None
        time.sleep(0.1)
    pytest.fail("it takes no connections")


def _nginx(text: str, folder: Path) -> list[str]:
    path = folder / "nginx.conf"
    path.write_text(text)
    return [program("nginx"), "-e", "stderr", "-c", str(path), "-g", "daemon off;"]


@pytest.fixture(scope="module")
def edge(
    composed: tuple[Release, Mapping[str, bytes]],
    behind: Ports,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Door]:
    """The proxy of ``compose``; the names of its services are addresses of servers here."""
    folder, port = tmp_path_factory.mktemp("edge"), _free()
    text = composed[1]["config/edge/nginx.conf"].decode()
    text = text.replace("/tmp/", f"{folder}/").replace("listen 8080", f"listen {port}")
    text = re.sub(
        r"set \$backend (\S+);", lambda m: f"set $backend 127.0.0.1:{behind[m[1]]};", text
    )
    with _running(_nginx(text, folder), port):
        yield Door(port)


def _started(kind: str, files: Mapping[str, bytes], folder: Path, door: Door) -> list[str]:
    """The command of a proxy, whose ports and folders are others here."""
    if kind == "nginx":
        kept = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{name}_temp_path {folder}/{name};\n" for name in kept)
        text = files["nginx/im.conf"].decode()
        text = re.sub(r"listen (\[::\]:)?443", rf"listen \g<1>{door.secure}", text)
        text = re.sub(r"listen (\[::\]:)?80;", rf"listen \g<1>{door.port};", text)
        text = f"pid {folder}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{places}{text}}}\n"
        return _nginx(text.replace("/etc/ssl/im", str(folder)), folder)
    text = files["haproxy/haproxy.cfg"].decode()
    text = re.sub(r"bind (\[::\]|):443\b", rf"bind \1:{door.secure}", text)
    text = re.sub(r"bind (\[::\]|):80\b", rf"bind \1:{door.port}", text)
    text = re.sub(r"  (user|group|chroot|log /dev/log) .*\n", "", text)
    path = folder / "haproxy.cfg"
    path.write_text(text.replace("/etc/ssl/im", str(folder)))
    return [program("haproxy"), "-f", str(path)]


@pytest.fixture(scope="module")
def opened(
    release: Release, behind: Ports, edge: Door, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    """Starts the export of ``proxy`` for nginx or haproxy before machines or Compose, once."""
    doors: dict[tuple[str, ...], Door] = {}
    with ExitStack() as stack:

        def start(kind: str, before: str, scheme: str = "http") -> Door:
            key = (kind, before, scheme)
            if key in doors:
                return doors[key]
            folder = tmp_path_factory.mktemp(kind)
            door = Door(_free(), _free() if scheme == "https" else 0)
            exposure = {"exposure": {"scheme": scheme, "port": None}}
            values = overlay(release.values, {"global": exposure})
            where = [f"{service.split(':')[0]}=127.0.0.1:{p}" for service, p in behind.items()]
            make = TARGETS["proxy"].to
            assert make
            target = make([f"127.0.0.1:{edge.port}"] if before == "compose" else where)
            wanted = replace(release, values=values)
            assert not list(target.refused(wanted))
            if door.secure:
                for host in (HOST, ADMIN):
                    _certify(folder / f"{host}.crt", host)
            command = _started(kind, target.files(wanted), folder, door)
            ports = [door.port, *([door.secure] if door.secure else [])]
            stack.enter_context(_running(command, *ports))
            doors[key] = door
            return door

        yield start


def _certify(path: Path, host: str) -> None:
    subprocess.run(
        [program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}",
         "-keyout", path.with_suffix(".key"), "-out", path],
        check=True, capture_output=True,
    )  # fmt: skip


WAYS = {
    "edge": ("", ""),
    "nginx": ("nginx", "machines"),
    "haproxy": ("haproxy", "machines"),
    "nginx-compose": ("nginx", "compose"),
    "haproxy-compose": ("haproxy", "compose"),
}


@pytest.fixture(params=WAYS)
def door(request: pytest.FixtureRequest, edge: Door, opened: Opened) -> Door:
    kind, before = WAYS[request.param]
    return opened(kind, before) if kind else edge


def _asked(port: int, host: str, path: str) -> tuple[Answer, str]:
    """What became of a request, and the query that reached the module."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        return Refusal(answer.status, answer.headers.get("Location", "")), ""
    said = json.loads(body)
    service, _, number = said["service"].partition(":")
    own = {n.title(): v for n, v in said["headers"].items() if n.lower() == "x-request-api"}
    inside, _, query = said["path"].partition("?")
    assert {n.lower(): v for n, v in said["headers"].items()}["host"] == host, "links are signed"
    return Forward(service, int(number), inside, own), query


def test_requests_go_where_the_routes_say(door: Door, objects: Objects) -> None:
    for host, path in REQUESTS:
        outside, _, query = path.partition("?")
        answer, arrived = _asked(door.port, host, path)
        assert answer == http_route(objects, host, outside), path
        assert arrived == (query if isinstance(answer, Forward) else ""), path


def test_hidden_paths_stay_hidden_however_they_are_written(door: Door) -> None:
    for path in HIDDEN:
        answer, _ = _asked(door.port, HOST, path)
        assert isinstance(answer, Refusal), path


def test_connections_are_upgraded(door: Door) -> None:
    with socket.create_connection(("127.0.0.1", door.port), timeout=60) as client:
        client.sendall(
            b"GET /msg_gateway?token=x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
            b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        answer = client.makefile("rb")
        assert b" 101 " in answer.readline()
        while answer.readline().strip():
            pass
        assert answer.readline() == b"im-msggateway:10001\n"
        client.sendall(b"hello\n")
        assert answer.readline() == b"hello\n"


def test_files_of_any_size_pass_while_they_come(door: Door) -> None:
    size = 8 << 20
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=60)
    connection.request("PUT", "/im-s3-api/openim/a", bytes(size), {"Host": HOST})
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()
    assert (answer.status, said["size"]) == (200, size)


@pytest.mark.parametrize("kind", ["nginx", "haproxy"])
def test_tls_ends_at_the_proxy_which_says_who_asks(opened: Opened, kind: str) -> None:
    door = opened(kind, "machines", "https")
    answer, _ = _asked(door.port, HOST, "/api?x=1")
    assert answer == Refusal(301, "https://localhost/api?x=1")
    assert _asked(door.port, "example.com", "/")[0] == Refusal(404)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", door.secure), timeout=60)
    with context.wrap_socket(plain, server_hostname=HOST) as client:
        assert b"localhost" in (client.getpeercert(binary_form=True) or b"")
        client.sendall(
            b"GET /chat/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            b"X-Forwarded-For: 192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\n"
            b"X-Forwarded-Proto: http\r\n\r\n"
        )
        body = client.makefile("rb").read().partition(b"\r\n\r\n")[2]
    headers = {name.lower(): value for name, value in json.loads(body)["headers"].items()}
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-real-ip"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "https"
    plain = socket.create_connection(("127.0.0.1", door.secure), timeout=60)
    with plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="example.com")


def test_node_ports_lead_to_services(exported: Exported) -> None:
    values = "service: {type: NodePort, nodePorts: {http: 30080}}"
    files = exported("proxy", "openim-api", values, ["10.0.0.11", "10.0.0.12"])
    assert b"  server 10.0.0.11:30080;\n  server 10.0.0.12:30080;\n" in files["nginx/openim.conf"]
    assert b"  server 2 10.0.0.12:30080\n" in files["haproxy/haproxy.cfg"]
    upstreams = ["openim-api=lb.example.com", "[::1]:8080"]
    files = exported("proxy", "openim-api", "replicaCount: 2", upstreams)
    assert b"  server lb.example.com:10002;\n" in files["nginx/openim.conf"]


@pytest.mark.parametrize(
    ("values", "line", "message"),
    [
        ("service: {type: NodePort}", 1, "picks its node port; set service.nodePorts"),
        ("replicaCount: 2\nglobal: {exposure: {type: none}}", 1, "set global.exposure.type"),
        (
            "global:\n  exposure:\n    hosts: {main: im.example.com}\n    type: ingress\n",
            4,
            "the proxy is made from HTTPRoutes: set global.exposure.type to httpRoute",
        ),
    ],
)
def test_what_no_proxy_can_know_is_refused(
    exported: Exported, values: str, line: int, message: str
) -> None:
    with pytest.raises(FindingsError) as caught:
        exported("proxy", "openim-api", values, ["10.0.0.11"])
    [finding] = caught.value.findings
    assert finding.location.line == line
    assert message in finding.message


def test_the_proxy_does_not_ask_itself(exported: Exported) -> None:
    with pytest.raises(FindingsError) as caught:
        exported("proxy", "openim-web-front", "replicaCount: 1", ["127.0.0.1"])
    [finding] = caught.value.findings
    assert "the proxy itself is at 127.0.0.1:80; give --upstream openim-web-front=" in str(finding)
    elsewhere = ["127.0.0.1", "openim-web-front=127.0.0.1:8081"]
    files = exported("proxy", "openim-web-front", "replicaCount: 1", elsewhere)
    assert b"  server 127.0.0.1:8081;\n" in files["nginx/openim.conf"]


@pytest.mark.parametrize(
    ("upstreams", "message"),
    [
        ([], "say with --upstream where the requests go"),
        (["10.0.0.11", "10.0.0.12:8080"], "give only the ones or the others"),
        (["http://10.0.0.11"], "--upstream http://10.0.0.11: write [SERVICE=]HOST[:PORT]"),
        (["10.0.0.11:99999"], "--upstream 10.0.0.11:99999: write"),
        (["openim-apo=10.0.0.11"], "no route leads to such a Service; did you mean 'openim-api'?"),
    ],
)
def test_mistakes_in_upstreams_are_named(
    exported: Exported, upstreams: list[str], message: str
) -> None:
    with pytest.raises(UserError) as caught:
        exported("proxy", "openim-api", "replicaCount: 2", upstreams)
    assert message in str(caught.value)
