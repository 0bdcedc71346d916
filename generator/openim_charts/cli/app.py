"""The table of commands. A command's module is imported when it runs, so that help stays fast."""

from __future__ import annotations

import errno
import importlib
import os
import traceback
from typing import Any

import click

from openim_charts import __version__
from openim_charts.cli.report import print_findings
from openim_charts.findings import FindingsError, UserError

NAME = "openim-charts"
# Of a stream without a name: standard output is full or gone, which openim_charts.cli.main reports.
_OUTPUT_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF}

COMMANDS = {
    "validate": "Check the specs only.",
    "lint": "Compile and check charts; write nothing.",
    "build": "Build the Helm repository in dist/charts/.",
    "render": "Print the manifests that a chart renders.",
    "diff": "Say what changed for users, and which version step that needs.",
    "bump": "Write the versions that changes ask for into the specs.",
    "images": "List the images of a build with the charts that use them.",
    "image-tag": "Say which tag an image gets in an environment.",
    "graph": "Draw which charts call and use one another.",
    "new": "Write a spec to start from.",
    "release": "Follow a new release of what the charts run.",
    "config": "Check openim.yaml, or make one of what you have.",
    "export": "Write what a chart installs as files for others than Helm.",
    "explain": "Say where a value's default comes from, or what a finding means.",
    "features": "List the features that charts are made of.",
    "hooks": "List the hooks of templates, and what writes into them.",
    "publish": "Add the build to what is already published.",
    "withdraw": "Mark a published version as one that nobody should use.",
    "serve": "Serve dist/charts/ on loopback for 'helm repo add'.",
    "completion": "Print a shell's completion script.",
}


class LazyGroup(click.Group):
    """A group whose commands are stubs until one is called: cli/NAME.py's ``command``."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names in the order of the table, which is the order in which one meets them."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Put the real command in the place of its stub."""
        name, stub, rest = super().resolve_command(ctx, args)
        if name is None or stub is None:
            return name, stub, rest
        module = importlib.import_module(f"openim_charts.cli.{name.replace('-', '_')}")
        command: click.Command = module.command
        return name, command, rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what users can cause into messages and exit codes."""
        try:
            return super().invoke(ctx)
        except FindingsError as error:
            return print_findings(error.findings, ctx.meta)
        except UserError as error:
            return _fail(str(error))
        except BrokenPipeError:
            raise
        except OSError as error:
            if error.filename is None and error.errno in _OUTPUT_ERRORS:
                raise
            place = f"{error.filename}: " if error.filename else ""
            return _fail(f"{place}{error.strerror or error}")
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if ctx.params["debug"]:
                traceback.print_exc()
            return _fail(
                f"a defect in {NAME} {__version__}: {type(error).__name__}: {_first_line(error)}; "
                f"please report it with the output of '{NAME} --debug {ctx.invoked_subcommand} …'"
            )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no message"])[0]


def _fail(message: str) -> int:
    click.echo(click.style("error:", fg="red", bold=True) + f" {message}", err=True)
    return 2


@click.group(
    cls=LazyGroup,
    commands={name: click.Command(name, short_help=text) for name, text in COMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"""\b
    Examples:
      {NAME} build                  all charts, into dist/charts/
      {NAME} lint openim-api        one chart, nothing written
      {NAME} COMMAND --help         options and examples of a command

    Exit code: 0, 1 when there are findings, 2 when the call or its surroundings are at fault.
    """,
)
@click.version_option(__version__, prog_name=NAME)
@click.option("--debug", is_flag=True, help="Show the traceback of a defect in this tool.")
@click.pass_context
def app(ctx: click.Context, debug: bool) -> None:  # noqa: ARG001 - read by LazyGroup.invoke
    """Compile chart-specs/ into a Helm repository of OpenIM."""
    if os.environ.get("NO_COLOR"):  # https://no-color.org/
        ctx.color = False
