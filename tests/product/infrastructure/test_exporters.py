"""The exporters that run beside the programs, with the flags and variables that the charts give.

Go's proxy has the charts' versions of them, but none of Kafka's. No registry has a MongoDB, so its
exporter is run without one, and with a stand-in; MySQL's is beside its servers, in test_mysql.py.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from openim_charts.specs.model import Catalog
from tests.http_server import JSONHandler, serving
from tests.product.infrastructure import mongo_wire
from tests.product.infrastructure.programs import (
    container,
    eventually,
    one,
    plain_env,
    program,
    read,
    running,
    write_files,
    write_tool,
)
from tests.product.infrastructure.redis_pods import PASSWORD, Pods

Objects = list[dict[str, Any]]
CLUSTER = {"redis": {"topology": "cluster"}}


@pytest.fixture
def watched(catalog: Catalog, render: Callable[..., Objects]) -> Callable[[str], set[str]]:
    """The metrics with a prefix that the charts' rules and dashboards read."""

    def of(prefix: str) -> set[str]:
        texts = [str(render("grafana")), *(str(c.options) for c in catalog.charts.values())]
        return {name for text in texts for name in re.findall(rf"\b{prefix}_[a-zA-Z_]+", text)}

    return of


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Start a container of a chart by the name of its program; gives the log."""
    with ExitStack() as stack:

        def run(name: str, spec: dict[str, Any], known: dict[str, str], *more: str) -> Path:
            folder, log = tmp_path / "files", tmp_path / f"{name}.log"
            words = [word.replace("/files", str(folder)) for word in spec.get("args", [])]
            env = plain_env(spec, known) if "env" in spec else {}
            local = {k: v for k, v in known.items() if k not in env}
            stack.enter_context(running([program(name), *words, *more], env | local, log))
            return log

        yield run


def test_redis_has_the_metrics_that_rules_and_dashboards_read(
    redis: Callable[..., Pods],
    render: Callable[..., Objects],
    start: Callable[..., Path],
    watched: Callable[[str], set[str]],
    tmp_path: Path,
) -> None:
    server = redis({})
    for ordinal in (0, 1):
        server.start(ordinal, 71)
        eventually(partial(server.healthy, ordinal), tmp_path / f"{ordinal}-redis.log")
    server.cli(1, "replicaof", "127.0.71.1", "6379")
    # One node of a cluster that is not there yet.
    node = redis({"mode": "cluster", "replicaCount": 6, "global": CLUSTER})
    node.start(2, 72)
    eventually(lambda: "cluster_state" in node.cli(2, "cluster", "info"))
    spec = container(render("redis"), "exporter")
    known = {
        "REDIS_PASSWORD": PASSWORD,
        "REDIS_ADDR": "redis://127.0.71.1:6379",
        "REDIS_EXPORTER_WEB_LISTEN_ADDRESS": "127.0.71.1:9121",
    }
    log = start("redis_exporter", spec, known)
    text = eventually(lambda: read("127.0.71.1:9121", "/metrics"), log)
    scrape = "/scrape?target=redis://127.0.7{}:6379"
    others = [read("127.0.71.1:9121", scrape.format(end)) for end in ("1.2", "2.3")]
    assert re.search(r"^redis_master_link_up{[^}]*} [01]$", others[0], re.M)
    assert "\nredis_cluster_state 0\n" in others[1]
    pages = [text, *others]
    names = {line.split("{")[0].split(" ")[0] for page in pages for line in page.splitlines()}
    wanted = watched("redis") - {"redis_exporter"}
    assert len(wanted) >= 4
    assert wanted <= names
    assert "\nredis_up 1\n" in text
    assert "\nredis_memory_max_bytes 5.36870912e+08\n" in text


def test_mongodb_is_said_to_be_down_while_it_is(
    render: Callable[..., Objects], start: Callable[..., Path], watched: Callable[[str], set[str]]
) -> None:
    spec = container(render("mongodb"), "exporter")
    known = {"MONGODB_PASSWORD": "rootPassword1"}
    log = start("mongodb_exporter", spec, known, "--web.listen-address=127.0.71.2:9216")
    text = eventually(lambda: read("127.0.71.2:9216", "/metrics"), log)
    assert re.search(r"^mongodb_up({[^}]*})? 0$", text, re.M), log.read_text()
    assert "mongodb_up" in watched("mongodb")


def test_mongodb_has_the_metrics_that_rules_read(
    render: Callable[..., Objects], start: Callable[..., Path], watched: Callable[[str], set[str]]
) -> None:
    spec = container(render("mongodb"), "exporter")
    env = [item for item in spec["env"] if item["name"] == "MONGODB_URI"]
    env[0]["value"] = env[0]["value"].replace("127.0.0.1", "127.0.71.5")
    with mongo_wire.serving("127.0.71.5", 27017, mongo_wire.member("127.0.71.5:27017")):
        listen = "--web.listen-address=127.0.71.5:9216"
        log = start("mongodb_exporter", {**spec, "env": env}, {}, listen)
        text = eventually(lambda: read("127.0.71.5:9216", "/metrics"), log)
    values = {
        (name.partition("{")[0], frozenset(re.findall(r'(\w+="[^"]*")', name))): float(value)
        for name, _, value in (
            line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")
        )
    }
    names = {name for name, _ in values}
    # Of what a mongod counts, this one knows what alerts read.
    alerts = {name for name in watched("mongodb") if "_ss_" not in name or "connections" in name}
    assert alerts - {"mongodb_exporter", "mongodb_up"} <= names, log.read_text()

    def value(name: str, *labels: str) -> float:
        (found,) = (v for (n, known), v in values.items() if n == name and {*labels} <= known)
        return found

    assert value("mongodb_up") == 1
    assert value("mongodb_myState") == 1
    assert value("mongodb_members_health", 'member_idx="c"') == 0
    assert value("mongodb_members_health", 'member_idx="a"', 'member_state="PRIMARY"') == 1
    late = value("mongodb_members_optimeDate", 'member_state="SECONDARY"')
    assert value("mongodb_members_optimeDate", 'member_state="PRIMARY"') - late == 60000
    assert value("mongodb_ss_connections", 'conn_type="available"') == 93
    assert value("mongodb_dbstats_fsTotalSize", 'database="openim_v3"') == 100


def test_kafkas_exporter_starts_after_kafka(render: Callable[..., Objects], tmp_path: Path) -> None:
    """It ends when there is none: its client tries three times, and the process gives up."""
    spec = container(render("kafka"), "exporter")
    write_tool(tmp_path, "kafka_exporter", '#!/bin/sh\nprintf "%s\\n" "$@"\n')
    words = [*spec["command"], *spec["args"]]
    local = {
        "/bin/kafka_exporter": f"{tmp_path}/kafka_exporter",
        "im-kafka 9092": "127.0.71.4 9092",
    }
    for old, new in local.items():
        assert any(old in word for word in words)
        words = [word.replace(old, new) for word in words]
    program("nc")
    log = tmp_path / "log"
    with running(words, {}, log) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(5)
        assert not log.read_text()
        with serving(JSONHandler, "127.0.71.4", 9092):
            assert process.wait(60) == 0
    assert log.read_text().splitlines() == spec["args"]
    with running(words, {}, log) as process:
        process.terminate()
        assert process.wait(60) in (143, -15)


def test_hosts_and_their_certificates_are_probed(
    render: Callable[..., Objects], start: Callable[..., Path], tmp_path: Path
) -> None:
    hosts = {"main": "im.example.com"}
    exposure = {"type": "ingress", "hosts": hosts, "tls": {"enabled": True}}
    objects = render("prometheus", {"global": {"exposure": exposure}})
    write_files([one(objects, "ConfigMap")], tmp_path / "files")
    spec = container(objects, "host-probe")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj",
         "/CN=im.example.com", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    words = [w for w in spec["args"] if not w.startswith("--web.listen-address")]
    server = [program("openssl"), "s_server", "-accept", "127.0.71.3:8443", "-key", str(key)]
    with running([*server, "-cert", str(cert), "-www"], {}, tmp_path / "tls.log", 3):
        listen = "--web.listen-address=127.0.71.3:9115"
        log = start("blackbox_exporter", {**spec, "args": words}, {}, listen)
        text = eventually(lambda: _probed("tls", "127.0.71.3:8443", 1), log)
        assert "\nprobe_ssl_earliest_cert_expiry " in text
        eventually(lambda: _probed("http", "https://127.0.71.3:8443/", 1), log)
    for code, success in {200: 1, 404: 1, 503: 0}.items():
        with serving(_answering(code), "127.0.71.3") as address:
            _probed("http", f"http://{address}/", success)
    _probed("http", f"http://{address}/", 0)


def _answering(code: int) -> type[JSONHandler]:
    class Handler(JSONHandler):
        def get(self) -> None:
            self.answer(code, {})

    return Handler


def _probed(module: str, target: str, success: int) -> str:
    text = read("127.0.71.3:9115", f"/probe?module={module}&target={target}")
    assert f"\nprobe_success {success}\n" in text
    return text
