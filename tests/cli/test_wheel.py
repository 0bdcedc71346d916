"""What is installed from a wheel is complete, without building one."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_file_that_the_tool_reads_is_in_the_wheel() -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    for package, patterns in setup["package-data"].items():
        packed = {path for pattern in patterns for path in (ROOT / package).glob(pattern)}
        there = {path for path in (ROOT / package).rglob("*") if path.is_file()}
        data = {p for p in there if p.suffix != ".py" and "__pycache__" not in p.parts}
        assert not data - packed, f"add to package-data.{package} in pyproject.toml"
