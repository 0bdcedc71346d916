"""What stops when a part of OpenIM fails, and how long: one failure at a time, under traffic."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from openim_charts.charts.alerts import alerts
from openim_charts.specs.api import load_catalog
from openim_charts.specs.model import Catalog
from tests.conftest import ROOT
from tests.product.node.people import patiently, people
from tests.product.node.release import Release, component_of, is_ready, until
from tests.product.node.traffic import Sent, Traffic, traffic
from tests.product.real.conftest import MODULES

pytestmark = pytest.mark.node

BACK = 120  # seconds after the cause is gone
REFUSED = 5  # seconds in a row during an upgrade
LEASE = 45  # seconds: an entry in etcd outlives the loss of what keeps it for half a minute
LONG = int(os.environ.get("NODE_LONG", "0"))  # seconds, for each part, when somebody asks for it
NOTICED = 90  # seconds, as docs/alerts.md promises
QUIET = 300  # seconds in which nothing fails
ROW = 5  # messages in a row that arrive: it works again
MIDDLEWARE = sorted(d.component for d in load_catalog(ROOT).dependencies.values())
# Those that each pull request meets; all others are for the night.
OFTEN = {"openim-msggateway", "openim-rpc-msg", "mongodb-1", "etcd-60"}


def _cases(*names: str) -> list[Any]:
    nightly = pytest.mark.nightly
    return [pytest.param(n, marks=() if n in OFTEN else nightly, id=n) for n in names]


@dataclass(frozen=True)
class Outcome:
    """What a failure did; times are seconds, and ``back`` counts from when the cause was gone."""

    failure: str
    back: int
    sent: int
    refused: int
    refused_in_a_row: int
    lost: int
    alerts: list[str]
    pages: list[str]  # critical, and not explained by another that was raised


@dataclass(frozen=True)
class Cause:
    """When a failure's cause came and went."""

    begun: float
    gone: float


@pytest.fixture(scope="module")
def outcomes() -> Iterator[list[Outcome]]:
    """All outcomes; written as JSON to the file that NODE_RESULTS names."""
    found: list[Outcome] = []
    yield found
    target = os.environ.get("NODE_RESULTS")
    if target:
        run = {"run": os.environ.get("NODE_RUN", ""), "outcomes": [asdict(o) for o in found]}
        Path(target).write_text(json.dumps(run, indent=2, ensure_ascii=False) + "\n")


@pytest.fixture(scope="module")
def under_traffic(release: Release, catalog: Catalog) -> Iterator[Traffic]:
    """The installed release, with its users and one message a second."""
    if not release.pods():
        release.install()
    with people(release) as users:
        if "bob" not in patiently(lambda: known(users.admin())):
            users.register()
        with traffic(users, str(catalog.images["curl"].reference)) as made:
            made.steady(time.time(), ROW, BACK)
            yield made


@pytest.fixture(autouse=True)
def _healthy(under_traffic: Traffic) -> None:
    """One failure does not spoil what comes after it: what did not come back is started anew."""
    try:
        under_traffic.steady(time.time(), ROW, 60)
    except AssertionError:
        release = under_traffic.users.release
        count = len(release.pods())
        release.kubectl("rollout", "restart", "deployments")
        release.kubectl("rollout", "status", "deployments", "--timeout=300s")
        release.wait_ready(count)
        under_traffic.steady(time.time(), ROW, BACK)


def known(api: Any) -> set[str]:
    """Those of the users who are registered."""
    found = api.call("/user/account_check", checkUserIDs=["alice", "bob"])["results"]
    return {u["userID"] for u in found if u["accountStatus"]}


def measure(under: Traffic, failure: str, cause: Callable[[], Cause], hidden: float = 0) -> Outcome:
    """Let something fail, wait until all pods are ready and messages arrive again, and count.

    For so many seconds after the cause is gone its effect may be hidden.
    """
    release = under.users.release
    count = len(release.pods())
    happened = cause()
    release.wait_ready(count)
    time.sleep(max(0, happened.gone + hidden - time.time()))
    row = under.steady(time.time(), ROW, 4 * BACK)
    window = [s for s in under.sent().values() if happened.begun <= s.begun <= row[-1].begun]
    accepted = [s for s in window if s.accepted]
    return Outcome(
        failure=failure,
        back=max(0, round(_works_since(under, window) - happened.gone)),
        sent=len(window),
        refused=len(window) - len(accepted),
        refused_in_a_row=longest_refusal(window),
        lost=len(missing(under, accepted)),
        alerts=sorted(under.alarm.raised(happened.begun)),
        pages=sorted(under.alarm.pages(happened.begun)),
    )


def _works_since(under: Traffic, window: list[Sent]) -> float:
    """When the first of the messages arrived after which all were accepted and arrived."""
    since = 0.0
    for sent in sorted(window, key=lambda s: s.number, reverse=True):
        arrived = under.receiver.arrived.get(sent.number)
        if not sent.accepted or arrived is None:
            return since
        since = arrived
    return 0.0


def longest_refusal(sent: list[Sent]) -> int:
    """The longest time in which nothing was accepted, by when sends began."""
    longest, since = 0, None
    for message in sorted(sent, key=lambda s: s.number):
        if message.accepted:
            since = None
            continue
        since = message.begun if since is None else since
        longest = max(longest, message.begun - since + 1)
    return longest


def missing(under: Traffic, accepted: list[Sent]) -> set[str]:
    """Texts of messages that were accepted and that bob cannot read, also after a while."""
    wanted = {f"m-{s.number}" for s in accepted}

    def all_there() -> None:
        assert not wanted - under.users.texts()

    try:
        patiently(all_there, 60)
    except AssertionError:
        return wanted - under.users.texts()
    return set()


def judge(outcome: Outcome, outcomes: list[Outcome], pages: Sequence[str] = ()) -> None:
    """Note an outcome; fail when it is none that users are promised, or woke for anything else."""
    print(outcome)
    outcomes.append(outcome)
    assert not outcome.lost, f"{outcome.lost} messages were accepted and are lost"
    assert outcome.back <= BACK, f"nothing arrived for {outcome.back} s"
    assert outcome.pages == list(pages)


@pytest.mark.nightly
def test_nothing_fails(under_traffic: Traffic, outcomes: list[Outcome]) -> None:
    begun = time.time()
    outcome = measure(under_traffic, "nothing", lambda: Cause(begun, begun), QUIET)
    judge(outcome, outcomes)
    assert not outcome.refused
    # Neither did the installation, nor what else this release has gone through.
    assert not under_traffic.alarm.ever()


@pytest.mark.parametrize("name", _cases(*MODULES))
def test_a_modules_pod_is_deleted(
    under_traffic: Traffic, outcomes: list[Outcome], name: str
) -> None:
    release = under_traffic.users.release

    def delete() -> Cause:
        now = time.time()
        release.kubectl("delete", "pod", release.pod(name), "--wait=false")
        return Cause(now, now)

    judge(measure(under_traffic, f"pod of {name} deleted", delete), outcomes)


@pytest.mark.parametrize("case", _cases(*(f"{m}-{s}" for m in MIDDLEWARE for s in (1, 20, 60))))
def test_a_middleware_is_away(under_traffic: Traffic, outcomes: list[Outcome], case: str) -> None:
    name, _, seconds = case.rpartition("-")
    cause = away(under_traffic.users.release, name, int(seconds))
    judge(measure(under_traffic, f"{name} away for {seconds} s", cause, LEASE), outcomes)


@pytest.mark.skipif(not LONG, reason="NODE_LONG names no seconds")
@pytest.mark.nightly
@pytest.mark.parametrize("name", [*MIDDLEWARE, *MODULES])
def test_a_part_is_away_for_long(
    under_traffic: Traffic, outcomes: list[Outcome], catalog: Catalog, name: str
) -> None:
    """Somebody is woken by the alert that names the part, in its time, and by no other."""
    down = alerts(catalog.charts[name])[0]
    cause = away(under_traffic.users.release, name, LONG)
    begun = time.time()
    outcome = measure(under_traffic, f"{name} away for {LONG} s", cause, LEASE)
    judge(outcome, outcomes, [down.name])
    in_time = 60 * int(down.wait.removesuffix("m")) + NOTICED
    assert under_traffic.alarm.pages(begun)[down.name] <= in_time


def away(release: Release, name: str, seconds: int) -> Callable[[], Cause]:
    """A part has no pod for at least so many seconds; the cause is gone when it is ready."""
    kind = "deployment" if name in MODULES else "statefulset"
    target = f"{kind}/openim-{name.removeprefix('openim-')}"

    def cause() -> Cause:
        begun = time.time()
        release.kubectl("scale", target, "--replicas=0")
        until(lambda: not any(component_of(p) == name for p in release.pods()), f"no {name}")
        time.sleep(seconds)
        release.kubectl("scale", target, "--replicas=1")
        until(
            lambda: any(component_of(p) == name and is_ready(p) for p in release.pods()),
            f"{name} is ready",
        )
        return Cause(begun, time.time())

    return cause


def test_all_pods_are_deleted(under_traffic: Traffic, outcomes: list[Outcome]) -> None:
    release = under_traffic.users.release

    def delete() -> Cause:
        now = time.time()
        release.kubectl(
            "delete", "pods", "--selector=app.kubernetes.io/name!=sender", "--wait=false"
        )
        return Cause(now, now)

    judge(measure(under_traffic, "all pods deleted at once", delete), outcomes)


def test_an_upgrade_changes_all_modules(under_traffic: Traffic, outcomes: list[Outcome]) -> None:
    release = under_traffic.users.release
    before = {p["metadata"]["name"] for p in release.pods() if component_of(p) in MODULES}

    def upgrade() -> Cause:
        begun = time.time()
        release.upgrade({"global": {"logging": {"level": 5}}})
        return Cause(begun, time.time())

    outcome = measure(under_traffic, "rolling upgrade of all modules", upgrade)
    assert not before & {p["metadata"]["name"] for p in release.pods()}
    judge(outcome, outcomes)
    assert outcome.refused_in_a_row <= REFUSED


def test_the_gateways_pod_is_drained(under_traffic: Traffic, outcomes: list[Outcome]) -> None:
    release = under_traffic.users.release

    def evict() -> Cause:
        now = time.time()
        pod = release.pod("openim-msggateway")
        release.evict(pod)
        return Cause(now, now)

    judge(measure(under_traffic, "gateway drained", evict), outcomes)
