"""``openim-charts render``"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from openim_charts.cli import options
from openim_charts.cli.report import Console
from openim_charts.findings import FindingsError, UserError

if TYPE_CHECKING:
    from openim_charts.charts.model import Chart
    from openim_charts.checks.api import Rendered
    from openim_charts.yamlio.document import Document


@click.command(
    epilog="""\b
    Examples:
      openim-charts render openim-api
      openim-charts render openim-api -f openim.yaml --show deployment
      openim-charts render redis -f ci/cluster-values.yaml --origins
    """
)
@click.argument("name", shell_complete=options.complete_chart)
@click.option(
    "--values",
    "-f",
    "files",
    multiple=True,
    metavar="FILE",
    help="A values file, or the name of one that the chart has; the last one wins.",
)
@click.option("--kube-version", metavar="VERSION", help="Kubernetes.  [default: the oldest]")
@click.option("--show", metavar="TEMPLATE", help="Only templates whose path has this in it.")
@click.option("--origins", is_flag=True, help="Say which line of a source wrote each line.")
@options.helm_engine
@options.project
def command(
    name: str,
    files: tuple[str, ...],
    kube_version: str | None,
    show: str | None,
    origins: bool,
    helm: Literal["auto", "command", "embedded"],
    root: Path,
    console: Console,  # noqa: ARG001
) -> int:
    """Print the manifests that a chart renders.

    NAME is compiled in memory and rendered as the release 'demo' in the namespace 'apps', as for
    checks; nothing is written.
    """
    from openim_charts.charts.api import Compiler
    from openim_charts.checks.api import render
    from openim_charts.cli.project import select
    from openim_charts.helm.find import find_helm
    from openim_charts.specs.api import load_catalog

    catalog = load_catalog(root)
    select(catalog, [name])
    chart = Compiler(catalog, [name]).compile(name)
    documents = render(
        chart,
        catalog,
        find_helm(helm),
        [_values(chart, file) for file in files],
        kube_version or catalog.repository.kubernetes[0],
    )
    shown = [d for d in documents if not show or show in d.template]
    if not shown:
        which = f" from a template called '{show}'" if show else ""
        raise UserError(f"{name} renders nothing{which} with these values")
    for document in shown:
        click.echo("---")
        click.echo(f"# Source: {name}/{document.template}")
        for line in _blamed(document) if origins else document.text.splitlines():
            click.echo(line)
    return 0


def _values(chart: Chart, file: str) -> Document:
    """A values file of the chart, or one on disk."""
    from openim_charts.yamlio.reader import parse

    data = chart.files.get(file)
    if data is None:
        try:
            data = Path(file).read_bytes()
        except FileNotFoundError:
            known = ", ".join(chart.scenarios) or "none"
            raise UserError(f"no file {file}; those of {chart.name}: {known}") from None
    document, findings = parse(data, file, refuse_templates=False)
    if document is None or findings:
        raise FindingsError(findings)
    return document


def _blamed(document: Rendered) -> Iterator[str]:
    """Each line behind its origin, all as wide as the longest."""
    rows = document.text.splitlines()
    places = [document.origin(number) for number in range(1, len(rows) + 1)]
    shown = [f"{p.path}:{p.line}" if p else "" for p in places]
    width = max(map(len, shown), default=0)
    for place, row in zip(shown, rows, strict=True):
        yield f"{place:{width}} | {row}".rstrip()
