"""Adding a module is adding one YAML file."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from openim_charts.charts.api import Compiler
from openim_charts.specs.api import load_catalog

ROOT = Path(__file__).parents[2]
SPEC = """\
extends: openim-rpc
name: openim-rpc-poll
version: 0.1.0
description: Polls in groups.
ports: {rpc: 10340, metrics: 12340}
config: [openim-rpc-group, redis, mongodb]
uses: [redis, mongodb]
calls: [openim-rpc-group]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's specs, and beside them one file more."""
    shutil.copytree(ROOT / "chart-specs", tmp_path / "chart-specs")
    if (ROOT / "presets").is_dir():
        shutil.copytree(ROOT / "presets", tmp_path / "presets")
    (tmp_path / "chart-specs" / "server" / "openim-rpc-poll.yaml").write_text(SPEC)
    return tmp_path


def test_one_file_makes_a_chart_and_its_place_in_the_system(project: Path) -> None:
    catalog = load_catalog(project)
    compiler = Compiler(catalog)
    chart = compiler.compile("openim-rpc-poll")
    templates = {path for path in chart.files if path.startswith("templates/")}
    assert {"templates/deployment.yaml", "templates/networkpolicy.yaml"} <= templates
    policy = chart.files["templates/networkpolicy.yaml"].decode()
    assert "openim-rpc-group" in policy
    for umbrella in ("openim", "openim-server"):
        held = compiler.compile(umbrella)
        assert "charts/openim-rpc-poll/templates/deployment.yaml" in held.files
        assert held.values["openim-rpc-poll"] == {"enabled": True}
    callee = compiler.compile("openim-rpc-group").files["templates/_network-policy.tpl"].decode()
    ingress = callee.partition(".networkPolicyIngress")[2]
    assert "openim-rpc-poll" in ingress, "the other end of the call is closed"


def test_the_readme_shows_the_real_spec() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.search(r"    # (chart-specs/\S+)\n((?:    .*\n)+)", readme)
    assert shown is not None
    real = yaml.safe_load((ROOT / shown[1]).read_text("utf-8"))
    example = yaml.safe_load(shown[2])
    assert example == {key: real[key] for key in example}
