"""Options that commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from openim_charts.cli.project import find_root
from openim_charts.cli.report import FORMAT, IGNORE, SELECT, Console
from openim_charts.findings import UserError
from openim_charts.specs.layout import Layout, Source, scan

Command = TypeVar("Command", bound=Callable[..., Any])


def _root(ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
    return value if ctx.resilient_parsing else find_root(value)


def _format(ctx: click.Context, _param: click.Parameter, value: str) -> None:
    ctx.meta[FORMAT] = value


def _console(_ctx: click.Context, _param: click.Parameter, value: bool) -> Console:
    return Console(quiet=bool(value))


_ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path),
    callback=_root,
    metavar="FOLDER",
    help="The project: the folder with chart-specs/.  [default: found upwards from here]",
)
_FORMAT = click.option(
    "--format",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    expose_value=False,
    is_eager=True,
    callback=_format,
    help="How findings are printed.",
)
_QUIET = click.option(
    "--quiet", "-q", "console", is_flag=True, callback=_console, help="Print findings only."
)


def _rules(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> None:
    names = frozenset(name for words in value for name in words.split(",") if name)
    if not names or ctx.resilient_parsing:
        return
    from openim_charts.checks.api import finding_ids
    from openim_charts.specs.suggest import hint

    known = finding_ids()
    for name in sorted(names - known):
        raise UserError(f"no finding is called '{name}'{hint(name, known)}; see docs/checks.md")
    ctx.meta[SELECT if param.name == "select" else IGNORE] = names


def rules(command: Command) -> Command:
    """Adds the choice of the findings that are printed, and that count for the exit code."""
    for name, text in (
        ("--ignore", "Leave these findings out; may be given many times."),
        ("--select", "Only these findings, by their names in docs/checks.md."),
    ):
        command = click.option(
            name, multiple=True, metavar="NAME,…", expose_value=False, callback=_rules, help=text
        )(command)
    return command


def project(command: Command) -> Command:
    """Adds ``root: Path`` and ``console: Console``, and the format of findings."""
    return _ROOT(_FORMAT(_QUIET(command)))


def project_without_format(command: Command) -> Command:
    """The same for commands whose ``--format`` is something else; findings are printed as text."""
    return _ROOT(_QUIET(command))


def helm_engine(command: Command) -> Command:
    """Adds ``helm: str``."""
    return click.option(
        "--helm",
        type=click.Choice(["auto", "command", "embedded"]),
        default="auto",
        show_default=True,
        help="Which Helm renders the charts: the one on PATH, or the embedded engine.",
    )(command)


def helm(command: Command) -> Command:
    """Adds ``helm: str`` and ``jobs: int``."""
    jobs = click.option(
        "--jobs",
        "-j",
        type=click.IntRange(min=1),
        metavar="N",
        help="How many charts to work on at once.  [default: one for each core]",
    )
    return helm_engine(jobs(command))


def complete(
    ctx: click.Context, incomplete: str, kind: Callable[[Layout], Iterable[Source]]
) -> list[CompletionItem]:
    """Names by the files under chart-specs/: reading the specs would be slow for a key press."""
    try:
        sources = kind(scan(find_root(ctx.params.get("root")))[0])
    except UserError:  # a shell shows no message while it completes
        return []
    return [CompletionItem(s.name) for s in sources if s.name.startswith(incomplete)]


def complete_chart(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of charts."""
    return complete(ctx, incomplete, lambda layout: layout.chart)


NAMES = click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_chart)
