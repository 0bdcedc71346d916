"""The proxy of ``export compose``: nginx itself takes the requests."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from openim_charts.checks.api import Release
from tests.product.features.gateways import Answer, Forward, Objects, Refusal, http_route
from tests.product.infrastructure.programs import program

HOST = "localhost"
PATHS = (
    "/",
    "/pages/a%20b?x=1",
    "/api",
    "/api/",
    "/api?x=1&y=%2F",
    "/api/user/get_users_info",
    "/apix/y",
    "/api/prometheus_discovery",
    "/api/prometheus_discovery/api",
    "/api/prometheus_discoveryx",
    "/msg_gateway/a",
    "/im-minio-api/openim/a%2Bb%20c/%E4%BD%A0?signature=x%2Fy",
    "/im-minio-api/minio/health/live",
)
HIDDEN = (
    "/api/%70rometheus_discovery/api",
    "/api//prometheus_discovery/api",
    "/api/x/../prometheus_discovery/api",
    "/api/x/%2e%2e/prometheus_discovery",
    "//api/prometheus_discovery",
    "/x/../api/prometheus_discovery",
)


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, "headers": dict(self.headers)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def objects(composed: tuple[Release, Mapping[str, bytes]]) -> Objects:
    release, _ = composed
    return [dict(obj.data) for obj in release.objects if obj.kind == "HTTPRoute"]


@pytest.fixture(scope="module")
def edge(
    composed: tuple[Release, Mapping[str, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """The port of nginx; all that it asks is one server, which says what it was asked."""
    nginx, folder = program("nginx"), tmp_path_factory.mktemp("nginx")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    behind = f"127.0.0.1:{server.server_port}"
    text = composed[1]["config/edge/nginx.conf"].decode()
    text = text.replace("/tmp/", f"{folder}/").replace("listen 8080", f"listen {port}")
    text = re.sub(
        r"set \$backend (\S+);", rf"set $backend {behind}; proxy_set_header For \1;", text
    )
    (folder / "nginx.conf").write_text(text)
    command = [nginx, "-e", "stderr", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    process = subprocess.Popen(command)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()
        server.shutdown()
        server.server_close()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None
        time.sleep(0.1)
    pytest.fail("nginx takes no connections")


def _asked(port: int, path: str, headers: Mapping[str, str] | None = None) -> tuple[Answer, str]:
    """What became of a request, and the query or the header Upgrade that reached the module."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Host": HOST, **(headers or {})})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        return Refusal(answer.status, answer.headers.get("Location", "")), ""
    said = json.loads(body)
    found = said["headers"]
    service, _, number = found["For"].partition(":")
    own = {n: v for n, v in found.items() if n == "X-Request-Api"}
    inside, _, query = said["path"].partition("?")
    assert found["Host"] == HOST, "links are signed for it"
    return Forward(service, int(number), inside, own), query or found.get("Upgrade", "")


def test_nginx_does_what_the_routes_say(edge: int, objects: Objects) -> None:
    for path in PATHS:
        outside, _, query = path.partition("?")
        answer, arrived = _asked(edge, path)
        assert answer == http_route(objects, HOST, outside), path
        assert arrived == (query if isinstance(answer, Forward) else ""), path


def test_hidden_paths_stay_hidden_however_they_are_written(edge: int) -> None:
    for path in HIDDEN:
        answer, _ = _asked(edge, path)
        assert isinstance(answer, Refusal), path


def test_connections_are_upgraded_and_other_hosts_refused(edge: int) -> None:
    answer, upgrade = _asked(edge, "/msg_gateway", {"Upgrade": "websocket"})
    assert isinstance(answer, Forward)
    assert (answer.service, upgrade) == ("im-msggateway", "websocket")
    assert _asked(edge, "/", {"Host": "example.com"})[0] == Refusal(404)
