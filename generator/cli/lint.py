"""``openim-charts lint``"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from generator.cli import options
from generator.cli.console import Console
from generator.cli.project import select
from generator.cli.report import print_findings
from generator.findings import Finding


@click.command(
    epilog="""\b
    Examples:
      openim-charts lint
      openim-charts lint openim-api openim-push
      openim-charts lint --format github          annotations in a GitHub workflow
    """
)
@options.NAMES
@options.helm
@options.project
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    helm: Literal["auto", "command", "embedded"],
    jobs: int | None,
    root: Path,
    console: Console,
) -> int:
    """Compile and check charts; write nothing.

    Every chart, or each NAME, is compiled, linted and rendered by Helm with all its scenarios,
    and checked against the Kubernetes schemas and the project's own rules.
    """
    from generator.cli.inputs import inputs_of
    from generator.cli.workers import Plan
    from generator.specs.api import load_catalog

    catalog = load_catalog(root)
    wanted = select(catalog, names)
    outcomes = Plan(inputs_of(root, helm), helm, jobs).run(catalog, wanted)
    findings: list[Finding] = []
    with console.progress("checking", len(wanted)) as advance:
        for outcome in outcomes:
            findings += outcome.findings
            advance(outcome.name)
    failed = print_findings(findings, ctx.meta)
    if not failed:
        console.say(f"{len(wanted)} charts: no errors")
    return failed
