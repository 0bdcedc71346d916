"""The liveness probe tells a lost registration from everything else, with a real etcd."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.specs.model import Catalog, ChartSpec
from tests.http_server import JSONHandler, serving
from tests.product.clients.conftest import external
from tests.product.clients.etcd import USER, Store
from tests.product.clients.kubelet import key_of
from tests.product.clients.modules import Module, write
from tests.product.infrastructure.programs import running
from tests.product.real.pods import ask_probe, pod_of

PASSWORD = "a/b?c#d@e%f:g h\"i'j\\k$HOME"
LOGIN = {"login": {"username": USER, "password": PASSWORD}}
ALONE = "openim-api"  # registers nothing, and must find others all the same


def registering(catalog: Catalog) -> list[ChartSpec]:
    """Charts whose module registers."""
    return [
        chart
        for chart in catalog.charts.values()
        if "name" in chart.options.get("registration", {})
    ]


def test_every_name_belongs_to_one_module_that_serves_grpc(catalog: Catalog) -> None:
    for line in catalog.lines.values():
        charts = [chart for chart in registering(catalog) if chart.line == line]
        assert {c.name for c in charts} == {
            c.name for c in catalog.charts.values() if c.line == line and "rpc" in c.ports
        }
        paths = [c.options["registration"]["name"] for c in charts]
        places = {path.rpartition(".")[0] for path in paths}
        names = []
        for place in places:
            file, *steps = place.split(".")
            node = line.config[file].schema
            for step in steps:
                node = node["properties"][step]
            names += [f"{place}.{name}" for name in node["properties"]]
        assert sorted(paths) == sorted(names)


class Watched:
    """A chart's probe, looking at a process of this machine."""

    def __init__(self, module: Module, spec: ChartSpec, folder: Path, stack: ExitStack) -> None:
        self.module, self.state = module, folder / "state"
        self.state.mkdir()
        files = {f.name: yaml.safe_load(module.pod.files[f.filename]) for f in spec.config}
        port = module.pod.ports.get("rpc")
        self.key = key_of(spec, files, f"127.0.0.1:{port}") if port else ""
        self.process, self._stack = 0, stack
        self.restart()

    def probe(self, **env: str) -> tuple[int, str]:
        """The probe's code, and what it prints."""
        pod, known = self.module.pod, {"POD_IPS": "fd00::7,127.0.0.1"}
        handler, folder = pod.probes["livenessProbe"], self.module.folder
        env = {**self.module.env, **known, **env}
        done = ask_probe(pod, handler, folder, self.state, self.process, env)
        assert not done.stderr or done.returncode == 0, done.stderr
        return done.returncode, done.stdout.strip()

    def restart(self) -> None:
        """A process starts, in the place of the one before if there was one."""
        process = running(["sleep", "600"], {}, self.state.parent / "process.log")
        self.process = self._stack.enter_context(process).pid

    @property
    def lost(self) -> tuple[int, str]:
        """What the probe says of a key that is gone."""
        return 1, f"etcd answers, and has no key {self.key} any more"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "etcd")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def watched(
    catalog: Catalog, render: Callable[..., Any], tmp_path: Path
) -> Iterator[Callable[..., Watched]]:
    stack = ExitStack()

    def make(name: str, addresses: list[str], **values: Any) -> Watched:
        spec = catalog.charts[name]
        assert spec.line
        shared = {"etcd": external(addresses, "login")}
        pod = pod_of(render(name, {"global": shared, **values}))
        folder = write(tmp_path / "files", pod.files)
        return Watched(Module(spec.line, pod, LOGIN, folder), spec, tmp_path, stack)

    with stack:
        yield make


@pytest.mark.parametrize("name", ["openim-rpc-user", "openim-msggateway", "openim-admin-rpc"])
def test_it_fails_when_the_key_that_was_there_is_gone(
    watched: Callable[..., Watched], store: Store, name: str
) -> None:
    pod = watched(name, [store.address])
    assert pod.probe() == (0, ""), "a module that starts slowly has not registered yet"
    store.put(pod.key.replace("127.0.0.1", "127.0.0.11"))
    assert pod.probe() == (0, "")
    store.put(pod.key)
    assert pod.probe() == (0, "")
    store.delete(pod.key)
    assert pod.probe() == pod.lost
    # The next process in this pod starts as slowly.
    pod.restart()
    assert pod.probe() == (0, "")
    store.put(pod.key)
    assert pod.probe() == (0, "")


def test_it_fails_ten_minutes_after_the_start_when_nobody_is_known(
    watched: Callable[..., Watched], store: Store
) -> None:
    pod = watched("openim-rpc-user", [store.address])
    pod.process = 1
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    if uptime < 700:
        pytest.skip("this machine has just started")
    store.put(pod.key.replace("127.0.0.1", "127.0.0.2"))
    assert pod.probe() == (0, ""), "what it looks for may be wrong"
    store.delete(pod.key.replace("127.0.0.1", "127.0.0.2"))
    code, said = pod.probe()
    assert code == 1
    assert "10 minutes after the start" in said


@pytest.mark.parametrize("name", ["openim-rpc-user", ALONE])
def test_it_fails_when_the_data_of_etcd_is_lost(
    watched: Callable[..., Watched], store: Store, name: str
) -> None:
    pod = watched(name, [store.address])
    for number in range(9):
        store.put(f"other-{number}")
    store.put(pod.key or "openim/user/127.0.0.1:1")
    assert pod.probe() == (0, "")
    store.kill()
    assert pod.probe() == (0, "")
    store.forget()
    store.start()
    assert pod.probe() == (1, "etcd has lost its data: its revision went back")
    for number in range(20):
        store.put(f"later-{number}")
    assert pod.probe()[0] == 1, "what was written meanwhile has not been heard"
    pod.restart()
    assert pod.probe() == (0, "")


def test_it_does_not_fail_when_etcd_is_away_or_wrong(
    watched: Callable[..., Watched], store: Store
) -> None:
    pod = watched("openim-rpc-user", [store.address])
    store.put(pod.key)
    assert pod.probe() == (0, "")
    store.hang()
    assert pod.probe() == (0, "")
    store.kill()
    assert pod.probe() == (0, "")
    host, _, port = store.address.rpartition(":")

    for status, body in ((503, b"{}"), (200, b'{"error": "no etcd"}'), (404, b"")):
        with other_server(host, int(port), status, body):
            assert pod.probe() == (0, "")

    store.start()
    store.authenticate("another")
    store.delete(pod.key, store.login("another"))
    assert pod.probe() == (0, ""), "who may not ask cannot know"


def other_server(host: str, port: int, status: int, body: bytes) -> AbstractContextManager[str]:
    """Something that answers in etcd's place."""

    class Handler(JSONHandler):
        def do_POST(self) -> None:  # noqa: N802
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

    return serving(Handler, host, port)


def test_it_logs_in_once_for_all_questions(watched: Callable[..., Watched], store: Store) -> None:
    store.authenticate(PASSWORD)
    pod = watched("openim-rpc-user", [store.address])
    store.put(pod.key, store.login(PASSWORD))
    assert pod.probe() == (0, "")
    token = pod.state / "token"
    first = token.read_text()
    assert token.stat().st_mode & 0o077 == 0
    assert pod.probe() == (0, "")
    assert token.read_text() == first
    # etcd forgets its tokens when it ends.
    store.stop()
    store.start()
    store.delete(pod.key, store.login(PASSWORD))
    assert pod.probe() == pod.lost
    assert token.read_text() != first


def test_it_starts_nothing_that_gets_a_credential(
    watched: Callable[..., Watched], store: Store, tmp_path: Path
) -> None:
    """One program beside the shells, which reads its standard input."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "base64"):
        (tools / name).symlink_to(str(shutil.which(name)))
    store.authenticate(PASSWORD)
    pod = watched("openim-rpc-user", [store.address])
    token = store.login(PASSWORD)
    store.put(pod.key, token)
    assert pod.probe(PATH=str(tools)) == (0, "")
    store.delete(pod.key, token)
    assert pod.probe(PATH=str(tools)) == pod.lost
    for name in ("base64", "bash"):
        (tools / name).unlink()
        assert pod.probe(PATH=str(tools)) == (0, ""), f"an image of one's own may have no {name}"


def test_it_asks_the_next_member_when_one_is_away(
    watched: Callable[..., Watched], store: Store
) -> None:
    with socket.socket() as taken:  # it listens, and nobody takes what comes
        taken.bind(("127.0.0.1", 0))
        taken.listen(0)
        dead = ["127.0.0.1:9", f"127.0.0.1:{taken.getsockname()[1]}"]
        pod = watched("openim-rpc-user", [*dead, store.address])
        store.put(pod.key)
        assert pod.probe() == (0, "")
        store.delete(pod.key)
        assert pod.probe() == pod.lost


def test_it_looks_for_the_address_that_the_files_name(
    watched: Callable[..., Watched], store: Store
) -> None:
    config = {"config": {"openim-rpc-user": {"rpc": {"registerIP": "user.example.com"}}}}
    pod = watched("openim-rpc-user", [store.address], **config)
    pod.key = pod.key.replace("127.0.0.1", "user.example.com")
    store.put(pod.key)
    assert pod.probe() == (0, "")
    store.delete(pod.key)
    assert pod.probe() == pod.lost


def test_it_does_not_fail_when_the_files_changed_under_the_process(
    watched: Callable[..., Watched], store: Store
) -> None:
    pod = watched("openim-rpc-user", [store.address])
    store.put(pod.key)
    assert pod.probe() == (0, "")
    facts = pod.module.folder / "registration.env"
    facts.write_text(facts.read_text().replace("prefix='openim/'", "prefix='other/'"))
    store.delete(pod.key)
    assert pod.probe() == (0, ""), "an upgrade replaces this pod"


@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="no IPv6 here")
def test_etcd_may_have_an_ipv6_address(watched: Callable[..., Watched], tmp_path: Path) -> None:
    store = Store(tmp_path / "etcd", "::1")
    store.start()
    try:
        pod = watched("openim-rpc-user", [store.address])
        store.put(pod.key)
        assert pod.probe() == (0, "")
        store.delete(pod.key)
        assert pod.probe() == pod.lost
    finally:
        store.stop()
