"""Texts of specs that mean something to YAML, Helm or Markdown are only texts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from tests.cli.projects import Cli

HARD = "It's \"50 %\": a #1 */ & <b> | 'yes' - "
TEXTS = {"title", "description", "summary", "notes"}


def harden(data: Any) -> Any:
    """The same data with hard texts for people."""
    if isinstance(data, list):
        return [harden(item) for item in data]
    if not isinstance(data, dict):
        return data
    return {
        key: HARD + value if key in TEXTS and isinstance(value, str) else harden(value)
        for key, value in data.items()
    }


def test_hard_texts_for_people_break_no_chart(root: Path, tmp_path: Path) -> None:
    for folder in ("chart-specs", "presets"):
        shutil.copytree(root / folder, tmp_path / folder)
    specs = tmp_path / "chart-specs"
    for file in [*specs.glob("*/*.yaml"), *specs.glob("lines/*/*/*.yaml")]:
        data = yaml.safe_load(file.read_text("utf-8"))
        file.write_text(yaml.safe_dump(harden(data), sort_keys=False, width=1000), "utf-8")
    cli = Cli(root, tmp_path)
    charts = ("openim-chat-rpc", "openim-rpc-auth", "etcd", "minio", "redis", "openim-chat")
    result = cli("lint", *charts)
    assert result.out == ""
    assert result.code == 0
