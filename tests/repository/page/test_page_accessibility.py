"""No axe rule is broken, in either theme and language. AXE names axe-core's axe.min.js."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.repository.page.page_checks import missing

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_INSTALLED = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def axe() -> str:
    path = Path(os.environ.get("AXE", _INSTALLED))
    if not path.is_file():
        missing("axe-core is not installed: npm ci --prefix tests/repository/page")
    return path.read_text("utf-8")


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("hash", "language"),
    [("#/", "en-US"), ("#/?q=e", "zh-CN"), ("#/widget", "zh-CN"), ("#/widget/1.1.0", "en-US")],
)
def test_no_violations(
    open_page: Callable[..., Any],
    address: str,
    axe: str,
    hash: str,
    language: str,
    theme: str,
    width: int,
) -> None:
    page = open_page(f"{address}{hash}", width=width, theme=theme, language=language)
    page.wait_for_selector("#list li, #chart [data-title=versions] td")
    for summary in page.locator("#chart summary").all():
        summary.click()
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    found = [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in result["violations"]]
    assert found == []
