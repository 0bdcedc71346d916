"""A namespace of a real cluster for each test, and the two Helm command lines to fill it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Chart
from openim_charts.packaging.api import package
from tests.conftest import HELMS, ROOT, helm_command

# What Kubernetes itself puts into a namespace or derives from other objects.
_DERIVED = (
    "Pod",
    "ReplicaSet",
    "EndpointSlice",
    "Endpoints",
    "Event",
    "ControllerRevision",
    "Lease",
)
_LEVEL = "pod-security.kubernetes.io/enforce"
_KINDS = (
    "deployments,statefulsets,jobs,services,configmaps,secrets,serviceaccounts,roles,rolebindings,"
    "networkpolicies,poddisruptionbudgets,horizontalpodautoscalers,persistentvolumeclaims,pods"
)


# Only what fails waits so long: a control plane on two cores that run tests beside is slow.
WAIT = ("--wait", "--timeout", "15m")
_SECONDS = 1200  # of a command, which may be Helm that waits
# What an API server says that cannot answer at the moment; to ask again does no harm.
_LATER = (
    "connection refused",
    "connection reset",
    "context deadline exceeded",
    "etcdserver:",
    "i/o timeout",
    "TLS handshake timeout",
    "too many requests",
    "unexpected EOF",
)


def preset(name: str) -> tuple[str, ...]:
    """Arguments of Helm for one of the project's presets."""
    return ("--values", str(ROOT / "presets" / f"{name}.yaml"))


def run(*command: str, stdin: str = "") -> str:
    """What a command prints; the test fails when the command does."""
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def listed(*arguments: str) -> list[dict[str, Any]]:
    """The objects that 'kubectl get' finds; asked again while the API server cannot answer."""
    command = ("kubectl", "get", *arguments, "-o", "json")
    for _ in range(20):
        try:
            found: list[dict[str, Any]] = json.loads(run(*command))["items"]
        except AssertionError as error:
            if not any(word in str(error) for word in _LATER):
                raise
            time.sleep(3)
        else:
            return found
    return list(json.loads(run(*command))["items"])


def eventually(check: Callable[[], None]) -> None:
    """Try until ``check`` no longer fails: what controllers do comes some time after its cause."""
    deadline = time.monotonic() + 300
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
        time.sleep(1)


@dataclass(frozen=True)
class Namespace:
    """A namespace that enforces the restricted Pod Security level, and a Helm to use there."""

    name: str
    helm: str
    folder: Path

    def archive(self, chart: Chart) -> str:
        """The chart's archive on disk."""
        path = self.folder / f"{chart.name}.tgz"
        path.write_bytes(package(chart, 0))
        return str(path)

    def run(self, *arguments: str, values: Mapping[str, Any] | None = None) -> str:
        """Run Helm in the namespace.

        For an upgrade Helm would validate the old and the new objects against the cluster's OpenAPI
        document, which costs two seconds of CPU. An installation does it once; builds hold all
        objects against the same schemas, and the API server has the last word.
        """
        if arguments[0] == "upgrade":
            arguments = (*arguments, "--disable-openapi-validation")
        given = ("--values", "-") if values is not None else ()
        text = yaml.safe_dump(dict(values)) if values is not None else ""
        return run(self.helm, *arguments, *given, "--namespace", self.name, stdin=text)

    def objects(self) -> dict[str, dict[str, Any]]:
        """Everything in the namespace that somebody put there, by kind and name."""
        found = listed(_KINDS, "-n", self.name)
        named = {f"{o['kind']}/{o['metadata']['name']}": o for o in found}
        return {
            key: o
            for key, o in named.items()
            if o["kind"] not in _DERIVED
            and key not in ("ConfigMap/kube-root-ca.crt", "ServiceAccount/default")
            and not o["metadata"]["name"].startswith("sh.helm.release.")
        }

    def all_ready(self) -> None:
        """Fail unless every pod gets ready, or does its work."""
        eventually(self._all_ready)

    def _all_ready(self) -> None:
        # Those of the release before an upgrade may still be on their way out.
        found = listed("pods", "-n", self.name)
        pods = [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]
        assert pods
        for pod in pods:
            conditions = pod["status"].get("conditions", ())
            ready = any((c["type"], c["status"]) == ("Ready", "True") for c in conditions)
            assert ready or pod["status"]["phase"] == "Succeeded", pod["metadata"]["name"]

    def left(self) -> set[str]:
        """Kinds of what is there after an uninstall, all of it said to be kept."""
        eventually(self._only_kept)
        return {found["kind"] for found in self.objects().values()}

    def _only_kept(self) -> None:
        for key, found in self.objects().items():
            annotations = found["metadata"].get("annotations") or {}
            kept = annotations.get("helm.sh/resource-policy") == "keep"
            assert kept or found["kind"] == "PersistentVolumeClaim", key

    def specs(self) -> dict[str, Any]:
        """The same, without what controllers make and write: to compare two states.

        A claim of a StatefulSet appears, and is bound to its volume, some time after the
        StatefulSet; the claim's template is compared with the StatefulSet.
        """
        return {
            key: {k: _without_uid(v) for k, v in o.items() if k not in ("status", "metadata")}
            | {"metadata": _metadata(o["metadata"])}
            for key, o in self.objects().items()
            if o["kind"] != "PersistentVolumeClaim"
        }


def _without_uid(data: Any) -> Any:
    """Without the labels by which a Job finds its pods: one that is made anew has others."""
    if isinstance(data, Mapping):
        return {k: _without_uid(v) for k, v in data.items() if not k.endswith("controller-uid")}
    return [_without_uid(item) for item in data] if isinstance(data, list) else data


def _metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    annotations = dict(metadata.get("annotations", {}))
    annotations.pop("deployment.kubernetes.io/revision", None)
    return {
        "labels": metadata.get("labels"),
        "annotations": annotations,
        "generation": metadata.get("generation"),
    }


def need_cluster() -> None:
    """Skip the test where no cluster is named."""
    if not os.environ.get("KUBECONFIG"):
        pytest.skip("KUBECONFIG names no cluster")
    if shutil.which("kubectl") is None:
        pytest.skip("no kubectl on PATH")


@pytest.fixture(params=HELMS)
def namespace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Namespace]:
    """A new namespace, deleted afterwards; skips where no cluster is named."""
    with new_namespace(request.param, tmp_path) as made:
        yield made


@contextmanager
def new_namespace(helm: str, folder: Path) -> Iterator[Namespace]:
    """A namespace for one Helm of HELMS, deleted afterwards; skips where no cluster is named."""
    need_cluster()
    made = Namespace(f"t-{uuid.uuid4().hex[:10]}", helm_command(helm), folder)
    run("kubectl", "create", "namespace", made.name)
    try:
        run("kubectl", "label", "namespace", made.name, f"{_LEVEL}=restricted")
        yield made
    finally:
        run("kubectl", "delete", "namespace", made.name, "--wait=false")
