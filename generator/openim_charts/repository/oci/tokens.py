"""Credentials for registries, and answers to their challenges (RFC 7235, distribution's tokens)."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from openim_charts.findings import UserError

_HELPER_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and password, or a token that is exchanged for others."""

    user: str = ""
    password: str = ""
    identity_token: str = ""


def find_credentials(registry: str) -> Credentials | None:
    """What is stored for the registry (host, perhaps with a port), or None."""
    for path in _files():
        try:
            config = json.loads(path.read_text())
        except (OSError, ValueError):
            continue
        found = _in_config(config, registry) if isinstance(config, dict) else None
        if found:
            return found
    return None


def _files() -> Iterator[Path]:
    """Helm's own file first, then Docker's, like Helm does."""
    home = Path.home()
    helm = os.environ.get("HELM_REGISTRY_CONFIG")
    config_home = Path(
        os.environ.get("HELM_CONFIG_HOME")
        or Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "helm"
    )
    yield Path(helm) if helm else config_home / "registry" / "config.json"
    yield Path(os.environ.get("DOCKER_CONFIG") or home / ".docker") / "config.json"


def _in_config(config: dict[str, Any], registry: str) -> Credentials | None:
    names = _names(registry)
    helpers = config.get("credHelpers") or {}
    helper = next((helpers[name] for name in names if name in helpers), config.get("credsStore"))
    stored = config.get("auths") or {}
    entry = next((stored[name] for name in names if stored.get(name)), None)
    found = _entry(entry) if isinstance(entry, dict) else None
    if found or not isinstance(helper, str):
        return found
    return next((c for name in names if (c := _from_helper(helper, name))), None)


def _names(registry: str) -> list[str]:
    """Under which names a registry may stand; Docker Hub has one of its own."""
    hub = ["https://index.docker.io/v1/"] if registry.endswith("docker.io") else []
    return [registry, f"https://{registry}", f"http://{registry}", *hub]


def _entry(entry: dict[str, Any]) -> Credentials | None:
    if token := entry.get("identitytoken"):
        return Credentials(identity_token=str(token))
    if entry.get("username"):
        return Credentials(str(entry["username"]), str(entry.get("password", "")))
    try:
        user, _, password = (
            base64.b64decode(entry.get("auth", ""), validate=True).decode().partition(":")
        )
    except (binascii.Error, ValueError):
        return None
    return Credentials(user, password) if user else None


def _from_helper(helper: str, name: str) -> Credentials | None:
    try:
        done = subprocess.run(
            [f"docker-credential-{helper}", "get"],
            input=name.encode(),
            capture_output=True,
            timeout=_HELPER_SECONDS,
            check=True,
        )
        answer = json.loads(done.stdout)
        user, secret = str(answer["Username"]), str(answer["Secret"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None
    return Credentials(identity_token=secret) if user == "<token>" else Credentials(user, secret)


_PARAMETER = re.compile(r'([A-Za-z_]+)="([^"]*)"')
_SECONDS = 30.0


def as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """For ``auth=``: the request has its login, or shall have none. Without this, requests puts
    what ``~/.netrc`` says of the host in place of a token."""
    return request


def authorization(
    challenge: str, credentials: Credentials | None, scope: str, secure: Callable[[str], bool]
) -> str:
    """The Authorization header that answers a ``WWW-Authenticate`` challenge.

    ``secure`` says whether a URL may be sent a password. Raises UserError.
    """
    kind, _, rest = challenge.partition(" ")
    if kind.lower() == "basic":
        return _basic(credentials)
    if kind.lower() != "bearer":
        raise UserError(f"the registry wants authentication of an unknown kind: {challenge!r}")
    parameters = dict(_PARAMETER.findall(rest))
    realm = parameters.get("realm", "")
    if not secure(realm):
        raise UserError(f"the registry sends us for a token to {realm!r}, which is not safe")
    wanted = {"scope": scope, "service": parameters.get("service", "")}
    return f"Bearer {_token(realm, {k: v for k, v in wanted.items() if v}, credentials)}"


def _basic(credentials: Credentials | None) -> str:
    if credentials is None or not credentials.user:
        raise UserError(
            "the registry wants a user and a password: log in with 'helm registry login'"
        )
    pair = f"{credentials.user}:{credentials.password}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def _token(realm: str, wanted: dict[str, str], credentials: Credentials | None) -> str:
    host = urlsplit(realm).netloc
    try:
        if credentials and credentials.identity_token:
            form = {
                **wanted,
                "grant_type": "refresh_token",
                "refresh_token": credentials.identity_token,
                "client_id": "openim-charts",
            }
            answer = requests.post(
                realm, data=form, timeout=_SECONDS, auth=as_it_is, allow_redirects=False
            )
        else:
            headers = {"Authorization": _basic(credentials)} if credentials else {}
            answer = requests.get(
                realm, params=wanted, headers=headers, timeout=_SECONDS,
                auth=as_it_is, allow_redirects=False,
            )  # fmt: skip
        body: Any = answer.json() if answer.status_code == 200 else {}
    except (requests.RequestException, ValueError) as error:
        raise UserError(f"{host} gave no token: {type(error).__name__}") from error
    token = body.get("token") or body.get("access_token") if isinstance(body, dict) else None
    if not token:
        hint = "check the login" if credentials else "log in with 'helm registry login'"
        raise UserError(f"{host} gave no token (HTTP {answer.status_code}): {hint}")
    return str(token)
