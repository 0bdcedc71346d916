"""Whatever values a schema accepts, Helm renders them to objects that Kubernetes accepts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openim_charts.charts.api import Chart
from openim_charts.checks.scenarios import overlay
from openim_charts.helm.adapter import HelmError
from openim_charts.helm.embedded import EmbeddedHelm
from openim_charts.helm.start import available
from openim_charts.kubernetes.schemas import KubernetesSchemas
from openim_charts.packaging.api import package
from tests.charts.schema_strategy import SchemaStrategy

pytestmark = pytest.mark.skipif(not available(), reason="helm-python-sdk is not installed")

CHARTS = [
    "openim-api",
    "openim-msggateway",
    "openim-rpc-third",
    "openim-chat-rpc",
    "openim-web-front",
    "redis",
    "kafka",
    "mongodb",
]
OLDEST, NEWEST = "1.31", "1.37"


@pytest.fixture(scope="module")
def schemas() -> KubernetesSchemas:
    return KubernetesSchemas.load()


def _values(schema: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A few of the chart's values at a time, the shared ones among them."""
    # Free objects and templates are whatever the user writes.
    properties = {k: v for k, v in schema["properties"].items() if k != "extraObjects"}
    return SchemaStrategy(schema).of({"type": "object", "properties": properties})


@pytest.mark.parametrize("name", CHARTS)
def test_any_values(name: str, charts: Mapping[str, Chart], schemas: KubernetesSchemas) -> None:
    chart = charts[name]
    archive = package(chart, 0)
    schema = json.loads(chart.files["values.schema.json"])
    defaults = json.loads(json.dumps(chart.values))
    valid = jsonschema_rs.Draft7Validator(schema).is_valid
    helm = EmbeddedHelm()
    rendered = []

    @settings(max_examples=50, suppress_health_check=list(HealthCheck))
    @given(_values(schema))
    def check(values: dict[str, Any]) -> None:
        if not valid(overlay(defaults, values)):
            return
        rendered.append(values)
        try:
            files = helm.render(archive, values, "im", "chat", "1.36").files
        except HelmError as error:
            # Values that do not go together, which a schema cannot say: the chart says what to set.
            if re.search(r"\bset \S+", error.message):
                return
            raise
        for file in files:
            manifest = yaml.safe_load(file.text)
            if manifest is None:
                continue
            for version in (OLDEST, NEWEST):
                errors = schemas.validate(version, manifest)
                assert not errors, (file.path, manifest, errors)

    check()
    assert len(rendered) > 20, "the schema refused nearly all values, so nothing was tried"
