"""``openim-charts lint``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from openim_charts.cli import options
from openim_charts.cli.project import select
from openim_charts.cli.report import Console, chosen, counted, print_findings
from openim_charts.findings import Finding

if TYPE_CHECKING:
    from openim_charts.specs.model import Catalog


@click.command(
    epilog="""\b
    Examples:
      openim-charts lint
      openim-charts lint openim-api openim-push
      openim-charts lint --format github          annotations in a GitHub workflow
      openim-charts lint --select image-paths     one rule alone
      openim-charts lint --base main              versions too: what changed since main?
    """
)
@options.NAMES
@click.option(
    "--base",
    metavar="BASE",
    help="Also compare with BASE (see 'diff'), and refuse a version that is too small a step.",
)
@options.rules
@options.helm
@options.project
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    base: str | None,
    helm: Literal["auto", "command", "embedded"],
    jobs: int | None,
    root: Path,
    console: Console,
) -> int:
    """Compile and check charts; write nothing.

    Every chart, or each NAME, is compiled, linted and rendered by Helm with all its scenarios,
    and checked against the Kubernetes schemas and the project's own rules.
    """
    from openim_charts.cli.inputs import inputs_of
    from openim_charts.cli.specs import load_specs
    from openim_charts.cli.workers import Plan

    catalog = load_specs(root)
    wanted = select(catalog, names)
    before = None
    if base is not None:  # before the charts: a wrong BASE needs no minute of checks
        from openim_charts.diff.api import read_base

        versions = {name: catalog.charts[name].version for name in wanted}
        before = read_base(root, base, versions, others=False)
    outcomes = Plan(inputs_of(root, helm), helm, jobs).run(catalog, wanted)
    findings: list[Finding] = []
    archives: dict[str, bytes] = {}
    with console.progress("checking", len(wanted)) as advance:
        for outcome in outcomes:
            findings += outcome.findings
            if before is not None and not outcome.failed:
                archives[outcome.name] = outcome.archive
            advance(outcome.name)
    if archives and before is not None:
        findings += _versions(before, catalog, dict(sorted(archives.items())), helm, jobs, console)
    failed = print_findings(chosen(findings, ctx.meta), ctx.meta)
    if not failed:
        console.say(f"{counted(len(wanted), 'chart')}: no errors")
    return failed


def _versions(
    before: dict[str, bytes],
    catalog: Catalog,
    archives: dict[str, bytes],
    helm: Literal["auto", "command", "embedded"],
    jobs: int | None,
    console: Console,
) -> list[Finding]:
    """A finding for each chart whose version is too small a step from the base's."""
    from openim_charts.cli.workers import cores
    from openim_charts.diff.api import compare_all, read_presets, version_finding
    from openim_charts.helm.find import find_helm

    presets = read_presets(Path(catalog.root))
    with console.progress("comparing", len(archives)) as advance:
        diffs = compare_all(
            before, archives, catalog, find_helm(helm), presets, jobs or cores(), advance
        )
        found = (version_finding(diff, catalog.charts[diff.name]) for diff in diffs)
        return [finding for finding in found if finding]
