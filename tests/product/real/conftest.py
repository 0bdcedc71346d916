"""All modules, running: real binaries with what the charts render, on real middleware."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Compiler
from openim_charts.helm.adapter import Helm
from openim_charts.helm.find import find_helm
from openim_charts.packaging.api import package
from tests.product.infrastructure.kafka_nodes import Objects
from tests.product.infrastructure.programs import connects
from tests.product.real.middleware import Middleware, middleware
from tests.product.real.pods import Pod, Running, Secrets, end, pod_of, run, secrets_in

Render = Callable[[str, Mapping[str, Any]], Objects]
ROOT = Path(__file__).parents[3]
FAMILIES = ("server", "chat")
MODULES = sorted(p.stem for f in FAMILIES for p in (ROOT / "chart-specs" / f).glob("*.yaml"))


@dataclass(frozen=True)
class System:
    """Everything that runs: modules by chart, Secrets by name, middleware."""

    modules: Mapping[str, Running]
    secrets: Secrets
    middleware: Middleware
    restart: Callable[[str], None]  # a container, as a kubelet does after its liveness probe


@pytest.fixture(scope="session")
def image() -> Iterator[Path]:
    """What scripts/build-openim made, in place of the images' root, where all users can read it."""
    made = os.environ.get("OPENIM_BINARIES")
    if not made:
        pytest.skip("OPENIM_BINARIES names no folder made by scripts/build-openim")
    with _open_folder() as folder:
        shutil.copytree(made, folder, copy_function=_link, dirs_exist_ok=True)
        folder.chmod(0o755)
        yield folder


@contextmanager
def _open_folder() -> Iterator[Path]:
    """A folder for a block's time that, unlike pytest's own, is open to the modules' user."""
    with tempfile.TemporaryDirectory(prefix="openim-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # on another file system
        shutil.copy2(source, target)


@pytest.fixture(scope="session")
def system(image: Path, compiler: Compiler) -> Iterator[System]:
    """All modules of server and chat, each started as its Deployment says."""
    with ExitStack() as stack:
        folder = stack.enter_context(_open_folder())
        (folder / "middleware").mkdir()
        render = _renderer(compiler, find_helm())
        below = stack.enter_context(middleware(folder / "middleware", render))
        pods, secrets = _render(render, below)
        taken = [f"{n}: {p}" for n, pod in pods.items() for p in pod.ports.values() if connects(p)]
        if taken:
            pytest.skip(f"somebody else listens on ports of modules: {', '.join(taken)}")
        running = {}
        for name, pod in pods.items():
            running[name] = stack.enter_context(run(pod, image, folder / name, secrets))
            _give_time(running[name])

        def restart(name: str) -> None:
            end(running[name])
            running[name] = stack.enter_context(run(pods[name], image, folder / name, secrets))

        yield System(running, secrets, below, restart)


def _give_time(module: Running) -> None:
    """Wait a little until it listens, so that not all start at once on few cores.

    Those that need longer than ten seconds to reach etcd end.
    """
    deadline = time.monotonic() + 10
    ports = module.pod.ports.values()
    while module.process.poll() is None and time.monotonic() < deadline:
        if all(connects(port) for port in ports):
            return
        time.sleep(0.2)


def _renderer(compiler: Compiler, engine: Helm) -> Render:
    def objects(name: str, values: Mapping[str, Any]) -> Objects:
        archive = package(compiler.compile(name), 0)
        rendering = engine.render(archive, values, "im", "chat", "1.34")
        return [yaml.load(file.text, yaml.CSafeLoader) for file in rendering.files]

    return objects


def _render(
    render: Render, below: Middleware
) -> tuple[dict[str, Pod], dict[str, Mapping[str, str]]]:
    pods: dict[str, Pod] = {}
    secrets = dict(below.secrets)
    for name in MODULES:
        objects = render(name, below.values)
        pods[name] = pod_of(objects)
        secrets |= secrets_in(objects)
    return pods, secrets
