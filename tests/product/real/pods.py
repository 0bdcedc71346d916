"""A rendered Deployment, run as a kubelet would run its pod, but for the container."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.product.infrastructure.programs import connects, one

Secrets = Mapping[str, Mapping[str, str]]
_FOLDER_OF_IMAGE = re.compile(r"(?<![\w/])/openim-\w+/")


@dataclass(frozen=True)
class Pod:
    """The pod of a chart's Deployment, and the files that its ConfigMap mounts."""

    name: str
    spec: Mapping[str, Any]
    files: Mapping[str, str]

    @property
    def container(self) -> Mapping[str, Any]:
        """Its only container."""
        [only] = self.spec["containers"]
        return dict(only)

    @property
    def ports(self) -> dict[str, int]:
        """Container ports by name."""
        return {p["name"]: p["containerPort"] for p in self.container.get("ports", ())}

    @property
    def probes(self) -> dict[str, Mapping[str, Any]]:
        """The probes that it has, by Kubernetes' key."""
        keys = ("startupProbe", "readinessProbe", "livenessProbe")
        return {key: self.container[key] for key in keys if key in self.container}


@dataclass(frozen=True)
class Running:
    """A started pod: its process, where it works, and what it printed."""

    pod: Pod
    process: subprocess.Popen[bytes]
    folder: Path
    before: frozenset[str]
    started: float  # time.monotonic()
    env: Mapping[str, str]

    def output(self, stream: str) -> str:
        """What came on ``stdout`` or ``stderr`` so far."""
        return (self.folder / stream).read_text(errors="replace")

    def new_files(self) -> set[str]:
        """Files that appeared where it works or where its configuration is."""
        return set(_tree(self.folder)) - self.before

    def files_open_for_writing(self) -> set[str]:
        """Regular files, but for its two streams, that the process may write at this moment."""
        found = set()
        for entry in Path(f"/proc/{self.process.pid}/fd").iterdir():
            if entry.name in ("1", "2") or not entry.resolve().is_file():
                continue
            try:
                info = Path(f"/proc/{self.process.pid}/fdinfo/{entry.name}").read_text()
            except FileNotFoundError:  # it has closed the file meanwhile
                continue
            flags = int(re.search(r"flags:\s+(\d+)", info)[1], 8)  # type: ignore[index]
            if flags & os.O_ACCMODE != os.O_RDONLY:
                found.add(str(entry.resolve()))
        return found


def pod_of(objects: Sequence[dict[str, Any]]) -> Pod:
    """The pod that a module's chart renders."""
    template = one(objects, "Deployment")["spec"]["template"]
    files = one(objects, "ConfigMap")["data"]
    return Pod(one(objects, "Deployment")["metadata"]["name"], template["spec"], files)


def secrets_in(objects: Sequence[dict[str, Any]]) -> Secrets:
    """Rendered Secrets: name -> key -> value."""
    return {
        o["metadata"]["name"]: {k: base64.b64decode(v).decode() for k, v in o["data"].items()}
        for o in objects
        if o["kind"] == "Secret"
    }


def local_addresses() -> list[str]:
    """The IPv4 addresses of this machine, loopback's among them."""
    table = Path("/proc/net/fib_trie").read_text()
    return sorted(set(re.findall(r"\|-- (\S+)\n\s+/32 host LOCAL", table)))


def environment(container: Mapping[str, Any], secrets: Secrets) -> dict[str, str]:
    """The container's variables; a missing Secret or key that is not optional is an error.

    The addresses of the pod are those of this machine.
    """
    env: dict[str, str] = {}
    for item in container.get("env", ()):
        source = item.get("valueFrom", {})
        if "secretKeyRef" in source:
            ref = source["secretKeyRef"]
            keys = secrets.get(ref["name"], {})
            assert ref["key"] in keys or ref.get("optional"), f"{item['name']}: nothing makes {ref}"
            if ref["key"] in keys:
                env[item["name"]] = keys[ref["key"]]
        elif "fieldRef" in source:
            assert source["fieldRef"]["fieldPath"] == "status.podIPs"
            env[item["name"]] = ",".join(local_addresses())
        else:
            env[item["name"]] = item["value"]
    return env


@contextmanager
def run(pod: Pod, image: Path, folder: Path, secrets: Secrets) -> Iterator[Running]:
    """Start the pod's command as its user in a folder that it cannot write.

    ``image`` stands for the image's root: the command's /openim-PRODUCT/… is looked for below it.
    """
    config, work = folder / "config", folder / "work"
    for path in (folder, config, work):
        path.mkdir(exist_ok=True)
        path.chmod(0o755)  # whatever the umask is
    for name, text in pod.files.items():
        (config / name).write_text(text)
        (config / name).chmod(0o444)
    [mount] = [m for m in pod.container["volumeMounts"] if m["name"] == "config"]
    command = [
        _FOLDER_OF_IMAGE.sub(lambda m: f"{image}{m[0]}", word).replace(
            f"-c {mount['mountPath']} ", f"-c {config} "
        )
        for word in pod.container["command"]
    ]
    for path in (config, work):
        path.chmod(0o555)
    user = pod.spec["securityContext"] if os.geteuid() == 0 else {}
    env = environment(pod.container, secrets)
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=work,
            env={"PATH": "/usr/bin:/bin", **env},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
            user=user.get("runAsUser"),
            group=user.get("runAsGroup"),
            extra_groups=[] if user else None,
        )
        made = Running(pod, process, folder, frozenset(_tree(folder)), time.monotonic(), env)
        try:
            yield made
        finally:
            end(made)


def end(module: Running) -> None:
    """Tell a process to end, and kill it when its pod's time is over."""
    module.process.terminate()
    try:
        module.process.wait(module.pod.spec["terminationGracePeriodSeconds"])
    except subprocess.TimeoutExpired:
        module.process.kill()
        module.process.wait()


def ask_probe(
    pod: Pod,
    handler: Mapping[str, Any],
    config: Path,
    state: Path,
    process: int,
    env: Mapping[str, str],
) -> subprocess.CompletedProcess[str]:
    """Run a probe's command once, beside a process of this machine.

    ``config`` has the pod's files; ``state`` takes the place of the folder that the command keeps.
    """
    [mount] = [m["mountPath"] for m in pod.container["volumeMounts"] if m["name"] == "config"]
    state.mkdir(exist_ok=True)
    own = {"PATH": os.environ["PATH"], "STATE": str(state), "PROCESS": str(process)}
    return subprocess.run(
        [word.replace(f"{mount}/", f"{config}/") for word in handler["exec"]["command"]],
        env={**own, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=handler["timeoutSeconds"],
        check=False,
    )


def probe(module: Running, handler: Mapping[str, Any]) -> bool:
    """Do once what a kubelet does for a probe: tcpSocket, exec or httpGet."""
    pod = module.pod
    if "tcpSocket" in handler:
        return connects(_number(pod, handler["tcpSocket"]["port"]))
    if "exec" in handler:
        config, state = module.folder / "config", module.folder.parent / f"{pod.name}-state"
        done = ask_probe(pod, handler, config, state, module.process.pid, module.env)
        return done.returncode == 0
    get = handler["httpGet"]
    url = f"http://127.0.0.1:{_number(pod, get['port'])}{get['path']}"
    with urlopen(url, timeout=handler.get("timeoutSeconds", 1)) as answer:
        return 200 <= int(answer.status) < 400


def _number(pod: Pod, port: str | int) -> int:
    return pod.ports[port] if isinstance(port, str) else port


def _tree(folder: Path) -> list[str]:
    return [p.relative_to(folder).as_posix() for p in folder.rglob("*")]
