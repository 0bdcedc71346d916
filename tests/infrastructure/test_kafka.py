"""Kafka runs with the chart's files, as one node and as three, and gets its topics.

``$KAFKA_LIBS`` names a folder with the jars of Kafka and what they need (see kafka/pom.xml).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.programs import (
    ask,
    container,
    eventually,
    plain_env,
    program,
    running,
    write_files,
    write_tool,
)

SECRETS = {
    "CLUSTER_ID": "abcdefghijklmnopqrstu",
    "SASL_USERNAME": "openim",
    "SASL_PASSWORD": "fromTheSecret1",
}
AUTH = {"global": {"kafka": {"auth": {"enabled": True}}}}
# The scripts of the image, as far as the chart's need them.
CLASSES = {
    "kafka-storage.sh": "kafka.tools.StorageTool",
    "kafka-server-start.sh": "kafka.Kafka",
    "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand",
}
Objects = list[dict[str, Any]]


class Kafka:
    """The nodes of one release, each with a loopback address of its own."""

    def __init__(self, objects: Objects, folder: Path, stack: ExitStack, net: int) -> None:
        self.objects, self.folder, self.stack, self.net = objects, folder, stack, net
        libraries = os.environ["KAFKA_LIBS"]
        for name, main in CLASSES.items():
            write_tool(
                folder / "bin",
                name,
                "#!/bin/sh\nexec java -Xmx256m -XX:TieredStopAtLevel=1 $KAFKA_LOG4J_OPTS "
                f'-cp "{libraries}/*" {main} "$@"\n',
            )

    def _files(self, ordinal: int) -> Path:
        files = write_files(self.objects, self.folder / f"files-{ordinal}")
        config = self._local((files / "server.properties").read_text())
        here = f"127.0.{self.net}.{ordinal + 1}"
        listeners = config.replace("CLIENT://:", f"CLIENT://{here}:")
        (files / "server.properties").write_text(
            listeners.replace("CONTROLLER://:", f"CONTROLLER://{here}:")
        )
        return files

    def _local(self, text: str) -> str:
        domain = plain_env(
            container(self.objects, "kafka"), {"POD_NAME": "", "POD_IP": ""} | SECRETS
        )["POD_DOMAIN"]
        for i in range(3):
            text = text.replace(f"im-kafka-{i}.{domain}", f"127.0.{self.net}.{i + 1}")
        return text

    def start(self, nodes: int, cluster_id: str = SECRETS["CLUSTER_ID"]) -> Callable[[], None]:
        inner = self.stack.enter_context(ExitStack())
        for i in range(nodes):
            files = self._files(i)
            known = SECRETS | {"POD_NAME": f"im-kafka-{i}", "POD_IP": "", "CLUSTER_ID": cluster_id}
            env = plain_env(container(self.objects, "kafka"), known)
            env |= {
                "KAFKA_BIN": str(self.folder / "bin"),
                "FILES": str(files),
                "DATA": str(self.folder / f"data-{i}"),
                "CONFIG": str(self.folder / f"{i}.properties"),
            }
            start = (files / "start.sh").read_text()
            start = start.replace("$POD_NAME.$POD_DOMAIN:", f"127.0.{self.net}.{i + 1}:")
            (files / "start.sh").write_text(start)
            log = self.folder / f"{i}.log"
            inner.enter_context(running(["bash", str(files / "start.sh")], env, log, 3))
        return inner.close

    def make_topics(self) -> None:
        env = plain_env(container(self.objects, "setup", "Job"), SECRETS)
        ask(["bash", str(self.folder / "files-0" / "topics.sh")], env | self._client())

    def _client(self) -> dict[str, str]:
        return {
            "BOOTSTRAP": f"127.0.{self.net}.1:9092",
            "KAFKA_BIN": str(self.folder / "bin"),
            "FILES": str(self.folder / "files-0"),
            "CLIENT": str(self.folder / "client.properties"),
        }

    def partitions(self) -> dict[str, tuple[str, str]]:
        """Number of partitions and replicas of every topic."""
        client = str(self.folder / "client.properties")
        shown = ask(
            [str(self.folder / "bin" / "kafka-topics.sh"), "--bootstrap-server",
             f"127.0.{self.net}.1:9092", "--command-config", client, "--describe"],
            {"KAFKA_LOG4J_OPTS": ""},
        )  # fmt: skip
        words = [line.split() for line in shown.splitlines() if "PartitionCount:" in line]
        return {
            w[1]: (_after(w, "PartitionCount:"), _after(w, "ReplicationFactor:")) for w in words
        }


def _after(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


@pytest.fixture
def kafka(render: Callable[..., Objects], tmp_path: Path) -> Iterator[Callable[..., Kafka]]:
    program("java")
    if not os.environ.get("KAFKA_LIBS"):
        pytest.skip("KAFKA_LIBS names no folder with Kafka's jars")
    with ExitStack() as stack:
        yield lambda values, net: Kafka(render("kafka", values), tmp_path, stack, net)


TOPICS = {"toRedis", "toMongo", "toPush", "toOfflinePush"}


def test_one_node_keeps_its_topics_and_refuses_another_cluster(
    kafka: Callable[..., Kafka], tmp_path: Path
) -> None:
    node = kafka({}, 41)
    stop = node.start(1)
    eventually(lambda: node.make_topics() or True, 60, tmp_path / "0.log")
    assert {t: node.partitions()[t] for t in TOPICS} == dict.fromkeys(TOPICS, ("8", "1"))
    stop()

    # A second run changes nothing.
    stop = node.start(1)
    eventually(lambda: node.make_topics() or True, 60, tmp_path / "0.log")
    assert node.partitions().keys() >= TOPICS
    stop()

    node.start(1, "zyxwvutsrqponmlkjihgf")
    log = tmp_path / "0.log"
    eventually(lambda: "zyxwvutsrqponmlkjihgfA" in log.read_text(), 30, log)


def test_three_nodes_with_passwords_copy_every_topic(
    kafka: Callable[..., Kafka], tmp_path: Path
) -> None:
    nodes = kafka({"replicaCount": 3, **AUTH}, 42)
    nodes.start(3)
    eventually(lambda: nodes.make_topics() or True, 120, tmp_path / "0.log")
    assert {t: nodes.partitions()[t] for t in TOPICS} == dict.fromkeys(TOPICS, ("8", "3"))
    assert (tmp_path / "0.properties").stat().st_mode & 0o077 == 0
    (tmp_path / "client.properties").write_text("")
    with pytest.raises((AssertionError, OSError)):
        nodes.partitions()
