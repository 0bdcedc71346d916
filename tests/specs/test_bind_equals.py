"""A key may be bound to whether a global value equals a text."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.findings import FindingsError
from generator.specs.api import load_catalog

ROOT = Path(__file__).parents[2]
FILE = "chart-specs/lines/chat-v1.8.4/config/redis.yaml"


@pytest.mark.parametrize(
    "bind",
    [
        "{dependency: redis, as: addresses, equals: x}",
        "{global: redis.topology, as: first, equals: x}",
    ],
)
def test_equals_is_refused_beside_anything_but_global(tmp_path: Path, bind: str) -> None:
    for folder in ("chart-specs", "presets"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    path = tmp_path / FILE
    lines = path.read_text("utf-8").splitlines()
    number = next(i for i, line in enumerate(lines) if "equals" in line)
    lines[number] = f"    bind: {bind}"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(FindingsError) as caught:
        load_catalog(tmp_path)
    (finding,) = (f for f in caught.value.findings if f.rule == "unknown-form")
    assert (finding.location.path, finding.location.line) == (FILE, number + 1)
    assert "'equals' goes with 'global'" in finding.message
