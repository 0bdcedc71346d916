"""etcd is away, or comes back without its data, and modules find one another again.

Callee and caller are the client of a line. The kubelet's part is done with the chart's own probe.
All waits are side by side, so that the whole takes a little more than the longest of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.specs.model import Catalog, ChartSpec, ReleaseLine
from tests.product.clients.conftest import external
from tests.product.clients.etcd import USER, Store
from tests.product.clients.kubelet import Kept, key_of
from tests.product.clients.modules import LINES, Module, write
from tests.product.infrastructure.programs import eventually
from tests.product.real.middleware import free_ports
from tests.product.real.pods import pod_of

LEASE = 30
LIMIT = 120  # seconds from etcd's answer on
PASSWORD = "a/b?c#d@e%f:g h\"i'j"
SECRETS = {"login": {"username": USER, "password": PASSWORD}}
Render = Callable[..., Any]


@dataclass
class World:
    """An etcd, a module that registers, and one that calls it."""

    store: Store
    name: str  # under which the callee registers
    callee: Kept
    caller: Kept
    calls: Path
    token: str = ""
    back: float = 0  # when etcd answered again, in seconds since 1970

    def look(self) -> None:
        """What the kubelet does."""
        self.callee.look()
        self.caller.look()

    def last(self) -> tuple[float, str]:
        """When the caller said the last thing, and what."""
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        when, _, what = (lines or ["0 nothing"])[-1].partition(" ")
        return float(when), what

    def works(self) -> bool:
        """Whether the last call of all, which is no older than three seconds, succeeded."""
        when, what = self.last()
        return what == "ok" and time.time() - when < 3

    def since_failure(self) -> float:
        """Seconds from etcd's answer to the first call after the last one that failed."""
        failed = [
            float(line.split()[0])
            for line in self.calls.read_text().splitlines()
            if " failed " in line
        ]
        return max(0.0, (failed or [0.0])[-1] - self.back)


@pytest.fixture
def world(
    catalog: Catalog, render: Render, tmp_path: Path
) -> Iterator[Callable[[str, bool], World]]:
    numbers = count()
    with ExitStack() as stack:

        def make(line: str, login: bool) -> World:
            folder = tmp_path / f"{line}-{next(numbers)}"
            folder.mkdir()
            store = Store(folder / "etcd")
            store.start()
            stack.callback(store.stop)
            if login:
                store.authenticate(PASSWORD)
            return _modules(catalog, render, catalog.lines[line], store, login, folder, stack)

        yield make


def _modules(
    catalog: Catalog,
    render: Render,
    line: ReleaseLine,
    store: Store,
    login: bool,
    folder: Path,
    stack: ExitStack,
) -> World:
    charts = [chart for chart in catalog.charts.values() if chart.line == line]
    callee = next(c for c in charts if "name" in c.options["registration"])
    caller = next(c for c in charts if "name" not in c.options["registration"])
    file, *_ = callee.options["registration"]["ip"].split(".")
    [port] = free_ports(1)
    etcd = {"mode": "external", "addresses": [store.address]}
    shared = {
        "etcd": external([store.address], "login") if login else etcd,
        "config": {line.product: {file: {"rpc": {"ports": [port], "registerIP": "127.0.0.1"}}}},
    }

    def module(spec: ChartSpec) -> Module:
        pod = pod_of(render(spec.name, {"global": shared}))
        return Module(line, pod, SECRETS, write(folder / spec.name, pod.files))

    called, calling = module(callee), module(caller)
    files = {f.name: yaml.safe_load(called.pod.files[f.filename]) for f in callee.config}
    name = key_of(callee, files, "").split("/")[1]
    log, calls = folder / "callee.log", folder / "caller.log"
    made = World(
        store,
        name,
        Kept(
            called,
            lambda: called.running(log, "serve", name, str(port), "127.0.0.1"),
            folder / "callee-state",
        ),
        Kept(calling, lambda: calling.running(calls, "call", name), folder / "caller-state"),
        calls,
        store.login(PASSWORD) if login else "",
    )
    stack.enter_context(made.callee)
    eventually(lambda: "registered" in log.read_text(), log)
    stack.enter_context(made.caller)
    eventually(made.works, calls)
    return made


def look_until(worlds: list[World], done: Callable[[], bool], seconds: float) -> None:
    """Keep the pods of all worlds until something holds; fail after so many seconds."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, [(w.last(), w.callee.restarts) for w in worlds]
        for world in worlds:
            world.look()
        time.sleep(0.3)


def wait(worlds: list[World], seconds: float) -> None:
    """Keep the pods of all worlds for some seconds."""
    end = time.monotonic() + seconds
    look_until(worlds, lambda: time.monotonic() > end, seconds + 60)


def steady(world: World, forgotten: bool) -> bool:
    """Whether calls work, and will: an old lease has ended, and a probe would have noticed."""
    probe = world.callee.module.pod.probes["livenessProbe"]
    notice = LEASE + probe["periodSeconds"] * (probe["failureThreshold"] + 1)
    settled = world.callee.restarts or time.time() - world.back > notice
    if forgotten:
        settled = world.callee.restarts and world.caller.restarts
    return bool(settled) and world.works()


@dataclass(frozen=True)
class Case:
    """How long etcd is away, whether it wants a login, and whether it has lost its data."""

    line: str
    away: int
    login: bool = False
    forgotten: bool = False


def cases(line: str) -> list[Case]:
    """What is tried side by side with one line."""
    return [
        Case(line, 1),
        Case(line, 1, login=True, forgotten=True),
        Case(line, 20, login=True),
        Case(line, 60),
        Case(line, 60, login=True),
    ]


@pytest.mark.xdist_group("outages")
def test_calls_work_again_after_etcd_was_away(world: Callable[[str, bool], World]) -> None:
    tried = {case: world(case.line, case.login) for line in LINES for case in cases(line)}
    worlds = list(tried.values())
    for one in worlds:
        for number in range(20):
            one.store.put(f"history-{number}", one.token)
        # Each pod has been seen where it registered.
        assert not one.callee.ask().returncode
        assert not one.caller.ask().returncode
    for case, one in tried.items():
        one.store.kill()
        if case.forgotten:
            one.store.forget()
    stopped = time.monotonic()
    for case, one in sorted(tried.items(), key=lambda item: item[0].away):
        wait(worlds, max(0.0, stopped + case.away - time.monotonic()))
        assert not one.callee.restarts, "a restart helps nobody while etcd is away"
        one.store.start()
        one.back = time.time()
    look_until(worlds, lambda: all(steady(w, case.forgotten) for case, w in tried.items()), LIMIT)
    for case, one in tried.items():
        print(f"{case}: {one.since_failure():.0f} s", one.callee.said, one.caller.said)
        assert one.since_failure() < LIMIT
        assert bool(one.caller.restarts) == case.forgotten, one.caller.said
        if case.away == 1 and not case.forgotten:
            assert not one.callee.restarts, one.callee.said


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("compacted", [False, True])
@pytest.mark.xdist_group("outages")
def test_a_caller_is_deaf_for_good_when_what_it_read_was_compacted(
    world: Callable[[str, bool], World], line: str, compacted: bool, tmp_path: Path
) -> None:
    """Why the chart etcd compacts nothing. When this fails for a line, its library has learnt."""
    one = world(line, False)
    for number in range(9):
        one.store.put(f"other-{number}")
    if compacted:
        one.store.compact()
    one.store.kill()
    one.store.start()
    eventually(one.works, one.calls)
    # Its pod is replaced by one with another address.
    one.callee.process.kill()
    one.callee.process.wait()
    [port] = free_ports(1)
    log = tmp_path / "other.log"
    with one.callee.module.running(log, "serve", one.name, str(port), "127.0.0.1"):
        eventually(lambda: "registered" in log.read_text(), log)
        if not compacted:
            eventually(one.works, one.calls)
        for _ in range(5):
            time.sleep(2)
            assert one.works() != compacted, one.last()
