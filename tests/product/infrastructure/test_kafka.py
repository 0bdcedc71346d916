"""Kafka runs with the chart's files, as one node and as three, and gets its topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.product.infrastructure.kafka_nodes import AUTH, SECRETS, Kafka, Objects
from tests.product.infrastructure.programs import NASTY, eventually


@pytest.fixture
def kafka(render: Callable[..., Objects], tmp_path: Path) -> Iterator[Callable[..., Kafka]]:
    with ExitStack() as stack:
        yield lambda values, net: Kafka(render("kafka", values), tmp_path, stack, net)


TOPICS = {"toRedis", "toMongo", "toPush", "toOfflinePush"}


def test_one_node_keeps_its_topics_and_refuses_another_cluster(
    kafka: Callable[..., Kafka], tmp_path: Path
) -> None:
    node = kafka({}, 41)
    stop = node.start(0)
    node.make_topics()
    eventually(lambda: dict.fromkeys(TOPICS, ("8", "1")).items() <= node.partitions().items())
    stop()

    # A second run changes nothing.
    stop = node.start(0)
    node.make_topics()
    eventually(lambda: node.partitions().keys() >= TOPICS)
    stop()

    node.start(0, cluster_id="zyxwvutsrqponmlkjihgf")
    log = tmp_path / "0.log"
    eventually(lambda: "zyxwvutsrqponmlkjihgfA" in log.read_text(), log)


def test_three_nodes_with_passwords_copy_every_topic(
    kafka: Callable[..., Kafka], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SECRETS, "SASL_PASSWORD", NASTY)
    nodes = kafka({"replicaCount": 3, **AUTH}, 42)
    nodes.start(0, 1, 2)
    nodes.make_topics()
    eventually(lambda: dict.fromkeys(TOPICS, ("8", "3")).items() <= nodes.partitions().items())
    assert (tmp_path / "0.properties").stat().st_mode & 0o077 == 0
    # Nobody answers who does not log in, and by default a client waits a minute for that.
    limits = "default.api.timeout.ms=10000\nrequest.timeout.ms=5000\n"
    (tmp_path / "client.properties").write_text(limits)
    with pytest.raises((AssertionError, OSError)):
        nodes.partitions()


def test_a_node_is_ready_when_it_has_all_copies_that_it_should_have(
    kafka: Callable[..., Kafka], tmp_path: Path
) -> None:
    nodes = kafka({"replicaCount": 3, **AUTH}, 47)
    nodes.start(0, 1)
    assert nodes.ready(0, 2)[0], "nobody takes connections"
    stop = nodes.start(2)
    nodes.make_topics()
    for node in range(3):
        eventually(lambda node=node: nodes.ready(node, node) == (0, ""))
    stop()
    # What others lack is no reason to take a node away from those who still need it.
    for node in range(2):
        (tmp_path / f"{node}.in-step").unlink()
        assert nodes.ready(node, node) == (0, "")
    (tmp_path / "2.in-step").unlink()

    def is_behind() -> bool:  # the others notice after a few seconds
        (tmp_path / "2.in-step").unlink(missing_ok=True)
        return nodes.ready(2, 0) == (1, f"behind in {len(TOPICS) * 8} partitions")

    eventually(is_behind)
    nodes.start(2)
    eventually(lambda: nodes.ready(2, 2) == (0, ""))
    # Later questions cost no Java, and a restart asks again.
    (tmp_path / "bin" / "kafka-topics.sh").unlink()
    assert nodes.ready(2, 2) == (0, "")
