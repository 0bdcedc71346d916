"""The helm-test pods, and objects of the user's own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from openim_charts.specs.model import Catalog
from tests.product.features.conftest import Objects, Render, of_kind, usual_members


def _tests(objects: Objects) -> Objects:
    return [
        p for p in of_kind(objects, "Pod") if "test" in p["metadata"]["annotations"]["helm.sh/hook"]
    ]


def test_every_chart_with_a_test_has_its_pod(catalog: Catalog, render: Render) -> None:
    names = {p["metadata"]["labels"]["app.kubernetes.io/name"] for p in _tests(render("openim"))}
    members = usual_members(catalog)
    assert names == {f"{c.name}-test" for c in members if c.test and "tests" in c.features}


def test_test_pods_get_no_traffic_and_few_rights(render: Render) -> None:
    objects = render("openim")
    services = {o["metadata"]["name"]: o for o in of_kind(objects, "Service")}
    for pod in _tests(objects):
        labels = pod["metadata"]["labels"]
        for service in services.values():
            assert not service["spec"]["selector"].items() <= labels.items()
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["restartPolicy"] == "Never"
        assert spec["activeDeadlineSeconds"]
        assert spec["securityContext"]["runAsNonRoot"]
        context = spec["containers"][0]["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["readOnlyRootFilesystem"] is True
        assert context["capabilities"] == {"drop": ["ALL"]}


def test_test_pods_ask_a_port_that_a_service_has(render: Render) -> None:
    objects = render("openim")
    ports = {
        (o["metadata"]["name"], p["port"])
        for o in of_kind(objects, "Service")
        for p in o["spec"]["ports"]
    }
    for pod in _tests(objects):
        (address,) = pod["spec"]["containers"][0]["env"]
        name, _, port = address["value"].partition(":")
        assert (name, int(port)) in ports


@contextmanager
def _server(answer: bytes) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                if answer:
                    connection.recv(4096)
                    connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)  # closing alone leaves it to the thread that accepts
        listener.close()


def _run(pod: dict[str, Any], port: int, tool: str, seconds: float = 240) -> bool:
    """Whether the pod's script, which tries until it succeeds, ends within the time. Its tools are
    those of BusyBox in the images; Debian's BusyBox is built without what Alpine's has, so the full
    tools stand in."""
    if not shutil.which(tool):
        pytest.skip(f"no {tool} on PATH")
    *command, script = pod["spec"]["containers"][0]["command"]
    try:
        result = subprocess.run(
            [*command, script.replace("sleep 2", "sleep 0.1")],
            env={"ADDRESS": f"127.0.0.1:{port}", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return result.returncode == 0


def _reply(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


def test_http_script_wants_a_good_answer(render: Render) -> None:
    (pod,) = _tests(render("openim-api"))
    with _server(_reply("200 OK")) as port:
        assert _run(pod, port, "wget")
    with _server(_reply("503 Unavailable")) as port:
        assert not _run(pod, port, "wget", 5)


def test_tcp_script_wants_an_open_port(render: Render) -> None:
    (pod,) = _tests(render("openim-rpc-user"))
    with _server(b"") as port:
        assert _run(pod, port, "nc")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # so that nobody else listens there
        assert not _run(pod, closed.getsockname()[1], "nc", 5)


def test_objects_of_the_users_own(render: Render) -> None:
    mapping = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "{{ .Release.Name }}-a"},
        "data": {"n": "1"},
    }
    name = '{{ include "openim-api.fullname" . }}-b'
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"
    objects = render("openim-api", {"extraObjects": [mapping, text]})
    found = {o["metadata"]["name"]: o for o in of_kind(objects, "ConfigMap")}
    assert found["im-a"]["data"] == {"n": "1"}
    assert "im-api-b" in found
