"""A real registry on loopback: github.com/distribution/distribution, from Go.

It takes everybody, or those in a password file, or those whom a token server vouches for.
"""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.http_server import serving

USER, PASSWORD = "robot", "secret"
_HASH = "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a"
SERVICE, ISSUER = "test registry", "test tokens"
LEEWAY = 60  # seconds for which the registry takes a token that ran out


@dataclass(frozen=True)
class RunningRegistry:
    """A registry that listens on ``host``, which is an address with a port."""

    host: str


def free_port() -> int:
    """A port of loopback that nobody listens on.

    The system gives those from 32768 on to whoever asks for any, also before we listen there.
    """
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def running(folder: Path, auth: Mapping[str, Any] | None = None) -> Iterator[RunningRegistry]:
    """A registry that keeps everything in ``folder``; ``auth`` is that part of its settings."""
    program = shutil.which(os.environ.get("OCI_REGISTRY", "registry"))
    if program is None:
        pytest.skip("no registry on PATH, and OCI_REGISTRY does not name one")
    config = {
        "version": 0.1,
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        **({"auth": auth} if auth else {}),
    }
    process, host = _start(program, config, folder)
    try:
        yield RunningRegistry(host)
    finally:
        process.kill()
        process.wait()


def _start(
    program: str, config: Mapping[str, Any], folder: Path
) -> tuple[subprocess.Popen[bytes], str]:
    """A registry that answers, and where. Another program may take a port that was free."""
    file, log = folder / "config.yml", folder / "log"
    for _ in range(10):
        host = f"127.0.0.1:{free_port()}"
        file.write_text(json.dumps({**config, "http": {"addr": host}}))
        with log.open("wb") as errors:
            process = subprocess.Popen([program, "serve", str(file)], stdout=errors, stderr=errors)
        if _answers(process, host):
            return process, host
        process.kill()
        process.wait()
        if b"address already in use" not in log.read_bytes():
            break
    raise AssertionError(f"the registry did not start: {log.read_text(errors='replace')[-2000:]}")


def _answers(process: subprocess.Popen[bytes], host: str) -> bool:
    """Whether it answers before it ends, in any case within some minutes."""
    deadline = time.monotonic() + 240
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(requests.RequestException):
            requests.get(f"http://{host}/v2/", timeout=30)
            # Who listened there before would answer too.
            return process.poll() is None
        time.sleep(0.05)
    return False


def passwords(folder: Path) -> Mapping[str, Any]:
    """Settings of a registry that asks for USER and PASSWORD itself."""
    (folder / "users").write_text(f"{USER}:{_HASH}\n")
    return {"htpasswd": {"realm": "test", "path": str(folder / "users")}}


def login(host: str, **entry: str) -> str:
    """The text of a file as 'helm registry login' writes it."""
    stored = entry or {"auth": base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}
    return json.dumps({"auths": {host: stored}})


@dataclass
class Tokens:
    """A token server: anybody may pull, USER may push, and so may who has the token ``refresh``.

    ``asked`` tells of each request: method, query or form, and the user or "".
    """

    folder: Path
    lifetime: int = 300  # seconds of the next tokens
    refresh: str = "long-lived"
    realm: str = ""
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._key, self._certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", "/CN=tokens", "-keyout", self._key, "-out", self._certificate],
            check=True, capture_output=True,
        )  # fmt: skip

    @property
    def auth(self) -> Mapping[str, Any]:
        """Settings of a registry that believes this server."""
        bundle = str(self._certificate)
        where = {"realm": self.realm, "service": SERVICE, "issuer": ISSUER}
        return {"token": {**where, "rootcertbundle": bundle}}

    def answer(self, method: str, wanted: dict[str, str], user: str) -> dict[str, Any] | None:
        """A token as the registry and the client expect it; None for a wrong login."""
        self.asked.append((method, wanted, user))
        known = user == USER
        if method == "POST":
            if wanted.get("refresh_token") != self.refresh:
                return None
            known = True
        kind, name, actions = wanted["scope"].split(":")
        granted = [a for a in actions.split(",") if a == "pull" or known]
        token = self._token([{"type": kind, "name": name, "actions": granted}])
        return {"access_token" if method == "POST" else "token": token, "expires_in": self.lifetime}

    def _token(self, access: list[dict[str, Any]]) -> str:
        now = int(time.time())
        pem = "".join(self._certificate.read_text().splitlines()[1:-1])
        claims = {"iss": ISSUER, "aud": SERVICE, "sub": "x", "jti": str(len(self.asked)),
                  "iat": now, "nbf": now - LEEWAY, "exp": now + self.lifetime,
                  "access": access}  # fmt: skip
        parts = ({"typ": "JWT", "alg": "RS256", "x5c": [pem]}, claims)
        text = ".".join(_base64(json.dumps(part).encode()) for part in parts)
        signed = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", self._key],
            input=text.encode(), check=True, capture_output=True,
        )  # fmt: skip
        return f"{text}.{_base64(signed.stdout)}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@contextmanager
def token_server(folder: Path) -> Iterator[Tokens]:
    """A token server on loopback."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on PATH")
    tokens = Tokens(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pair = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic "))
            user, _, password = pair.decode().partition(":")
            if user and password != PASSWORD:
                self._send(401, None)
            else:
                self._answer(urlsplit(self.path).query, user)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(body.decode(), "")

        def _answer(self, query: str, user: str) -> None:
            wanted = {key: values[0] for key, values in parse_qs(query).items()}
            answer = tokens.answer(self.command, wanted, user)
            self._send(200 if answer else 401, answer)

        def _send(self, status: int, content: object) -> None:
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as address:
        tokens.realm = f"http://{address}/token"
        yield tokens
