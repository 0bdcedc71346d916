"""Findings as text, JSON or GitHub annotations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import click

from generator.findings import Finding, Severity, merged

FORMAT = "generator.cli.format"  # key of click.Context.meta
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def print_findings(findings: Iterable[Finding], meta: Mapping[str, object]) -> int:
    """Print findings on standard output, their number on standard error; returns the exit code."""
    ordered = merged(findings)
    click.echo(FORMATS[str(meta.get(FORMAT, "text"))](ordered), nl=False)
    if ordered:
        click.echo(summary(ordered), err=True)
    return int(any(finding.severity is Severity.ERROR for finding in ordered))


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
