"""``new``, ``explain``, ``graph`` and ``serve``."""

from __future__ import annotations

import os
import shutil
import signal
import urllib.request
from pathlib import Path

import pytest

from generator.charts.api import Compiler
from generator.checks.api import Checker
from generator.cli.draft import draft
from generator.helm.find import find_helm
from generator.specs.api import load_catalog
from generator.specs.model import Catalog
from tests.cli.projects import Cli


def test_a_new_spec_is_valid_and_builds(cli: Cli) -> None:
    result = cli("new", "gamma")
    assert result.code == 0, result.out + result.err
    assert cli("validate").err == "3 charts: all specs are valid\n"
    assert cli("lint", "gamma").code == 0
    assert "# Next, as far as" in cli.spec("gamma").read_text()


def test_new_overwrites_nothing(cli: Cli) -> None:
    cli.spec("alpha").write_text(cli.spec("alpha").read_text() + "# mine\n")
    before = cli.spec("alpha").read_bytes()
    assert cli("new", "alpha").code == 2
    assert cli.spec("alpha").read_bytes() == before


def test_a_draft_of_every_profile_passes_lint(catalog: Catalog, tmp_path: Path, root: Path) -> None:
    for folder in ("chart-specs", "presets"):
        shutil.copytree(root / folder, tmp_path / folder)
    for profile in sorted({chart.data["extends"] for chart in catalog.charts.values()}):
        family = next(c.family for c in catalog.charts.values() if c.data["extends"] == profile)
        name = f"zz-{profile}"
        path = tmp_path / "chart-specs" / family / f"{name}.yaml"
        path.write_text(draft(catalog, name, profile))
    drafted = load_catalog(tmp_path)
    compiler, checker = Compiler(drafted), Checker(drafted, find_helm("auto"))
    drafts = [name for name in drafted.charts if name.startswith("zz-")]
    assert len(drafts) > 3
    found = [found for name in drafts for found in checker.check(compiler.compile(name))]
    # A program that is not there yet: where it is, its image's facts say.
    unknown = [f for f in found if f.rule == "image-programs" and "nobody has looked" in f.message]
    assert all("/zz-" in f.message for f in unknown)
    assert [f for f in found if f not in unknown] == []


def test_explain_names_the_place_that_wins_last(cli: Cli) -> None:
    cli.spec("alpha").write_text(cli.spec("alpha").read_text() + "values:\n  replicaCount: 3\n")
    lines = cli("explain", "alpha", "replicaCount").out.splitlines()
    assert lines[0] == "replicaCount: 3"
    assert lines[2].split()[0] == "feature"
    assert lines[-1].split() == ["spec", "chart-specs/front/alpha.yaml:10:3"]


def test_graph_of_one_chart(cli: Cli) -> None:
    cli.change("alpha", "exposure:", "calls: [beta]\nexposure:")
    result = cli("graph", "alpha")
    assert result.out.startswith("flowchart LR\n")
    assert "  n_alpha --> n_beta\n" in result.out
    assert cli("graph", "--format", "svg").out.startswith("<svg ")


@pytest.mark.parametrize("number", [signal.SIGINT])
def test_serve_until_interrupted(cli: Cli, number: int) -> None:
    cli("build")
    process = cli.start("serve", "--port", "0")
    assert process.stderr
    url = process.stderr.readline().split()[2].rstrip(";")
    with urllib.request.urlopen(f"{url}/index.yaml", timeout=60) as answer:
        assert b"alpha" in answer.read()
    os.kill(process.pid, number)
    process.communicate(timeout=240)
    assert process.returncode == 0
