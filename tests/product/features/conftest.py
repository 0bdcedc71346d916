"""The project's own charts, compiled once, and rendered by the engines that are installed here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.charts.compiler import Compiler
from openim_charts.helm.adapter import Helm, Rendering
from openim_charts.helm.command import CommandHelm
from openim_charts.helm.find import find_helm
from openim_charts.specs.model import Catalog, ChartSpec
from tests.conftest import HELMS, helm_command
from tests.helm.charts import pack

Values = Mapping[str, Any]
Objects = list[dict[str, Any]]
Render = Callable[..., Objects]

NONE: Values = {}
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def archives(compiler: Compiler) -> Callable[[str], bytes]:
    made: dict[str, bytes] = {}

    def archive(name: str) -> bytes:
        if name not in made:
            files = compiler.compile(name).files
            made[name] = pack(name, {path: data.decode() for path, data in files.items()})
        return made[name]

    return archive


@pytest.fixture(scope="session")
def engine() -> Helm:
    return find_helm()


@pytest.fixture(scope="session", params=HELMS)
def command(request: pytest.FixtureRequest) -> Helm:
    return CommandHelm(helm_command(request.param))


@pytest.fixture(scope="session")
def rendering(archives: Callable[[str], bytes], engine: Helm) -> Callable[..., Rendering]:
    made: dict[tuple[str, str, str], Rendering] = {}

    def render(chart: str, values: Values = NONE, helm: Helm = engine) -> Rendering:
        key = (chart, json.dumps(values, sort_keys=True), helm.version)
        if key not in made:
            made[key] = helm.render(archives(chart), values, "im", "chat", "1.34")
        return made[key]

    return render


@pytest.fixture(scope="session")
def render(rendering: Callable[..., Rendering]) -> Render:
    """The objects of a chart, hooks last, for a release ``im`` in the namespace ``chat``."""
    parsed: dict[int, Objects] = {}

    def objects(chart: str, *arguments: Any) -> Objects:
        result = rendering(chart, *arguments)
        if id(result) not in parsed:
            parsed[id(result)] = [yaml.load(f.text, yaml.CSafeLoader) for f in result.files]
        return parsed[id(result)]

    return objects


def usual_members(catalog: Catalog) -> list[ChartSpec]:
    """The charts of the umbrella that are installed where values say nothing."""
    others = {name for d in catalog.dependencies.values() for name in d.alternatives}
    members = (catalog.charts[name] for name in catalog.charts["openim"].includes)
    return [chart for chart in members if chart.component not in others]


def of_kind(objects: Objects, *kinds: str) -> Objects:
    """Those objects that are of one of these kinds."""
    return [o for o in objects if o["kind"] in kinds]
