"""The script that makes and heals the replica set, run by node against a model of mongod.

No registry has a mongod; what the model allows and refuses is MongoDB's documented behaviour. The
shell itself, mongosh, runs the script without a server.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.programs import (
    ask,
    container,
    eventually,
    one,
    plain_env,
    program,
    running,
    write_files,
    write_tool,
)

SECRETS = {"APP_PASSWORD": "appPassword1", "ROOT_PASSWORD": "rootPassword1"}
Pods = dict[str, dict[str, Any]]


@pytest.fixture
def world(render: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    def run(members: int, pods: Pods, sets: Any = None, rounds: int = 4, **env: str) -> Any:
        objects = render("mongodb", {"replicaCount": members})
        spec = container(objects, "setup")
        known = plain_env(spec, {"POD_NAME": "", **SECRETS})
        script = one(objects, "ConfigMap")["data"]["setup.js"]
        data = {"script": script, "env": known | env, "rounds": rounds, "pods": pods}
        answer = ask([program("node"), str(Path(__file__).with_name("mongo_world.js"))], {},
                     json.dumps(data | {"sets": sets or {}}))  # fmt: skip
        return json.loads(answer)

    return run


def empty(count: int) -> Pods:
    return {f"im-mongodb-{i}": {"up": True, "set": None} for i in range(count)}


def hosts(state: dict[str, Any]) -> list[str]:
    return [m["host"].split(".")[0] for m in state["sets"]["rs0"]["config"]["members"]]


@pytest.mark.parametrize("members", [1, 3])
def test_an_empty_set_is_made_with_its_users(world: Callable[..., Any], members: int) -> None:
    state = world(members, empty(members))
    assert hosts(state) == [f"im-mongodb-{i}" for i in range(members)]
    users = state["sets"]["rs0"]["users"]
    assert users["admin.root"]["roles"] == ["root"]
    assert users["openim_v3.openIM"] == {
        "pwd": "appPassword1",
        "roles": [{"role": "readWrite", "db": "openim_v3"}],
    }


def test_members_find_one_another_by_names_that_stay(world: Callable[..., Any]) -> None:
    state = world(3, empty(3))
    assert [m["host"] for m in state["sets"]["rs0"]["config"]["members"]] == [
        f"im-mongodb-{i}.im-mongodb-headless.chat.svc.cluster.local:27017" for i in range(3)
    ]


def test_nothing_is_made_before_all_members_answer(world: Callable[..., Any]) -> None:
    pods = empty(3)
    pods["im-mongodb-2"]["up"] = False
    assert world(3, pods)["sets"] == {}


def test_a_first_member_without_its_volume_makes_no_second_set(world: Callable[..., Any]) -> None:
    state = world(3, empty(3))
    state["pods"]["im-mongodb-0"]["set"] = None
    state["sets"]["rs0"]["primary"] = "im-mongodb-1"
    after = world(3, state["pods"], state["sets"])
    assert after["sets"]["rs0"]["config"]["version"] == 1
    assert not [line for line in after["printed"] if "second replica set" in line]


def test_a_set_grows_from_one_member_to_three(world: Callable[..., Any]) -> None:
    state = world(1, empty(1))
    after = world(3, state["pods"] | {k: v for k, v in empty(3).items() if k not in state["pods"]},
                  state["sets"])  # fmt: skip
    assert hosts(after) == ["im-mongodb-0", "im-mongodb-1", "im-mongodb-2"]
    assert [m["_id"] for m in after["sets"]["rs0"]["config"]["members"]] == [0, 1, 2]


def test_a_new_password_reaches_the_user(world: Callable[..., Any]) -> None:
    state = world(1, empty(1))
    after = world(1, state["pods"], state["sets"], APP_PASSWORD="another2")
    assert after["sets"]["rs0"]["users"]["openim_v3.openIM"]["pwd"] == "another2"


def test_the_shell_runs_the_script_until_it_is_told_to_end(
    render: Callable[..., Any], tmp_path: Path
) -> None:
    objects = render("mongodb")
    spec, log = container(objects, "setup"), tmp_path / "log"
    files = write_files(objects, tmp_path / "files")
    shell = program("mongosh")
    words = [word.replace("/files", str(files)) for word in spec["command"]]
    env = plain_env(spec, {"POD_NAME": "im-mongodb-0", **SECRETS}) | {"HOME": str(tmp_path)}
    with running([shell, *words[1:]], env, log) as process:
        eventually(lambda: "ECONNREFUSED" in log.read_text(), log)
    # By default the signal would end it too, but not as the first process of a container.
    assert process.returncode == 0


def test_passwords_are_on_no_command_line(render: Callable[..., Any]) -> None:
    pod = one(render("mongodb"), "StatefulSet")["spec"]["template"]["spec"]
    lines = [c.get("command", []) + c.get("args", []) for c in pod["containers"]]
    assert not [word for line in lines for word in line if "$(" in word]


def test_the_server_starts_when_its_name_is_its_address(
    render: Callable[..., Any], tmp_path: Path
) -> None:
    files = write_files(render("mongodb"), tmp_path / "files")
    tools, key = tmp_path / "tools", tmp_path / "key"
    write_tool(
        tools,
        "mongod",
        f'#!/bin/sh\necho "$@ key=${{REPLICA_SET_KEY-unset}}" >{tmp_path}/started\n',
    )
    write_tool(tools, "getent", f"#!/bin/sh\ncat {tmp_path}/dns 2>/dev/null\n")
    env = {
        "PATH": f"{tools}:/usr/bin:/bin",
        "POD_NAME": "im-mongodb-0",
        "POD_DOMAIN": "headless",
        "POD_IP": "10.0.0.7",
        "REPLICA_SET_KEY": "secretKey",
        "KEY": str(key),
        "DATA": str(tmp_path),
        "FILES": str(files),
    }
    with running(["sh", str(files / "start.sh")], env, tmp_path / "log"):
        (tmp_path / "dns").write_text("10.0.0.70 im-mongodb-0\n")
        eventually(lambda: "waiting" in (tmp_path / "log").read_text())
        assert not (tmp_path / "started").exists(), "10.0.0.70 is another address"
        (tmp_path / "dns").write_text("10.0.0.7  im-mongodb-0\n")
        eventually((tmp_path / "started").exists)
    assert (tmp_path / "started").read_text() == f"--config {files}/mongod.conf key=unset\n"
    assert key.read_text() == "secretKey\n"
    assert key.stat().st_mode & 0o777 == 0o600
