"""A cluster whose nodes run containers, the images on it, and OpenIM in a namespace of it."""

from __future__ import annotations

import os
import shlex
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from openim_charts.charts.api import Chart
from openim_charts.packaging.api import package
from openim_charts.specs.model import Catalog
from tests.conftest import helm_command
from tests.product.cluster.conftest import listed, need_cluster, run
from tests.product.node.people import People, people
from tests.product.node.release import Release
from tests.product.node.standins import STAND_INS, Workshop, build
from tests.product.node.traffic import LABELS, PORT

FAKE = "kwok.x-k8s.io/node"
# Grafana and Alloy are in no registry of programs, and Loki's module lacks parts that it needs.
WITHOUT_STAND_IN = ("grafana", "alloy", "loki")


def values_for_stand_ins(catalog: Catalog) -> dict[str, Any]:
    """What has to differ from the preset because v3.8.3 is not yet v3.8.3-patch.15.

    It lacks the path that the readiness probe and the test of openim-api ask for, and it registers
    no address unless it is told one.
    """
    values: dict[str, Any] = {name: {"enabled": False} for name in WITHOUT_STAND_IN}
    address = {"fieldRef": {"fieldPath": "status.podIP"}}
    for name, chart in catalog.charts.items():
        if chart.family == "server" and "rpc" in chart.ports:
            variable = f"IMENV_{name.replace('-', '_').upper()}_RPC_REGISTERIP"
            values[name] = {"extraEnv": [{"name": variable, "valueFrom": address}]}
    values["openim-api"] = {"readinessProbe": {"enabled": False}}
    return values


def values_for(catalog: Catalog, stand_ins: bool) -> dict[str, Any]:
    """What the release is installed with beside its preset.

    The sender is none of openim-api's clients, whom alone its NetworkPolicy lets in.
    """
    values = values_for_stand_ins(catalog) if stand_ins else {}
    rule = {
        "from": [{"podSelector": {"matchLabels": dict(LABELS)}}],
        "ports": [{"protocol": "TCP", "port": PORT}],
    }
    own = {**values.get("openim-api", {}), "networkPolicy": {"extraIngress": [rule]}}
    return {**values, "openim-api": own}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """There is one node, and one OpenIM on it at a time."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.xdist_group("node"))


@pytest.fixture(scope="session")
def stand_ins(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> bool:
    """Whether nodes have stand-ins for the images: they are loaded, unless real ones are pulled."""
    need_cluster()
    if all(FAKE in n["metadata"].get("annotations", {}) for n in listed("nodes")):
        pytest.skip("the nodes of KUBECONFIG are fake: they run no containers")
    if os.environ.get("NODE_IMAGES") == "pulled":
        return False
    loader = os.environ.get("NODE_IMAGE_LOADER")
    if not loader:
        pytest.skip("NODE_IMAGE_LOADER names no command that loads an image archive")
    workshop = Workshop(tmp_path_factory.mktemp("workshop"))
    archive = workshop.path / "image.tar"
    for stand_in in STAND_INS:
        build(stand_in, catalog.images[stand_in.image], workshop, archive)
        run(*shlex.split(loader), str(archive))
        archive.unlink()
    return True


@pytest.fixture(scope="session")
def namespace(stand_ins: bool) -> Iterator[str]:  # noqa: ARG001  # images come first
    """A namespace that enforces the restricted Pod Security level."""
    theirs = os.environ.get("NODE_NAMESPACE")
    if theirs:
        yield theirs
        return
    name = f"n-{uuid.uuid4().hex[:8]}"
    run("kubectl", "create", "namespace", name)
    run("kubectl", "label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    yield name
    if not os.environ.get("NODE_KEEP"):
        run("kubectl", "delete", "namespace", name, "--wait=true", "--timeout=300s")


@pytest.fixture(scope="session")
def release(
    catalog: Catalog,
    charts: Mapping[str, Chart],
    namespace: str,
    stand_ins: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> Release:
    """OpenIM for the namespace, not yet installed; Helm 4 manages it."""
    archive = tmp_path_factory.mktemp("chart") / "openim.tgz"
    archive.write_bytes(package(charts["openim"], 0))
    return Release(
        helm_command("helm4"),
        str(archive),
        namespace,
        values_for(catalog, stand_ins),
        ("openim-api-test",) if stand_ins else (),
    )


@pytest.fixture
def users(release: Release) -> Iterator[People]:
    """The users of that OpenIM."""
    with people(release) as found:
        yield found
