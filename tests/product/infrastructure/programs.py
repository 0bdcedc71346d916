"""Real programs for the tests: where they are, how a pod's container is started without a cluster.

A program is what an environment variable names, else what PATH has; without it the test skips.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

Objects = Sequence[dict[str, Any]]
# A password as a vault makes it, of what URIs, shells, SQL, JSON and properties take for their own.
NASTY = "p@s:s/w%20o?r#d[1]&x=y+z \"q'$HOME\\ `id`;"
# Seconds; only what fails waits so long, and a machine may be slow and do other work beside.
PATIENCE = 240.0


def program(name: str) -> str:
    """The path of a program: ``$NAME`` (dashes as underscores), else from PATH."""
    variable = name.upper().replace("-", "_")
    path = shutil.which(os.environ.get(variable, name))
    if path is None:
        pytest.skip(f"no {name} on PATH, and {variable} does not name one")
    return path


def one(objects: Objects, kind: str) -> dict[str, Any]:
    """The only object of a kind; Services are told apart by ``find``."""
    found = [o for o in objects if o["kind"] == kind]
    assert len(found) == 1, [o["metadata"]["name"] for o in found]
    return found[0]


def container(objects: Objects, name: str, kind: str = "StatefulSet") -> dict[str, Any]:
    """A container of the pods of the only object of a kind."""
    spec = one(objects, kind)["spec"]["template"]["spec"]
    return next(c for c in spec["containers"] if c["name"] == name)


def write_files(objects: Objects, folder: Path) -> Path:
    """The ConfigMap's files, as they are mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in one(objects, "ConfigMap")["data"].items():
        (folder / name).write_text(text)
    return folder


def plain_env(spec: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    """A container's environment, with $(NAME) expanded as Kubernetes does it.

    ``known`` gives what comes from the pod and from Secrets.
    """
    env: dict[str, str] = {}
    for item in spec["env"]:
        value = item.get("value", known.get(item["name"]))
        assert value is not None, f"the test must know {item['name']}"
        for name, inner in env.items():
            value = value.replace(f"$({name})", inner)
        env[item["name"]] = value
    return env


@contextmanager
def running(
    command: Sequence[str], env: Mapping[str, str], log: Path, grace: float = PATIENCE
) -> Iterator[subprocess.Popen[bytes]]:
    """A process for the time of a block; it is told to end, and killed when it does not."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            env={"PATH": os.environ["PATH"], **env},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(grace)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def eventually(check: Callable[[], Any], log: Path | None = None, seconds: float = PATIENCE) -> Any:
    """Try until ``check`` gives something true; fail with the log's end after ``seconds``."""
    deadline = time.monotonic() + seconds
    last: Any = None
    while time.monotonic() < deadline:
        try:
            last = check()
            if last:
                return last
        except (OSError, HTTPException, subprocess.SubprocessError, AssertionError) as error:
            last = error
        time.sleep(0.2)
    tail = log.read_text(errors="replace")[-3000:] if log and log.exists() else ""
    pytest.fail(f"not within {seconds} s: {last}\n{tail}")


def connects(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as client:
        client.settimeout(10)
        return client.connect_ex((host, port)) == 0


def read(address: str, path: str) -> str:
    """The body of a page that a program serves, whose status is 200."""
    connection = HTTPConnection(address, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    return answer.read().decode()


def ask(command: Sequence[str], env: Mapping[str, str], stdin: str = "") -> str:
    """What a command prints; "" on standard input unless given. Raises when it fails."""
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], **env},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout


def write_tool(folder: Path, name: str, text: str) -> None:
    """An executable script, found before the real program when ``folder`` leads PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def find_data(objects: Objects, name: str) -> str:
    """The text of one file of the ConfigMap."""
    return str(one(objects, "ConfigMap")["data"][name])
