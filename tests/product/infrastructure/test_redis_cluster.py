"""Redis pods make a cluster, heal it and lose nothing, with the chart's files."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.product.infrastructure.programs import eventually
from tests.product.infrastructure.redis_pods import Pods

CLUSTER = {
    "mode": "cluster",
    "replicaCount": 6,
    # Less would be quicker, but a node that gets no time to run is taken for a dead one.
    "cluster": {"nodeTimeout": 5000},
    "global": {"redis": {"topology": "cluster"}},
}
KEYS = [f"key-{i}" for i in range(20)]


@pytest.fixture
def cluster(redis: Callable[..., Pods]) -> Callable[..., Pods]:
    """Six pods in a network, settled, with all keys."""

    def make(net: int, layout: str = "redis") -> Pods:
        pods = redis(CLUSTER | {"image": {"layout": layout}})
        for i in range(6):
            pods.start(i, net)
        pods.eventually(pods.settled)
        for key in KEYS:
            assert pods.cli(0, "set", key, key) == "OK"
        return pods

    return make


def has_all(pods: Pods, asked: int) -> bool:
    """Whether every key can be read by way of one pod."""
    return [pods.cli(asked, "get", key) for key in KEYS] == KEYS


@pytest.mark.parametrize(("layout", "net"), [("redis", 33), ("valkey", 30)])
def test_a_cluster_makes_itself_and_comes_back_with_addresses_of_others(
    cluster: Callable[..., Pods], layout: str, net: int
) -> None:
    pods = cluster(net, layout)
    assert f"{layout}_version" in pods.cli(0, "info", "server")
    assert pods.of_role("master") == [0, 1, 2]
    assert "im-redis-" in pods.cli(0, "cluster", "slots"), "clients get names"
    codes = [pods.stop(i) for i in range(6)]
    assert codes == [[0, 0]] * 6, "as the first process of a container, each ends when it is told"
    # Each pod has the address that another one had.
    for i in range(6):
        pods.start(i, net, (i + 1) % 6 + 1)
    pods.eventually(pods.settled)
    assert has_all(pods, 5)


def test_a_replica_takes_no_data_of_a_stranger_at_its_masters_address(
    cluster: Callable[..., Pods], tmp_path: Path
) -> None:
    pods = cluster(34)
    masters = pods.of_role("master")
    replica = pods.of_role("slave")[0]
    master = next(i for i in masters if pods.addresses[i] in pods.cli(replica, "role"))
    stranger = next(i for i in masters if i != master)
    size = pods.cli(replica, "dbsize")
    pods.kill()
    pods.start(stranger, 34, master + 1)
    pods.start(replica, 35)
    log = tmp_path / f"{replica}-join.log"
    eventually(lambda: _knows(pods, replica, stranger), log)
    assert pods.cli(replica, "dbsize") == size
    assert "master_host" not in pods.cli(replica, "info", "replication")
    for i in range(6):
        if i not in (stranger, replica):
            pods.start(i, 35)
    pods.eventually(pods.settled)
    assert has_all(pods, replica)


def _knows(pods: Pods, asking: int, other: int) -> bool:
    nodes = pods.cli(asking, "cluster", "nodes").splitlines()
    return any(f"{pods.addresses[other]}:" in n and f"im-redis-{other}." in n for n in nodes)


def test_a_master_without_its_volume_comes_back_as_a_replica_of_its_replica(
    cluster: Callable[..., Pods],
) -> None:
    pods = cluster(36)
    master = pods.of_role("master")[0]
    pods.stop(master, forget=True)
    pods.start(master, 37)
    pods.eventually(pods.settled)
    assert has_all(pods, master)

    # The same while all pods are away: no replica has a link to its master, but its data.
    master = pods.of_role("master")[0]
    pods.kill()
    pods.forget(master)
    for i in range(6):
        pods.start(i, 38)
    pods.eventually(pods.settled)
    assert has_all(pods, master)
    assert pods.cli(master, "role").startswith("slave")


def test_a_master_that_stops_hands_over_to_a_replica_that_has_its_data(
    cluster: Callable[..., Pods], tmp_path: Path
) -> None:
    pods = cluster(39)
    master = pods.of_role("master")[0]
    pods.run(master, "hand-over.sh")
    assert pods.cli(master, "role").startswith("slave")
    assert has_all(pods, master)
    pods.run(master, "hand-over.sh")
    pods.eventually(pods.settled)

    # A replica that cannot reach its master's data is not ready, and gets nothing handed over.
    master, replica = _pair(pods)
    for word in (["config", "set", "masterauth", "wrong"], ["client", "kill", "type", "master"]):
        pods.cli(replica, *word)
    log = tmp_path / f"{replica}-redis.log"
    eventually(lambda: "link_status:down" in pods.cli(replica, "info", "replication"), log)
    with pytest.raises(AssertionError):
        pods.healthy(replica)
    assert pods.healthy(replica, "alive")
    pods.run(master, "hand-over.sh")
    assert "cluster|failover" not in pods.cli(replica, "info", "commandstats")
    assert pods.cli(master, "role").startswith("master")


def _pair(pods: Pods) -> tuple[int, int]:
    """A master and its replica, which nobody has asked to take over yet."""
    for replica in pods.of_role("slave"):
        if "cluster|failover" not in pods.cli(replica, "info", "commandstats"):
            role: Any = pods.cli(replica, "role")
            return next(i for i, a in pods.addresses.items() if a in role.split()), replica
    raise AssertionError("every replica has been asked")


def test_a_replica_that_stands_still_holds_no_master_up(cluster: Callable[..., Pods]) -> None:
    pods = cluster(28)
    replica = pods.of_role("slave")[0]
    master = next(i for i, a in pods.addresses.items() if a in pods.cli(replica, "role").split())
    server = pods.processes[replica][0]
    server.send_signal(signal.SIGSTOP)
    try:
        started = time.monotonic()
        pods.run(master, "hand-over.sh")
        with pytest.raises(AssertionError):
            pods.healthy(replica, "alive")
        assert time.monotonic() - started < 40, "the server itself has a minute to end"
    finally:
        server.send_signal(signal.SIGCONT)


def test_a_new_password_is_used_when_all_pods_were_deleted_at_once(
    cluster: Callable[..., Pods],
) -> None:
    pods = cluster(27)
    pods.kill()
    pods.password = "another2"
    for i in range(6):
        pods.start(i, 27)
    pods.eventually(pods.settled)
    assert has_all(pods, 0)


def test_the_data_of_a_single_server_becomes_no_cluster(
    redis: Callable[..., Pods], tmp_path: Path
) -> None:
    pods = redis(CLUSTER)
    (tmp_path / "0" / "data" / "appendonlydir").mkdir(parents=True)
    pods.start(0, 40)
    log = tmp_path / "0-redis.log"
    eventually(lambda: "cannot become a cluster" in log.read_text(), log)


NODES = {i: ("", f"node-{i % 3}") for i in range(6)}
ZONES = {i: (f"zone-{i // 2}", f"node-{i}") for i in range(6)}


@pytest.mark.parametrize(
    ("places", "layout", "net"),
    [(NODES, "redis", 25), (ZONES, "valkey", 26)],
    ids=["three nodes", "six nodes in three zones"],
)
def test_every_write_succeeds_soon_after_the_loss_of_any_place(
    redis: Callable[..., Pods], places: dict[int, tuple[str, str]], layout: str, net: int
) -> None:
    """The first pods make masters and pairs of one place, which no scheduler avoids."""
    pods = redis(CLUSTER | {"image": {"layout": layout}})
    pods.places = places
    for i in range(6):
        pods.start(i, net)
    pods.eventually(lambda: pods.settled() and _apart(pods))
    took: list[float] = []
    for number, lost in enumerate(_by_place(pods).values()):
        pods.freeze(lost)
        alive = next(i for i in range(6) if i not in lost)
        started = time.monotonic()
        pods.eventually(lambda n=number, a=alive: _writes(pods, a, str(n)))
        took.append(time.monotonic() - started)
        pods.kill(lost)
        for i in lost:
            pods.start(i, net)
        pods.eventually(lambda: pods.settled() and _apart(pods))
        assert [pods.cli(alive, "get", key) for key in KEYS] == [str(number)] * len(KEYS)
    print("seconds until every write succeeded:", took)
    assert max(took) < 60


def _by_place(pods: Pods) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for i, (zone, node) in pods.places.items():
        found.setdefault(zone or node, []).append(i)
    return found


def _apart(pods: Pods) -> bool:
    """Each place has one master, whose replica is in another."""
    place = {i: name for name, group in _by_place(pods).items() for i in group}
    pairs = pods.pairs(0)
    assert len({place[master] for master, _ in pairs}) == 3, pairs
    return not [pair for pair in pairs if place[pair[0]] == place[pair[1]]]


def _writes(pods: Pods, asked: int, value: str) -> bool:
    """Whether all slots are served, and keys of all nodes can be written."""
    assert "cluster_slots_ok:16384" in pods.cli(asked, "cluster", "info")
    return all(pods.cli(asked, "set", key, value) == "OK" for key in KEYS)
