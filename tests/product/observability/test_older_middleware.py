"""MySQL and ZooKeeper: what their start scripts do, with a tool in place of the server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.product.infrastructure.programs import ask, one, write_files, write_tool

Render = Callable[..., list[dict[str, Any]]]
MYSQLD = """#!/bin/sh
for word; do
  case $word in --datadir=*) folder=${word#*=} ;; esac
done
echo "$*" >>"$CALLS"
case $* in *--initialize-insecure*) mkdir -p "$folder/mysql" ;; esac
"""
PASSWORDS = {
    "ROOT_PASSWORD": "root1",
    "APP_USER": "openim",
    "APP_PASSWORD": "it's \\ here",
    "REPLICATION_PASSWORD": "repl1",
    "EXPORTER_PASSWORD": "exp1",
}


@pytest.fixture
def start_mysql(render: Render, tmp_path: Path) -> Callable[..., tuple[str, list[str]]]:
    """Runs the start script of pod ``ordinal``: the SQL that it made, and the calls of mysqld."""

    def start(ordinal: int = 0, **values: Any) -> tuple[str, list[str]]:
        objects = render("mysql", values)
        files = write_files(objects, tmp_path / "files")
        write_tool(tmp_path / "bin", "mysqld", MYSQLD)
        pod = one(objects, "StatefulSet")["spec"]["template"]["spec"]
        given = {e["name"]: e["value"] for e in pod["containers"][0]["env"] if "value" in e}
        env = PASSWORDS | {
            "DATABASES": given["DATABASES"],
            "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
            "POD_NAME": f"im-mysql-{ordinal}",
            "POD_DOMAIN": "im-mysql-headless.chat.svc.cluster.local",
            "SOURCE": "im-mysql-0.im-mysql-headless.chat.svc.cluster.local",
            "DATA": str(tmp_path / "data"),
            "FILES": str(files),
            "INIT": str(tmp_path / "init.sql"),
            "CALLS": str(tmp_path / "calls"),
            "USER_0_PASSWORD": "report1",
        }
        (tmp_path / "data").mkdir(exist_ok=True)
        ask(["/bin/bash", str(files / "start.sh")], env)
        return (tmp_path / "init.sql").read_text(), (tmp_path / "calls").read_text().splitlines()

    return start


def test_mysql_makes_its_data_once(start_mysql: Callable[..., Any]) -> None:
    _, first = start_mysql()
    _, all_calls = start_mysql()
    assert ["--initialize-insecure" in call for call in first] == [True, False]
    assert ["--initialize-insecure" in call for call in all_calls[2:]] == [False]


def test_mysql_makes_databases_and_users_with_quoted_passwords(
    start_mysql: Callable[..., Any],
) -> None:
    users = [{"name": "report", "databases": ["stats"], "existingSecret": "report"}]
    sql, _ = start_mysql(databases=["openim", "chat"], users=users)
    assert sql.splitlines()[0] == "SET sql_log_bin = 0;"
    assert "ALTER USER 'openim'@'%' IDENTIFIED BY 'it\\'s \\\\ here';" in sql
    for name, database in [("openim", "openim"), ("openim", "chat"), ("report", "stats")]:
        assert f"CREATE DATABASE IF NOT EXISTS `{database}`;" in sql
        assert f"GRANT ALL PRIVILEGES ON `{database}`.* TO '{name}'@'%';" in sql
    assert "CHANGE REPLICATION" not in sql


def test_a_replica_follows_the_first_pod_and_takes_no_writes(
    start_mysql: Callable[..., Any],
) -> None:
    sql, calls = start_mysql(2, replicaCount=3)
    assert "SOURCE_HOST = 'im-mysql-0.im-mysql-headless.chat.svc.cluster.local'" in sql
    assert sql.splitlines()[-1] == "SET GLOBAL super_read_only = ON;"
    assert "--server-id=3" in calls[-1]


def test_with_replicas_the_service_leads_to_the_source(render: Render) -> None:
    for count, index in [(1, None), (3, "0")]:
        objects = render("mysql", {"replicaCount": count})
        service = next(
            o for o in objects if (o["kind"], o["metadata"]["name"]) == ("Service", "im-mysql")
        )
        assert service["spec"]["selector"].get("apps.kubernetes.io/pod-index") == index


@pytest.mark.parametrize("ordinal", [0, 2])
def test_zookeeper_knows_its_number_and_all_servers(
    render: Render, tmp_path: Path, ordinal: int
) -> None:
    files = write_files(render("zookeeper", {"replicaCount": 3}), tmp_path / "files")
    write_tool(tmp_path / "bin", "zkServer.sh", '#!/bin/sh\necho "$@"\n')
    env = {
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
        "POD_NAME": f"im-zookeeper-{ordinal}",
        "DATA": str(tmp_path / "data"),
        "FILES": str(files),
        "CONFIG": str(tmp_path / "zoo.cfg"),
    }
    called = ask(["/bin/bash", str(files / "start.sh")], env)
    assert called.split() == ["start-foreground", str(tmp_path / "zoo.cfg")]
    assert (tmp_path / "data/zookeeper/myid").read_text() == f"{ordinal + 1}\n"
    config = dict(line.split("=", 1) for line in (tmp_path / "zoo.cfg").read_text().splitlines())
    assert config["dataDir"] == str(tmp_path / "data/zookeeper")
    host = "im-zookeeper-2.im-zookeeper-headless.chat.svc.cluster.local"
    assert config["server.3"] == f"{host}:2888:3888"


def test_zookeepers_members_are_fixed(render: Render) -> None:
    spec = one(render("zookeeper", {"replicaCount": 5}), "StatefulSet")["spec"]
    assert spec["replicas"] == 5
