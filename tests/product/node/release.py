"""The whole of OpenIM, installed in a namespace of a cluster whose nodes run containers."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from tests.product.cluster.conftest import listed, preset, run

NAME = "openim"
SECONDS = 900  # Only what fails waits so long.


@dataclass(frozen=True)
class Release:
    """A release called openim, and the Helm that manages it."""

    helm: str
    archive: str
    namespace: str
    values: Mapping[str, Any]
    skipped_tests: tuple[str, ...] = ()
    preset: str = "minimal"

    def run(self, *arguments: str, values: Mapping[str, Any] | None = None) -> str:
        """Run Helm in the namespace, with values beside the preset when there are any."""
        given = ("--values", "-") if values is not None else ()
        text = yaml.safe_dump(dict(values)) if values is not None else ""
        return run(self.helm, *arguments, *given, "--namespace", self.namespace, stdin=text)

    def install(self) -> None:
        """Install the preset, and wait until all of it is ready."""
        self._bring("install", self.values)

    def upgrade(self, values: Mapping[str, Any]) -> None:
        """Change values of the release, and wait."""
        self._bring("upgrade", {**self.values, **values})

    def _bring(self, verb: str, values: Mapping[str, Any]) -> None:
        wait = ("--wait", "--timeout", f"{SECONDS}s")
        try:
            self.run(verb, NAME, self.archive, *wait, *preset(self.preset), values=values)
        except AssertionError as error:
            pytest.fail(f"{error}\n{self.report()}")

    def uninstall(self) -> None:
        """Take the release away, and wait until its pods are gone."""
        self.run("uninstall", NAME, "--wait", "--timeout", f"{SECONDS}s")
        until(lambda: not self.pods(), "the pods are gone")

    def test(self) -> str:
        """Run the release's own tests."""
        without = [f"--filter=!name={name}" for name in self.skipped_tests]
        return self.run("test", NAME, "--timeout", f"{SECONDS}s", *without)

    def pods(self) -> list[dict[str, Any]]:
        """The pods that work; those of Jobs and of tests end by themselves."""
        found = listed("pods", "--namespace", self.namespace)
        return [p for p in found if p["spec"]["restartPolicy"] == "Always"]

    def pod(self, component: str) -> str:
        """The name of the one pod of a component that is not on its way out."""
        return next(
            p["metadata"]["name"]
            for p in self.pods()
            if component_of(p) == component and "deletionTimestamp" not in p["metadata"]
        )

    def node_of(self, pod: str) -> str:
        """The name of the node that a pod is on."""
        return self.kubectl("get", "pod", pod, "--output=jsonpath={.spec.nodeName}")

    def kubectl(self, *arguments: str) -> str:
        """Run kubectl in the namespace."""
        return run("kubectl", "--namespace", self.namespace, *arguments)

    def end_container(self, pod: str, container: str) -> None:
        """End the first process of a container that has a shell."""
        self.kubectl("exec", pod, "--container", container, "--", "sh", "-c", "kill 1")

    def restarts(self, pod: str, container: str) -> int:
        """How often a container was started again."""
        found = json.loads(self.kubectl("get", "pod", pod, "--output=json"))["status"]
        counts = {s["name"]: s["restartCount"] for s in found["containerStatuses"]}
        return int(counts[container])

    def evict(self, pod: str) -> None:
        """Take a pod away as a drain of its node does."""
        name = {"name": pod, "namespace": self.namespace}
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": name}
        path = f"/api/v1/namespaces/{self.namespace}/pods/{pod}/eviction"
        run("kubectl", "create", "--raw", path, "--filename", "-", stdin=json.dumps(eviction))

    def wait_ready(self, count: int) -> None:
        """Wait until so many pods are there, none on its way out, and all ready."""

        def all_ready() -> bool:
            found = self.pods()
            return len(found) == count and all(is_ready(p) for p in found)

        try:
            until(all_ready, "all pods are ready")
        except AssertionError as error:
            pytest.fail(f"{error}\n{self.report()}")

    def secret(self, name: str, key: str) -> str:
        """A value of a Secret of the release."""
        words = ("get", "secret", f"{NAME}-{name}", "--output", "json")
        return base64.b64decode(json.loads(self.kubectl(*words))["data"][key]).decode()

    def report(self) -> str:
        """What is wrong with the pods: states, events and the ends of logs of those not ready."""
        parts = [self.kubectl("get", "pods", "--output", "wide")]
        for pod in self.pods():
            if is_ready(pod):
                continue
            name = pod["metadata"]["name"]
            words = ["kubectl", "--namespace", self.namespace]
            for command in (
                ["describe", "pod", name],
                ["logs", name, "--all-containers", "--prefix", "--tail=15"],
                ["logs", name, "--all-containers", "--prefix", "--tail=15", "--previous"],
            ):
                done = subprocess.run(
                    [*words, *command], capture_output=True, text=True, check=False
                )
                parts.append(done.stdout[-3000:])
        return "\n".join(parts)


def component_of(pod: Mapping[str, Any]) -> str:
    """Which part of OpenIM a pod is: its chart's name."""
    return str(pod["metadata"]["labels"]["app.kubernetes.io/name"])


def is_ready(pod: Mapping[str, Any]) -> bool:
    """Whether a pod is ready and stays."""
    conditions = pod["status"].get("conditions", ())
    ready = any((c["type"], c["status"]) == ("Ready", "True") for c in conditions)
    return ready and "deletionTimestamp" not in pod["metadata"]


def until(check: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(1)


class Forward:
    """A port of loopback that leads to a Service, also after its pod was replaced."""

    def __init__(self, release: Release, service: str, port: int) -> None:
        self._command = [
            "kubectl", "--namespace", release.namespace, "port-forward", f"service/{service}",
            f":{port}",
        ]  # fmt: skip
        self._process: subprocess.Popen[str] | None = None
        self._port = 0
        self._lock = threading.Lock()

    def port(self) -> int:
        """The port, of a new connection when the last one was lost. OSError when there is none."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            return self._port

    def renew(self) -> None:
        """Lead to a pod that lives now, from the next call on."""
        with self._lock:
            self._stop()

    def _start(self) -> None:
        self._stop()
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout
        line = self._process.stdout.readline()
        if "127.0.0.1:" not in line:
            self._stop()
            raise ConnectionError(f"{' '.join(self._command)}: {line}")
        self._port = int(line.partition("127.0.0.1:")[2].split()[0])
        # What it prints for each connection must not fill the pipe.
        threading.Thread(target=_drain, args=[self._process.stdout], daemon=True).start()

    def _stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


def _drain(stream: Any) -> None:
    for _ in stream:
        pass


@contextmanager
def forward(release: Release, service: str, port: int) -> Iterator[Forward]:
    """A port of loopback for a block's time."""
    made = Forward(release, f"{NAME}-{service.removeprefix('openim-')}", port)
    try:
        yield made
    finally:
        made.renew()
