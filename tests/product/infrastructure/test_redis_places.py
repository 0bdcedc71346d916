"""Wherever Redis' pods are and whoever is master, they come to survive the loss of a place."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.product.infrastructure.programs import write_files
from tests.product.infrastructure.redis_places import Pod, clusters, settle, spreads, step, survives


@pytest.fixture(scope="module")
def script(render: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    values = {"mode": "cluster", "replicaCount": 6, "global": {"redis": {"topology": "cluster"}}}
    return write_files(render("redis", values), tmp_path_factory.mktemp("files")) / "spread.awk"


def test_three_masters_survive_from_every_beginning(script: Path) -> None:
    """With three of six pods in a place it is possible, with four it is not."""
    for counts in spreads(6, 3, 3):
        if list(counts) != sorted(counts):
            continue  # Places are alike.
        nodes = [f"node-{number}" for number, count in enumerate(counts) for _ in range(count)]
        for pods in clusters([("-", node) for node in nodes]):
            end, steps = settle(script, pods)
            assert all(survives(end, node) for node in nodes), (pods, end)
            assert steps <= 5, pods


def test_larger_clusters_survive(script: Path) -> None:
    """Masters that no majority depends on, and several replicas, from beginnings by chance."""
    choose = random.Random(7)
    for masters, replicas in ((3, 2), (5, 1), (6, 1), (7, 2)):
        count = masters * (1 + replicas)
        places = [(f"zone-{i % 3}", f"node-{i % 6}") for i in range(count)]
        for _ in range(30):
            choose.shuffle(places)
            followed = [*range(masters), *(choose.randrange(masters) for _ in range(count))]
            pods = {f"pod-{i}": Pod(f"pod-{followed[i]}", *places[i]) for i in range(count)}
            end, _ = settle(script, pods)
            assert all(survives(end, f"zone-{zone}") for zone in range(3)), (pods, end)
            followers = [pod.master for name, pod in end.items() if pod.master != name]
            assert {followers.count(master) for master in set(followers)} == {replicas}


def test_nothing_is_done_that_helps_nothing(script: Path) -> None:
    """Where only one node is left, where pods have no replicas, and where zones are not known."""
    lone = {f"pod-{i}": Pod(f"pod-{i % 3}", "-", "node-1") for i in range(6)}
    assert step(script, lone) == []
    assert step(script, {f"pod-{i}": Pod(f"pod-{i}", "-", "node-1") for i in range(3)}) == []
    apart = {f"pod-{i}": Pod(f"pod-{i % 3}", "-", f"node-{i}") for i in range(6)}
    assert step(script, apart) == []


def test_nodes_are_the_places_where_there_are_fewer_than_three_zones(script: Path) -> None:
    zones = {"a": "east", "b": "east", "c": "west"}
    pods = {f"pod-{i}": Pod(f"pod-{i % 3}", zones[n], n) for i, n in enumerate("aabbcc")}
    end, _ = settle(script, pods)
    assert all(survives(end, node) for node in zones)
