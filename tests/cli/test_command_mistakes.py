"""What users do wrong: one clear message, the right exit code, no traceback."""

from __future__ import annotations

import json
import re

import pytest

from openim_charts.cli.report import as_github, as_text
from openim_charts.findings import Finding, Location
from tests.cli.projects import Cli


def test_valid_specs(cli: Cli) -> None:
    result = cli("validate")
    assert (result.code, result.out) == (0, "")
    assert result.err == "2 charts: all specs are valid\n"


def test_all_mistakes_of_all_files_have_places(cli: Cli) -> None:
    cli.change("alpha", "version: 1.0.0", "version: one")
    cli.change("beta", "exposure:", "exposre:")
    result = cli("validate")
    places = re.findall(r"^chart-specs/front/(\w+)\.yaml:(\d+):\d+: ", result.out, re.MULTILINE)
    assert set(places) == {("alpha", "3"), ("beta", "8")}
    assert result.code == 1
    assert result.err.endswith(" errors\n")


def test_mistakes_that_show_when_a_chart_is_made_come_together_too(cli: Cli) -> None:
    for name in ("alpha", "beta"):
        folder = cli.spec(name).with_suffix("")
        (folder / "templates").mkdir(parents=True)
        (folder / "values.yaml").write_text('a: {type: "[[ chart.name ]]", description: A.}\n')
    (cli.spec("beta").with_suffix("") / "values.yaml").unlink()
    (cli.spec("beta").with_suffix("") / "templates/a.yaml").write_text("[[ nobody ]]\n")
    result = cli("validate")
    assert re.findall(r"^chart-specs/front/(\S+): ", result.out, re.MULTILINE) == [
        "alpha/values.yaml:1:11",
        "beta/templates/a.yaml:1:1",
    ]
    assert result.code == 1


def test_values_that_the_charts_schema_refuses_are_told_where_they_are_written(cli: Cli) -> None:
    cli.change("alpha", "exposure:", "values: {replicaCount: two, affinity: {nod: 1}}\nexposure:")
    cli.change("beta", "exposure:", "presets: [small]\nexposure:")
    (cli.folder / "presets").mkdir()
    (cli.folder / "presets/small.yaml").write_text("# small\nreplicaCont: 1\n")
    folder = cli.spec("beta").with_suffix("")
    folder.mkdir()
    (folder / "ci.yaml").write_text("large:\n  replicaCount: many\nsmall: {}\n")
    said = [
        "chart-specs/front/alpha.yaml:8:10: values-schema: 'replicaCount' must be a whole number, "
        "not text",
        "chart-specs/front/alpha.yaml:8:40: values-schema: unknown key 'nod' in 'affinity'; "
        "known: nodeAffinity, podAffinity, podAntiAffinity",
        "chart-specs/front/beta/ci.yaml:2:17: values-schema: 'replicaCount' must be a whole "
        "number, not text",
        "presets/small.yaml:2:1: values-schema: unknown key 'replicaCont'; did you mean "
        "'replicaCount'?",
    ]
    assert cli("validate").out.splitlines() == said
    assert cli("lint").out.splitlines() == said


def test_mistakes_of_both_kinds_come_together(cli: Cli) -> None:
    """Those in a spec, and those that show when the charts that are right are made."""
    cli.change("alpha", "version: 1.0.0", "version: one")
    cli.change("beta", "exposure:", "calls: [alpha]\nvalues: {replicaCont: 1}\nexposure:")
    folder = cli.spec("beta").with_suffix("")
    folder.mkdir()
    (folder / "notes.txt").write_text("[[ nobody ]]\n")
    for command in ("validate", "lint", "build"):
        result = cli(command)
        assert re.findall(r"^chart-specs/front/(\S+): (\S+):", result.out, re.MULTILINE) == [
            ("alpha.yaml:3:10", "version-is-semver"),
            ("beta.yaml:9:10", "unknown-value"),
            ("beta/notes.txt:1:1", "feature-template"),
        ]
        assert result.code == 1


def test_json(cli: Cli) -> None:
    cli.change("alpha", "version: 1.0.0", "version: one")
    result = cli("validate", "--format", "json")
    (finding,) = json.loads(result.out)
    assert finding["path"] == "chart-specs/front/alpha.yaml"
    assert (finding["line"], finding["severity"]) == (3, "error")
    assert "SemVer" in finding["message"]


def test_github(cli: Cli) -> None:
    cli.change("alpha", "version: 1.0.0", "version: one")
    out = cli("validate", "--format", "github").out
    assert out.startswith("::error file=chart-specs/front/alpha.yaml,line=3,col=10,title=")


def test_github_escapes_what_would_end_a_command() -> None:
    finding = Finding(Location("a,b:c.yaml", 1, 2), "rule", "50 % of\na, b: c")
    expected = "::error file=a%2Cb%3Ac.yaml,line=1,col=2,title=rule::50 %25 of%0Aa, b: c\n"
    assert as_github([finding]) == expected


def test_text_does_not_steer_the_terminal() -> None:
    shown = as_text([Finding(Location("a.yaml"), "rule", "evil\x1b]0;title\x07\nline")])
    assert "\x07" not in shown
    assert "\x1b]" not in shown
    assert shown.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["buid"], "Did you mean 'build'?"),
        (["build", "alpa"], "there is no chart 'alpa'; did you mean 'alpha'?"),
        (["build", "--jobs", "0"], "0 is not in the range"),
        (["lint", "--helm", "tiller"], "'tiller' is not one of"),
        (["validate", "--format", "xml"], "'xml' is not one of"),
        (["validate", "--root", "nowhere"], "there is no folder chart-specs/"),
        (["graph", "gamma"], "there is no chart 'gamma'"),
        (["explain", "alpha", "replicaCoun"], "did you mean 'replicaCount'?"),
        (["explain", "kubernetes-shema"], "did you mean 'kubernetes-schema'?"),
        (["features", "workloads"], "there is no feature 'workloads'; did you mean 'workload'?"),
        (["render", "gamma"], "there is no chart 'gamma'"),
        (["render", "alpha", "--values", "none.yaml"], "no file none.yaml; those of alpha: ci/"),
        (
            ["render", "alpha", "--show", "cronjob"],
            "renders nothing from a template called 'cronjob'",
        ),
        (["new", "../evil"], "cannot be a chart's name"),
        (["new", "global"], "cannot be a chart's name"),
        (["new", "gamma", "--profile", "frnt"], "did you mean 'front'?"),
        (["new", "alpha"], "exists already"),
        (["new", "front"], "is the name of a family"),
        (["serve"], "build the charts first"),
        (["serve", "--directory", "."], "holds no index.yaml: build the charts first"),
        (["lint", "--base", "mian"], "'mian' is no repository"),
        (["lint", "--base", ""], "'' is no repository"),
        (["diff", "main", "--changes", "--changelog"], "give one of them"),
        (["diff", "ftp://a/b"], "only addresses with http:// and https://"),
        (["images", "--mirror", "a.example"], "give --bundle FOLDER"),
        (["images", "--bundle", "new", "--mirror", "https://a.example"], "without https://"),
        (["images", "--bundle", "chart-specs"], "there is something there already"),
        (["completion", "tcsh"], "'tcsh' is not one of"),
    ],
)
def test_wrong_calls(cli: Cli, arguments: list[str], message: str) -> None:
    result = cli(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert message in result.err


def test_outside_a_project(cli: Cli) -> None:
    cli.specs.rename(cli.folder / "elsewhere")
    result = cli("validate")
    assert result.code == 2
    assert result.err.startswith("error: there is no chart-specs/ in ")


def test_below_the_project(cli: Cli) -> None:
    deep = Cli(cli.root, cli.specs / "front")
    assert deep("validate").code == 0


def test_without_a_helm(cli: Cli) -> None:
    result = cli("lint", "--helm", "command", environment={"HELM": "no-such-helm"})
    assert result.code == 2
    assert "there is no Helm: no-such-helm is not on PATH" in result.err


def test_colour_only_where_it_is_wanted() -> None:
    finding = Finding(Location("a.yaml"), "rule", "message")
    assert "\x1b[" in as_text([finding])  # click takes it away where nobody watches


def test_a_defect_is_one_line_and_a_traceback_only_with_debug(cli: Cli) -> None:
    broken = {"PYTHONPATH": f"{cli.folder}:{cli.root / 'generator'}"}
    (cli.folder / "requests.py").write_text("")
    (cli.folder / "jsonschema_rs.py").write_text("1 / 0\n")
    result = cli("validate", environment=broken)
    assert result.code == 2
    assert "a defect in openim-charts" in result.err
    assert result.err.count("\n") == 1
    shown = cli.start("--debug", "validate", environment=broken).communicate()[1]
    assert "ZeroDivisionError" in shown
    assert "Traceback" in shown
