"""Pods start anew at an upgrade when a Secret of the user's own has changed."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.http_server import JSONHandler, serving
from tests.product.features.conftest import of_kind

# What it serves: the kinds that a module's chart has.
_KINDS = {
    "v1": ["Secret", "ServiceAccount", "ConfigMap", "Service", "Pod"],
    "apps/v1": ["Deployment"],
    "networking.k8s.io/v1": ["NetworkPolicy"],
}


@contextmanager
def _cluster(secrets: dict[str, str]) -> Iterator[str]:
    """The URL of an API server that knows nothing but these Secrets, by name and password."""

    class Server(JSONHandler):
        def get(self) -> None:
            found = _answer(self.path.partition("?")[0], secrets)
            self.answer(200 if found else 404, found or {"kind": "Status", "code": 404})

    with serving(Server) as address:
        yield f"http://{address}"


def _group(version: str) -> dict[str, Any]:
    known = {"groupVersion": version, "version": version.partition("/")[2]}
    return {"name": version.partition("/")[0], "versions": [known], "preferredVersion": known}


def _answer(path: str, secrets: dict[str, str]) -> dict[str, Any] | None:
    groups = [_group(version) for version in _KINDS if "/" in version]
    fixed: dict[str, dict[str, Any]] = {
        "/version": {"major": "1", "minor": "34", "gitVersion": "v1.34.0"},
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups},
    }
    for version, kinds in _KINDS.items():
        found = [
            {"name": f"{k.lower()}s", "kind": k, "namespaced": True, "verbs": ["get"]}
            for k in kinds
        ]
        listed = {"kind": "APIResourceList", "groupVersion": version, "resources": found}
        fixed[f"/apis/{version}" if "/" in version else f"/api/{version}"] = listed
    start, _, name = path.rpartition("/")
    if start == "/api/v1/namespaces/chat/secrets" and name in secrets:
        data = {"password": base64.b64encode(secrets[name].encode()).decode()}
        about = {"name": name, "namespace": "chat"}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": about, "data": data}
    return fixed.get(path)


@pytest.fixture
def checksum(
    archives: Callable[[str], bytes], helm: str, tmp_path: Path
) -> Callable[..., str | None]:
    """The checksum of Secrets in a module's pods, for what the values say and a cluster holds."""
    archive = tmp_path / "chart.tgz"
    archive.write_bytes(archives("openim-rpc-conversation"))

    def find(values: dict[str, Any], secrets: dict[str, str]) -> str | None:
        file = tmp_path / "values.yaml"
        file.write_text(json.dumps(values))
        with _cluster(secrets) as url:
            command = [helm, "template", "im", str(archive), "--namespace", "chat"]
            options = ["--values", str(file), "--kube-version", "1.34", "--dry-run=server"]
            options += ["--disable-openapi-validation", "--kube-apiserver", url]
            output = subprocess.run([*command, *options], capture_output=True, check=True).stdout
        (pod,) = of_kind([o for o in yaml.safe_load_all(output) if o], "Deployment")
        annotations: dict[str, str] = pod["spec"]["template"]["metadata"]["annotations"]
        return annotations.get("checksum/secret")

    return find


def test_another_password_in_a_secret_of_ones_own_restarts_pods(
    checksum: Callable[..., str | None],
) -> None:
    values = {"global": {"redis": {"existingSecret": "mine"}}}
    first = checksum(values, {"mine": "one", "im-server": "one"})
    assert first
    assert first == checksum(values, {"mine": "one", "im-server": "two"})
    assert first != checksum(values, {"mine": "two", "im-server": "one"})


def test_a_secret_that_the_release_makes_does_not(checksum: Callable[..., str | None]) -> None:
    """At the first install it is not there yet, so an upgrade would restart all pods in vain."""
    assert checksum({}, {}) is None
    assert checksum({}, {"im-redis": "one", "im-server": "one"}) is None
