"""Commands of docs/from-docker-compose.md that copy data, run by real programs.

In the place of docker and kubectl stand scripts: the old containers' files are a folder, and the
forwarded ports are those where the new programs listen.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.pages import block_with, blocks
from tests.product.infrastructure.programs import connects, eventually, program, running, write_tool
from tests.registry import free_port

PAGE = "from-docker-compose"
KUBECTL = """\
case "$*" in
"port-forward "* | "scale deployment "*) ;;
*"{{.data.password | base64decode}}"*) printf %s "$NEW_PASSWORD" ;;
*"{{.data.accessKeyID | base64decode}}"*) printf '%s\\n%s\\n' new-access-key new-secret-key ;;
*) exit 64 ;;
esac
"""
DOCKER = """\
case "$*" in
"compose stop redis") ;;
"compose cp redis:/data redis-data") cp -r "$OLD_DATA" redis-data ;;
*) exit 64 ;;
esac
"""


def run_block(block: str, folder: Path, env: Mapping[str, str], stdin: str = "") -> str:
    """The block's output as a shell runs it, with stand-ins first on PATH."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    write_tool(tools, "kubectl", KUBECTL)
    write_tool(tools, "docker", DOCKER)
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", block],
        cwd=folder,
        env={**os.environ, **env, "PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(folder)},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def _redis(folder: Path, password: str) -> Iterator[int]:
    folder.mkdir()
    port = free_port()
    command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--dir"]
    options = ["--appendonly", "yes", "--requirepass", password]
    with running([*command, str(folder), *options], {}, folder / "log"):
        eventually(lambda: connects(port))
        yield port


def _ask(port: int, password: str, *words: str) -> str:
    return subprocess.run(
        [program("redis-cli"), "-p", str(port), *words],
        env={**os.environ, "REDISCLI_AUTH": password},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_redis_moves_with_all_keys(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    with _redis(old, "one") as port:
        _ask(port, "one", "set", "MALLOC_SEQ:si_a b_c", "7", "ex", "1000")
        _ask(port, "one", "hset", "UID_PID_TOKEN_STATUS:a:IOS", "token", "0")
        _ask(port, "one", "zadd", "online:a", "5", "web")
    with _redis(new, "two") as port:
        own = str(free_port())
        block = (
            block_with("redis-cli", PAGE)
            .replace("6400", own)
            .replace("127.0.0.1 6379", f"127.0.0.1 {port}")
        )
        block = block.replace("sleep 5", "sleep 1")
        said = run_block(block, tmp_path, {"NEW_PASSWORD": "two", "OLD_DATA": str(old)})
        assert said.split() == ["3", "OK"]
        assert _ask(port, "two", "dbsize") == "3"
        assert _ask(port, "two", "get", "MALLOC_SEQ:si_a b_c") == "7"
        assert 900 < int(_ask(port, "two", "ttl", "MALLOC_SEQ:si_a b_c")) <= 1000
        assert _ask(port, "two", "zscore", "online:a", "web") == "5"


@contextmanager
def minio(folder: Path, user: str, password: str) -> Iterator[int]:
    """MinIO with its data in a new folder; its port."""
    port, console = free_port(), free_port()
    folder.mkdir()
    address = [f"127.0.0.1:{port}", "--console-address", f"127.0.0.1:{console}"]
    env = {"MINIO_ROOT_USER": user, "MINIO_ROOT_PASSWORD": password, "HOME": str(folder)}
    command = [program("minio"), "server", str(folder / "data"), "--address", *address]
    with running(command, env, folder / "log"):
        eventually(lambda: connects(port))
        yield port


def test_object_storage_moves_with_all_files(tmp_path: Path) -> None:
    mc = program("mc")
    folder = str(Path(mc).parent)
    with (
        minio(tmp_path / "old", "root", "old-secret") as old,
        minio(tmp_path / "new", "new-access-key", "new-secret-key") as new,
    ):
        env = {"PATH": f"{folder}:{os.environ['PATH']}"}
        block = (
            block_with("mc mirror", PAGE).replace(":10005", f":{old}").replace(":8333", f":{new}")
        )
        first, rest = block.split("\n", 1)
        keys = "root\nold-secret\n"
        (tmp_path / "picture.png").write_bytes(b"picture")
        made = "mc mb old/openim && mc cp picture.png old/openim/openim/data/a/picture.png"
        setup = "for _ in $(seq 60); do mc ready old >/dev/null 2>&1 && break; sleep 0.5; done"
        run_block(f"{first}\n{setup}\n{made}", tmp_path, env, keys)
        said = run_block(
            f"{first}\n{rest.replace('mc mirror', 'mc mb new/openim; mc mirror')}",
            tmp_path,
            env,
            keys,
        )
        assert "picture.png" in said
        assert run_block("mc cat new/openim/openim/data/a/picture.png", tmp_path, env) == "picture"


def test_the_blocks_are_those_that_are_run() -> None:
    assert len(blocks(PAGE)) == 2, "another block of the page has no test here"


@pytest.mark.parametrize("page", ["from-docker-compose", "from-helm-charts"])
def test_other_commands_name_what_there_is(page: str, render: Callable[..., Any]) -> None:
    """The Services and Secrets of a release with the name that the pages give it."""
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    objects = render("openim", {}, "openim")
    for kind, words in (("Service", "service/"), ("Secret", "get secret ")):
        known = {o["metadata"]["name"] for o in objects if o["kind"] == kind}
        assert set(re.findall(rf"{words}(openim-[a-z-]+)", text)) <= known
    parts = {o["metadata"]["labels"].get("app.kubernetes.io/part-of") for o in objects}
    assert set(re.findall(r"part-of=(\S+)", text)) <= parts
