"""Every chart, through its whole life, on a real API server, with Helm 3 and Helm 4."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.charts.api import Chart
from generator.specs.api import load_catalog
from tests.cluster.conftest import Namespace

pytestmark = pytest.mark.cluster

NAMES = sorted(load_catalog(Path(__file__).parents[2]).charts)


@pytest.mark.parametrize("name", NAMES)
def test_life_of_a_release(name: str, charts: Mapping[str, Chart], namespace: Namespace) -> None:
    archive = namespace.archive(charts[name])
    wait = ("--wait", "--timeout", "3m")
    namespace.run("install", "im", archive, *wait)
    installed = namespace.specs()
    assert installed, "nothing was installed"

    namespace.run("upgrade", "im", archive, *wait)
    assert namespace.specs() == installed, "the same version changed an object"

    changed = {"commonAnnotations": {"example.com/changed": "yes"}}
    umbrella = charts[name].spec.kind == "umbrella"
    values = dict.fromkeys(charts[name].spec.includes[:1], changed) if umbrella else changed
    namespace.run("upgrade", "im", archive, *wait, values=values)
    assert namespace.specs() != installed, "the changed value changed nothing"

    namespace.run("rollback", "im", "2", *wait)
    back = namespace.specs()
    assert _without_generation(back) == _without_generation(installed)

    namespace.run("test", "im")
    namespace.run("uninstall", "im", *wait)
    left = {key for key, o in namespace.objects().items() if not _kept(o)}
    assert not left, "uninstall left what no document names"


def _without_generation(specs: Mapping[str, dict[str, object]]) -> dict[str, object]:
    """Rolling back is a change like any other, so only the counters differ."""
    return {
        key: {**spec, "metadata": {k: v for k, v in spec["metadata"].items() if k != "generation"}}
        for key, spec in specs.items()
    }


def _kept(found: Mapping[str, object]) -> bool:
    annotations = found["metadata"].get("annotations") or {}
    return (
        annotations.get("helm.sh/resource-policy") == "keep"
        or found["kind"] == "PersistentVolumeClaim"
    )
