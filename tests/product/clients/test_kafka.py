"""Topics are found, and messages go through, with every login that the charts offer."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from openim_charts.specs.model import Catalog
from tests.product.clients.conftest import external
from tests.product.clients.modules import Module
from tests.product.infrastructure.kafka_nodes import AUTH, SECRETS, Kafka
from tests.product.infrastructure.programs import ask, connects, eventually, program

PASSWORD = "a/b?c#d@e%f:g h\"i'j\\k"
KEY_PASSWORD = "p:w d"
THROUGH = "4 topics\nkey: hello\n"


@pytest.fixture
def kafka(
    render: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Kafka]]:
    monkeypatch.setitem(SECRETS, "SASL_PASSWORD", PASSWORD)
    with ExitStack() as stack:
        yield lambda values, net: Kafka(render("kafka", values), tmp_path, stack, net)


@pytest.fixture
def client(module: Callable[..., Module], catalog: Catalog) -> Callable[..., Module]:
    """A module of each line that uses Kafka; today one does."""

    def make(address: str, login: dict[str, str], **tls: Any) -> Module:
        line = next(line for line in catalog.lines.values() if "kafka" in line.config)
        config = {line.product: {"kafka": {"tls": tls}}}
        kafka: dict[str, Any] = {"mode": "external", "addresses": [address]}
        if login:
            kafka = external([address], "login")
        return module(line, "kafka", {"kafka": kafka, "config": config}, {"login": login})

    return make


LOGIN = {"username": "openim", "password": PASSWORD}


def test_messages_go_through_with_a_login_and_without(
    kafka: Callable[..., Kafka], client: Callable[..., Module]
) -> None:
    node = kafka(AUTH, 45)
    node.start(0)
    node.make_topics()
    assert client(node.bootstrap, LOGIN).does("kafka") == THROUGH
    refused = client(node.bootstrap, {**LOGIN, "password": "x"}).run("kafka")
    assert refused.returncode


def make_certificates(folder: Path, host: str) -> None:
    """A CA, and two that it signed: of the server at an address, and of a client."""

    def openssl(*words: str) -> None:
        ask([program("openssl"), *words], {"HOME": str(folder)})

    def path(name: str) -> str:
        return str(folder / name)

    (folder / "names").write_text(f"subjectAltName=IP:{host}\n")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=ca",
            "-keyout", path("ca.key"), "-out", path("ca.crt"))  # fmt: skip
    for name in ("server", "client"):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                "-keyout", path(f"{name}.key"), "-out", path(f"{name}.csr"))  # fmt: skip
        openssl("x509", "-req", "-days", "2", "-in", path(f"{name}.csr"), "-CA", path("ca.crt"),
                "-CAkey", path("ca.key"), "-CAcreateserial", "-extfile", path("names"),
                "-out", path(f"{name}.crt"))  # fmt: skip
    store = (folder / "server.key").read_text() + (folder / "server.crt").read_text()
    (folder / "server.pem").write_text(store)
    words = ["-in", path("client.key"), "-passout", f"pass:{KEY_PASSWORD}"]
    openssl("rsa", "-traditional", "-aes256", *words, "-out", path("client.rfc1423"))
    openssl("pkcs8", "-topk8", "-v2", "aes256", *words, "-out", path("client.pkcs8"))


def test_messages_go_through_tls_with_certificates_of_both(
    kafka: Callable[..., Kafka], client: Callable[..., Module], tmp_path: Path
) -> None:
    plain = kafka(AUTH, 46)
    stop = plain.start(0)
    plain.make_topics()
    stop()
    make_certificates(tmp_path, "127.0.46.1")
    options = {
        "listener.security.protocol.map": "CLIENT:SASL_SSL,CONTROLLER:SASL_PLAINTEXT",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(tmp_path / "server.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(tmp_path / "ca.crt"),
        "listener.name.client.ssl.client.auth": "required",
    }
    node = kafka({**AUTH, "extraConfig": options}, 46)
    node.start(0)
    eventually(lambda: connects(9092, "127.0.46.1"), tmp_path / "0.log")

    def run(key: str, **secret: str) -> subprocess.CompletedProcess[str]:
        files = {"caCrt": "ca.crt", "clientCrt": "client.crt", "clientKey": key}
        tls = {"enableTLS": True, **{k: str(tmp_path / v) for k, v in files.items() if v}}
        return client(node.bootstrap, {**LOGIN, **secret}, **tls).run("kafka")

    eventually(lambda: run("client.key").stdout == THROUGH, tmp_path / "0.log")
    assert run("client.rfc1423", clientKeyPassword=KEY_PASSWORD).stdout == THROUGH
    # The description of the password says so.
    assert "PEM" in run("client.pkcs8", clientKeyPassword=KEY_PASSWORD).stderr
    # Nobody gets in without a certificate, and no other server is taken for this one.
    assert run("").returncode
    (tmp_path / "ca.crt").write_text((tmp_path / "client.crt").read_text())
    assert "certificate" in run("client.key").stderr
