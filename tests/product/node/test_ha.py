"""The preset ha: the loss of a node stops no write for longer than two minutes, loses none."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from openim_charts.specs.model import Catalog
from tests.product.cluster.conftest import listed, run
from tests.product.node.people import patiently, people
from tests.product.node.release import Release
from tests.product.node.test_failures import BACK, ROW, missing
from tests.product.node.traffic import Traffic, traffic

pytestmark = [pytest.mark.node, pytest.mark.ha]
NODES = 3


@pytest.fixture(scope="module")
def workers() -> list[str]:
    """The nodes that pods may be on: three at least, of which one can be stopped."""
    if not (os.environ.get("NODE_STOPPER") and os.environ.get("NODE_STARTER")):
        pytest.skip("NODE_STOPPER and NODE_STARTER name no commands that stop and start a node")
    found = [n["metadata"]["name"] for n in listed("nodes") if not n["spec"].get("taints")]
    if len(found) < NODES:
        pytest.skip(f"the cluster has {len(found)} nodes for pods, and the preset wants {NODES}")
    return found


@pytest.fixture(scope="module")
def under_traffic(workers: list[str], release: Release, catalog: Catalog) -> Iterator[Traffic]:
    """The preset ha, with its users and one message a second."""
    assert workers
    high = replace(release, preset="ha")
    high.install()
    with people(high) as users:
        users.register()
        with traffic(users, str(catalog.images["curl"].reference)) as made:
            made.steady(time.time(), ROW, BACK)
            yield made


def test_a_node_is_stopped_and_started(under_traffic: Traffic, workers: list[str]) -> None:
    release = under_traffic.users.release
    count = len(release.pods())
    # Whoever measures must not be stopped with the node.
    where = release.node_of("sender")
    victim = next(node for node in workers if node != where)
    begun = time.time()
    run(*shlex.split(os.environ["NODE_STOPPER"]), victim)
    try:
        under_traffic.steady(time.time(), ROW, BACK)
        patiently(lambda: under_traffic.users.login("bob"))
    finally:
        run(*shlex.split(os.environ["NODE_STARTER"]), victim)
    release.wait_ready(count)
    row = under_traffic.steady(time.time(), ROW, BACK)
    sent = under_traffic.sent().values()
    accepted = [s for s in sent if s.accepted and begun <= s.begun <= row[-1].begun]
    assert not missing(under_traffic, accepted)
