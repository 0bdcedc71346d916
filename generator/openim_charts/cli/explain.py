"""``openim-charts explain``"""

from __future__ import annotations

from pathlib import Path

import click

from openim_charts.cli import options
from openim_charts.cli.report import Console


@click.command(
    epilog="""\b
    Examples:
      openim-charts explain openim-rpc-group replicaCount
      openim-charts explain openim-rpc-group config.redis.poolSize
      openim-charts explain openim global.storageClass
      openim-charts explain kubernetes-schema              what a finding means
    """
)
@click.argument("name", shell_complete=options.complete_chart)
@click.argument("key", required=False)
@options.project
def command(name: str, key: str | None, root: Path, console: Console) -> int:  # noqa: ARG001
    """Say where a value's default comes from, or what a finding means.

    KEY is a value of the chart NAME, with dots: its default, and every place that has a say in
    it, from the weakest (the feature that describes it) to the one that wins. Without KEY, NAME is
    that of a finding: what must hold and why, with a wrong and a right example.
    """
    if key is None:
        from openim_charts.checks.api import explained

        click.echo(explained(name), nl=False)
        return 0
    from openim_charts.charts.api import explain
    from openim_charts.specs.api import load_catalog

    found = explain(load_catalog(root), name, key)
    click.echo(f"{found.key}: {found.default or '(no default)'}")
    if found.description:
        click.echo(found.description)
    width = max([24, *(len(source.layer) for source in found.sources)])
    for source in found.sources:
        click.echo(f"  {source.layer:{width}} {source.location}")
    return 0
