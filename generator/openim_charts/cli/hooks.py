"""``openim-charts hooks``"""

from __future__ import annotations

from pathlib import Path

import click

from openim_charts.cli import options
from openim_charts.cli.report import Console


@click.command(
    epilog="""\b
    Examples:
      openim-charts hooks
    """
)
@options.project
def command(root: Path, console: Console) -> int:  # noqa: ARG001
    """List the hooks of templates, and what writes into them.

    A feature, or the folder beside a spec, writes into the hook NAME by the file hooks/NAME.yaml,
    or hooks/NAME.tpl where the text is no YAML.
    """
    from openim_charts.charts.api import hooks
    from openim_charts.specs.api import load_catalog

    for hook in hooks(load_catalog(root)):
        click.echo(f"{hook.name:26}{hook.description}")
        for place in hook.asked:
            click.echo(f"  in {place.path}:{place.line}")
        for source in hook.filled:
            click.echo(f"  from {source}")
    return 0
