"""Adding a module is adding its spec, and the configuration file that the module alone reads."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from openim_charts.charts.api import Chart, Compiler
from openim_charts.docs.api import documents
from openim_charts.specs.api import load_catalog
from tests.checks.test_seeded_faults import lint
from tests.cli.projects import Cli
from tests.product.charts.test_manifests import manifests

ROOT = Path(__file__).parents[2]
NAME = "openim-rpc-poll"
SPEC = f"""\
extends: openim-rpc
name: {NAME}
version: 0.1.0
description: Polls in groups.
binary: openim-rpc-group
ports: {{rpc: 10340, metrics: 12340}}
config: [{NAME}, redis, mongodb]
uses: [redis, mongodb]
calls: [openim-rpc-group]
changes:
  - {{kind: added, description: First release of the chart.}}
"""
CONFIG = f"""\
filename: {NAME}.yml
description: The module for polls.
properties:
  rpc:
    type: object
    description: gRPC server of the module.
    properties:
      ports:
        type: array
        items: {{type: integer}}
        description: Port of the gRPC server.
        bind: {{port: rpc}}
  prometheus:
    type: object
    description: Prometheus metrics of the module.
    properties:
      ports:
        type: array
        items: {{type: integer}}
        description: Port that serves Prometheus metrics.
        bind: {{port: metrics}}
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project's own files, without its tests and charts."""
    for folder in ("chart-specs", "presets", "docs", "schemas"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "LICENSE", tmp_path)
    return tmp_path


def specs_of(project: Path) -> tuple[Path, Path]:
    """Where the new module's spec and its configuration file are."""
    specs = project / "chart-specs"
    line = load_catalog(ROOT).charts["openim-rpc-group"].line
    assert line
    (folder,) = specs.glob(f"lines/{line.name}/config")
    return specs / "server" / f"{NAME}.yaml", folder / f"{NAME}.yaml"


@pytest.fixture
def project(copy: Path) -> Path:
    """The copy with the new module."""
    spec, config = specs_of(copy)
    spec.write_text(SPEC)
    config.write_text(CONFIG)
    return copy


def rules_of(chart: Chart, direction: str) -> str:
    """The text of the rules of a chart's NetworkPolicy, for Ingress or Egress."""
    text = chart.files["templates/_network-policy.tpl"].decode()
    return text.partition(f'.networkPolicy{direction}" -}}}}')[2].partition("{{- define ")[0]


def test_one_file_makes_a_chart_and_its_place_in_the_system(project: Path) -> None:
    catalog = load_catalog(project)
    compiler = Compiler(catalog)
    chart = compiler.compile(NAME)
    templates = {path for path in chart.files if path.startswith("templates/")}
    assert {"templates/deployment.yaml", "templates/networkpolicy.yaml"} <= templates
    assert '"openim-rpc-group"' in rules_of(chart, "Egress")
    for umbrella in ("openim", "openim-server"):
        held = compiler.compile(umbrella)
        assert f"charts/{NAME}/templates/deployment.yaml" in held.files
        assert held.values[NAME] == {"enabled": True}
    ingress = rules_of(compiler.compile("openim-rpc-group"), "Ingress")
    assert NAME in ingress, "the other end of the call is closed"


def test_nothing_else_is_edited_by_hand(project: Path) -> None:
    """The commands of a contributor's day succeed, and write all that changes beside the specs."""
    cli = Cli(ROOT, project)
    assert cli("validate").code == 0
    built = cli("build", NAME)  # with everything that lint checks
    assert (built.code, built.out) == (0, "")
    made = documents(project)
    assert NAME in made["schemas/openim.schema.json"]
    assert "PollDown" in made["docs/alerts.md"]
    catalog = load_catalog(project)
    golden = manifests(Compiler(catalog).compile(NAME), catalog)
    assert {"default.yaml", "autoscaled.diff"} <= golden.keys()


def test_what_a_spec_lacks_is_named_at_once(copy: Path) -> None:
    spec, _ = specs_of(copy)
    text = f"extends: openim-rpc\nname: {NAME}\nconfig: [{NAME}]\nuses: [redsi]\ncalls: [grup]\n"
    spec.write_text(text)
    rules = {finding.rule for finding in lint(copy, [NAME])}
    assert rules == {"missing-key", "unknown-dependency", "unknown-chart"}
    spec.write_text(f"{text}version: 1.0.0\ndescription: Polls.\n")
    found = lint(copy, [NAME])
    assert {"unknown-config-file", "unknown-port"} <= {finding.rule for finding in found}


def test_what_a_module_lacks_is_named_at_once(copy: Path) -> None:
    spec, config = specs_of(copy)
    text = SPEC.replace("binary: openim-rpc-group\n", "")
    spec.write_text(text.replace("rpc: 10340", "rpc: 10260, web: 10350"))
    config.write_text(CONFIG)
    program, taken, unread = sorted(lint(copy, [NAME]), key=lambda finding: finding.location)
    assert (
        f"{NAME}, and nobody has looked whether the image openim-server has it" in program.message
    )
    assert taken.message.startswith("10260 is the port 'rpc' of openim-rpc-group already; ")
    assert unread.message.startswith(
        "no configuration file of the chart has a key for the port 'web'"
    )
    assert {taken.rule, unread.rule} == {"module-ports"}
    assert {taken.location.line, unread.location.line} == {5}


def test_a_key_moves_the_ports_of_one_module(copy: Path) -> None:
    spec, _ = specs_of(copy)
    spec.write_text(SPEC.replace(f"config: [{NAME}, ", "config: [openim-rpc-group, "))
    found = lint(copy, [NAME])
    assert {finding.rule for finding in found} == {"module-ports"}
    said = "the key server.openim-rpc-group.rpc.ports sets the port 'rpc' of openim-rpc-group too; "
    assert any(finding.message.startswith(said) for finding in found)


def test_the_readme_shows_the_real_spec() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.search(r"    # (chart-specs/\S+)\n((?:    .*\n)+)", readme)
    assert shown is not None
    real = yaml.safe_load((ROOT / shown[1]).read_text("utf-8"))
    example = yaml.safe_load(shown[2])
    assert example == {key: real[key] for key in example}
