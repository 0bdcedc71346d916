"""Upgrades on a real API server: what may change, and what is refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from openim_charts.charts.api import Chart
from tests.product.cluster.conftest import WAIT, Namespace, namespace

__all__ = ["namespace"]
pytestmark = pytest.mark.cluster

VOLUME = {"persistence": {"enabled": True}}
NO_VOLUME = {"persistence": {"enabled": False}}


@pytest.mark.parametrize(
    ("chart", "first", "second", "message"),
    [
        ("redis", {}, {"persistence": {"size": "9Gi"}}, "size cannot change from 8Gi to 9Gi"),
        ("etcd", {}, {"global": {"storageClass": "immediate"}}, 'change from "" to "immediate"'),
        ("etcd", {}, {"replicaCount": 3}, "replicaCount cannot change from 1 to 3"),
        (
            "kafka",
            {"replicaCount": 3},
            {"replicaCount": 1},
            "replicaCount cannot change from 3 to 1",
        ),
        (
            "mongodb",
            {"replicaCount": 3},
            {"replicaCount": 1},
            "replicaCount cannot shrink from 3 to 1",
        ),
        ("minio", NO_VOLUME, VOLUME, "cannot turn claims on or off"),
        (
            "alertmanager",
            {"persistence": {"annotations": {"example.com/a": "b"}}},
            {"persistence": {"annotations": {"example.com/a": "c"}}},
            "persistence.annotations cannot change",
        ),
        (
            "loki",
            {"persistence": {"dataSource": {"name": "before"}}},
            {"persistence": {"dataSource": {}}},
            "persistence.dataSource cannot change",
        ),
        (
            "grafana",
            {},
            {"persistence": {"storageClass": "-"}},
            'storageClass cannot change from "" to "-"',
        ),
    ],
)
def test_what_cannot_change_is_refused_with_its_reason(
    charts: Mapping[str, Chart],
    namespace: Namespace,
    chart: str,
    first: dict[str, Any],
    second: dict[str, Any],
    message: str,
) -> None:
    archive = namespace.archive(charts[chart])
    namespace.run("install", "im", archive, values=first)
    before = namespace.specs()
    with pytest.raises(AssertionError, match=message):
        namespace.run("upgrade", "im", archive, values=second)
    assert namespace.specs() == before


@pytest.mark.parametrize("size", ["1024Mi", "2000M"])
def test_a_size_is_the_same_however_it_is_written(
    charts: Mapping[str, Chart], namespace: Namespace, size: str
) -> None:
    """The API server writes sizes in its own way."""
    archive = namespace.archive(charts["etcd"])
    values = {"persistence": {"size": size, "annotations": {"b": "1", "a": "2"}}}
    for action in ("install", "upgrade"):
        namespace.run(action, "im", archive, values=values)


def test_a_set_of_mongodb_grows(charts: Mapping[str, Chart], namespace: Namespace) -> None:
    archive = namespace.archive(charts["mongodb"])
    namespace.run("install", "im", archive, *WAIT)
    secrets = [o for k, o in namespace.specs().items() if k.startswith("Secret/")]
    namespace.run("upgrade", "im", archive, *WAIT, values={"replicaCount": 3})
    after = namespace.specs()
    assert after["StatefulSet/im-mongodb"]["spec"]["replicas"] == 3
    assert [o for k, o in after.items() if k.startswith("Secret/")] == secrets


def test_data_and_passwords_outlive_the_release(
    charts: Mapping[str, Chart],
    namespace: Namespace,
) -> None:
    archive = namespace.archive(charts["redis"])
    namespace.run("install", "im", archive, *WAIT)
    password = namespace.objects()["Secret/im-redis"]["data"]
    namespace.run("uninstall", "im", *WAIT)
    namespace.left()
    assert set(namespace.objects()) == {"Secret/im-redis", "PersistentVolumeClaim/data-im-redis-0"}
    namespace.run("install", "im", archive, *WAIT)
    assert namespace.objects()["Secret/im-redis"]["data"] == password
