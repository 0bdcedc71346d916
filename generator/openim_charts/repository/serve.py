"""Serving a repository to this machine alone."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event
from urllib.parse import unquote, urlsplit

from openim_charts.findings import UserError

LOOPBACK = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Files by their right types; nothing hidden, no lists of folders, no log."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    extensions_map = {  # noqa: RUF012 (the class above declares it so)
        "": "application/octet-stream",
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".png": "image/png",
        ".prov": "text/plain; charset=utf-8",
        ".svg": "image/svg+xml",
        ".tgz": "application/gzip",
        ".txt": "text/plain; charset=utf-8",
        ".yaml": "application/yaml",
        ".yml": "application/yaml",
    }

    def send_head(self):  # type: ignore[no-untyped-def]
        parts = unquote(urlsplit(self.path).path).split("/")
        if any(part.startswith(".") for part in parts):
            self.send_error(404)
            return None
        return super().send_head()

    def list_directory(self, path):  # type: ignore[no-untyped-def]  # noqa: ARG002
        self.send_error(404)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Server:
    """An HTTP server of one folder on loopback; port 0 takes any free one. Raises UserError."""

    def __init__(self, directory: Path, port: int = 0) -> None:
        if not directory.is_dir():
            raise UserError(f"there is no folder {directory}: build the charts first")
        handler = partial(_Handler, directory=str(directory.absolute()))
        try:
            self._server = ThreadingHTTPServer((LOOPBACK, port), handler)
        except OSError as error:
            raise UserError(
                f"port {port} cannot be used: {error.strerror}; give another, or --port 0"
            ) from error
        self._server.daemon_threads = True
        self._started = Event()

    @property
    def url(self) -> str:
        """What to give to ``helm repo add``."""
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def serve_forever(self) -> None:
        """Answer requests until ``close`` is called from another thread, or an interrupt."""
        self._started.set()
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """Stop serving and free the port."""
        # Without a loop there is nothing to shut down, and waiting for its end would be for ever.
        if self._started.is_set():
            self._server.shutdown()
        self._server.server_close()
