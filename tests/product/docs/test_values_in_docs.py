"""What the documents tell users to write is what the charts take."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from openim_charts.charts.api import Chart
from openim_charts.config.values_files import faults
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.reader import parse
from tests.conftest import ROOT

_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.M | re.S)
BLOCKS = [
    pytest.param(block, id=f"{path.stem}-{number}")
    for path in sorted((ROOT / "docs").glob("*.md"))
    for number, block in enumerate(_BLOCK.findall(path.read_text("utf-8")), 1)
    if not block.startswith("#")  # a spec, which starts with its path
]


@pytest.mark.parametrize("block", BLOCKS)
def test_values_are_accepted(block: str, charts: Mapping[str, Chart]) -> None:
    document, findings = parse(block.encode(), "values.yaml", refuse_templates=False)
    assert not findings
    assert not faults(charts["openim"], document)


def test_every_secret_is_documented(catalog: Catalog) -> None:
    text = (ROOT / "docs" / "secrets.md").read_text("utf-8")
    for name, credential in catalog.credentials.items():
        assert f"`{name}`" in text, name
        if credential.owner in catalog.charts["openim"].includes:
            (row,) = re.findall(rf"^\| `{name}` \|.*$", text, re.M)
            assert f"| {credential.owner}" in row
            assert set(re.findall(r"`(\w+)`", row)) >= set(credential.keys), row
