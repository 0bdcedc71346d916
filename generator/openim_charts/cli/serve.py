"""``openim-charts serve``"""

from __future__ import annotations

from pathlib import Path

import click

from openim_charts.cli import options
from openim_charts.cli.build import OUTPUT
from openim_charts.cli.report import Console
from openim_charts.findings import UserError


@click.command(
    epilog="""\b
    Examples:
      openim-charts serve
      helm repo add local http://127.0.0.1:8879     in another terminal
    """
)
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help=f"What to serve.  [default: {OUTPUT} in the project]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8879,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes any free one.",
)
@options.project_without_format
def command(directory: Path | None, port: int, root: Path, console: Console) -> int:
    """Serve dist/charts/ on loopback for 'helm repo add'.

    Only this machine can reach it. Ctrl-C ends it.
    """
    from openim_charts.repository.index import INDEX
    from openim_charts.repository.serve import Server

    folder = directory or root / OUTPUT
    if folder.is_dir() and not (folder / INDEX).is_file():
        raise UserError(f"{folder} holds no {INDEX}: build the charts first")
    server = Server(folder, port)
    console.say(f"serving at {server.url}; Ctrl-C ends it")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.close()
    return 0
