"""Every chart of the project: its files agree with one another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import jsonschema_rs
import yaml

from openim_charts.charts.api import Chart
from openim_charts.specs.model import Catalog
from tests.charts.schema_strategy import SchemaStrategy


def test_values_yaml_is_the_defaults(charts: Mapping[str, Chart]) -> None:
    for chart in charts.values():
        written = yaml.safe_load(chart.files["values.yaml"])
        assert written == json.loads(json.dumps(chart.values)), chart.name


def _set(values: dict[str, Any], path: tuple[str, ...], value: object) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(values))
    inner = copy
    for key in path[:-1]:
        inner = inner.setdefault(key, {})
    inner[path[-1]] = value
    return copy


def _leaves(values: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key)


def test_the_schema_takes_the_defaults_and_refuses_every_wrong_type(
    charts: Mapping[str, Chart],
) -> None:
    for chart in charts.values():
        schema = json.loads(chart.files["values.schema.json"])
        check = jsonschema_rs.Draft7Validator(schema)
        values = json.loads(json.dumps(chart.values))
        assert not list(check.iter_errors(values)), chart.name
        for path in _leaves(values):
            wrong = _set(values, path, [[]])
            assert not check.is_valid(wrong), f"{chart.name}: {'.'.join(path)} takes a list"


def test_a_typo_at_any_depth_is_refused_with_its_name(charts: Mapping[str, Chart]) -> None:
    for chart in charts.values():
        schema = json.loads(chart.files["values.schema.json"])
        check = jsonschema_rs.Draft7Validator(schema)
        values = json.loads(json.dumps(chart.values))
        parents = {path[:-1] for path in _leaves(values)}
        for parent in parents:
            # Keys that are like none of ours may be there: Helm hands on those of parent charts.
            typo = "storageClas" if parent == ("global",) else "replicaCout"
            errors = list(check.iter_errors(_set(values, (*parent, typo), "x")))
            assert errors or _is_map(schema, parent), f"{chart.name}: {'.'.join(parent)}"


def _is_map(schema: dict[str, Any], path: tuple[str, ...]) -> bool:
    """Whether the value at ``path`` takes free keys: labels, requests of resources and such."""
    strategy = SchemaStrategy(schema)
    node = strategy.resolve({"properties": schema["properties"]})
    for key in path:
        node = strategy.resolve(node["properties"][key])
    return isinstance(node.get("additionalProperties"), Mapping)


def test_both_validators_agree(charts: Mapping[str, Chart]) -> None:
    chart = charts["openim-rpc-third"]
    schema = json.loads(chart.files["values.schema.json"])
    jsonschema.Draft7Validator.check_schema(schema)
    fast, reference = jsonschema_rs.Draft7Validator(schema), jsonschema.Draft7Validator(schema)
    values = json.loads(json.dumps(chart.values))
    for path in list(_leaves(values))[::3]:
        for wrong in (None, -1, "x y", ["a"], {"b": 1}):
            changed = _set(values, path, wrong)
            assert fast.is_valid(changed) == reference.is_valid(changed), (path, wrong)


def test_no_python_module_names_a_chart(catalog: Catalog, root: Any) -> None:
    known = {*catalog.charts, *catalog.dependencies, *catalog.credentials}
    names = re.compile(rf"[\"']({'|'.join(sorted(map(re.escape, known)))})[\"']")
    allowed = {"server", "push", "openim"}  # words that mean other things too
    for path in (root / "generator").rglob("*.py"):
        found = set(names.findall(path.read_text("utf-8"))) - allowed
        assert not found, f"{path}: {found}"


def test_every_value_has_a_description(charts: Mapping[str, Chart]) -> None:
    for chart in charts.values():
        readme = chart.files["README.md"].decode()
        rows = [line for line in readme.splitlines() if line.startswith("| `")]
        empty = [row for row in rows if row.rstrip().endswith("|  |")]
        assert not empty, f"{chart.name}: {empty[0]}"
