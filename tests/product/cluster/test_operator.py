"""The published script in a real cluster, with Helm 3 and Helm 4."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from openim_charts.charts.api import Chart
from tests.conftest import ROOT
from tests.product.cluster.conftest import Namespace, listed

pytestmark = pytest.mark.cluster

_NEVER_READY = ("--set-string", "podLabels.fake/outcome=notready")


def test_the_life_of_a_release(charts: Mapping[str, Chart], namespace: Namespace) -> None:
    chart = ("--chart", namespace.archive(charts["redis"]))

    def script(verb: str, *arguments: str) -> dict[str, Any]:
        return _script(namespace, verb, *arguments)

    assert script("doctor", *chart)["code"] == 0
    refused = script("install", *chart, "--", "--set", "nosuch=1")
    assert refused["code"] == 5
    assert "'nosuch' not allowed" in refused["message"]

    unbound = script(
        "install", *chart, "--timeout", "4", "--", "--set", "persistence.storageClass=no"
    )
    assert unbound["code"] == 6
    assert "PersistentVolumeClaims" in unbound["services"][0]["reason"]
    assert script("delete", "--yes", "--data")["code"] == 0

    assert _results(script("install", *chart)) == {"redis": "done"}
    assert _results(script("install", *chart)) == {"redis": "unchanged"}
    assert _results(script("restart", "redis")) == {"redis": "restarted"}
    assert _results(script("stop", "--yes")) == {"redis": "stopped"}
    assert not [
        p for p in listed("pods", "-n", namespace.name) if "job" not in p["metadata"]["name"]
    ]
    assert _results(script("start")) == {"redis": "started"}
    assert _results(script("test")) == {"redis": "passed"}
    kept = script("delete", "--yes")
    assert "persistentvolumeclaim/data-im-redis-0" in kept["message"]
    assert "secret/im-redis" in kept["message"]
    script("delete", "--yes", "--data")
    assert not listed("persistentvolumeclaims,secrets", "-n", namespace.name)


def test_a_command_that_was_killed_is_taken_up(
    charts: Mapping[str, Chart], namespace: Namespace
) -> None:
    archive = namespace.archive(charts["redis"])
    for status in ("pending-install", "pending-upgrade"):
        _kill_helm(namespace, archive, status)
        alive = _script(namespace, "install", "--chart", archive, "--", *_NEVER_READY)
        assert alive["code"] == 1
        assert f"may be at work ({status})" in alive["message"]
        time.sleep(2)
        values = ("--", "--set-string", "podLabels.a=b")
        done = _script(namespace, "install", "--chart", archive, "--dead-after", "1", *values)
        assert done["code"] == 0
        assert [(s["ready"], s["wanted"]) for s in done["services"]] == [(1, 1)]


def _results(report: Mapping[str, Any]) -> dict[str, str]:
    return {service["service"]: service["result"] for service in report["services"]}


def _script(namespace: Namespace, *arguments: str) -> dict[str, Any]:
    """What the script reports, with the namespace's Helm as ``helm``."""
    folder = namespace.folder / "bin"
    folder.mkdir(exist_ok=True)
    helm = folder / "helm"
    if not helm.exists():
        helm.symlink_to(namespace.helm)
    environment = {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "OPENIM_NAMESPACE": namespace.name,
        "OPENIM_RELEASE": "im",
        "OPENIM_INTERVAL": "1",
        "OPENIM_OUTPUT": "json",
    }
    command = ["sh", str(ROOT / "chart-specs" / "scripts" / "openim"), *arguments]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=1200, check=False
    )
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["code"] == done.returncode
    return report


def _kill_helm(namespace: Namespace, archive: str, status: str) -> None:
    """End Helm in the middle of a command, as a lost machine does."""
    command = [namespace.helm, "upgrade", "--install", "im", archive, "--wait", *_NEVER_READY]
    with subprocess.Popen(
        [*command, "--namespace", namespace.name], stdout=subprocess.DEVNULL
    ) as helm:
        secrets = ("secrets", "-n", namespace.name, "--selector", f"owner=helm,status={status}")
        for _ in range(300):
            if listed(*secrets):
                break
            time.sleep(0.2)
        helm.kill()
    assert Path(archive).exists()
