"""etcd runs with the chart's environment, comes back, and gets its authentication."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.product.infrastructure.programs import (
    NASTY,
    ask,
    container,
    eventually,
    plain_env,
    program,
    running,
    write_files,
)

# All of them use the same addresses.
pytestmark = pytest.mark.xdist_group("etcd")

AUTH = {"global": {"etcd": {"auth": {"enabled": True}}}}
PASSWORD = NASTY


def member(objects: list[dict[str, Any]], ordinal: int, folder: Path) -> dict[str, str]:
    """The environment of one member, which gets an address of its own for its name."""
    spec = container(objects, "etcd")
    domain = next(e["value"] for e in spec["env"] if e["name"] == "POD_DOMAIN")
    address = f"127.0.21.{ordinal + 1}"
    env = plain_env(spec, {"POD_NAME": f"im-etcd-{ordinal}", "POD_IP": address})
    for name, value in env.items():
        for other in range(3):
            value = value.replace(f"//im-etcd-{other}.{domain}", f"//127.0.21.{other + 1}")
        env[name] = value.replace("//0.0.0.0", f"//{address}").replace("/data/", f"{folder}/")
    return env


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., None]]:
    with ExitStack() as stack:

        def run(objects: list[dict[str, Any]], members: int) -> Callable[[], None]:
            inner = stack.enter_context(ExitStack())
            for i in range(members):
                folder = tmp_path / f"member-{i}"
                folder.mkdir(exist_ok=True)
                env = member(objects, i, folder)
                inner.enter_context(running([program("etcd")], env, tmp_path / f"{i}.log"))
            ready = ["curl", "-sSf", "http://127.0.21.1:2381/readyz"]
            eventually(lambda: ask(ready, {}), tmp_path / "0.log")
            return inner.close

        yield run


def call(path: str, token: str = "", asked: int = 0, **body: str) -> dict[str, Any]:
    header = ["-H", f"Authorization: {token}"] if token else []
    url = f"http://127.0.21.{asked + 1}:2379/v3/{path}"
    curl = ["curl", "-sS", "--max-time", "10", *header, "--data-binary", "@-", url]
    answer = ask(curl, {}, json.dumps(body))
    return dict(json.loads(answer))


def test_three_members_form_a_cluster_and_come_back(
    render: Callable[..., Any], start: Callable[..., Any], tmp_path: Path
) -> None:
    objects = render("etcd", {"replicaCount": 3})
    stop = start(objects, 3)
    assert len(call("cluster/member/list")["members"]) == 3
    # Members that got no time to run choose another leader, and refuse writes meanwhile.
    eventually(lambda: "header" in call("kv/put", key="Zm9v", value="YmFy"))
    stop()

    start(objects, 3)
    [kept] = eventually(lambda: call("kv/range", key="Zm9v").get("kvs"))
    assert kept["value"] == "YmFy"
    log = (tmp_path / "0.log").read_text()
    assert "unrecognized environment variable" not in log
    assert '"auto-compaction-retention":"0s"' in log, "see tests/product/clients/README.md"
    assert '"quota-backend-bytes":2147483648' in log


def test_writes_go_on_without_any_one_member(render: Callable[..., Any], tmp_path: Path) -> None:
    objects = render("etcd", {"replicaCount": 3})
    with ExitStack() as stack:

        def start(ordinal: int) -> subprocess.Popen[bytes]:
            env = member(objects, ordinal, tmp_path / str(ordinal))
            log = tmp_path / f"{ordinal}.log"
            return stack.enter_context(running([program("etcd")], env, log))

        def written(asked: int) -> bool:
            return "header" in call("kv/put", asked=asked, key="Zm9v", value="YmFy")

        members = [start(i) for i in range(3)]
        for lost in range(3):
            for asked in range(3):
                eventually(lambda asked=asked: written(asked), tmp_path / f"{asked}.log")
            # It stands still first, as on a node that is lost: nobody is told that it went.
            members[lost].send_signal(signal.SIGSTOP)
            began = time.monotonic()
            for asked in {0, 1, 2} - {lost}:
                eventually(lambda asked=asked: written(asked), tmp_path / f"{asked}.log")
            assert time.monotonic() - began < 60
            members[lost].kill()
            members[lost] = start(lost)


def test_the_job_turns_authentication_on(
    render: Callable[..., Any], start: Callable[..., Any], tmp_path: Path
) -> None:
    objects = render("etcd", AUTH)
    start(objects, 1)
    files = write_files(objects, tmp_path / "files")
    env = plain_env(
        container(objects, "setup", "Job"), {"USERNAME": "openim", "PASSWORD": PASSWORD}
    ) | {"ENDPOINT": "http://127.0.21.1:2379"}
    script = ["sh", str(files / "authenticate.sh")]
    assert "turned authentication on" in ask(script, env)
    assert "authentication is on" in ask(script, env), "a second run changes nothing"

    assert "user name is empty" in call("kv/put", key="Zm9v", value="YmFy")["message"]
    for user in ("openim", "root"):
        token = call("auth/authenticate", name=user, password=PASSWORD)["token"]
        assert "header" in call("kv/put", token, key="Zm9v", value="YmFy")


def test_a_wrong_password_fails_the_job(
    render: Callable[..., Any], start: Callable[..., Any], tmp_path: Path
) -> None:
    objects = render("etcd", AUTH)
    start(objects, 1)
    script = str(write_files(objects, tmp_path / "files") / "authenticate.sh")
    env = {"ENDPOINT": "http://127.0.21.1:2379", "USERNAME": "root", "PASSWORD": PASSWORD}
    ask(["sh", script], env)
    with pytest.raises(AssertionError, match="role/add"):
        ask(["sh", script], env | {"PASSWORD": "another", "PATH": os.environ["PATH"]})
