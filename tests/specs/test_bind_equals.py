"""A key may be bound to whether a global value equals a text, or to addresses by that."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from openim_charts.findings import FindingsError
from openim_charts.specs.api import load_catalog

ROOT = Path(__file__).parents[2]
FILE = "chart-specs/lines/chat-v1.8.4/config/redis.yaml"


WRONG = "'equals' goes with 'global'"
TWICE = "twice: {global: redis.topology, equals: cluster}"


@pytest.mark.parametrize(
    ("bind", "said"),
    [
        ("{dependency: redis, as: addresses, equals: x}", WRONG),
        ("{global: redis.topology, as: first, equals: x}", WRONG),
        (f"{{dependency: redis, as: address, {TWICE}}}", "'twice' goes with a dependency"),
        (f"{{global: redis.topology, {TWICE}}}", "'twice' goes with a dependency"),
    ],
)
def test_a_condition_is_refused_where_it_means_nothing(
    tmp_path: Path, bind: str, said: str
) -> None:
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
    assert said in finding.message
