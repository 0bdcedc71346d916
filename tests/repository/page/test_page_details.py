"""What the page tells of a chart, read from its archive."""

from __future__ import annotations

import gzip
import json

import pytest

import tests.repository.page.page_samples as samples
from openim_charts.charts.api import Chart
from openim_charts.findings import Location, UserError
from openim_charts.packaging.api import package_files
from openim_charts.repository.page import Change, Image, ValueRow, details_from_archive


@pytest.fixture(scope="module")
def rows() -> dict[str, ValueRow]:
    return {row.key: row for row in details_from_archive(samples.widget()).values}


def test_annotations_and_files_are_read() -> None:
    found = details_from_archive(samples.widget(), samples.SVG)
    assert found.changes == (Change("added", "A picture."), Change("", "plain words"))
    assert found.images == (Image("widget", "docker.io/example/widget:9.1"),)
    assert found.license == "MIT"
    assert found.readme == samples.README
    assert found.svg == samples.SVG


def test_rows_have_type_default_and_description(rows: dict[str, ValueRow]) -> None:
    assert rows["replicaCount"] == ValueRow("replicaCount", "integer", "2", "How many pods run.")
    assert rows["mode"].type == '"fast" | "safe"'
    assert rows["plain"] == ValueRow(
        "plain", "string[]", '["a", "b"]', "Words that the schema does not describe."
    )


def test_a_kubernetes_type_is_one_row(rows: dict[str, ValueRow]) -> None:
    assert rows["affinity"] == ValueRow("affinity", "Affinity", "{}", "Where pods may run.")


def test_repeated_parts_of_a_schema_are_unfolded(rows: dict[str, ValueRow]) -> None:
    assert rows["storage.size"].description == "Space."
    assert "storage" not in rows


def test_shared_values_come_last_and_only_those_that_the_chart_reads(
    rows: dict[str, ValueRow],
) -> None:
    assert list(rows)[-1] == "global.instance"
    assert "global.unread" not in rows


def test_a_chart_without_schema_lists_its_values() -> None:
    values = "image:\n  # Where it comes from.\n  tag: v1\nempty: {}\n"
    metadata = samples.chart_yaml("bare", "1.0.0")
    found = details_from_archive(samples.archive(metadata, {"values.yaml": values}))
    assert found.values == (
        ValueRow("image.tag", "any", '"v1"', "Where it comes from."),
        ValueRow("empty", "any", "{}", ""),
    )


def test_a_schema_that_refers_to_itself_ends() -> None:
    schema = {
        "definitions": {"s1": {"properties": {"again": {"$ref": "#/definitions/s1"}}}},
        "properties": {"tree": {"$ref": "#/definitions/s1"}},
    }
    files = {"values.schema.json": json.dumps(schema)}
    found = details_from_archive(samples.archive(samples.chart_yaml("loop", "1.0.0"), files))
    assert len(found.values) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a chart archive"),
        (b"not gzip", "not a chart archive"),
        (gzip.compress(b"not tar"), "not a chart archive"),
        (samples.widget()[:-20], "not a chart archive"),
        (gzip.compress(bytes(101 << 20), 1), "unpacks to more than 104857600 bytes"),
    ],
    ids=["empty", "text", "no-tar", "cut-short", "too-large"],
)
def test_other_bytes_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(UserError, match=message):
        details_from_archive(content)


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("values.yaml", "a: [", "values.yaml line"),
        ("values.schema.json", "{", "values.schema.json in a chart archive is not JSON"),
    ],
)
def test_broken_files_are_named(path: str, text: str, message: str) -> None:
    content = samples.archive(samples.chart_yaml("broken", "1.0.0"), {path: text})
    with pytest.raises(UserError, match=message):
        details_from_archive(content)


def test_the_projects_own_charts_are_told_in_full(charts: dict[str, Chart]) -> None:
    for name, chart in charts.items():
        packed = package_files(name, chart.files, samples.DATE, Location("spec.yaml"))
        found = details_from_archive(packed)
        assert found.values, name
        assert found.readme, name
        undescribed = [row.key for row in found.values if not row.description]
        assert len(undescribed) <= len(found.values) // 5, f"{name}: {undescribed}"
