"""Finding the project and its charts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from openim_charts.findings import UserError
from openim_charts.specs.layout import PRESETS, SPECS
from openim_charts.specs.suggest import hint

if TYPE_CHECKING:
    from openim_charts.specs.model import Catalog


def find_root(given: Path | None = None) -> Path:
    """The folder that holds chart-specs/: ``given``, else here or the nearest above. UserError."""
    if given is not None:
        if (given / SPECS).is_dir():
            return given.resolve()
        raise UserError(f"--root {given}: there is no folder {SPECS}/ in it")
    try:
        here = Path.cwd()
    except FileNotFoundError:
        raise UserError("this folder is gone: go to another one, or give --root FOLDER") from None
    for folder in (here, *here.parents):
        if (folder / SPECS).is_dir():
            return folder
    raise UserError(
        f"there is no {SPECS}/ in {here} or above: go to the project's folder or give --root FOLDER"
    )


def refuse_sources(option: str, folder: Path, root: Path) -> None:
    """Raise UserError when a repository would be written among what a person writes."""
    try:
        real = folder.resolve()
    except (OSError, RuntimeError) as error:  # a loop of links; this folder is gone
        raise UserError(f"{option} {folder}: there is no such place ({error})") from None
    sources = [root.resolve() / name for name in (SPECS, PRESETS)]
    if real == root.resolve() or any(real.is_relative_to(source) for source in sources):
        raise UserError(
            f"{option} {folder}: this is a folder of the project's sources; give another one"
        )


def select(catalog: Catalog, names: Iterable[str]) -> list[str]:
    """The charts that were named, all when none was. UserError, with the nearest name."""
    wanted = list(dict.fromkeys(names))
    unknown = [name for name in wanted if name not in catalog.charts]
    if unknown:
        raise UserError(
            "; ".join(f"there is no chart '{name}'{hint(name, catalog.charts)}" for name in unknown)
        )
    return wanted or list(catalog.charts)


def largest(catalog: Catalog) -> str:
    """The chart that includes most others: where a command is about one, it is about this."""
    return max(catalog.charts.values(), key=lambda chart: len(chart.includes)).name
