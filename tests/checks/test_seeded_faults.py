"""Faults sown into the project's own sources: each is found at its line, and told once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Compiler
from openim_charts.checks.api import Checker
from openim_charts.findings import Finding, FindingsError, merged
from openim_charts.helm.find import find_helm
from openim_charts.specs.api import load_catalog
from tests.conftest import ROOT

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Fault:
    """``old`` becomes ``new`` in a file; the finding is to be at the line that has ``at``."""

    file: str
    old: str
    new: str
    charts: list[str]
    at: str


def faults() -> Iterator[Any]:
    """All of seeded_faults.yaml, as pytest's parameters."""
    for kind, found in yaml.safe_load((HERE / "seeded_faults.yaml").read_text()).items():
        for number, data in enumerate(found, start=1):
            old = data["old"].splitlines()
            changed = next((row for row in data["new"].splitlines() if row not in old), "")
            fault = Fault(**{"at": changed.strip(), **data})
            yield pytest.param(fault, id=f"{kind} {number}")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what charts are made from."""
    for folder in ("chart-specs", "presets"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    return tmp_path


def lint(root: Path, names: list[str]) -> list[Finding]:
    """What is wrong with charts of a project."""
    found: list[Finding] = []
    try:
        catalog = load_catalog(root)
        compiler, checker = Compiler(catalog, names), Checker(catalog, find_helm())
    except FindingsError as error:
        return merged(error.findings)
    for name in names:
        try:
            found += checker.check(compiler.compile(name))
        except FindingsError as error:
            found += error.findings
    return merged(found)


@pytest.mark.parametrize("fault", list(faults()))
def test_a_fault_is_found_at_its_line(project: Path, fault: Fault) -> None:
    file = project / fault.file
    text = file.read_text()
    assert fault.old in text
    file.write_text(text.replace(fault.old, fault.new, 1))
    lines = [n for n, row in enumerate(file.read_text().splitlines(), 1) if fault.at in row]
    found = lint(project, fault.charts)
    told = "\n".join(map(str, found))
    assert found
    assert len(found) <= 2, told
    assert found[0].location.path == fault.file, told
    assert found[0].location.line in lines, told
