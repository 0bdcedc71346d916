"""Every release line names its library, and has a client that is built with it."""

from __future__ import annotations

import re

from openim_charts.specs.model import ReleaseLine
from tests.product.clients.modules import HERE, LINES


def test_a_line_has_a_client_with_its_library(line: ReleaseLine) -> None:
    assert line.library, f"line.yaml of {line.name} lacks the key library"
    text = (HERE / line.name / "go.mod").read_text()
    found = dict(re.findall(r"^\s+(\S+) (v\S+)", text, re.MULTILINE))
    assert found[line.library.module] == line.library.version
    assert (
        f"{line.library.module} {line.library.version} h1:"
        in (HERE / line.name / "go.sum").read_text()
    )


def test_no_client_is_left_of_a_line_that_is_gone() -> None:
    assert sorted(p.parent.name for p in HERE.glob("*/go.mod")) == LINES
