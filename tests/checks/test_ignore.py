"""Findings that are not asked for, and rules that a spec may break for a reason."""

from __future__ import annotations

import pytest

from tests.cli.projects import Cli, make_project
from tests.conftest import ROOT


@pytest.fixture
def cli(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """A project whose chart alpha has a Service that selects no pod, in a template of its own."""
    cli = make_project(ROOT, tmp_path_factory.mktemp("project"))
    folder = cli.specs / "front" / "alpha" / "templates"
    folder.mkdir(parents=True)
    (folder / "job.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata:\n"
        '  name: {{ include "[[ prefix ]].fullname" . }}-x\n'
        "spec:\n  selector: {app: nobody}\n  ports: [{name: http, port: 80}]\n"
    )
    return cli


def rules(cli: Cli, *arguments: str) -> tuple[int, set[str]]:
    """The exit code of lint, and the rules that it names."""
    result = cli("lint", "alpha", "--quiet", *arguments)
    lines = [line for line in result.out.splitlines() if line.startswith("chart-specs/")]
    return result.code, {line.split(": ")[1] for line in lines}


def test_only_findings_that_are_asked_for_count(cli: Cli) -> None:
    code, every = rules(cli)
    assert code == 1
    assert len(every) > 1
    one, *others = sorted(every)
    assert rules(cli, "--select", one) == (1, {one})
    assert rules(cli, "--ignore", one) == (1, set(others))
    assert rules(cli, "--ignore", ",".join(every)) == (0, set())
    assert rules(cli, "--ignore", one, "--ignore", ",".join(others)) == (0, set())


def test_a_name_that_no_finding_has_is_refused(cli: Cli) -> None:
    result = cli("lint", "--select", "image-pahts")
    assert result.code == 2
    assert "no finding is called 'image-pahts'; did you mean 'image-paths'?" in result.err


def test_a_spec_may_break_a_rule_for_a_reason(cli: Cli) -> None:
    _, every = rules(cli)
    spec = cli.spec("alpha")
    text = spec.read_text()
    reasons = "".join(f"  - {{rule: {name}, because: It is a test.}}\n" for name in every)
    spec.write_text(f"{text}ignore:\n{reasons}")
    assert rules(cli) == (0, set())


def test_an_ignore_that_does_nothing_is_told(cli: Cli) -> None:
    spec = cli.spec("beta")
    text = spec.read_text()
    line = len(text.splitlines()) + 2
    for name, said in (
        ("image-paths", "unused-ignore: the chart breaks no rule 'image-paths'; remove it"),
        ("image-path", "unknown-rule: unknown rule 'image-path' in ignore; did you mean"),
    ):
        spec.write_text(f"{text}ignore:\n  - {{rule: {name}, because: A test.}}\n")
        result = cli("lint", "beta", "--quiet")
        assert result.code == 1
        assert result.out.startswith(f"chart-specs/front/beta.yaml:{line}:5: {said}")


def test_a_reason_is_asked_for(cli: Cli) -> None:
    spec = cli.spec("alpha")
    spec.write_text(spec.read_text() + "ignore: [{rule: image-paths}]\n")
    result = cli("validate", "--quiet")
    assert "missing-key: 'ignore[0]' lacks the key 'because'" in result.out
