"""The packages of the generator build on one another in one direction."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "generator" / "openim_charts"
IMPORT = re.compile(r"^\s*from openim_charts\.(\w+)", re.MULTILINE)


def test_no_packages_import_one_another_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for file in PACKAGE.glob("*/**/*.py"):
        own = file.relative_to(PACKAGE).parts[0]
        graph.setdefault(own, set()).update(set(IMPORT.findall(file.read_text("utf-8"))) - {own})
    assert graph["cli"] > {"specs", "charts", "checks"}
    order = list(TopologicalSorter(graph).static_order())
    assert order.index("specs") < order.index("charts") < order.index("cli")
