"""Credentials for a registry, from where ``docker login`` and ``helm registry login`` put them."""

from __future__ import annotations

import base64
import binascii
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SECONDS = 30


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
            timeout=_SECONDS,
            check=True,
        )
        answer = json.loads(done.stdout)
        user, secret = str(answer["Username"]), str(answer["Secret"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None
    return Credentials(identity_token=secret) if user == "<token>" else Credentials(user, secret)
