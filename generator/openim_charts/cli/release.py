"""``openim-charts release``"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from openim_charts.cli import options
from openim_charts.cli.report import Console, counted
from openim_charts.findings import Finding, FindingsError

if TYPE_CHECKING:
    from openim_charts.releases.model import NewLine


@click.group(
    epilog="""\b
    Examples:
      openim-charts release new server v3.8.4 --config ../open-im-server/config
    """
)
def command() -> None:
    """Follow a new release of what the charts run."""


def _complete_line(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return options.complete(ctx, incomplete, lambda layout: layout.line)


_FOLDER = click.Path(path_type=Path)


@command.command(
    epilog="""\b
    Examples:
      openim-charts release new server v3.8.4 --config ../open-im-server/config
      openim-charts release new server v3.8.4 --config new/config --before old/config
      openim-charts release new chat v1.8.5 --config ../chat/config --dry-run --format json
    """
)
@click.argument("product")
@click.argument("version")
@click.option(
    "--config",
    "folder",
    type=_FOLDER,
    required=True,
    metavar="FOLDER",
    help="The release's configuration files: config/ of its sources at the tag.",
)
@click.option(
    "--from",
    "base",
    metavar="LINE",
    shell_complete=_complete_line,
    help="The release line to start from.  [default: the one that charts are of]",
)
@click.option(
    "--before",
    type=_FOLDER,
    metavar="FOLDER",
    help="The configuration files of that line's release, so that what upstream changed is told "
    "from what the line has chosen. Without them chart-specs/imports/ says it.",
)
@click.option("--dry-run", is_flag=True, help="Print what differs; write nothing.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the report is printed.",
)
@options.project_without_format
def new(
    product: str,
    version: str,
    folder: Path,
    base: str | None,
    before: Path | None,
    dry_run: bool,
    style: str,
    root: Path,
    console: Console,
) -> int:
    """Write the release line of a new release.

    The release's configuration files are compared with those of a line that there is, key by key.
    The new line in chart-specs/lines/PRODUCT-VERSION/ keeps all that is known of a key; defaults
    follow the new files. What a person must decide is marked by a comment that starts with
    TODO(release): added keys have no description yet, so 'validate' names them. Nothing is
    overwritten.
    """
    from openim_charts.releases import api
    from openim_charts.specs.api import load_catalog

    catalog = load_catalog(root)
    start = api.base_line(catalog, product, base)
    api.line_name(catalog, product, version)
    unread = api.unread(catalog, start)
    files = api.read_folder(folder, "--config", unread)
    earlier = api.read_folder(before, "--before", unread) if before else None
    line = api.new_line(catalog, start, version, files, earlier)
    if not dry_run:
        api.write_line(root, line)
    findings = [] if dry_run else list(_open(root, line))
    if style == "json":
        click.echo(json.dumps(api.as_data(line, findings), indent=2, ensure_ascii=False))
    else:
        click.echo(api.as_text(line, findings), nl=False)
    place = f"chart-specs/lines/{line.name}"
    written = "not written" if dry_run else "written"
    console.say(f"{place}: {written}, {counted(len(line.marks), 'line')} to decide")
    return 0


def _open(root: Path, line: NewLine) -> Iterable[Finding]:
    """What 'validate' says of the line."""
    from openim_charts.specs.api import load_catalog

    try:
        load_catalog(root)
    except FindingsError as error:
        place = f"chart-specs/lines/{line.name}/"
        return [found for found in error.findings if found.location.path.startswith(place)]
    return []
