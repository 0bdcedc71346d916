"""``openim-charts build``"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from openim_charts.cli import options
from openim_charts.cli.project import refuse_sources
from openim_charts.cli.report import Console, counted, print_findings

if TYPE_CHECKING:
    from openim_charts.repository.local import Written

OUTPUT = "dist/charts"


@click.command(
    epilog="""\b
    Examples:
      openim-charts build
      openim-charts build openim-api openim-push     these anew, the others as they are
      openim-charts build --output /srv/charts --format github
    """
)
@options.NAMES
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help=f"Where the repository goes.  [default: {OUTPUT} in the project]",
)
@click.option("--force", is_flag=True, help="Build and check everything, whatever is known.")
@options.helm
@options.project
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    output: Path | None,
    force: bool,
    helm: Literal["auto", "command", "embedded"],
    jobs: int | None,
    root: Path,
    console: Console,
) -> int:
    """Build the Helm repository in dist/charts/.

    All charts, or each NAME, are compiled, checked and packaged. When anything is wrong, all of
    it is reported and the folder stays as it is; otherwise it changes at once, as a whole. A
    build with nothing changed touches no file.
    """
    from openim_charts.cli.inputs import inputs_of
    from openim_charts.repository.state import is_current, record

    if output is not None:
        refuse_sources("--output", output, root)
    folder = (output or root / OUTPUT).absolute()
    inputs = inputs_of(root, helm)
    state = inputs.state(folder)
    if not (force or names) and is_current(state, inputs.digest, folder):
        console.say(f"{_shown(folder)}: nothing changed")
        return print_findings((), ctx.meta)

    from openim_charts.cli.assemble import assemble, kept_releases
    from openim_charts.cli.project import select
    from openim_charts.cli.specs import load_specs
    from openim_charts.cli.workers import Plan

    catalog = load_specs(root)
    wanted = select(catalog, names)
    outcomes = Plan(inputs, helm, jobs, not force, bundled=True).run(catalog, wanted)
    kept = kept_releases(folder, catalog, wanted)
    with console.progress("building", len(wanted)) as advance:
        written, findings = assemble(folder, catalog, outcomes, kept, advance)
    if not (names or findings):
        record(state, inputs.digest, folder)
    console.say(_summary(folder, written, len(wanted)))
    return print_findings(findings, ctx.meta)


def _summary(folder: Path, written: Written, built: int) -> str:
    if written.unchanged:
        return f"{_shown(folder)}: nothing changed, {counted(built, 'chart')} checked"
    changed, removed = (_charts(names) for names in (written.changed, written.removed))
    gone = f", {removed} removed" if removed else ""
    charts = counted(len(written.index.entries), "chart")
    return f"{_shown(folder)}: {changed} of {charts} changed{gone}"


def _charts(names: Iterable[str]) -> int:
    return sum(name.endswith(".tgz") and "/" not in name for name in names)


def _shown(folder: Path) -> str:
    """The folder as a person standing here would write it."""
    try:
        return str(folder.relative_to(Path.cwd()))
    except (ValueError, FileNotFoundError):  # it is elsewhere, or this folder is gone
        return str(folder)
