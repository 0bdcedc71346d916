"""An instance as Prometheus sees it, one value a minute: what promtool reads.

Something happens in minute START; what a metric is says how: ``5`` is a value, ``+60`` grows each
minute, ``5|0`` is 5 before and 0 after, ``+60|`` grows before and stands still after, ``|+60`` is 0
before and grows after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from openim_charts.specs.model import ChartSpec

SCOPE = 'namespace="chat",app_kubernetes_io_part_of="im"'
START, END = 15, 40
Series = dict[str, str]


@dataclass(frozen=True, slots=True)
class Stage:
    """What the API server reports of a pod's container from one minute up to another."""

    first: int
    last: int
    phase: str = "Running"
    ready: bool = True
    uid: str = "1"
    start: str = "a"  # the container's ID, another one after each restart


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod with one container, and the metrics that it gives while it runs."""

    app: str
    name: str
    owner: str = "ReplicaSet"
    stages: Sequence[Stage] = (Stage(0, END),)
    metrics: Mapping[str, str] = field(default_factory=dict)  # name and labels -> what it is


def container(app: str, pod: str, **labels: str) -> str:
    """The metric of the job pod-state about a container."""
    known = {"container": "main", "init": "false", "phase": "Running", "ready": "true"}
    own = {"uid": "1", "container_id": "a", "owner": "StatefulSet"}
    pairs = {"job": "pod-state", "app": app, "pod": pod, **known, **own, **labels}
    inner = ",".join(f'{key}="{value}"' for key, value in pairs.items())
    return f"up{{{inner},{SCOPE}}}"


def series(pods: Iterable[Pod]) -> Series:
    """Everything about the pods; their metrics are there while they run."""
    found: Series = {}
    for pod in pods:
        for s in pod.stages:
            labels = {"phase": s.phase, "ready": str(s.ready).lower(), "uid": s.uid}
            labels |= {"container_id": "" if s.phase == "Pending" else s.start, "owner": pod.owner}
            found[container(pod.app, pod.name, **labels)] = _values([s], "1")
        ran = [s for s in pod.stages if s.phase == "Running"]
        for metric, what in pod.metrics.items():
            name, _, labels_of = metric.rstrip("}").partition("{")
            inner = ",".join(filter(None, (labels_of, f'pod="{pod.name}"', SCOPE)))
            found[f"{name}{{{inner}}}"] = _values(ran, what)
    return found


def minutes(what: str) -> str:
    """The values of all minutes."""
    return _values((Stage(0, END),), what)


def _values(stages: Sequence[Stage], what: str) -> str:
    """The values of the minutes of some stages, with a stale marker where the series ends."""
    words: list[str] = []
    for minute in range(END + 1):
        there = any(s.first <= minute < s.last or minute == s.last == END for s in stages)
        ends = bool(words) and words[-1] not in ("_", "stale")
        words.append(_value(what, minute) if there else "stale" if ends else "_")
    return " ".join(words)


def _value(what: str, minute: int) -> str:
    before, changes, after = what.partition("|")
    if not changes:
        return _value(f"{before}|{before}", minute)
    if minute < START:
        return str(int(before) * minute) if before.startswith("+") else before or "0"
    grown = int(before) * START if before.startswith("+") else 0
    if after.startswith("+"):
        return str(grown + int(after) * (minute - START))
    return after or str(grown)


def healthy(charts: Iterable[ChartSpec]) -> dict[str, Pod]:
    """A pod of each chart, by chart, all well."""
    pods = {}
    for chart in charts:
        owner = "StatefulSet" if chart.kind == "infrastructure" else "ReplicaSet"
        job = chart.options.get("monitoring", {}).get("jobPrefix", "") + chart.name
        known = METRICS.get(chart.name, {})
        if "monitoring" in chart.features:
            known = {"up": "1", **known}
        metrics = {_with_job(metric, job): what for metric, what in known.items()}
        pods[chart.name] = Pod(chart.name, f"im-{chart.component}-0", owner, metrics=metrics)
    return pods


def _with_job(metric: str, job: str) -> str:
    name, _, labels = metric.rstrip("}").partition("{")
    known = f'job="{job}"'
    return f"{name}{{{known}{labels and ',' + labels}}}"


def changed(pod: Pod, metrics: Mapping[str, str]) -> Pod:
    """The pod with other values of some of its metrics, whose name and first labels are given."""
    found = dict(pod.metrics)
    for wanted, what in metrics.items():
        name, _, labels = wanted.rstrip("}").partition("{")
        (known,) = (m for m in found if m.startswith(f"{name}{{") and labels in m)
        found[known] = what
    return replace(pod, metrics=found)


def gone(pod: Pod) -> Pod:
    """The pod is removed and does not come back."""
    return replace(pod, stages=(Stage(0, START),))


def unready(pod: Pod) -> Pod:
    """The pod goes on running and is not ready any more."""
    return replace(pod, stages=(Stage(0, START), Stage(START, END, ready=False)))


def restarted(pod: Pod) -> Pod:
    """The pod's container ends and is started again at once."""
    return replace(pod, stages=(Stage(0, START), Stage(START, END, start="b")))


def replaced(pod: Pod, at: int = START) -> Iterator[Pod]:
    """The pod as a healthy upgrade, its deletion or a drained node replaces it.

    A Deployment's has a successor before it goes; a StatefulSet's comes back under its name, and
    has not been ready for less than three minutes.
    """
    waits = Stage(at + 1, at + 2, "Pending", ready=False, uid="2")
    starts = Stage(at + 2, at + 3, ready=False, uid="2", start="b")
    runs = Stage(at + 3, END, uid="2", start="b")
    if pod.owner == "StatefulSet":
        yield replace(pod, stages=(Stage(0, at), waits, starts, runs))
    else:
        yield replace(pod, stages=(Stage(0, at + 4),))
        yield replace(pod, name=f"{pod.name}-new", stages=(waits, starts, runs))


def installed(pod: Pod, ready: int) -> Pod:
    """A new pod that waits for its image or in Init until shortly before it is ready."""
    waits = Stage(1, ready - 1, "Pending", ready=False)
    stages = (waits, Stage(ready - 1, ready, ready=False), Stage(ready, END))
    return replace(pod, stages=stages)


_TO_REDIS = 'topic="toRedis",partition="0"'
_SEND = 'path="/openim.msg.msg/SendMsg"'
METRICS: Mapping[str, Mapping[str, str]] = {
    "redis": {
        "redis_up": "1",
        "redis_aof_last_write_status": "1",
        "redis_memory_used_bytes": "10",
        "redis_memory_max_bytes": "100",
        "redis_rejected_connections_total": "0",
    },
    "mongodb": {
        "mongodb_up": "1",
        "mongodb_myState": "1",
        'mongodb_members_health{member_idx="a"}': "1",
        "mongodb_dbstats_fsUsedSize": "10",
        "mongodb_dbstats_fsTotalSize": "100",
    },
    "kafka": {
        'kafka_topic_partitions{topic="toRedis"}': "1",
        f"kafka_topic_partition_leader{{{_TO_REDIS}}}": "0",
        f"kafka_topic_partition_replicas{{{_TO_REDIS}}}": "1",
        f"kafka_topic_partition_in_sync_replica{{{_TO_REDIS}}}": "1",
        f"kafka_topic_partition_under_replicated_partition{{{_TO_REDIS}}}": "0",
        f"kafka_topic_partition_current_offset{{{_TO_REDIS}}}": "+60",
        f'kafka_consumergroup_current_offset{{{_TO_REDIS},consumergroup="redis"}}': "+60",
        f'kafka_consumergroup_lag{{{_TO_REDIS},consumergroup="redis"}}': "1",
    },
    "etcd": {
        "etcd_server_has_leader": "1",
        "etcd_debugging_mvcc_keys_total": "11",
        'etcd_network_known_peers{Local="1",Remote="1"}': "1",
        "etcd_mvcc_db_total_size_in_bytes": "1",
        "etcd_server_quota_backend_bytes": "100",
    },
    "minio": {
        "minio_cluster_drive_offline_total": "0",
        "minio_cluster_capacity_usable_free_bytes": "90",
        "minio_cluster_capacity_usable_total_bytes": "100",
    },
    "seaweedfs": {
        'SeaweedFS_volumeServer_resource{type="free"}': "90",
        'SeaweedFS_volumeServer_resource{type="all"}': "100",
    },
    "openim-api": {'api_count{code="0"}': "+60", 'api_count{code="14"}': "0"},
    "openim-rpc-msg": {
        f'rpc_count{{{_SEND},code="0"}}': "+60",
        f'rpc_count{{{_SEND},code="500"}}': "0",
    },
    "openim-msgtransfer": {"msg_insert_mongo_failed_total": "0"},
    "openim-msggateway": {"online_user_num": "100"},
    "openim-push": {"msg_offline_push_failed_total": "0"},
    "prometheus": {"prometheus_notifications_alertmanagers_discovered": "1"},
    "alertmanager": {"alertmanager_cluster_failed_peers": "0"},
}
