"""``new``, ``explain``, ``render``, ``graph`` and ``serve``."""

from __future__ import annotations

import os
import shutil
import signal
import urllib.request
from pathlib import Path

import pytest

from openim_charts.charts.api import Compiler
from openim_charts.checks.api import Checker
from openim_charts.cli.draft import draft
from openim_charts.helm.find import find_helm
from openim_charts.specs.api import load_catalog
from openim_charts.specs.model import Catalog
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
    # What no draft can know: a program that its image's facts name, and files that have its ports.
    unknown = [f for f in found if f.rule == "image-programs" and "nobody has looked" in f.message]
    assert all("/zz-" in f.message for f in unknown)
    ports = [f for f in found if f.rule == "module-ports"]
    assert all("/zz-" in f.location.path and f.location.line > 1 for f in ports)
    assert [f for f in found if f not in (*unknown, *ports)] == []


def test_explain_names_the_place_that_wins_last(cli: Cli) -> None:
    cli.spec("alpha").write_text(cli.spec("alpha").read_text() + "values:\n  replicaCount: 3\n")
    lines = cli("explain", "alpha", "replicaCount").out.splitlines()
    assert lines[0] == "replicaCount: 3"
    assert lines[2].split()[0] == "feature"
    assert lines[-1].split() == ["spec", "chart-specs/front/alpha.yaml:10:3"]


def test_explain_says_what_a_rule_demands(cli: Cli) -> None:
    result = cli("explain", "kubernetes-schema")
    assert result.code == 0
    assert result.out.startswith("kubernetes-schema (error)\nEvery object satisfies")


def test_render_prints_the_manifests_of_a_chart(cli: Cli, tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("replicaCount: 4\n")
    result = cli("render", "alpha", "--values", str(values), "--show", "deployment")
    assert result.code == 0, result.err
    assert result.out.startswith(
        "---\n# Source: alpha/templates/deployment.yaml\napiVersion: apps/v1"
    )
    assert "\n  replicas: 4\n" in result.out
    assert "kind: Service\n" not in result.out
    assert "kind: Service\n" in cli("render", "alpha").out


def test_render_says_which_line_wrote_each_line(cli: Cli) -> None:
    lines = cli("render", "alpha", "--origins", "--show", "deployment").out.splitlines()
    rows = [line.split(" | ", 1) for line in lines[2:]]
    origin = next(place.strip() for place, text in rows if text.strip() == "kind: Deployment")
    assert origin == "chart-specs/features/workload/templates/deployment.yaml:2"
    replicas = next(place.strip() for place, text in rows if text.strip() == "replicas: 1")
    file, _, number = replicas.rpartition(":")
    source = (Path(__file__).parents[2] / file).read_text().splitlines()[int(number) - 1]
    assert source.strip() == "replicas: {{ .Values.replicaCount }}"


def test_render_refuses_what_the_chart_refuses(cli: Cli, tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("\nreplicaCount: many\n")
    result = cli("render", "alpha", "--values", str(values))
    assert result.code == 1
    assert f"{values}:2:15: wrong-type: 'replicaCount' must be a whole number" in result.out


def test_features_say_what_they_need_and_give(cli: Cli) -> None:
    listed = cli("features").out
    assert "\nworkload " in listed
    lines = [line.split(None, 1) for line in cli("features", "workload").out.splitlines()]
    facts = dict(lines[1:])
    assert facts["requires"] == "naming, pod"
    assert "replicaCount" in facts["values"].split(", ")
    assert facts["templates"] == "deployment.yaml"
    assert facts["charts"] == "alpha, beta"


def test_hooks_say_where_they_are_and_what_writes_into_them(cli: Cli) -> None:
    blocks = cli("hooks").out.split("\n  ")
    text = cli("hooks").out
    (place,) = [b for b in blocks if b.startswith("in chart-specs/features/service/templates/")]
    file, _, line = place.split()[1].rpartition(":")
    root = Path(__file__).parents[2]
    assert "hook(" in (root / file).read_text().splitlines()[int(line) - 1]
    assert "  from chart-specs/features/files/hooks/container.volumeMounts.yaml\n" in text


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


def test_validate_reads_what_changed(cli: Cli) -> None:
    first, again = cli("validate"), cli("validate")
    assert (first.code, first.err) == (again.code, again.err) == (0, first.err)
    cli.change("alpha", "version:", "vresion:")
    assert cli("validate").code == 1
    assert cli("validate").code == 1
    cli.change("alpha", "vresion:", "version:")
    assert cli("validate").code == 0
