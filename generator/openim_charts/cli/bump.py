"""``openim-charts bump``"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from openim_charts.cli import options
from openim_charts.cli.report import Console, counted
from openim_charts.findings import UserError

if TYPE_CHECKING:
    from openim_charts.diff.api import ChartDiff


@click.command(
    epilog="""\b
    Examples:
      openim-charts bump main                  every chart that changed since main
      openim-charts bump main openim-api       one, and the umbrella charts are left as they are
    """
)
@click.argument("base", metavar="BASE")
@options.NAMES
@options.helm
@options.project_without_format
def command(
    base: str,
    names: tuple[str, ...],
    helm: Literal["auto", "command", "embedded"],
    jobs: int | None,
    root: Path,
    console: Console,
) -> int:
    """Write the versions that changes ask for into the specs.

    Where a chart differs from BASE (see 'diff') by more than its version says, the smallest honest
    version and 'changes', for Artifact Hub, are written into its spec. Read the entries, and say
    there what matters to users. A second run changes nothing.
    """
    from openim_charts.cli.comparison import compared
    from openim_charts.diff.api import right_version

    written = 0
    before = None
    while True:  # an umbrella follows its parts
        found = compared(root, base, names, helm, jobs, console, before)
        before = found.base
        short = [diff for diff in found.diffs if right_version(diff)]
        if not short:
            break
        charts = found.catalog.charts
        _write(root, [(diff, charts[diff.name].location.path) for diff in short], console)
        written += len(short)
    console.say(f"{counted(written, 'spec')} written")
    return 0


def _write(root: Path, diffs: Sequence[tuple[ChartDiff, str]], console: Console) -> None:
    from openim_charts.diff.api import bumped, right_version
    from openim_charts.repository.files import replace_file

    texts: dict[str, str] = {}
    for diff, path in diffs:
        try:
            texts[path] = bumped((root / path).read_text("utf-8"), diff)
        except ValueError as error:
            raise UserError(
                f"{path}: {error}; write it there, and nothing else was changed"
            ) from None
    for (diff, path), text in zip(diffs, texts.values(), strict=True):
        replace_file(root / path, text.encode())
        console.say(f"{path}: {diff.head} becomes {right_version(diff)}")
