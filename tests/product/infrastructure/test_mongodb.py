"""MongoDB's chart: its scripts, run by the real shell against a stand-in for the server."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.product.infrastructure.mongo_pods import Members, State, empty, hosts, memory
from tests.product.infrastructure.programs import (
    NASTY,
    container,
    eventually,
    find_data,
    one,
    running,
    write_files,
    write_tool,
)

Make = Callable[[int], Members]


@pytest.fixture
def members(render: Callable[..., Any], tmp_path: Path) -> Make:
    def make(count: int) -> Members:
        return Members(render("mongodb", {"replicaCount": count}), tmp_path)

    return make


def down(state: State, pod: str) -> State:
    state["pods"][pod]["up"] = False
    return state


@pytest.mark.parametrize("count", [1, 3])
def test_an_empty_set_is_made_with_its_users(members: Make, count: int) -> None:
    state = members(count).settle(empty(count))
    assert hosts(state) == [f"im-mongodb-{i}" for i in range(count)]
    users = state["sets"]["rs0"]["users"]
    assert users["admin.root"]["roles"] == ["root"]
    assert users["openim_v3.openIM"] == {
        "pwd": "appPassword1",
        "roles": [{"role": "readWrite", "db": "openim_v3"}],
    }
    assert [m["host"] for m in state["sets"]["rs0"]["config"]["members"]] == [
        f"im-mongodb-{i}.im-mongodb-headless.chat.svc.cluster.local:27017" for i in range(count)
    ]


def test_a_set_that_was_left_half_made_is_completed(members: Make) -> None:
    pods = members(1)
    state = pods.settle(empty(1))
    for users in ({}, {"admin.root": state["sets"]["rs0"]["users"]["admin.root"]}):
        state["sets"]["rs0"]["users"] = users
        state = pods.settle(state)
        assert set(state["sets"]["rs0"]["users"]) == {"admin.root", "openim_v3.openIM"}


def test_nothing_is_made_before_all_members_answer(members: Make) -> None:
    pods = members(3)
    state = down(empty(3), "im-mongodb-2")
    with pods.servers(state), pods.setup(state, "im-mongodb-0") as process:
        eventually(lambda: "ECONNREFUSED" in pods.log("im-mongodb-0").read_text())
        assert process.poll() is None
    assert pods.state["sets"] == {}


def test_a_first_member_without_its_volume_makes_no_second_set(members: Make) -> None:
    pods = members(3)
    state = pods.settle(empty(3))
    state["pods"]["im-mongodb-0"]["set"] = None
    state["sets"]["rs0"]["primary"] = "im-mongodb-1"
    with pods.servers(state), pods.setup(state, "im-mongodb-0", PAUSE="1"):
        eventually(lambda: pods.opened() > 30, pods.log("im-mongodb-0"))
    assert "second" not in pods.state
    assert pods.state["sets"]["rs0"]["config"]["version"] == 1


def test_a_set_grows_from_one_member_to_three(members: Make) -> None:
    small, state = members(1), empty(3)
    one_pod = {"pods": {"im-mongodb-0": state["pods"]["im-mongodb-0"]}, "sets": {}}
    sets = small.settle(one_pod)["sets"]
    state["pods"]["im-mongodb-0"]["set"] = "rs0"
    after = members(3).settle(state | {"sets": sets})
    assert hosts(after) == ["im-mongodb-0", "im-mongodb-1", "im-mongodb-2"]
    assert [m["_id"] for m in after["sets"]["rs0"]["config"]["members"]] == [0, 1, 2]


def test_a_new_password_reaches_the_user(members: Make) -> None:
    pods = members(1)
    state = pods.settle(pods.settle(empty(1)), APP_PASSWORD="another2")
    assert state["sets"]["rs0"]["users"]["openim_v3.openIM"]["pwd"] == "another2"


def test_the_administrator_may_have_any_password(members: Make) -> None:
    state = members(1).settle(empty(1), ROOT_PASSWORD=NASTY)
    assert state["sets"]["rs0"]["users"]["admin.root"]["pwd"] == NASTY


@pytest.mark.parametrize("characters", ["%", "@:/?#", " [&+]\"'$;"])
def test_a_password_that_modules_cannot_use_is_refused(characters: str, members: Make) -> None:
    pods = members(1)
    state = empty(1)
    with pods.setup(state, "im-mongodb-0", APP_PASSWORD=f"a{characters}b") as process:
        assert process.wait(60) == 1
    lines = pods.log("im-mongodb-0").read_text().splitlines()
    assert len(lines) == 1
    assert "may hold only letters, digits" in lines[0]


def test_a_loop_that_waits_keeps_neither_connections_nor_memory(members: Make) -> None:
    pods, name = members(3), "im-mongodb-0"
    state, used = down(empty(3), "im-mongodb-2"), []
    with pods.servers(state), pods.setup(state, name, PAUSE="1") as process:
        for opened in range(100, 1300, 100):
            eventually(lambda least=opened: pods.opened() > least, pods.log(name))
            used.append(memory(process))
    assert pods.state["most"] <= 12
    # Twice as much as one shell, and far below the container's limit.
    assert max(used) < 300
    assert max(used[-6:]) < max(used[:6]) * 1.25


def test_what_is_finished_holds_no_shell(members: Make) -> None:
    pods, state = members(1), empty(1)
    with pods.servers(state), pods.setup(state, "im-mongodb-0") as process:
        eventually(lambda: pods.finished("im-mongodb-0"), pods.log("im-mongodb-0"))
        eventually(lambda: 0 < memory(process) < 10)
        process.terminate()
        assert process.wait(60) == 0


def test_passwords_are_on_no_command_line(render: Callable[..., Any]) -> None:
    pod = one(render("mongodb"), "StatefulSet")["spec"]["template"]["spec"]
    lines = [c.get("command", []) + c.get("args", []) for c in pod["containers"]]
    assert not [word for line in lines for word in line if "$(" in word]


@pytest.mark.parametrize(("primary", "ready"), [(None, False), ("im-mongodb-0", True)])
def test_a_member_is_ready_when_it_serves(members: Make, primary: str | None, ready: bool) -> None:
    pods, state = members(1), empty(1)
    address = state["pods"]["im-mongodb-0"]["address"]
    if primary:
        state = pods.settle(state)
    with pods.servers(state):
        eventually(lambda: socket.create_connection((address, 27017), 1).close() or True)
        done = subprocess.run(
            ["bash", str(pods.files / "health.sh")],
            env={"ADDRESS": address, "PATH": "/usr/bin:/bin"},
        )
    assert done.returncode == (0 if ready else 1)


def test_a_member_that_does_not_run_is_not_ready(members: Make) -> None:
    address = empty(1)["pods"]["im-mongodb-0"]["address"]
    done = subprocess.run(
        ["bash", str(members(1).files / "health.sh")],
        env={"ADDRESS": address, "PATH": "/usr/bin:/bin"},
        stderr=subprocess.DEVNULL,
    )
    assert done.returncode == 1


@pytest.mark.parametrize("address", ["10.0.0.7", "fd00::7"])
def test_the_server_starts_when_its_name_is_its_address(
    address: str, render: Callable[..., Any], tmp_path: Path
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
        "POD_IP": address,
        "REPLICA_SET_KEY": "secretKey",
        "KEY": str(key),
        "DATA": str(tmp_path),
        "FILES": str(files),
    }
    with running(["sh", str(files / "start.sh")], env, tmp_path / "log"):
        (tmp_path / "dns").write_text(f"{address}0 im-mongodb-0\n")
        eventually(lambda: "waiting" in (tmp_path / "log").read_text())
        assert not (tmp_path / "started").exists(), "that is another address"
        (tmp_path / "dns").write_text(f"{address}  im-mongodb-0\n")
        eventually((tmp_path / "started").exists)
    options = " --ipv6" if ":" in address else ""
    expected = f"--config {files}/mongod.conf{options} key=unset\n"
    assert (tmp_path / "started").read_text() == expected
    assert key.read_text() == "secretKey\n"
    assert key.stat().st_mode & 0o777 == 0o600


def test_the_data_lies_on_the_claim_and_on_no_volume_of_the_image(
    render: Callable[..., Any],
) -> None:
    objects = render("mongodb")
    mounts = {m["name"]: m["mountPath"] for m in container(objects, "mongodb")["volumeMounts"]}
    folder = Path(yaml.safe_load(find_data(objects, "mongod.conf"))["storage"]["dbPath"])
    assert folder.is_relative_to(mounts["data"])
    # library/mongo declares these, and containerd lays an empty directory over each.
    declared = [Path("/data/db"), Path("/data/configdb")]
    assert not [v for v in declared if v.is_relative_to(mounts["data"]) or folder.is_relative_to(v)]
