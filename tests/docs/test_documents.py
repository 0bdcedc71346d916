"""Generated documents are those that the sources make now, and describe what is there."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from openim_charts.docs.api import documents
from openim_charts.docs.clusters import clusters_page
from openim_charts.findings import UserError
from openim_charts.specs.model import Catalog

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


def test_a_kind_of_cluster_says_for_whom_it_is(tmp_path: Path, catalog: Catalog) -> None:
    for path in ("docs/clusters.md", *(f"presets/{n}.yaml" for n in _kinds(catalog))):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text((ROOT / path).read_text("utf-8"), "utf-8")
    page, preset = tmp_path / "docs/clusters.md", tmp_path / f"presets/{_kinds(catalog)[0]}.yaml"
    preset.write_text("# A ship\n#\n# For `ships`.\n#\n# - one\n\nglobal: {}\n")
    text = clusters_page(tmp_path, catalog)
    assert "### A ship\n" in text
    assert "\nFor `ships`.\n\n- one\n\n```yaml\nglobal: {}\n```\n" in text
    assert text.partition("<!--")[0] == page.read_text("utf-8").partition("<!--")[0]
    preset.write_text("# A ship\nglobal: {}\n")
    with pytest.raises(UserError, match=r"yaml:1:1: .* begins with a comment: its title"):
        clusters_page(tmp_path, catalog)
    page.write_text("# Clusters\n")
    with pytest.raises(UserError, match=r"docs/clusters\.md: "):
        clusters_page(tmp_path, catalog)


def _kinds(catalog: Catalog) -> list[str]:
    return [n for n in catalog.charts["openim"].presets if n.startswith("clusters/")]
