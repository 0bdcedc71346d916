"""Generated documents are those that the sources make now, and describe what is there."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from openim_charts.docs.api import documents

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return dict(documents(ROOT))


def test_documents_are_up_to_date(made: dict[str, str]) -> None:
    old = [path for path, text in made.items() if (ROOT / path).read_text("utf-8") != text]
    assert not old, f"run 'make docs': {', '.join(old)}"


def test_openim_schema_names_wrong_keys(made: dict[str, str]) -> None:
    schema = json.loads(made["schemas/openim.schema.json"])
    jsonschema.Draft7Validator.check_schema(schema)
    check = jsonschema.Draft7Validator(schema)
    assert check.is_valid({"global": {"redis": {"mode": "external", "addresses": ["r:6379"]}}})
    [error] = check.iter_errors({"global": {"redis": {"pasword": "x"}}})
    assert "'pasword'" in error.message
    assert not check.is_valid({"global": {"redis": {"mode": "external", "addresses": []}}})
    assert not check.is_valid({"global": {"loging": {}}}), "a slip"
    assert check.is_valid({"global": {"cattle": {"clusterId": "local"}}}), "a stranger's"
