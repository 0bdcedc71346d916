"""A server that answers MongoDB's wire protocol with given documents, without logins.

No registry has a mongod; this one says what a real one is documented to say, so that programs that
read it can be run.
"""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

_QUERY, _REPLY, _MESSAGE = 2004, 1, 2013


def encode(document: Mapping[str, Any]) -> bytes:
    """A document as BSON; whole numbers have 64 bits."""
    body = b"".join(_element(key, value) for key, value in document.items()) + b"\0"
    return struct.pack("<i", len(body) + 4) + body


def _element(key: str, value: Any) -> bytes:
    name = key.encode() + b"\0"
    match value:
        case bool():
            return b"\x08" + name + bytes([value])
        case int():
            return b"\x12" + name + struct.pack("<q", value)
        case float():
            return b"\x01" + name + struct.pack("<d", value)
        case str():
            text = value.encode() + b"\0"
            return b"\x02" + name + struct.pack("<i", len(text)) + text
        case datetime():
            return b"\x09" + name + struct.pack("<q", int(value.timestamp() * 1000))
        case Mapping():
            return b"\x03" + name + encode(value)
        case Sequence():
            return b"\x04" + name + encode({str(i): item for i, item in enumerate(value)})
    raise TypeError(f"{key} is a {type(value).__name__}")


def _command(body: bytes) -> str:
    """The name of a document's first key."""
    return body[5 : body.index(b"\0", 5)].decode()


@contextmanager
def serving(address: str, port: int, answers: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
    """Answer commands, by their lower-case names, for a block's time; others are unknown."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while len(head := self.rfile.read(16)) == 16:
                length, request, _, code = struct.unpack("<iiii", head)
                body = self.rfile.read(length - 16)
                # Before it knows the server a driver asks in the old way.
                start = body.index(b"\0", 4) + 9 if code == _QUERY else 5
                document = encode(_answer(_command(body[start:])))
                if code == _QUERY:
                    self._send(request, _REPLY, struct.pack("<iqii", 8, 0, 0, 1) + document)
                else:
                    self._send(request, _MESSAGE, struct.pack("<iB", 0, 0) + document)

        def _send(self, request: int, code: int, body: bytes) -> None:
            self.wfile.write(struct.pack("<iiii", len(body) + 16, 1, request, code) + body)

    def _answer(command: str) -> Mapping[str, Any]:
        found = answers.get(command.lower())
        unknown = {"ok": 0.0, "code": 59, "errmsg": f"no such command: '{command}'"}
        return unknown if found is None else {**found, "ok": 1.0}

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server((address, port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def member(name: str) -> dict[str, dict[str, Any]]:
    """Answers of the primary of a set of three, of which one is away and one is a minute behind."""
    hello = {
        "isWritablePrimary": True,
        "ismaster": True,
        "setName": "rs0",
        "hosts": [name],
        "me": name,
        "maxBsonObjectSize": 16777216,
        "maxMessageSizeBytes": 48000000,
        "maxWriteBatchSize": 100000,
        "minWireVersion": 0,
        "maxWireVersion": 21,
    }
    now = datetime(2026, 1, 1, tzinfo=UTC)
    away = {"state": 8, "stateStr": "(not reachable/healthy)", "health": 0.0}
    members = [
        {"_id": 0, "name": "a", "state": 1, "stateStr": "PRIMARY", "health": 1.0},
        {"_id": 1, "name": "b", "state": 2, "stateStr": "SECONDARY", "health": 1.0},
        {"_id": 2, "name": "c", **away},
    ]
    optimes = [now, now.replace(year=2025, month=12, day=31, hour=23, minute=59), now]
    status = {
        "set": "rs0",
        "myState": 1,
        "members": [m | {"optimeDate": t} for m, t in zip(members, optimes, strict=True)],
    }
    connections = {"current": 7, "available": 93}
    disk = {"fsUsedSize": 10.0, "fsTotalSize": 100.0}
    return {
        "hello": hello,
        "ismaster": hello,
        "ping": {},
        "buildinfo": {"version": "7.0.43", "versionArray": [7, 0, 43, 0]},
        "replsetgetstatus": status,
        "replsetgetconfig": {"config": {"_id": "rs0", "version": 1, "members": []}},
        "getdiagnosticdata": {"data": {"serverStatus": {"connections": connections}}},
        "getcmdlineopts": {"parsed": {}},
        "listdatabases": {"databases": [{"name": "openim_v3", "sizeOnDisk": 1, "empty": False}]},
        "dbstats": {"db": "openim_v3", **disk},
    }
