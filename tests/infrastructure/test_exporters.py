"""The exporters that run beside the programs, with the flags and variables that the charts give.

Go's proxy has the charts' versions of them, but none of Kafka's. No registry has a MongoDB, so its
exporter is run without one; MySQL's is beside its servers, in test_mysql.py.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from generator.specs.model import Catalog
from tests.infrastructure.programs import (
    container,
    eventually,
    one,
    plain_env,
    program,
    read,
    running,
    write_files,
)
from tests.infrastructure.redis_pods import PASSWORD, Pods

Objects = list[dict[str, Any]]


@pytest.fixture
def watched(catalog: Catalog, render: Callable[..., Objects]) -> Callable[[str], set[str]]:
    """The metrics with a prefix that the charts' rules and dashboards read."""

    def of(prefix: str) -> set[str]:
        texts = [str(render("grafana")), *(str(c.options) for c in catalog.charts.values())]
        return {name for text in texts for name in re.findall(rf"\b{prefix}_[a-z_]+", text)}

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
    server.start(0, 71)
    eventually(lambda: server.healthy(0), tmp_path / "0-redis.log")
    spec = container(render("redis"), "exporter")
    known = {
        "REDIS_PASSWORD": PASSWORD,
        "REDIS_ADDR": "redis://127.0.71.1:6379",
        "REDIS_EXPORTER_WEB_LISTEN_ADDRESS": "127.0.71.1:9121",
    }
    log = start("redis_exporter", spec, known)
    text = eventually(lambda: read("127.0.71.1:9121", "/metrics"), log)
    names = {line.split("{")[0].split(" ")[0] for line in text.splitlines()}
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


def test_certificates_are_probed(
    render: Callable[..., Objects], start: Callable[..., Path], tmp_path: Path
) -> None:
    hosts = {"main": "im.example.com"}
    exposure = {"type": "ingress", "hosts": hosts, "tls": {"enabled": True}}
    objects = render("prometheus", {"global": {"exposure": exposure}})
    write_files([one(objects, "ConfigMap")], tmp_path / "files")
    spec = container(objects, "certificate-probe")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj",
         "/CN=im.example.com", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    words = [w for w in spec["args"] if not w.startswith("--web.listen-address")]
    server = [program("openssl"), "s_server", "-accept", "127.0.71.3:8443", "-key", str(key)]
    with running([*server, "-cert", str(cert), "-quiet"], {}, tmp_path / "tls.log", 3):
        listen = "--web.listen-address=127.0.71.3:9115"
        log = start("blackbox_exporter", {**spec, "args": words}, {}, listen)
        path = "/probe?module=tls&target=127.0.71.3:8443"
        text = eventually(lambda: _success(path), log)
        assert "\nprobe_ssl_earliest_cert_expiry " in text


def _success(path: str) -> str:
    text = read("127.0.71.3:9115", path)
    assert "\nprobe_success 1\n" in text
    return text
