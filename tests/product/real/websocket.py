"""A client of the message gateway's WebSocket: RFC 6455 as far as the tests need it."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import urlencode

PUSHED = 2001  # the kind of frame that carries a message to its receiver
_TEXT, _BINARY, _CLOSE, _PING = 1, 2, 8, 9


class RefusedError(Exception):
    """The server did not upgrade the connection; the text is its answer."""


@dataclass(frozen=True)
class Connection:
    """An upgraded connection, which only listens, and says now and then that it is there."""

    stream: BinaryIO

    def receive(self) -> dict[str, Any]:
        """The next frame's JSON. EOFError when the server closed."""
        while True:
            kind, content = self._frame()
            if kind == _CLOSE:
                raise EOFError(content)
            if kind in (_TEXT, _BINARY):
                return dict(json.loads(content))

    def pushed(self) -> bytes:
        """The content, in Protocol Buffers, of the next message that is pushed."""
        while True:
            found = self.receive()
            if found.get("reqIdentifier") == PUSHED:
                return base64.b64decode(found["data"])

    def ping(self) -> None:
        """Say that this client lives: the gateway closes a connection that is silent for long."""
        # A client's frames are masked; this one has no content that the mask would change.
        self.stream.write(bytes([0x80 | _PING, 0x80]) + os.urandom(4))
        self.stream.flush()

    def wait_until_closed(self) -> None:
        """Read until the server closes. TimeoutError when it does not."""
        with suppress(EOFError, ConnectionError):
            while True:
                self.receive()

    def _frame(self) -> tuple[int, bytes]:
        first, length = self._read(2)
        assert first & 0x80, "the frame is only a part"
        if length == 126:
            [length] = struct.unpack(">H", self._read(2))
        elif length == 127:
            [length] = struct.unpack(">Q", self._read(8))
        return first & 0x0F, self._read(length)

    def _read(self, count: int) -> bytes:
        found = self.stream.read(count)
        if len(found) < count:
            raise EOFError
        return found


@contextmanager
def connected(port: int, seconds: float, **query: str) -> Iterator[Connection]:
    """Upgrade a connection to a loopback port; each read may take so many seconds."""
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET /?{urlencode(query)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    with (
        socket.create_connection(("127.0.0.1", port), seconds) as client,
        client.makefile("rwb") as stream,
    ):
        client.sendall(request.encode())
        status = stream.readline()
        if b" 101 " not in status:
            raise RefusedError((status + stream.read(2000)).decode(errors="replace"))
        while stream.readline().strip():
            pass
        yield Connection(stream)
