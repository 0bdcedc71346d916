"""What must hold for the objects of every infrastructure chart."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from openim_charts.helm.adapter import HelmError
from tests.product.infrastructure.programs import container, find_data, one

CHARTS = {
    "etcd": ("im-etcd", 2379),
    "kafka": ("im-kafka", 9092),
    "minio": ("im-minio", 9000),
    "mongodb": ("im-mongodb", 27017),
    "redis": ("im-redis", 6379),
    "seaweedfs": ("im-seaweedfs", 8333),
}
COPY = {"dataSource": {"name": "before"}}
ROOT = {"username": "root", "authSource": "admin"}
Render = Callable[..., list[dict[str, Any]]]


@pytest.fixture(params=CHARTS)
def renderings(
    request: pytest.FixtureRequest, render: Render, scenarios: Callable[..., Any]
) -> list[list[dict[str, Any]]]:
    """The objects of one chart with its default values and with every ci/ file of its own."""
    return [render(request.param, values) for values in scenarios(request.param).values()]


def pods(objects: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in objects:
        if item["kind"] in ("StatefulSet", "Job"):
            yield item["spec"]["template"]["spec"]
        elif item["kind"] == "Pod":
            yield item["spec"]


def test_pods_are_restricted_with_a_root_file_system_that_is_read_only(
    renderings: list[list[dict[str, Any]]],
) -> None:
    for pod in (p for objects in renderings for p in pods(objects)):
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for one_of_them in pod.get("initContainers", []) + pod["containers"]:
            context = one_of_them["securityContext"]
            assert context["readOnlyRootFilesystem"] is True
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"]["drop"] == ["ALL"]
            assert one_of_them["resources"]["limits"]["memory"]
            assert one_of_them["resources"]["requests"]["memory"]


def test_every_secret_key_that_a_pod_reads_is_made(
    renderings: list[list[dict[str, Any]]],
) -> None:
    for objects in renderings:
        made = {
            (o["metadata"]["name"], key)
            for o in objects
            if o["kind"] == "Secret"
            for key in o["data"]
        }
        read = {
            (e["valueFrom"]["secretKeyRef"]["name"], e["valueFrom"]["secretKeyRef"]["key"])
            for pod in pods(objects)
            for c in pod["containers"]
            for e in c.get("env", [])
            if "secretKeyRef" in e.get("valueFrom", {})
        }
        assert read <= made


def test_no_secret_is_written_into_a_pod_or_config_map(
    renderings: list[list[dict[str, Any]]],
) -> None:
    for objects in renderings:
        rest = str([o for o in objects if o["kind"] != "Secret"])
        for secret in (o for o in objects if o["kind"] == "Secret"):
            values = [base64.b64decode(v).decode() for v in secret["data"].values()]
            assert not [v for v in values if len(v) > 8 and v in rest]


@pytest.mark.parametrize(("chart", "service", "port"), [(c, *s) for c, s in CHARTS.items()])
def test_clients_find_the_service_that_they_look_for(
    render: Render, chart: str, service: str, port: int
) -> None:
    found = [
        o for o in render(chart) if o["kind"] == "Service" and o["metadata"]["name"] == service
    ]
    assert port in [p["port"] for p in found[0]["spec"]["ports"]]
    labels = one(render(chart), "StatefulSet")["spec"]["template"]["metadata"]["labels"]
    assert found[0]["spec"]["selector"].items() <= labels.items()
    jobs = [o for o in render(chart) if o["kind"] == "Job"]
    for job in jobs:
        own = job["spec"]["template"]["metadata"]["labels"]
        assert not found[0]["spec"]["selector"].items() <= own.items(), "a Job is no server"


def test_pods_have_names_that_stay(renderings: list[list[dict[str, Any]]]) -> None:
    for objects in renderings:
        name = one(objects, "StatefulSet")["spec"]["serviceName"]
        headless = next(o for o in objects if o["metadata"]["name"] == name)
        assert headless["spec"]["clusterIP"] == "None"
        assert headless["spec"]["publishNotReadyAddresses"] is True


@pytest.mark.parametrize("chart", CHARTS)
def test_nothing_is_installed_for_middleware_that_is_elsewhere(
    render: Render, compiler: Any, chart: str
) -> None:
    dependency = next(
        d.name for d in compiler.catalog.dependencies.values() if chart in d.components
    )
    external = {"mode": "external", "addresses": ["db.example.com:1234"], "existingSecret": "db"}
    assert render(chart, {"global": {dependency: external}}) == []


@pytest.mark.parametrize("chart", CHARTS)
def test_claims_are_kept_and_take_the_storage_class_of_all(render: Render, chart: str) -> None:
    spec = one(render(chart, {"global": {"storageClass": "ceph"}}), "StatefulSet")["spec"]
    assert spec["persistentVolumeClaimRetentionPolicy"] == {
        "whenDeleted": "Retain",
        "whenScaled": "Retain",
    }
    claim = spec["volumeClaimTemplates"][0]["spec"]
    assert claim["storageClassName"] == "ceph"
    assert (
        "volumeClaimTemplates"
        not in one(render(chart, {"persistence": {"existingClaim": "mine"}}), "StatefulSet")["spec"]
    )


@pytest.mark.parametrize(
    ("kind", "group"),
    [("VolumeSnapshot", "snapshot.storage.k8s.io"), ("PersistentVolumeClaim", None)],
)
def test_every_volume_can_start_as_a_copy(
    render: Render, compiler: Any, kind: str, group: str | None
) -> None:
    charts = [c.name for c in compiler.catalog.charts.values() if "persistence" in c.features]
    assert {"mongodb", "grafana"} <= set(charts)
    for chart in charts:
        values = {"persistence": {"dataSource": {"kind": kind, "name": "before"}}}
        source = one(render(chart, values), "StatefulSet")["spec"]["volumeClaimTemplates"][0][
            "spec"
        ]["dataSource"]
        assert source == {"kind": kind, "name": "before"} | ({"apiGroup": group} if group else {})


@pytest.mark.parametrize(
    ("chart", "values", "message"),
    [
        ("redis", {"replicaCount": 3}, "mode standalone is one pod"),
        ("redis", {"mode": "cluster", "replicaCount": 3}, "set replicaCount to 6"),
        ("redis", {"mode": "cluster", "replicaCount": 7}, "multiple of 2"),
        ("redis", {"mode": "cluster", "replicaCount": 6}, "set both alike"),
        ("redis", {"global": {"redis": {"topology": "cluster"}}}, "set both alike"),
        ("kafka", {"replicaCount": 2}, "replicaCount"),
        ("etcd", {"replicaCount": 2}, "replicaCount"),
        ("mongodb", {"replicaCount": 2}, "replicaCount"),
        ("mongodb", {"global": {"mongodb": ROOT}}, "name another user for the modules"),
        ("mongodb", {"global": {"mongodb": {"username": ""}}}, "lets nobody in"),
        ("minio", {"replicaCount": 3}, "replicaCount"),
        ("kafka", {"topics": {"replicationFactor": 3}}, "larger than replicaCount"),
        ("etcd", {"replicaCount": 3, "persistence": {"existingClaim": "a"}}, "one volume"),
        ("mongodb", {"replicaCount": 3, "persistence": COPY}, "all 3 pods with the same data"),
        ("redis", {"persistence": {"existingClaim": "a", **COPY}}, "dataSource fills a new claim"),
        ("kafka", {"persistence": {"enabled": False, **COPY}}, "dataSource fills a new claim"),
    ],
)
def test_what_cannot_work_is_refused(
    render: Render, chart: str, values: dict[str, Any], message: str
) -> None:
    with pytest.raises(HelmError, match=message):
        render(chart, values)


@pytest.mark.parametrize(
    ("chart", "mode"), [("kafka", "external"), ("etcd", "external"), ("etcd", "kubeblocks")]
)
def test_a_login_needs_a_secret_that_somebody_makes(render: Render, chart: str, mode: str) -> None:
    """All modules would wait for it for ever."""
    there = {"mode": mode, "auth": {"enabled": True}, "addresses": ["a.example.com:1"]}
    with pytest.raises(HelmError, match="existingSecret"):
        render(chart, {"global": {chart: there}})
    render(chart, {"global": {chart: there | {"existingSecret": "login"}}})
    # KubeBlocks makes users of Kafka itself.
    render("kafka", {"global": {"kafka": {"mode": "kubeblocks", "auth": {"enabled": True}}}})


def test_a_release_name_that_is_too_long_is_refused(render: Render) -> None:
    with pytest.raises(HelmError, match="longer than the 52 characters"):
        render("redis", {}, "a" * 50)


def test_long_release_names_give_names_that_kubernetes_takes(render: Render) -> None:
    release = "a" * 40
    for chart in CHARTS:
        for item in render(chart, {}, release):
            limit = 52 if item["kind"] == "StatefulSet" else 63
            assert len(item["metadata"]["name"]) <= limit


def test_a_budget_never_blocks_a_drain(render: Render) -> None:
    assert not [o for o in render("etcd") if o["kind"] == "PodDisruptionBudget"]
    budget = one(render("etcd", {"replicaCount": 3}), "PodDisruptionBudget")["spec"]
    assert budget["maxUnavailable"] == 1
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_the_topics_are_those_of_the_modules(render: Render) -> None:
    values = {"global": {"config": {"server": {"kafka": {"toPushTopic": "push"}}}}}
    env = {
        e["name"]: e.get("value") for e in container(render("kafka", values), "setup", "Job")["env"]
    }
    assert env["TOPICS"] == "toRedis toMongo push toOfflinePush"
    assert env["PARTITIONS"] == "8"


@pytest.mark.parametrize(
    ("values", "volume", "partitions"),
    [
        ({}, 10 * 2**30, 4 * 8),
        ({"replicaCount": 3, "persistence": {"size": "30Gi"}}, 30 * 2**30, 4 * 8),
        ({"topics": {"partitions": 3}, "persistence": {"size": "500M"}}, 500 * 10**6, 4 * 3),
        ({"replicaCount": 3, "topics": {"replicationFactor": 1}}, 10 * 2**30, 4 * 8 / 3),
    ],
)
def test_messages_leave_room_on_kafkas_volume(
    render: Render, values: dict[str, Any], volume: int, partitions: float
) -> None:
    lines = find_data(render("kafka", values), "server.properties").splitlines()
    config = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    kept, segment = int(config["log.retention.bytes"]), int(config["log.segment.bytes"])
    assert 0.5 * volume < kept * partitions < (kept + segment) * partitions < 0.9 * volume


def test_a_node_of_kafka_has_caught_up_before_the_next_one_restarts(render: Render) -> None:
    """A rollout waits for readiness; test_kafka.py shows what the script says."""
    objects = render("kafka", {"replicaCount": 3})
    assert "min.insync.replicas=2" in find_data(objects, "server.properties")
    pod = one(objects, "StatefulSet")["spec"]["template"]["spec"]
    [kafka] = [c for c in pod["containers"] if c["name"] == "kafka"]
    assert kafka["readinessProbe"]["exec"]["command"][-1] == "/files/ready.sh"


def test_time_alone_can_end_messages(render: Render) -> None:
    text = find_data(render("kafka", {"retentionPercent": 0}), "server.properties")
    assert "log.retention.hours=168" in text
    assert ".bytes" not in text


def test_a_changed_job_has_another_name(render: Render) -> None:
    def name(values: dict[str, Any]) -> str:
        return str(one(render("kafka", values), "Job")["metadata"]["name"])

    assert name({}) == name({"terminationGracePeriodSeconds": 99})
    assert name({}) != name({"topics": {"partitions": 12}})
    assert name({}) != name({"podLabels": {"a": "b"}}), "its pods have them too"


@pytest.mark.parametrize("chart", CHARTS)
def test_no_exporter_runs_without_monitoring(render: Render, chart: str) -> None:
    objects = render(chart, {"global": {"monitoring": {"type": "none"}}})
    pod = one(objects, "StatefulSet")["spec"]["template"]["spec"]
    assert "exporter" not in [c["name"] for c in pod["containers"]]


def test_users_of_kafka_must_log_in_when_told_so(render: Render) -> None:
    plain = find_data(render("kafka"), "server.properties")
    secured = find_data(
        render("kafka", {"global": {"kafka": {"auth": {"enabled": True}}}}), "server.properties"
    )
    assert "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT" in plain
    assert "CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT" in secured
