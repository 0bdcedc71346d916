"""``openim-charts image-tag``"""

from __future__ import annotations

from pathlib import Path

import click

from openim_charts.findings import UserError


@click.command(
    epilog="""\b
    Examples:
      openim-charts image-tag branch                   feature/x gives feature-x and a hash
      openim-charts image-tag branch --branch main
      openim-charts image-tag test                     rc0, rc1, … by the Git tags that exist
      openim-charts image-tag release --version 3.8.3  release-v3.8.3
      openim-charts image-tag release --version v3.8.3-patch.15
    """
)
@click.argument("environment", type=click.Choice(["branch", "test", "release"]))
@click.option("--branch", metavar="NAME", help="The branch.  [default: the one checked out]")
@click.option(
    "--number", type=click.IntRange(min=0), help="Number of a test build.  [default: the next]"
)
@click.option("--version", metavar="X.Y.Z", default="", help="The version of a release.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    metavar="FOLDER",
    help="The Git repository that is asked, any one.  [default: here]",
)
def command(
    environment: str,
    branch: str | None,
    number: int | None,
    version: str,
    root: Path,
) -> int:
    """Say which tag an image gets in an environment.

    That is a branch, a test build or a release. No project with charts is needed.
    """
    from openim_charts.images.api import branch_tag, release_tag, test_tag

    if environment == "release":
        click.echo(release_tag(version))
    elif environment == "branch":
        name = branch if branch is not None else _git(root, "branch", "--show-current")
        click.echo(branch_tag(name.strip()))
    else:
        tags = _git(root, "tag", "--list", "*rc*").split() if number is None else []
        click.echo(test_tag(tags) if number is None else f"rc{number}")
    return 0


def _git(root: Path, *arguments: str) -> str:
    from openim_charts import git

    said = git.ask(root, *arguments)
    if said is None:
        raise UserError("Git cannot be asked here; say the name or number: --branch, --number")
    return said
