"""``openim-charts config``"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import click

from openim_charts.cli import options
from openim_charts.cli.report import FORMAT, Console, counted, print_findings, rows
from openim_charts.findings import FindingsError, UserError


@click.group(
    epilog="""\b
    Examples:
      openim-charts config validate openim.yaml
      openim-charts config validate presets/ha.yaml openim.yaml --format json
      openim-charts config import .env --out openim.yaml
    """
)
def command() -> None:
    """Check openim.yaml, or make one of what you have."""


@command.command(
    epilog="""\b
    Examples:
      openim-charts config validate openim.yaml
      openim-charts config validate presets/ha.yaml openim.yaml     the second over the first
      openim-charts config validate openim.yaml --chart openim-api --format json
    """
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option(
    "--chart",
    metavar="NAME",
    shell_complete=options.complete_chart,
    help="The chart that is installed with the values.  [default: the largest umbrella]",
)
@click.option(
    "--helm",
    type=click.Choice(["auto", "command", "embedded"]),
    default="auto",
    show_default=True,
    help="Which Helm renders the chart: the one on PATH, or the embedded engine.",
)
@options.project
@click.pass_context
def validate(
    ctx: click.Context,
    files: tuple[Path, ...],
    chart: str | None,
    helm: Literal["auto", "command", "embedded"],
    root: Path,
    console: Console,
) -> int:
    """Check values files, and say what they install.

    Wrong keys and types are named with line and column. Otherwise the chart is rendered by Helm,
    and the rules of a build judge what comes out; what they say is placed at the value that brings
    it about. Then it is listed what runs: charts, pods, requests and limits of CPU and memory, and
    volumes. Warnings name values without effect, and what may be meant.
    """
    from openim_charts.charts.api import compile_chart
    from openim_charts.cli.project import largest, select
    from openim_charts.config.api import as_data, as_text, plan, read_values
    from openim_charts.helm.find import find_helm
    from openim_charts.specs.api import load_catalog

    form = str(ctx.meta[FORMAT])
    try:
        document = read_values(files)
        catalog = load_catalog(root)
        name = select(catalog, [chart])[0] if chart else largest(catalog)
        found, warnings = plan(compile_chart(catalog, name), catalog, find_helm(helm), document)
    except FindingsError as error:
        if form != "json":
            return print_findings(error.findings, ctx.meta)
        _print_json({"findings": rows(sorted(error.findings)), "plan": None})
        return 1
    if form == "json":
        _print_json({"findings": rows(warnings), "plan": as_data(found)})
    else:
        if warnings:
            print_findings(warnings, ctx.meta)
        click.echo(as_text(found), nl=False)
        console.say(f"{name}: the values are valid")
    return 0


@command.command(
    name="import",
    epilog="""\b
    Examples:
      openim-charts config import .env docker-compose.yaml --out openim.yaml
      openim-charts config import open-im-server/config/*.yml chat/config/*.yml
      openim-charts config import config-imserver.yaml k8s-open-im-server-config.yaml
    """,
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write there.  [default: print]"
)
@click.option("--force", is_flag=True, help="Replace the file that is there.")
@options.project
@click.pass_context
def import_(
    ctx: click.Context,
    files: tuple[Path, ...],
    out: Path | None,
    force: bool,
    root: Path,
    console: Console,
) -> int:
    """Make an openim.yaml of the files of another installation.

    Reads the .env and docker-compose.yaml of openim-docker, values of openimsdk/helm-charts, and
    OpenIM's own configuration files. What was changed there is kept; comments say what has no
    counterpart, and which Secrets to make. No secret is printed or written.
    """
    from openim_charts.charts.api import compile_chart
    from openim_charts.cli.project import largest
    from openim_charts.config.api import judge
    from openim_charts.helm.find import find_helm
    from openim_charts.imports.api import as_openim, read_settings
    from openim_charts.repository.files import replace_file
    from openim_charts.specs.api import load_catalog

    _refuse_existing(out, force)
    catalog = load_catalog(root)
    settings = read_settings(files, catalog)
    chart = compile_chart(catalog, largest(catalog))
    made = as_openim(settings, chart, judge(chart, catalog, find_helm("auto")))
    if out is None:
        click.echo(made.text, nl=False)
    else:
        _refuse_existing(out, force)
        replace_file(out, made.text.encode())
    console.say(
        f"{out or 'openim.yaml'}: {counted(made.values, 'value')}, "
        f"{counted(made.secrets, 'Secret')} to make, "
        f"{counted(made.left, 'setting')} not taken over; the comments say which"
    )
    return print_findings(made.refused, ctx.meta) if made.refused else 0


def _refuse_existing(out: Path | None, force: bool) -> None:
    if out is not None and out.is_dir():
        raise UserError(f"{out} is a folder: name a file")
    if out is not None and out.exists() and not force:
        raise UserError(f"{out} exists already; give --force to replace it, or another name")


def _print_json(data: object) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))
