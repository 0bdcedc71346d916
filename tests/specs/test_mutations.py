"""Whatever is done to good specs, the answer is a catalog or located findings."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from openim_charts.findings import Finding, FindingsError
from openim_charts.specs.api import load_catalog
from openim_charts.specs.model import Catalog
from tests.specs.spec_tree import TREE, write

FILES = sorted(path for path in TREE if "/templates/" not in path)
ODD_VALUES: list[Any] = [
    *[None, True, 0, -1, 70000, 1.5, "", " ", "a b", "../x", "/", "{", "x" * 300, "{{ x }}", "\n"],
    *[
        [],
        [None],
        [[]],
        ["a", "a"],
        [1],
        {},
        {"": 1},
        {"x": None},
        {"port": {}},
        [{}],
        "order",
        "rpc",
    ],
]


def containers(node: Any) -> list[Any]:
    """All mappings and lists inside ``node`` that hold something."""
    if not isinstance(node, dict | list) or not node:
        return []
    children = node.values() if isinstance(node, dict) else node
    return [node, *(c for child in children for c in containers(child))]


def mutate(data: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
    """Delete, retype, rename or repeat one thing somewhere in ``data``."""
    container = draw(st.sampled_from(containers(data)))
    keys = list(container) if isinstance(container, dict) else list(range(len(container)))
    key = draw(st.sampled_from(keys))
    action = draw(st.sampled_from(["delete", "retype", "rename", "repeat"]))
    if action == "delete":
        del container[key]
    elif action == "retype" or isinstance(container, list):
        container[key] = copy.deepcopy(draw(st.sampled_from(ODD_VALUES)))
    elif action == "rename":
        container[draw(st.sampled_from(["x", "", "port", "name", f"{key}s"]))] = container.pop(key)
    else:
        container[f"{key}2"] = copy.deepcopy(container[key])


@st.composite
def mutated_text(draw: Callable[[st.SearchStrategy[Any]], Any], text: str) -> bytes:
    """A file with other data, cut short, or with some of its bytes changed."""
    way = draw(st.sampled_from(["data", "cut", "bytes", "lines"]))
    content = text.encode()
    if way == "data":
        data = yaml.safe_load(text)
        for _ in range(draw(st.integers(1, 2))):
            if containers(data):
                mutate(data, draw)
        return yaml.safe_dump(data, sort_keys=False).encode()
    place = draw(st.integers(0, len(content) - 1))
    if way == "cut":
        return content[:place]
    if way == "bytes":
        return content[:place] + draw(st.binary(max_size=6)) + content[place + 1 :]
    lines = content.splitlines(keepends=True)
    picked = draw(st.lists(st.sampled_from(lines), max_size=len(lines)))
    return b"".join(picked)


@st.composite
def changes(draw: Callable[[st.SearchStrategy[Any]], Any]) -> dict[str, bytes]:
    files = draw(st.lists(st.sampled_from(FILES), min_size=1, max_size=2, unique=True))
    return {file: draw(mutated_text(TREE[file])) for file in files}


@pytest.fixture(autouse=True, scope="module")
def _date() -> Iterator[None]:
    """A date from the environment, so that no run asks git for one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        yield


def load(root: Path) -> tuple[Catalog | None, tuple[Finding, ...]]:
    try:
        return load_catalog(root), ()
    except FindingsError as error:
        return None, error.findings


@settings(max_examples=150)
@given(changes())
def test_mutations_give_a_catalog_or_located_findings(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder), dict(files))
        catalog, found = load(root)
        assert (catalog is None) == bool(found)
        for finding in found:
            place = finding.location
            assert place.path.startswith("chart-specs/")
            assert place.line >= 1
            assert place.column >= 1
            assert (root / place.path).exists()
            assert finding.message
        for chart in catalog.charts.values() if catalog else ():
            assert all(catalog.charts[name] for name in (*chart.calls, *chart.includes))
