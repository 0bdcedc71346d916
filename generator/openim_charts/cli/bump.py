"""``openim-charts bump``"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from openim_charts.cli import options
from openim_charts.cli.project import select
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
    written = 0
    while fresh := _round(base, names, helm, jobs, root, console):  # an umbrella follows its parts
        written += fresh
    console.say(f"{counted(written, 'spec')} written")
    return 0


def _round(
    base: str,
    names: tuple[str, ...],
    helm: Literal["auto", "command", "embedded"],
    jobs: int | None,
    root: Path,
    console: Console,
) -> int:
    """How many specs got another version."""
    from openim_charts.charts.api import compile_chart
    from openim_charts.cli.workers import cores
    from openim_charts.diff.api import compare_all, read_base, read_presets, right_version
    from openim_charts.helm.find import find_helm
    from openim_charts.packaging.api import package
    from openim_charts.specs.api import load_catalog

    catalog = load_catalog(root)
    wanted = select(catalog, names)
    before = read_base(root, base, {name: catalog.charts[name].version for name in wanted})
    after = {n: package(compile_chart(catalog, n), catalog.source_date) for n in wanted}
    presets, engine = read_presets(root), find_helm(helm)
    with console.progress("comparing", len(after)) as advance:
        found = compare_all(before, after, catalog, engine, presets, jobs or cores(), advance)
        diffs = [diff for diff in found if right_version(diff)]
    _write(root, [(diff, catalog.charts[diff.name].location.path) for diff in diffs], console)
    return len(diffs)


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
