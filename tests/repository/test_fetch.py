"""Reading a live repository that is slow, cut short, too large or down for a while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from threading import Event

import pytest
import requests

from openim_charts.findings import UserError
from openim_charts.repository.fetch import download
from tests.http_server import serving

LIMIT = 1000  # bytes


class Moody(BaseHTTPRequestHandler):
    """Answers as the path says, and counts how often it was asked."""

    asked: int

    def do_GET(self) -> None:
        type(self).asked += 1
        kind = self.path[1:]
        if kind == "later" and self.asked < 3:
            self._send(503, b"busy")
        elif kind == "short":
            self._send(200, b"half", length=8 if self.asked < 2 else 4)
        elif kind == "endless":
            self.send_response(200)
            self.end_headers()
            for _ in range(100_000):
                self.wfile.write(b"x" * LIMIT)
        elif kind == "drip":
            self._drip()
        elif kind == "large":
            self._send(200, b"x" * (LIMIT + 1))
        elif kind == "refused":
            self._send(403, b"no")
        elif kind == "down":
            self._send(500, b"no")
        else:
            self._send(302 if kind == "loop" else 200, b"whole")

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "900")
        self.end_headers()
        for _ in range(900):
            self.wfile.write(b"x")
            Event().wait(0.05)

    def _send(self, status: int, content: bytes, length: int | None = None) -> None:
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.path)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def handle(self) -> None:
        with suppress(ConnectionError):  # whoever has read enough hangs up
            super().handle()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, type[Moody]]]:
    monkeypatch.setattr("time.sleep", lambda _: None)
    handler = type("Handler", (Moody,), {"asked": 0})
    with serving(handler) as address:
        yield f"http://{address}", handler


@pytest.mark.parametrize(
    ("kind", "content", "asked"),
    [("fine", b"whole", 1), ("later", b"whole", 3), ("short", b"half", 2)],
)
def test_what_may_help_is_tried_again(
    server: tuple[str, type[Moody]], kind: str, content: bytes, asked: int
) -> None:
    assert download(requests.Session(), f"{server[0]}/{kind}", LIMIT) == content
    assert server[1].asked == asked


@pytest.mark.parametrize(
    ("kind", "why", "asked"),
    [
        ("down", "HTTP 500", 4),
        ("refused", "HTTP 403", 1),
        ("large", "it is larger than 1000 bytes", 1),
        ("endless", "it is larger than 1000 bytes", 1),
    ],
)
def test_what_cannot_be_had_is_one_clear_line(
    server: tuple[str, type[Moody]], kind: str, why: str, asked: int
) -> None:
    with pytest.raises(UserError, match=f"/{kind} cannot be fetched: {why}"):
        download(requests.Session(), f"{server[0]}/{kind}", LIMIT)
    assert server[1].asked == asked


def test_a_repository_that_hangs_is_given_up(
    server: tuple[str, type[Moody]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole of a body has its time, however often a few bytes of it come."""
    monkeypatch.setattr("openim_charts.repository.fetch._WHOLE", 1.0)
    started = time.monotonic()
    with pytest.raises(UserError, match="or slower than 1 s"):
        download(requests.Session(), f"{server[0]}/drip", LIMIT)
    assert time.monotonic() - started < 20


def test_why_a_server_cannot_be_reached(server: tuple[str, type[Moody]]) -> None:
    for url, why in (
        ("http://127.0.0.1:1", "Connection refused"),
        (server[0].replace("http:", "https:"), "TLS: "),
        (f"{server[0]}/loop", "TooManyRedirects"),
    ):
        with pytest.raises(UserError, match=f"cannot be fetched: {why}"):
            download(requests.Session(), url, LIMIT)
