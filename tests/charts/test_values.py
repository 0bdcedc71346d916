"""Defaults that a spec replaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft7Validator

from generator.charts.api import Chart, Compiler, explain
from generator.charts.images import with_images
from generator.findings import FindingsError
from generator.specs.model import Catalog


def test_a_shared_default_that_one_spec_replaces_stays_with_that_chart(catalog: Catalog) -> None:
    loud, other = "openim-rpc-auth", "openim-rpc-user"
    spec = catalog.charts[loud]
    changed = replace(spec, values={**spec.values, "global": {"logging": {"level": 6}}})
    compiler = Compiler(replace(catalog, charts={**catalog.charts, loud: changed}))
    assert compiler.compile(loud).values["global"]["logging"]["level"] == 6
    assert compiler.compile(other).values["global"]["logging"]["level"] == 3


def test_the_image_keyword_gives_an_image_s_values(catalog: Catalog) -> None:
    written = {"x": {"properties": {"image": {"image": {"repository": "a/b", "tag": "1"}}}}}
    image = with_images(written, "values.yaml")["x"]["properties"]["image"]["properties"]
    assert {key: node["default"] for key, node in image.items()} == {
        "registry": "docker.io",
        "repository": "a/b",
        "tag": "1",
        "digest": "",
    }
    source = explain(catalog, "prometheus", "certificateProbe.image.digest").sources[-1]
    assert source.location.path == "chart-specs/infrastructure/prometheus/values.yaml"
    assert source.location.line > 1


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("global.storageClass", "generator/features/persistence/global.yaml"),
        ("global.redis.mode", "chart-specs/dependencies/redis.yaml"),
        ("openim-api.replicaCount", "generator/features/workload/values.yaml"),
        (
            "prometheus.certificateProbe.image.tag",
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
    "image",
    ["redis:8", {"repository": "a/b"}, {"repository": "a", "tag": 1.0}, {"repo": "a", "tag": "1"}],
)
def test_a_wrong_image_keyword_is_one_clear_mistake(image: Any) -> None:
    with pytest.raises(FindingsError, match=r"'image' of x has to be") as error:
        with_images({"x": {"image": image}}, "chart-specs/a/values.yaml")
    assert error.value.findings[0].location.path == "chart-specs/a/values.yaml"


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
        {"tests": {"image": {key: value}}},
        {"global": {"secrets": {"job": {"image": {key: value}}}}},
    ):
        (error,) = validator.iter_errors(values)
        assert error.absolute_path[-1] == key
    validator = Draft7Validator(charts["mysql"].schema)
    (error,) = validator.iter_errors({"image": {key: value}})
    assert error.absolute_path[-1] == key
