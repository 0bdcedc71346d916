"""What commands print: progress, and findings as text, JSON or GitHub annotations."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from openim_charts.findings import Finding, Severity, merged

# Keys of click.Context.meta.
FORMAT = "openim_charts.cli.format"
SELECT = "openim_charts.cli.select"
IGNORE = "openim_charts.cli.ignore"
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def print_findings(findings: Iterable[Finding], meta: Mapping[str, object]) -> int:
    """Print findings on standard output, their number on standard error; returns the exit code."""
    ordered = merged(findings)
    click.echo(FORMATS[str(meta.get(FORMAT, "text"))](ordered), nl=False)
    if ordered:
        click.echo(summary(ordered), err=True)
    return int(any(finding.severity is Severity.ERROR for finding in ordered))


def chosen(findings: Iterable[Finding], meta: Mapping[str, Any]) -> list[Finding]:
    """The findings that were asked for: those that SELECT of ``meta`` names, if it is there, and
    that IGNORE does not."""
    ignored: frozenset[str] = meta.get(IGNORE, frozenset())
    selected: frozenset[str] | None = meta.get(SELECT)
    return [f for f in findings if f.rule not in ignored and (not selected or f.rule in selected)]


def summary(findings: Sequence[Finding]) -> str:
    """``2 errors, 1 warning``"""
    counts = [(s, sum(f.severity is s for f in findings)) for s in Severity]
    return ", ".join(counted(n, s) for s, n in counts if n)


def counted(number: int, noun: str) -> str:
    """``1 chart``, ``2 charts``"""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def as_text(findings: Sequence[Finding]) -> str:
    """One line a finding: ``PATH:LINE:COL: RULE: MESSAGE (TRACE)``."""
    return "".join(f"{_line(finding)}\n" for finding in findings)


def as_json(findings: Sequence[Finding]) -> str:
    """A JSON list of objects with path, line, column, rule, severity, message and trace."""
    import json

    return json.dumps(rows(findings), indent=2, ensure_ascii=False) + "\n"


def rows(findings: Iterable[Finding]) -> list[dict[str, str | int]]:
    """Each finding as an object of JSON."""
    return [
        {
            "path": f.location.path,
            "line": f.location.line,
            "column": f.location.column,
            "rule": f.rule,
            "severity": f.severity,
            "message": f.message,
            "trace": f.trace,
        }
        for f in findings
    ]


def as_github(findings: Sequence[Finding]) -> str:
    """GitHub workflow commands, which annotate the lines of a pull request.

    https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    return "".join(
        f"::{f.severity} file={_property(f.location.path)},line={f.location.line}"
        f",col={f.location.column},title={_property(f.rule)}::{_data(_message(f))}\n"
        for f in findings
    )


FORMATS: dict[str, Callable[[Sequence[Finding]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
}


def _line(finding: Finding) -> str:
    place = click.style(printable(str(finding.location)), bold=True)
    rule = click.style(printable(finding.rule), fg=_COLOURS[finding.severity])
    warning = "warning: " if finding.severity is Severity.WARNING else ""
    return f"{place}: {warning}{rule}: {printable(_message(finding))}"


def _message(finding: Finding) -> str:
    return f"{finding.message} ({finding.trace})" if finding.trace else finding.message


def printable(text: str) -> str:
    """The text on one line, without characters that steer a terminal: they come from the input."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


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
