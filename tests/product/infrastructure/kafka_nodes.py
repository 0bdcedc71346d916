"""Nodes of Kafka, started with the chart's files and scripts, without a cluster.

``$KAFKA_LIBS`` names a folder with the jars of Kafka and what they need (see kafka/pom.xml).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.product.infrastructure.programs import (
    ask,
    connects,
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
    """The nodes of one release, each with the loopback address 127.0.NET.(ordinal + 1)."""

    def __init__(self, objects: Objects, folder: Path, stack: ExitStack, net: int) -> None:
        self.objects, self.folder, self.stack, self.net = objects, folder, stack, net
        self.bootstrap = f"127.0.{net}.1:9092"
        java, libraries = program("java"), os.environ.get("KAFKA_LIBS")
        if not libraries:
            pytest.skip("KAFKA_LIBS names no folder with Kafka's jars")
        for name, main in CLASSES.items():
            write_tool(
                folder / "bin",
                name,
                f"#!/bin/sh\nexec {java} -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "
                f'$KAFKA_LOG4J_OPTS -cp "{Path(libraries).resolve()}/*" {main} "$@"\n',
            )

    def start(self, *nodes: int, cluster_id: str = SECRETS["CLUSTER_ID"]) -> Callable[[], None]:
        """Start the nodes and wait for none; what is given back ends them."""
        inner = self.stack.enter_context(ExitStack())
        for i in nodes:
            files = self._files(i)
            start = (files / "start.sh").read_text()
            start = start.replace("$POD_NAME.$POD_DOMAIN:", f"{self._address(i)}:")
            (files / "start.sh").write_text(start)
            log = self.folder / f"{i}.log"
            env = self._env(i) | {"CLUSTER_ID": cluster_id}
            inner.enter_context(running(["bash", str(files / "start.sh")], env, log, 3))
        return inner.close

    def ready(self, node: int, asked: int) -> tuple[int, str]:
        """Run a node's readiness probe, which asks a node; its code and what it prints."""
        [word] = container(self.objects, "kafka")["readinessProbe"]["exec"]["command"][1:]
        script = self.folder / f"files-{node}" / Path(word).name
        env = {**os.environ, **self._env(node), "NODE_ADDRESS": self._address(asked)}
        done = subprocess.run(["bash", script], env=env, capture_output=True, text=True)
        return done.returncode, done.stdout.strip()

    def _env(self, node: int) -> dict[str, str]:
        known = SECRETS | {"POD_NAME": f"im-kafka-{node}", "POD_IP": ""}
        return plain_env(container(self.objects, "kafka"), known) | {
            "KAFKA_BIN": str(self.folder / "bin"),
            "FILES": str(self.folder / f"files-{node}"),
            "DATA": str(self.folder / f"data-{node}"),
            "CONFIG": str(self.folder / f"{node}.properties"),
            "CLIENT": str(self.folder / f"{node}.client"),
            "IN_STEP": str(self.folder / f"{node}.in-step"),
        }

    def _address(self, node: int) -> str:
        return f"127.0.{self.net}.{node + 1}"

    def make_topics(self) -> None:
        """Run the chart's Job as soon as somebody listens."""
        log = self.folder / "0.log"
        eventually(lambda: connects(9092, f"127.0.{self.net}.1"), log)
        env = plain_env(container(self.objects, "setup", "Job"), SECRETS) | {
            "BOOTSTRAP": self.bootstrap,
            "KAFKA_BIN": str(self.folder / "bin"),
            "FILES": str(self.folder / "files-0"),
            "CLIENT": str(self.folder / "client.properties"),
        }
        script = ["bash", str(self.folder / "files-0" / "topics.sh")]
        eventually(lambda: ask(script, env) or True, log)

    def partitions(self) -> dict[str, tuple[str, str]]:
        """Number of partitions and replicas of every topic."""
        client = str(self.folder / "client.properties")
        shown = ask(
            [str(self.folder / "bin" / "kafka-topics.sh"), "--bootstrap-server",
             self.bootstrap, "--command-config", client, "--describe"],
            {"KAFKA_LOG4J_OPTS": ""},
        )  # fmt: skip
        words = [line.split() for line in shown.splitlines() if "PartitionCount:" in line]
        return {
            w[1]: (_after(w, "PartitionCount:"), _after(w, "ReplicationFactor:")) for w in words
        }

    def _files(self, ordinal: int) -> Path:
        files = write_files(self.objects, self.folder / f"files-{ordinal}")
        config = self._local((files / "server.properties").read_text())
        here = self._address(ordinal)
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
            text = text.replace(f"im-kafka-{i}.{domain}", self._address(i))
        return text


def _after(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]
