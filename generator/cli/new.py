"""``openim-charts new``"""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from generator.cli import options
from generator.cli.console import Console
from generator.findings import UserError
from generator.specs.layout import SPECS, scan


def _complete_profile(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return options.complete(ctx, incomplete, lambda layout: layout.profile)


@click.command(
    epilog="""\b
    Examples:
      openim-charts new openim-rpc-report
      openim-charts new openim-status --profile front
    """
)
@click.argument("name")
@click.option(
    "--profile",
    metavar="NAME",
    shell_complete=_complete_profile,
    help="What the chart extends.  [default: the profile that most charts extend]",
)
@options.project
def command(name: str, profile: str | None, root: Path, console: Console) -> int:
    """Write a spec to start from.

    The file is valid at once; 'openim-charts lint NAME' says what a chart of its profile still
    needs. Nothing is overwritten.
    """
    from generator.cli.draft import check_name, common_profile, draft
    from generator.specs.api import load_catalog
    from generator.specs.suggest import hint

    check_name(name)
    catalog = load_catalog(root)
    profiles = {source.name: source for source in scan(root)[0].profile}
    profile = profile or common_profile(catalog)
    if profile not in profiles:
        raise UserError(f"there is no profile '{profile}'{hint(profile, profiles)}")
    if name in catalog.charts:
        raise UserError(f"{catalog.charts[name].location.path} exists already; nothing was written")
    if name in {chart.family for chart in catalog.charts.values()}:
        raise UserError(f"'{name}' is the name of a family; give the chart another one")
    path = root / SPECS / _family(root, profile) / f"{name}.yaml"
    _create(path, draft(catalog, name, profile))
    console.say(f"{path.relative_to(root)}: written, after the profile {profile}")
    load_catalog(root)
    return 0


def _family(root: Path, profile: str) -> str:
    """The family that a profile gives its charts; without one, charts sit in its own folder."""
    from generator.specs.profiles import resolve_profiles
    from generator.yamlio.reader import read

    sources = scan(root)[0].profile
    documents = {s.name: document for s in sources if (document := read(s.file, s.shown)[0])}
    resolved, _ = resolve_profiles(documents, set(documents))
    return str(resolved[profile].data.get("family", profile))


def _create(path: Path, text: str) -> None:
    """Write a file that must not exist yet; nothing is left behind when the disk is full."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise UserError(f"{path} exists already; nothing was written") from None
    except OSError:
        path.unlink(missing_ok=True)
        raise
