"""``openim-charts validate``"""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli import options
from generator.cli.console import Console


@click.command(
    epilog="""\b
    Examples:
      openim-charts validate
      openim-charts validate --format json | jq '.[].message'
    """
)
@options.project
def command(root: Path, console: Console) -> int:
    """Check the specs only.

    Reads everything under chart-specs/ and reports all errors of all files. Nothing is compiled
    or written.
    """
    from generator.specs.api import load_catalog

    catalog = load_catalog(root)
    console.say(f"{len(catalog.charts)} charts: all specs are valid")
    return 0
