"""The presets: how much they install, and which of them can become another."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
import yaml

from openim_charts.checks.release import Release
from openim_charts.checks.rendered import get, listing
from openim_charts.config.plan import plan_of, size
from tests.conftest import ROOT
from tests.product.features.conftest import usual_members
from tests.product.middleware.conftest import Render


@pytest.fixture(scope="module")
def presets(render: Render) -> Mapping[str, Release]:
    """All presets, rendered."""
    paths = sorted((ROOT / "presets").glob("*.yaml"))
    return {path.stem: render(yaml.safe_load(path.read_text("utf-8"))) for path in paths}


def test_minimal_fits_a_laptop(presets: Mapping[str, Release]) -> None:
    plan = plan_of(presets["minimal"].rendering, "openim")
    assert {program.replicas for program in plan.programs} == {1}
    assert plan.total.memory < 4 * 2**30
    assert plan.total.cpu < 2
    installed = {chart.name for chart in usual_members(presets["minimal"].catalog)}
    assert {p.chart for p in plan.programs} == installed


def test_minimal_can_become_standard(presets: Mapping[str, Release]) -> None:
    """Nothing differs that a StatefulSet cannot change."""
    fixed = [
        {
            obj.name: (
                listing(obj.data, "spec", "volumeClaimTemplates"),
                get(obj.data, "spec", "replicas"),
            )
            for obj in presets[name].of("StatefulSet")
        }
        for name in ("minimal", "standard")
    ]
    assert fixed[0] == fixed[1]


def test_the_readme_knows_the_sizes(
    presets: Mapping[str, Release], request: pytest.FixtureRequest
) -> None:
    readme = ROOT / "README.md"
    text = wanted = readme.read_text("utf-8")
    for name, release in presets.items():
        plan = plan_of(release.rendering, "openim")
        cpu = f"{plan.total.cpu:.1f}".removesuffix(".0")
        row = f"| `{name}` | {plan.pods} | {cpu} cores, {size(plan.total.memory)} |"
        wanted, count = re.subn(rf"^\| `{name}` \|[^|]*\|[^|]*\|", row, wanted, flags=re.M)
        assert count == 1, f"no row for {name}"
    if request.config.getoption("--update-golden"):
        readme.write_text(wanted, "utf-8")
    else:
        assert text == wanted, "run 'make golden'"
