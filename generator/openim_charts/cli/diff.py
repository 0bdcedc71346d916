"""``openim-charts diff``"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from openim_charts.cli import options
from openim_charts.cli.project import select
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
    from openim_charts.charts.api import compile_chart
    from openim_charts.cli.workers import cores
    from openim_charts.diff.api import compare_all, read_base, read_presets
    from openim_charts.helm.find import find_helm
    from openim_charts.packaging.api import package
    from openim_charts.specs.api import load_catalog

    if changes and changelog:
        raise UserError("--changes and --changelog print different things: give one of them")
    catalog = load_catalog(root)
    wanted = select(catalog, names)
    engine = find_helm(helm)
    before = read_base(root, base, {name: catalog.charts[name].version for name in wanted})
    after = {n: package(compile_chart(catalog, n), catalog.source_date) for n in wanted}
    with console.progress("comparing", len(after)) as advance:
        presets = read_presets(root)
        found = compare_all(before, after, catalog, engine, presets, jobs or cores(), advance)
        diffs = [*found, *([] if names else _removed(before, catalog))]
    click.echo(_printed(diffs, catalog, style, changes, changelog), nl=False)
    return 0


def _removed(before: dict[str, bytes], catalog: Catalog) -> list[ChartDiff]:
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
