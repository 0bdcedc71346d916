"""What all rooms' tests share: the real catalog, its charts, and golden files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from openim_charts.charts.api import Chart, Compiler
from openim_charts.specs.api import load_catalog
from openim_charts.specs.model import Catalog
from tests.registry import RunningRegistry, running

ROOT = Path(__file__).parent.parent
HELMS = ("helm3", "helm4")

# The same examples in every run, however slow the machine is: a run that fails fails again. To look
# for others, run with --hypothesis-profile=search.
settings.register_profile(
    "same",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", deadline=None)
settings.load_profile("same")


def helm_command(name: str) -> str:
    """The path of helm3 or helm4: on PATH, or what HELM3 and HELM4 name."""
    path = shutil.which(os.environ.get(name.upper(), name))
    if path is None:
        pytest.skip(f"no {name} on PATH, and {name.upper()} does not name one")
    return path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden")


@pytest.fixture(scope="session", autouse=True)
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing that Helm kept of earlier runs, or does for the other worker, is used."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("CACHE", "CONFIG", "DATA"):
            patch.setenv(f"HELM_{kind}_HOME", str(tmp_path_factory.mktemp(kind.lower())))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(params=HELMS)
def helm(request: pytest.FixtureRequest) -> str:
    """The path of each Helm command line."""
    return helm_command(request.param)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The catalog of the project's own chart-specs/."""
    return load_catalog(ROOT)


@pytest.fixture(scope="session")
def compiler(catalog: Catalog) -> Compiler:
    """A compiler of that catalog, which compiles each chart once."""
    return Compiler(catalog)


@pytest.fixture(scope="session")
def charts(catalog: Catalog, compiler: Compiler) -> dict[str, Chart]:
    """Every chart of the project, compiled."""
    return {name: compiler.compile(name) for name in catalog.charts}


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRegistry]:
    """A registry that takes everybody; tests use paths of their own in it."""
    with running(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def no_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody's own login for registries is used: the file where one would be."""
    monkeypatch.setenv("HELM_REGISTRY_CONFIG", str(tmp_path / "helm.json"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    return tmp_path / "helm.json"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, dict[str, bytes]], None]:
    """Compare files with a tree below tests/golden/, or write it with --update-golden."""

    def check(name: str, files: dict[str, bytes]) -> None:
        base = ROOT / "tests" / "golden" / name
        known = {p.relative_to(base).as_posix(): p for p in base.rglob("*") if p.is_file()}
        if request.config.getoption("--update-golden"):
            for path in known.keys() - files.keys():
                known[path].unlink()
            for path, content in files.items():
                (base / path).parent.mkdir(parents=True, exist_ok=True)
                (base / path).write_bytes(content)
            return
        assert sorted(known) == sorted(files), "files came or went; see --update-golden"
        for path, content in files.items():
            assert known[path].read_text("utf-8") == content.decode("utf-8"), f"{name}/{path}"

    return check
