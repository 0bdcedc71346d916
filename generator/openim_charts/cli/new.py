"""``openim-charts new``"""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from openim_charts.cli import options
from openim_charts.cli.report import Console
from openim_charts.findings import UserError
from openim_charts.specs.layout import FEATURES, SPECS, scan


def _complete_profile(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return options.complete(ctx, incomplete, lambda layout: layout.profile)


@click.command(
    epilog="""\b
    Examples:
      openim-charts new openim-rpc-report
      openim-charts new openim-status --profile front
      openim-charts new --feature backup
      openim-charts new --rule image-labels
    """
)
@click.argument("name")
@click.option(
    "--profile",
    metavar="NAME",
    shell_complete=_complete_profile,
    help="What the chart extends.  [default: the profile that most charts extend]",
)
@click.option("--feature", "kind", flag_value="feature", help="Write a feature instead.")
@click.option("--rule", "kind", flag_value="rule", help="Write a rule of the checks instead.")
@options.project
def command(name: str, profile: str | None, kind: str | None, root: Path, console: Console) -> int:
    """Write a spec to start from.

    The file is valid at once; 'openim-charts lint NAME' says what a chart of its profile still
    needs. With --feature a folder of chart-specs/features/ is written, with --rule a rule of the
    checks and its page. Nothing is overwritten.
    """
    if kind and profile:
        raise UserError("--profile is for a chart; a feature or a rule extends none")
    if kind == "feature":
        return _new_feature(root, name, console)
    if kind == "rule":
        return _new_rule(root, name, console)
    return _new_chart(root, name, profile, console)


def _new_feature(root: Path, name: str, console: Console) -> int:
    from openim_charts.cli.draft_parts import feature_files

    folder = root / SPECS / FEATURES / name
    files = feature_files(name)
    if folder.exists():
        raise UserError(f"{folder.relative_to(root)} exists already; nothing was written")
    for path, text in files.items():
        _create(folder / path, text)
    console.say(f"{folder.relative_to(root)}/: written; name it in 'features' of a profile or spec")
    return 0


def _new_rule(root: Path, name: str, console: Console) -> int:
    from openim_charts.cli.draft_parts import EXAMPLES, rule_files

    path, text, entry = rule_files(name)
    if not (root / EXAMPLES).is_file():
        raise UserError(f"rules are a part of the tool, and {root} holds no copy of it")
    _create(root / path, text)
    with (root / EXAMPLES).open("a", encoding="utf-8") as file:
        file.write(entry)
    console.say(f"{path}: written; {EXAMPLES} has its examples, and 'make docs' its page")
    return 0


def _new_chart(root: Path, name: str, profile: str | None, console: Console) -> int:
    """The spec of a chart."""
    from openim_charts.cli.draft import check_name, common_profile, draft
    from openim_charts.specs.api import load_catalog
    from openim_charts.specs.suggest import hint

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
    from openim_charts.specs.layers import resolve_profiles
    from openim_charts.yamlio.reader import read

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
