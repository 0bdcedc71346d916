"""A profile without one of its features: specs are refused for it, or their charts still render."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from generator.charts.api import Compiler
from generator.findings import Finding, FindingsError
from generator.helm.find import find_helm
from generator.packaging.api import package
from generator.specs.api import load_catalog
from tests.conftest import ROOT

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
    """What is wrong with the specs; nothing when the first chart of the profile renders."""
    try:
        catalog = load_catalog(project)
        compiler = Compiler(catalog)
        first = next(
            name
            for name, spec in catalog.charts.items()
            if any(origin.location.path.endswith(profile) for origin in spec.origins.values())
        )
        archive = package(compiler.compile(first), catalog.source_date)
    except FindingsError as error:
        return error.findings
    find_helm("auto").render(archive, {}, "demo", "apps", "1.31")
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
    assert not found or any(f"'{feature}'" in finding.message for finding in found)
