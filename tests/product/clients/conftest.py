"""What the client of a line reads: a chart of that line, rendered by Helm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Compiler
from openim_charts.helm.adapter import Helm
from openim_charts.helm.find import find_helm
from openim_charts.packaging.api import package
from openim_charts.specs.model import Catalog, ReleaseLine
from tests.product.clients.modules import LINES, Module, write
from tests.product.infrastructure.kafka_nodes import Objects
from tests.product.real.pods import Secrets, pod_of, secrets_in

Values = Mapping[str, Any]


@pytest.fixture(scope="session")
def engine() -> Helm:
    return find_helm()


@pytest.fixture(scope="session")
def render(compiler: Compiler, engine: Helm) -> Callable[[str, Values], Objects]:
    """The objects of a chart for a release ``im`` in the namespace ``chat``."""

    def objects(name: str, values: Values) -> Objects:
        archive = package(compiler.compile(name), 0)
        rendering = engine.render(archive, values, "im", "chat", "1.34")
        return [yaml.load(file.text, yaml.CSafeLoader) for file in rendering.files]

    return objects


@pytest.fixture(params=LINES)
def line(request: pytest.FixtureRequest, catalog: Catalog) -> ReleaseLine:
    """Each release line."""
    return catalog.lines[request.param]


@pytest.fixture
def module(
    catalog: Catalog, render: Callable[[str, Values], Objects], tmp_path: Path
) -> Callable[..., Module]:
    """The first chart of a line that uses a dependency, with these values under ``global``."""
    numbers = count()

    def make(line: ReleaseLine, uses: str, shared: Values, secrets: Secrets) -> Module:
        charts = [
            chart
            for chart in catalog.charts.values()
            if chart.line == line and uses in [d.name for d in chart.uses]
        ]
        if not charts:
            pytest.skip(f"no module of {line.name} uses {uses}")
        objects = render(charts[0].name, {"global": shared})
        folder = write(tmp_path / f"module-{next(numbers)}", pod_of(objects).files)
        return Module(line, pod_of(objects), {**secrets_in(objects), **secrets}, folder)

    return make


def external(addresses: list[str], secret: str, **values: Any) -> dict[str, Any]:
    """The values of a dependency that is somewhere else."""
    return {"mode": "external", "addresses": addresses, "existingSecret": secret, **values}
