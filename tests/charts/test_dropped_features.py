"""A profile without one of its features: specs are refused for it, or their charts still render."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from openim_charts.charts.api import Compiler
from openim_charts.charts.feature_checks import check_features
from openim_charts.checks.checker import bare_archive
from openim_charts.checks.scenarios import scenarios
from openim_charts.findings import Finding, FindingsError
from openim_charts.helm.find import find_helm
from openim_charts.specs.api import load_catalog
from openim_charts.specs.model import Catalog
from tests.conftest import ROOT
from tests.replaced import replace

PROFILES = ROOT / "chart-specs" / "profiles"


def _dropped() -> list[tuple[str, str]]:
    listed = ((f.name, yaml.safe_load(f.read_text())) for f in sorted(PROFILES.glob("*.yaml")))
    return [(name, feature) for name, data in listed for feature in data.get("features", ())]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("project")
    for folder in ("chart-specs", "presets"):
        shutil.copytree(ROOT / folder, copy / folder)
    return copy


def _refusals(project: Path, profile: str) -> Sequence[Finding]:
    """What is wrong with the specs; nothing when all charts of the profile render, with the
    defaults and each of their values files."""
    try:
        catalog = load_catalog(project)
        compiler = Compiler(catalog)
        charts = [
            compiler.compile(name)
            for name, spec in catalog.charts.items()
            if any(origin.location.path.endswith(f"/{profile}") for origin in spec.origins.values())
        ]
    except FindingsError as error:
        return error.findings
    helm = find_helm("auto")
    for chart in charts:
        archive = bare_archive(chart)
        for _, values in scenarios(chart):
            helm.render(archive, values, "demo", "apps", "1.31")
    return []


@pytest.mark.parametrize(("profile", "feature"), _dropped())
def test_what_others_need_is_missed_before_helm_does(
    project: Path, profile: str, feature: str
) -> None:
    file = project / "chart-specs" / "profiles" / profile
    text = file.read_text()
    data = yaml.safe_load(text)
    data["features"].remove(feature)
    file.write_text(yaml.safe_dump(data))
    try:
        found = _refusals(project, profile)
    finally:
        file.write_text(text)
    assert all(finding.location.path.startswith("chart-specs/") for finding in found)
    named = (
        f.rule in ("unknown-hook", "unread-file") or f"'{feature}'" in f.message for f in found
    )
    assert not found or any(named)


def test_each_need_is_told(catalog: Catalog, compiler: Compiler) -> None:
    told = set()
    for spec in catalog.charts.values():
        active = compiler.assembler(spec).features
        for needed in {choices for feature in active for choices, _ in feature.requires}:
            left = [feature for feature in active if feature.name not in needed]
            names = tuple(feature.name for feature in left if not feature.own)
            found = check_features(replace(spec, features=names, folder=""), left, {})
            words = " or ".join(f"'{name}'" for name in needed)
            told |= {needed for finding in found if f"needs {words}; add " in finding.message}
    assert told == {choices for f in compiler.features.values() for choices, _ in f.requires}


def test_a_feature_that_gives_the_chart_nothing_is_not_there(
    catalog: Catalog, compiler: Compiler
) -> None:
    spec = catalog.charts["kafka"]
    active = [f for f in compiler.assembler(spec).features if f.name != "files"]
    (finding,) = check_features(spec, active, {})
    assert finding.message == (
        "the feature 'setup-job' needs 'files', which gives this chart nothing"
    )


def test_a_chart_may_bring_its_own_controller(catalog: Catalog, compiler: Compiler) -> None:
    spec = catalog.charts["kafka"]
    active = [f for f in compiler.assembler(spec).features if f.name != "stateful"]
    assert check_features(spec, active, {}) == []
    without = replace(spec, folder="", features=tuple(f.name for f in active if not f.own))
    assert "needs 'workload' or 'stateful'" in check_features(without, active, {})[0].message
