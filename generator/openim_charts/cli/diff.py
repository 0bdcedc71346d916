"""``openim-charts diff``"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from openim_charts.cli import options
from openim_charts.cli.report import Console, as_github
from openim_charts.findings import UserError

if TYPE_CHECKING:
    from openim_charts.diff.api import ChartDiff
    from openim_charts.specs.model import Catalog


@click.command(
    epilog="""\b
    Examples:
      openim-charts diff main                        since this branch left main
      openim-charts diff https://openimsdk.github.io/openim-charts
      openim-charts diff main --format markdown      a summary for a pull request
      openim-charts diff main --changes openim-api   entries for the spec
    """
)
@click.argument("base", metavar="BASE")
@options.NAMES
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "markdown", "json", "github"]),
    default="text",
    show_default=True,
    help="How it is printed; github annotates the specs' lines.",
)
@click.option("--changes", is_flag=True, help="Print 'changes' entries for the specs instead.")
@click.option("--changelog", is_flag=True, help="Print lines for CHANGELOG.md instead.")
@options.helm
@options.project_without_format
def command(
    base: str,
    names: tuple[str, ...],
    style: str,
    changes: bool,
    changelog: bool,
    helm: Literal["auto", "command", "embedded"],
    jobs: int | None,
    root: Path,
    console: Console,
) -> int:
    """Say what changed for users, and which version step that needs.

    BASE is a Git revision, whose charts its own generator compiles, the URL or folder of a
    published repository, or a folder with archives. docs/versioning.md has the table of changes.
    """
    from openim_charts.cli.comparison import compared

    if changes and changelog:
        raise UserError("--changes and --changelog print different things: give one of them")
    found = compared(root, base, names, helm, jobs, console)
    diffs = [*found.diffs, *([] if names else _removed(found.base, found.catalog))]
    click.echo(_printed(diffs, found.catalog, style, changes, changelog), nl=False)
    return 0


def _removed(before: Mapping[str, bytes], catalog: Catalog) -> list[ChartDiff]:
    from openim_charts.diff.api import ChartDiff
    from openim_charts.diff.packed import PackedChart

    gone = sorted(before.keys() - catalog.charts.keys())
    return [ChartDiff(name, PackedChart.of(before[name]).version, "") for name in gone]


def _printed(
    diffs: Sequence[ChartDiff], catalog: Catalog, style: str, changes: bool, changelog: bool
) -> str:
    from openim_charts.diff import api

    if changes:
        return api.artifact_hub_changes(list(diffs))
    if changelog:
        return api.changelog_lines(list(diffs))
    if style != "github":
        return api.REPORTS[style](diffs)
    known = [(diff, catalog.charts[diff.name]) for diff in diffs if diff.name in catalog.charts]
    wrong = [finding for pair in known if (finding := api.version_finding(*pair))]
    return as_github([*wrong, *api.breaking_findings(known, api.causes(catalog))])
