"""Our schemas are right themselves, strict and documented, and two validators agree about them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from openim_charts.specs.feature_settings import FeatureFiles
from openim_charts.specs.schema import load_schema
from tests.specs.spec_tree import TREE
from tests.specs.test_mutations import containers, mutate

FEATURES = Path(__file__).parents[2] / "chart-specs" / "features"

VALUES = """\
color: {type: string, enum: [red, blue], not: {const: blue}, default: red, description: Color.}
picture: {image: picture, description: The picture.}
probe: {kubernetes: Probe, default: {}, description: The probe.}
notes: {map: {type: string}, propertyNames: {maxLength: 9}, default: {}, description: Notes.}
"""
SCENARIOS = "small: {replicaCount: 1}\nlarge: {replicaCount: 9, resources: {}}\nnone:\n"
FILES = {
    "chart": "shop/order.yaml",
    "profile": "profiles/base.yaml",
    "repository": "repository.yaml",
    "line": "lines/shop-v1/line.yaml",
    "config-file": "lines/shop-v1/config/orders.yaml",
    "dependency": "dependencies/cache.yaml",
    "credential": "credentials/partner.yaml",
    "image": "images/all.yaml",
    "image-base": "images/bases/tiny.yaml",
}
EXAMPLES = {
    **{name: TREE[file] for name, file in FILES.items()},
    "values": VALUES,
    "scenarios": SCENARIOS,
    "feature": "description: A.\norder: 1\nwhen: chart.ports\nconsumes: [test, options.pod]\n",
}

# Each feature has settings and values of its own, and checks them itself.
FREE = ("/properties/options/additionalProperties", "/properties/values")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_metaschema_accepts_it(name: str) -> None:
    assert load_schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(load_schema(name))


def objects(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """All schema objects of a schema."""
    if not isinstance(node, dict):
        return
    yield path, node
    for key in ("properties", "$defs"):
        for name, inner in node.get(key, {}).items():
            yield from objects(inner, f"{path}/{key}/{name}")
    for key in ("items", "additionalProperties"):
        yield from objects(node.get(key), f"{path}/{key}")


def test_the_metaschema_accepts_the_settings_of_features() -> None:
    jsonschema.Draft202012Validator.check_schema(FeatureFiles(FEATURES).schema)


@pytest.mark.parametrize("name", [*EXAMPLES, "options"])
def test_it_is_strict_and_documented(name: str) -> None:
    schema = FeatureFiles(FEATURES).schema if name == "options" else load_schema(name)
    for path, node in objects(schema):
        target = schema.get("$defs", {}).get(node.get("$ref", "").rpartition("/")[2], {})
        assert node.get("description") or target.get("description"), path
        if node.get("type") == "object" and not path.endswith(FREE):
            assert "additionalProperties" in node, path
        if "pattern" in node:
            assert node.get("expects"), path


def test_a_chart_may_say_all_that_a_profile_may() -> None:
    chart, profile = (set(load_schema(name)["properties"]) for name in ("chart", "profile"))
    assert profile - chart == {"kind", "family"}
    assert chart - profile == {"name", "version"}


@pytest.mark.parametrize("name", EXAMPLES)
@settings(max_examples=25)
@given(data=st.data())
def test_both_validators_agree(name: str, data: st.DataObject) -> None:
    document = yaml.safe_load(EXAMPLES[name])
    schema = load_schema(name)
    slow = jsonschema.Draft202012Validator(schema)
    fast = jsonschema_rs.Draft202012Validator(schema)
    assert slow.is_valid(document)
    assert fast.is_valid(document)
    for _ in range(data.draw(st.integers(1, 2))):
        if containers(document):
            mutate(document, data.draw)
    assert places(slow.iter_errors(document)) == places(fast.iter_errors(document))


def places(errors: Any) -> set[tuple[str, ...]]:
    """Where errors are, however the validators group them."""
    found = set()
    for error in errors:
        path = getattr(error, "instance_path", None) or getattr(error, "absolute_path", ())
        # jsonschema_rs leaves out keys that are empty.
        found.add(tuple(str(part) for part in path if part != ""))
    return found
