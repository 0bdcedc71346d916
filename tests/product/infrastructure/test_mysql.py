"""MySQL runs with the chart's files: alone, and as a source with a replica.

The chart runs 8.4. ``mysqld`` and ``mysql`` on PATH, or named by ``$MYSQLD`` and ``$MYSQL``, may
be of a later line: Debian's unstable suite has 9.7. An option or statement that is newer than 8.4
would go unnoticed then. MariaDB has other options and another replication, and is refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from openim_charts.specs.model import Catalog
from tests.product.infrastructure.programs import (
    ask,
    container,
    eventually,
    plain_env,
    program,
    read,
    running,
    write_files,
    write_tool,
)

PASSWORDS = {
    "ROOT_PASSWORD": "root'Pass1",
    "APP_USER": "openIM",
    "APP_PASSWORD": """it's\\a "pass" word""",
    "USER_0_PASSWORD": "report;--1",
    "REPLICATION_PASSWORD": "copy'\\1",
    "EXPORTER_PASSWORD": "exporterPass1",
}
Objects = list[dict[str, Any]]


class Pods:
    """The pods of one release, each with a loopback address of its own."""

    def __init__(self, objects: Objects, folder: Path, net: int) -> None:
        self.objects, self.folder, self.net, self.stack = objects, folder, net, ExitStack()
        self.passwords: Mapping[str, str] = PASSWORDS
        write_tool(folder / "tools", "mysqld", f'#!/bin/sh\nexec "{program("mysqld")}" "$@"\n')

    def start(self, ordinal: int) -> Callable[[], int]:
        """Start a pod; what is returned kills it."""
        files = write_files(self.objects, self.folder / str(ordinal) / "files")
        (self.folder / str(ordinal) / "data").mkdir(exist_ok=True)
        config = (files / "my.cnf").read_text()
        local = f"bind_address = {self.address(ordinal)}\n"
        if os.geteuid() == 0:
            local += "user = root\n"
        run = str(self.folder / str(ordinal))
        (files / "my.cnf").write_text(config.replace("/var/run/mysqld", run) + local)
        command = ["bash", str(files / "start.sh")]
        inner = self.stack.enter_context(ExitStack())
        process = inner.enter_context(running(command, self._env(ordinal), self.log(ordinal)))

        def kill() -> int:
            process.kill()
            return process.wait()

        # At the test's end nobody waits until all is written.
        inner.callback(kill)
        self.pid = process.pid
        return kill

    def _env(self, ordinal: int) -> dict[str, str]:
        known = {"POD_NAME": f"im-mysql-{ordinal}", "POD_IP": "", **self.passwords}
        base = self.folder / str(ordinal)
        return plain_env(container(self.objects, "mysql"), known) | {
            "PATH": f"{self.folder}/tools:{os.environ['PATH']}",
            "FILES": str(base / "files"),
            "DATA": str(base / "data"),
            "INIT": str(base / "init.sql"),
            "SOURCE": self.address(0),
        }

    def address(self, ordinal: int) -> str:
        return f"127.0.{self.net}.{ordinal + 1}"

    def log(self, ordinal: int) -> Path:
        return self.folder / f"{ordinal}.log"

    def sql(self, ordinal: int, user: str, password: str, statements: str) -> str:
        """What a client prints that logs in over TCP, or over the socket as root."""
        where = ["--host", self.address(ordinal)]
        if user == "root":
            where = ["--socket", str(self.folder / str(ordinal) / "mysqld.sock")]
        client = [program("mysql"), "--no-defaults", "--batch", "--skip-column-names"]
        return ask([*client, *where, "--user", user], {"MYSQL_PWD": password}, statements).strip()

    def app(self, ordinal: int, statements: str) -> str:
        return self.sql(ordinal, "openIM", self.passwords["APP_PASSWORD"], statements)

    def root(self, ordinal: int, statements: str) -> str:
        return self.sql(ordinal, "root", self.passwords["ROOT_PASSWORD"], statements)

    def eventually(self, ordinal: int, check: Callable[[], Any]) -> Any:
        return eventually(check, self.log(ordinal))


@pytest.fixture
def mysql(render: Callable[..., Objects], tmp_path: Path) -> Iterator[Callable[..., Pods]]:
    program("mysql")
    if "MariaDB" in ask([program("mysqld"), "--no-defaults", "--version"], {}):
        pytest.skip("mysqld is MariaDB's")
    with ExitStack() as stack:

        def make(values: dict[str, Any], net: int) -> Pods:
            pods = Pods(render("mysql", values), tmp_path, net)
            stack.callback(pods.stack.close)
            return pods

        yield make


def test_databases_and_users_are_as_wanted_after_every_start(mysql: Callable[..., Pods]) -> None:
    users = [{"name": "report", "databases": ["report"], "existingSecret": "mail"}]
    one = mysql({"databases": ["openim", "chat"], "users": users, "bufferPool": "64M"}, 61)
    # What a first start leaves that was killed.
    (one.folder / "0" / "data" / "new" / "half").mkdir(parents=True)
    kill = one.start(0)
    one.eventually(0, lambda: one.app(0, "SELECT 1"))
    command = Path(f"/proc/{one.pid}/cmdline").read_text()
    assert not [p for name, p in PASSWORDS.items() if name != "APP_USER" and p in command]
    assert (one.folder / "0" / "init.sql").stat().st_mode & 0o077 == 0

    assert one.app(0, "SHOW DATABASES").split() == [
        "chat", "information_schema", "openim", "performance_schema",
    ]  # fmt: skip
    one.app(0, "CREATE TABLE openim.kept (a TEXT); INSERT INTO openim.kept VALUES ('1')")
    with pytest.raises(AssertionError, match="denied"):
        one.app(0, "SELECT user FROM mysql.user")
    one.sql(0, "report", PASSWORDS["USER_0_PASSWORD"], "CREATE TABLE report.b (a INT)")
    with pytest.raises(AssertionError, match="denied"):
        one.sql(0, "report", PASSWORDS["USER_0_PASSWORD"], "SELECT * FROM openim.kept")
    with pytest.raises(AssertionError, match="denied"):
        one.sql(0, "root", "", "SELECT 1")
    grants = one.root(0, "SHOW GRANTS FOR exporter@127.0.0.1")
    assert grants.split(" ON ")[0] == "GRANT SELECT, PROCESS, REPLICATION CLIENT"
    assert one.root(0, "SELECT @@innodb_buffer_pool_size, @@log_bin").split() == ["67108864", "1"]

    kill()
    one.passwords = PASSWORDS | {"APP_PASSWORD": "changed2", "ROOT_PASSWORD": "rootChanged2"}
    one.start(0)
    assert one.eventually(0, lambda: one.app(0, "SELECT a FROM openim.kept")) == "1"
    assert one.root(0, "SELECT 2") == "2"
    with pytest.raises(AssertionError, match="denied"):
        one.sql(0, "openIM", PASSWORDS["APP_PASSWORD"], "SELECT 1")


def test_a_replica_follows_the_source_and_takes_no_writes(mysql: Callable[..., Pods]) -> None:
    two = mysql({"replicaCount": 2, "bufferPool": "64M"}, 62)
    kills = [two.start(0), two.start(1)]
    two.eventually(0, lambda: two.app(0, "CREATE TABLE openim.a (i INT PRIMARY KEY)") == "")
    two.app(0, "INSERT INTO openim.a VALUES (1), (2)")
    two.eventually(1, lambda: two.app(1, "SELECT count(*) FROM openim.a") == "2")
    for ask_it in (two.app, two.root):
        with pytest.raises(AssertionError, match="read-only"):
            ask_it(1, "INSERT INTO openim.a VALUES (3)")
    hosts = two.root(0, "SHOW REPLICAS").split("\t")
    assert hosts[1] == "im-mysql-1.im-mysql-headless.chat.svc.cluster.local"

    # Both are gone at once, and come back with another password.
    for kill in kills:
        kill()
    two.passwords = PASSWORDS | {"REPLICATION_PASSWORD": "copyChanged2", "APP_PASSWORD": "app2"}
    two.start(1)
    two.start(0)
    two.eventually(0, lambda: two.app(0, "INSERT INTO openim.a VALUES (4)") == "")
    two.eventually(1, lambda: two.app(1, "SELECT count(*) FROM openim.a") == "3")
    shown = "SELECT connection_retry_interval, connection_retry_count, a.service_state"
    tables = "replication_connection_configuration, performance_schema.replication_applier_status a"
    assert two.root(1, f"{shown} FROM performance_schema.{tables}").split() == ["5", "0", "ON"]


def test_its_exporter_reads_source_and_replica(
    mysql: Callable[..., Pods], catalog: Catalog, tmp_path: Path
) -> None:
    """As the chart's container does it, as its user, whose password no option file could hold."""
    two = mysql({"replicaCount": 2, "bufferPool": "64M"}, 64)
    two.passwords = PASSWORDS | {"EXPORTER_PASSWORD": """#it's;"a" %41"""}
    for ordinal in (0, 1):
        two.start(ordinal)
    two.eventually(0, lambda: two.app(0, "CREATE TABLE openim.a (i INT)") == "")
    two.eventually(1, lambda: two.app(1, "SELECT * FROM openim.a") == "")
    spec = container(two.objects, "exporter")
    env = plain_env(spec, {"MYSQLD_EXPORTER_PASSWORD": two.passwords["EXPORTER_PASSWORD"]})
    log, pages = tmp_path / "exporter.log", []
    for ordinal in (0, 1):
        host = two.address(ordinal)
        words = [word.replace("127.0.0.1", host) for word in spec["args"]]
        command = [program("mysqld_exporter"), *words, f"--web.listen-address={host}:9104"]
        with running(command, env, log):
            page = partial(read, f"{host}:9104", "/metrics")
            pages.append(eventually(page, log))
    assert [page.count("\nmysql_up 1\n") for page in pages] == [1, 1], log.read_text()
    names = {line.split("{")[0].split(" ")[0] for line in pages[1].splitlines()}
    rules = str(catalog.charts["mysql"].options["alerts"])
    wanted = set(re.findall(r"\bmysql_[a-z_]+", rules))
    assert len(wanted) == 3
    assert wanted <= names
    assert "mysql_slave_status" not in pages[0]


def test_an_option_that_mysql_refuses_is_noticed(mysql: Callable[..., Pods]) -> None:
    one = mysql({"extraConfig": "no_such_option = 1"}, 63)
    one.start(0)
    one.eventually(0, lambda: "no_such_option" in one.log(0).read_text())
    assert not (one.folder / "0" / "data" / "mysql").exists()
