"""etcd on loopback, which can be away for a while, lose its data, and want a login."""

from __future__ import annotations

import base64
import shutil
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.product.infrastructure.programs import eventually, program, read, running
from tests.product.real.middleware import Etcd, free_ports

USER = "root"


class Store:
    """One member; its address stays the same over restarts."""

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        self.folder = folder
        folder.mkdir()
        client, self._peer = free_ports(2)
        self.address = f"{f'[{host}]' if ':' in host else host}:{client}"
        self.api = Etcd(f"http://{self.address}", "")
        self._stack = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        peer = f"http://127.0.0.1:{self._peer}"
        command = [
            program("etcd"), "--data-dir", str(self.folder / "data"),
            "--listen-client-urls", self.api.url, "--advertise-client-urls", self.api.url,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", f"default={peer}", "--bcrypt-cost", "4",
        ]  # fmt: skip
        log = self.folder / "log"
        self._process = self._stack.enter_context(running(command, {}, log))
        eventually(lambda: read(self.address, "/health"), log)

    def stop(self) -> None:
        """End it."""
        self._stack.close()

    def hang(self) -> None:
        """It takes connections, and answers nothing until it is killed."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """End it at once."""
        assert self._process
        self._process.kill()
        self.stop()

    def forget(self) -> None:
        """Its volume is lost, while it does not run."""
        shutil.rmtree(self.folder / "data")

    def authenticate(self, password: str) -> None:
        """From now on everybody must log in."""
        self.api.call("auth/role/add", name=USER)
        self.api.call("auth/user/add", name=USER, password=password)
        self.api.call("auth/user/grant", user=USER, role=USER)
        self.api.call("auth/enable")

    def login(self, password: str) -> str:
        """The token that the password gets."""
        return str(self.api.call("auth/authenticate", name=USER, password=password)["token"])

    def put(self, key: str, token: str = "") -> None:
        """Write a key."""
        self.api.call("kv/put", token, key=encoded(key), value=encoded("{}"))

    def delete(self, key: str, token: str = "") -> None:
        """Take a key away."""
        self.api.call("kv/deleterange", token, key=encoded(key))

    def compact(self) -> None:
        """Forget everything about the past."""
        answer: dict[str, Any] = self.api.call("kv/range", key=encoded("none"))
        self.api.call("kv/compaction", revision=answer["header"]["revision"], physical=True)


def encoded(text: str) -> str:
    """As etcd's HTTP API takes keys and values."""
    return base64.b64encode(text.encode()).decode()
