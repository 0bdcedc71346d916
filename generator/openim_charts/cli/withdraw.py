"""``openim-charts withdraw``"""

from __future__ import annotations

from pathlib import Path

import click

from openim_charts.cli import options
from openim_charts.cli.publish import TO, URL
from openim_charts.cli.report import Console


@click.command(
    epilog="""\b
    Examples:
      openim-charts withdraw my-chart 1.2.0 --to ../gh-pages --reason "loses messages; take 1.2.1"
    """
)
@click.argument("name", shell_complete=options.complete_chart)
@click.argument("version")
@click.option("--reason", required=True, metavar="TEXT", help="Why nobody should use it.")
@TO
@URL
@options.project_without_format
def command(
    name: str, version: str, reason: str, to: str, url: str | None, root: Path, console: Console
) -> int:
    """Mark a published version as one that nobody should use.

    The index and the page say that it is deprecated, and why. The archive stays, because someone
    may run it.
    """
    from openim_charts.cli.site import site_of
    from openim_charts.repository.api import withdraw
    from openim_charts.specs.api import load_catalog

    catalog = load_catalog(root)
    site = site_of(catalog, catalog.repository.url if url is None else url)
    withdraw(to, name, version, reason, extras=site)
    console.say(f"{to}: {name} {version} is withdrawn")
    return 0
