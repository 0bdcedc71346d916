"""One chart of each kind, file by file, as a reviewer sees what a change does to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from openim_charts.charts.api import Chart

FAMILIES = [
    "openim-rpc-group",
    "openim-msggateway",
    "openim-chat-rpc",
    "openim-web-front",
    "redis",
    "openim-chat",
]


@pytest.mark.parametrize("name", FAMILIES)
def test_golden(
    name: str, charts: Mapping[str, Chart], golden: Callable[[str, dict[str, bytes]], None]
) -> None:
    skipped = ("LICENSE", "values.schema.json")
    own = {p: c for p, c in charts[name].files.items() if not p.startswith("charts/")}
    golden(name, {p: c for p, c in own.items() if p not in skipped})
