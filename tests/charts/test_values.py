"""Values that features and specs give to charts, and the mistakes in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft7Validator

from openim_charts.charts.api import Chart, Compiler, explain
from openim_charts.charts.features import Template
from openim_charts.charts.images import with_images
from openim_charts.charts.jinja import expand_properties
from openim_charts.checks.scenarios import overlay
from openim_charts.findings import FindingsError
from openim_charts.jsonschema import jsonschema_rs
from openim_charts.specs.model import Catalog
from tests.replaced import replace


def test_a_shared_default_that_one_spec_replaces_stays_with_that_chart(catalog: Catalog) -> None:
    loud, other = "openim-rpc-auth", "openim-rpc-user"
    spec = catalog.charts[loud]
    changed = replace(spec, values={**spec.values, "global": {"logging": {"level": 6}}})
    compiler = Compiler(replace(catalog, charts={**catalog.charts, loud: changed}))
    assert compiler.compile(loud).values["global"]["logging"]["level"] == 6
    assert compiler.compile(other).values["global"]["logging"]["level"] == 3


def test_the_image_keyword_gives_an_image_s_values(catalog: Catalog) -> None:
    written = {
        "x": {"properties": {"image": {"image": "etcd"}}},
        "y": {"type": "object", "properties": {"z": {"type": "string"}}},
    }
    found = with_images(written, catalog.images.__getitem__)
    image = found["x"]["properties"]["image"]["properties"]
    facts = catalog.images["etcd"]
    assert {key: node["default"] for key, node in image.items()} == {
        "registry": "",
        "repository": "etcd-development/etcd",
        "tag": facts.tag,
        "digest": facts.digest,
    }
    assert "Empty means gcr.io" in image["registry"]["description"]
    assert found["y"] is written["y"]
    sources = explain(catalog, "prometheus", "hostProbe.image.tag").sources
    assert [(source.layer, source.location.path) for source in sources] == [
        ("feature prometheus", "chart-specs/infrastructure/prometheus/values.yaml"),
        ("image blackbox-exporter", "chart-specs/images/blackbox-exporter.yaml"),
    ]
    assert all(source.location.line > 1 for source in sources)


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("global.storageClass", "chart-specs/features/persistence/global.yaml"),
        ("global.redis.mode", "chart-specs/dependencies/redis.yaml"),
        ("openim-api.replicaCount", "chart-specs/features/workload/values.yaml"),
        (
            "prometheus.hostProbe.image.tag",
            "chart-specs/infrastructure/prometheus/values.yaml",
        ),
    ],
)
def test_an_umbrella_s_values_are_explained(catalog: Catalog, key: str, path: str) -> None:
    found = explain(catalog, "openim", key)
    assert found.key == key
    assert found.sources[0].location.path == path
    assert found.default


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("foo: 3", "1:6: wrong-type: 'foo' must be a mapping, not a number"),
        ("foo: {type: strin, description: x}", "1:13: bad-value: 'foo.type' must be one of "),
        (
            "foo: {type: string, minimun: 3, description: x}",
            "1:21: unknown-key: unknown key 'minimun' in 'foo'; did you mean 'minimum'?",
        ),
        (
            "foo: {type: string, pattern: '[', description: x}",
            "1:30: bad-pattern: '[' is not a regular expression; mend it",
        ),
        (
            "foo: {type: string, not: {pattern: '['}, description: x}",
            "1:36: bad-pattern: '[' is not a regular expression; mend it",
        ),
        (
            "foo: {type: integer, default: a, description: x}",
            "1:31: bad-default: the default does not fit its own type",
        ),
        ("foo: {description: x}", "1:1: missing-key: 'foo' lacks the key 'type'; add it"),
        ("foo: {type: string}", "1:1: missing-key: 'foo' lacks the key 'description'"),
        (
            "foo: {kubernetes: Prob, description: x}",
            "1:19: unknown-kubernetes-type: unknown Kubernetes type 'Prob'; did you mean 'Probe'?",
        ),
        ("foo: {description: x, image: 'redis:8'}", "1:30: bad-value: 'foo.image' must be"),
        (
            "foo: {description: x, image: {repository: a, tag: v1}}",
            "1:30: wrong-type: 'foo.image' must be text, not a mapping",
        ),
        ("foo: {description: x, image: redis}", "1:30: unknown-image: unknown image 'redis'"),
        ("foo: [", "2:1: yaml-syntax: "),
        # Jinja's own lines leave no trace; the place is that of the template.
        ("# x\n[% if true %]\nfoo: {tpe: a}\n[% endif %]", "3:7: unknown-key: unknown key 'tpe'"),
    ],
)
def test_a_mistake_in_a_feature_s_values_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(FindingsError) as error:
        expand_properties(Template("chart-specs/a/b/values.yaml", text), {})
    assert str(error.value.findings[0]).startswith(f"chart-specs/a/b/values.yaml:{said}")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("registry", "https://mirror.lan"),
        ("repository", ""),
        ("repository", "Team/App"),
        ("tag", ""),
        ("digest", "sha256:1"),
    ],
)
def test_all_images_of_a_chart_are_judged_alike(
    charts: Mapping[str, Chart], key: str, value: str
) -> None:
    validator = Draft7Validator(charts["redis"].schema)
    for values in (
        {"exporter": {"image": {key: value}}},
        {"global": {"tools": {"image": {key: value}}}},
        {"global": {"secrets": {"job": {"image": {key: value}}}}},
    ):
        (error,) = validator.iter_errors(overlay(charts["redis"].values, values))
        assert error.absolute_path[-1] == key
    mysql = charts["mysql"]
    changed = overlay(mysql.values, {"image": {key: value}})
    (error,) = Draft7Validator(mysql.schema).iter_errors(changed)
    assert error.absolute_path[-1] == key


def _examples(
    tree: Mapping[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, node in tree.items():
        yield from (((*path, key), example) for example in node.get("examples", ()))
        yield from _examples(node.get("properties", {}), (*path, key))


def test_every_example_is_a_value_that_the_chart_takes(charts: Mapping[str, Chart]) -> None:
    shown = 0
    for chart in charts.values():
        schema = jsonschema_rs.Draft7Validator(chart.schema)
        for path, example in _examples(chart.schema["properties"]):
            values: Any = example
            for key in reversed(path):
                values = {key: values}
            wrong = [error.message for error in schema.iter_errors(overlay(chart.values, values))]
            assert not wrong, f"{chart.name}: {'.'.join(path)}: {wrong}"
            shown += 1
    assert shown > 500


def test_values_stand_where_people_look_first(charts: Mapping[str, Chart]) -> None:
    lines = charts["openim-api"].files["values.yaml"].decode().splitlines()
    sections = [line.strip("# -") for line in lines if line.startswith("# -- ")]
    assert sections[:5] == ["Image", "Replicas", "Resources", "Configuration", "Exposure"]
    assert sections[-1].startswith("Shared with other charts")
    assert len(sections) == len(set(sections))
    keys = [line.partition(":")[0] for line in lines if re.match(r"[a-zA-Z]+:", line)]
    assert keys[:2] == ["image", "replicaCount"]
    assert keys[-1] == "global"


def test_an_empty_default_has_an_example(charts: Mapping[str, Chart]) -> None:
    text = charts["openim-api"].files["values.yaml"].decode()
    assert "# For example:\n#   extraEnv:\n#     - " in text
    without = {"args", "command", "config"}  # which depend on the image, or have a table
    for chart in charts.values():
        for key, node in chart.schema["properties"].items():
            if key not in without and node.get("default") in ([], {}) and "properties" not in node:
                assert "examples" in node, f"{chart.name}: {key}"
