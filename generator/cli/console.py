"""What a command says while it works: on standard error, so that standard output stays clean."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

_LINES = 50  # plain progress lines at most: a log is read, not watched


@dataclass(frozen=True, slots=True)
class Console:
    """Messages and progress, or silence."""

    quiet: bool = False

    def say(self, text: str) -> None:
        """One line, unless quiet."""
        if not self.quiet:
            click.echo(text, err=True)

    @contextmanager
    def progress(self, label: str, total: int) -> Iterator[Callable[[str], None]]:
        """Gives a function to call with each finished item: a bar on a terminal, else lines."""
        if self.quiet:
            yield lambda _: None
        elif sys.stderr and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            with _bar(label, total) as advance:
                yield advance
        else:
            yield _lines(label, total)


def _lines(label: str, total: int) -> Callable[[str], None]:
    step = -(-total // _LINES)
    done = 0

    def advance(item: str) -> None:
        nonlocal done
        done += 1
        if done % step == 0 or done == total:
            click.echo(f"{label} {done}/{total} {item}", err=True)

    return advance


@contextmanager
def _bar(label: str, total: int) -> Iterator[Callable[[str], None]]:
    import rich.console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[item]}"),
    )
    with Progress(*columns, console=rich.console.Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total, item="")
        yield lambda item: bar.update(task, advance=1, item=item)
