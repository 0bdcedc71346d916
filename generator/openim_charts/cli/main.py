"""The process around a command: exit codes, signals, broken pipes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn, TextIO

import click

from openim_charts.cli.app import NAME, app

INTERRUPTED = 130  # 128 + SIGINT, what a shell reports
BROKEN_PIPE = 141  # 128 + SIGPIPE


def main() -> NoReturn:
    """Run the command line of this process, then exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns its exit code: 0, 1 (findings), 2 (usage or environment)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # absent where the shell closed it
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _invoke(arguments)
        for stream in (sys.stdout, sys.stderr):
            if stream:
                stream.flush()
        return code
    except BrokenPipeError:
        _discard(sys.stdout)
        return BROKEN_PIPE
    except OSError as error:
        _discard(sys.stdout)
        with suppress(OSError):  # standard error may be what cannot be written
            click.echo(f"error: output cannot be written: {error.strerror}", err=True)
        _discard(sys.stderr)
        return 2


def _invoke(arguments: Sequence[str]) -> int:
    try:
        code = app.main(args=list(arguments), prog_name=NAME, standalone_mode=False)
        return int(code or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing was changed", err=True)
        return INTERRUPTED


def _discard(stream: TextIO | None) -> None:
    """Nothing can write the stream any more: what Python flushes at exit must not fail again."""
    if stream:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
