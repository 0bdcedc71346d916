"""A project of two small charts, and the command line as its users call it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHART = """\
extends: front
name: {name}
version: 1.0.0
description: A site called {name}.
appVersion: v1
images:
  site: {{image: {name}}}
exposure: {{path: /{name}, port: http}}
"""
LINE = """\
product: shop
appVersion: v1
environmentPrefix: SHOP_
configDirectory: /config
discovery: [etcd]
images:
  site: {image: alpha}
"""
IMAGE = """\
repository: shop/{name}
tag: v1
license: Apache-2.0
platforms: [linux/amd64, linux/arm64]
configuration: {{}}
base: busybox
sources:
  - {{certainty: memory}}
"""
COMMAND = [sys.executable, "-m", "openim_charts"]


@dataclass(frozen=True)
class Result:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


class Cli:
    """Runs ``openim-charts`` in a folder, as a process of its own."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(root / "generator"),
            "SOURCE_DATE_EPOCH": "1750000000",
            "COLUMNS": "100",
        }
        self.folder = folder

    def start(
        self, *arguments: str, environment: Mapping[str, str] | None = None, **options: object
    ) -> subprocess.Popen[str]:
        """Start a command without waiting for it."""
        settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env={**self._environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            text=True,
            **settings,  # type: ignore[call-overload]
        )

    def __call__(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Result:
        """Run a command to its end."""
        process = self.start(*arguments, environment=environment)
        out, err = process.communicate(timeout=600)
        assert "Traceback" not in err
        return Result(process.returncode, out, err)

    @property
    def specs(self) -> Path:
        """The project's chart-specs/."""
        return self.folder / "chart-specs"

    def spec(self, name: str) -> Path:
        """The spec of one of the two charts."""
        return self.specs / "front" / f"{name}.yaml"

    def image(self, name: str) -> Path:
        """The facts of the image of one of the two charts, or of one that features name."""
        return self.specs / "images" / f"{name}.yaml"

    def change(self, name: str, old: str, new: str) -> None:
        """Edit the spec of a chart."""
        text = self.spec(name).read_text()
        assert old in text
        self.spec(name).write_text(text.replace(old, new))

    def snapshot(self) -> dict[str, tuple[int, int, bytes]]:
        """Every file of dist/charts/ with inode, time of change and content."""
        base = self.folder / "dist" / "charts"
        return {
            path.relative_to(base).as_posix(): (
                path.stat().st_ino,
                path.stat().st_mtime_ns,
                path.read_bytes(),
            )
            for path in sorted(base.rglob("*"))
            if path.is_file()
        }

    def answers(self) -> set[str]:
        """The names of what is remembered of charts that were clean: two for each."""
        return {path.name for path in (self.folder / ".cache").rglob("checks/*/*.json")}


def make_project(root: Path, tmp_path: Path) -> Cli:
    """A project with the charts ``alpha`` and ``beta``, after the real repository and profile."""
    specs = tmp_path / "chart-specs"
    tools = ("images/busybox.yaml", "images/curl.yaml")  # which features name
    bases = ("images/bases/busybox.yaml", "images/bases/alpine.yaml")
    for path in ("repository.yaml", "profiles/front.yaml", "profiles/watched.yaml", *tools, *bases):
        (specs / path).parent.mkdir(parents=True, exist_ok=True)
        (specs / path).write_bytes((root / "chart-specs" / path).read_bytes())
    shutil.copytree(root / "chart-specs" / "features", specs / "features")
    (specs / "lines/shop").mkdir(parents=True)
    (specs / "lines/shop/line.yaml").write_text(LINE)
    (specs / "front").mkdir()
    for name in ("alpha", "beta"):
        (specs / "front" / f"{name}.yaml").write_text(CHART.format(name=name))
        (specs / "images" / f"{name}.yaml").write_text(IMAGE.format(name=name))
    return Cli(root, tmp_path)
