"""``openim-charts validate``"""

from __future__ import annotations

from pathlib import Path

import click

from openim_charts.cli import options
from openim_charts.cli.report import Console, counted, print_findings
from openim_charts.findings import FindingsError


@click.command(
    epilog="""\b
    Examples:
      openim-charts validate
      openim-charts validate --format json | jq '.[].message'
    """
)
@options.project
@click.pass_context
def command(ctx: click.Context, root: Path, console: Console) -> int:
    """Check the specs only.

    Reads everything under chart-specs/ and reports all errors of all files, also those that only
    show when a chart is compiled. Helm is not called, nothing is written.
    """
    from openim_charts.cli.specs import load_specs, mistakes_of_charts

    catalog = load_specs(root)
    if found := mistakes_of_charts(catalog):
        raise FindingsError(found)
    console.say(f"{counted(len(catalog.charts), 'chart')}: all specs are valid")
    return print_findings((), ctx.meta)
