"""``openim-charts features``"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openim_charts.cli import options
from openim_charts.cli.report import Console
from openim_charts.findings import UserError

if TYPE_CHECKING:
    from openim_charts.charts.api import FeatureFacts


@click.command(
    epilog="""\b
    Examples:
      openim-charts features               all of them, in the order in which charts apply them
      openim-charts features persistence   what one requires, and what it gives to a chart
    """
)
@click.argument("name", required=False)
@options.project
def command(name: str | None, root: Path, console: Console) -> int:  # noqa: ARG001
    """List the features that charts are made of.

    With NAME, what that feature requires, and the values, templates, named templates and hooks that
    it gives to a chart.
    """
    from openim_charts.charts.api import feature_facts
    from openim_charts.specs.api import load_catalog
    from openim_charts.specs.suggest import hint

    found = {facts.name: facts for facts in feature_facts(load_catalog(root))}
    if name is None:
        width = max(map(len, found))
        for facts in found.values():
            click.echo(f"{facts.name:{width}}  {facts.description}")
        return 0
    if name not in found:
        raise UserError(f"there is no feature '{name}'{hint(name, found)}")
    _show(found[name])
    return 0


def _show(facts: FeatureFacts) -> None:
    click.echo(f"{facts.name}: {facts.description}")
    rows = {
        "where": [facts.when] if facts.when else [],
        "requires": [" or ".join(choices) for choices in facts.requires],
        "values": facts.values,
        "templates": facts.templates,
        "writes into": facts.fills,
        "charts": facts.charts,
    }
    for title, names in rows.items():
        if names:
            click.echo(f"  {title:12}{', '.join(names)}")
    _describe("named templates", facts.named)
    _describe("hooks", facts.hooks)


def _describe(title: str, texts: Mapping[str, str]) -> None:
    if texts:
        click.echo(f"  {title}")
    for name, text in texts.items():
        click.echo(f"    {name:24}{text}")
