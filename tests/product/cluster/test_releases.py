"""Every chart, through its whole life, on a real API server, with Helm 3 and Helm 4."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from openim_charts.charts.api import Chart
from openim_charts.specs.api import load_catalog
from tests.product.cluster.conftest import WAIT, Namespace

pytestmark = pytest.mark.cluster

NAMES = sorted(load_catalog(Path(__file__).parents[3]).charts)


@pytest.mark.parametrize("name", NAMES)
def test_life_of_a_release(name: str, charts: Mapping[str, Chart], namespace: Namespace) -> None:
    archive = namespace.archive(charts[name])
    namespace.run("install", "im", archive, *WAIT)
    installed = namespace.specs()
    assert installed, "nothing was installed"

    namespace.run("upgrade", "im", archive, *WAIT)
    assert namespace.specs() == installed, "the same version changed an object"

    changed = {"commonAnnotations": {"example.com/changed": "yes"}}
    umbrella = charts[name].spec.kind == "umbrella"
    values = dict.fromkeys(charts[name].spec.includes[:1], changed) if umbrella else changed
    namespace.run("upgrade", "im", archive, *WAIT, values=values)
    assert namespace.specs() != installed, "the changed value changed nothing"

    namespace.run("rollback", "im", "2", *WAIT)
    back = namespace.specs()
    assert _without_generation(back) == _without_generation(installed)

    namespace.run("test", "im", "--timeout", "15m")
    namespace.run("uninstall", "im", *WAIT)
    namespace.left()


def _without_generation(specs: Mapping[str, dict[str, object]]) -> dict[str, object]:
    """Rolling back is a change like any other, so only the counters differ."""
    return {
        key: {**spec, "metadata": {k: v for k, v in spec["metadata"].items() if k != "generation"}}
        for key, spec in specs.items()
    }
