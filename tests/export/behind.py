"""What stands behind a proxy in tests: a server for each Service, which says what it was asked."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_WEBSOCKET = (
    "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # https://www.rfc-editor.org/rfc/rfc6455#section-1.3
)
Ports = Mapping[str, int]  # by SERVICE:PORT


class _Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked, reads what is sent, and says again what comes after an
    upgrade."""

    protocol_version = "HTTP/1.1"
    service = ""

    def do_GET(self) -> None:
        if "Upgrade" in self.headers:
            self._talk()
            return
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size)
        said = {
            "service": self.service,
            "path": self.path,
            "headers": dict(self.headers),
            "size": len(body),
        }
        answer = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_PUT = do_GET  # noqa: N815

    def _talk(self) -> None:
        self.send_response(101)
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", self.headers["Upgrade"])
        key = hashlib.sha1(f"{self.headers['Sec-WebSocket-Key']}{_WEBSOCKET}".encode()).digest()
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(key).decode())
        self.end_headers()
        self.wfile.write(f"{self.service}\n".encode())
        for line in self.rfile:
            self.wfile.write(line)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A proxy that only looks whether somebody answers."""


@contextmanager
def echoes(services: Iterable[str]) -> Iterator[Ports]:
    """A server for each SERVICE:PORT, on a port of loopback."""
    with ExitStack() as stack:
        ports = {}
        for service in services:
            handler = type("Echo", (_Echo,), {"service": service})
            server = stack.enter_context(_Server(("127.0.0.1", 0), handler))
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            stack.callback(server.shutdown)
            ports[service] = int(server.server_port)
        yield ports
