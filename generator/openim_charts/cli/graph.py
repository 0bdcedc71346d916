"""``openim-charts graph``"""

from __future__ import annotations

from pathlib import Path

import click

from openim_charts.cli import options
from openim_charts.cli.project import select


@click.command(
    epilog="""\b
    Examples:
      openim-charts graph                           Mermaid text of the whole system
      openim-charts graph --format svg > system.svg
      openim-charts graph openim-push               what one chart calls and uses, and its callers
    """
)
@click.argument("name", required=False, shell_complete=options.complete_chart)
@click.option(
    "--format",
    "picture",
    type=click.Choice(["mermaid", "svg"]),
    default="mermaid",
    show_default=True,
    help="Mermaid text, or a picture.",
)
@options.project_without_format
def command(name: str | None, picture: str, root: Path, console: object) -> int:  # noqa: ARG001
    """Draw which charts call and use one another.

    Solid lines are calls between charts, coloured or dotted lines lead to the middleware that
    they use. With NAME, only that chart and what is joined to it.
    """
    from openim_charts.graph.api import mermaid, neighbourhood, svg, system_graph
    from openim_charts.specs.api import load_catalog

    catalog = load_catalog(root)
    graph = system_graph(catalog)
    if name:
        graph = neighbourhood(graph, *select(catalog, [name]))
    title = f"{name or catalog.repository.name}: calls and uses"
    click.echo(svg(graph, title) if picture == "svg" else mermaid(graph), nl=False)
    return 0
