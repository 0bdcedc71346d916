"""Finding the project and its charts."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from generator.findings import UserError

if TYPE_CHECKING:
    from generator.specs.model import Catalog

SPECS = "chart-specs"
_NOT_FAMILIES = {"profiles", "lines", "dependencies", "credentials"}


def find_root(given: Path | None = None) -> Path:
    """The folder that holds chart-specs/: ``given``, else here or the nearest above. UserError."""
    if given is not None:
        if (given / SPECS).is_dir():
            return given.resolve()
        raise UserError(f"--root {given}: there is no folder {SPECS}/ in it")
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / SPECS).is_dir():
            return folder
    raise UserError(
        f"there is no {SPECS}/ in {here} or above: go to the project's folder or give --root FOLDER"
    )


def chart_names(root: Path) -> list[str]:
    """Names of charts by their specs' file names, without reading them."""
    files = (root / SPECS).glob("*/*.yaml")
    return sorted(file.stem for file in files if file.parent.name not in _NOT_FAMILIES)


def select(catalog: Catalog, names: Iterable[str]) -> list[str]:
    """The charts that were named, all when none was. UserError, with the nearest name."""
    wanted = list(dict.fromkeys(names))
    unknown = [name for name in wanted if name not in catalog.charts]
    if unknown:
        raise UserError("; ".join(_unknown(catalog, name) for name in unknown))
    return wanted or list(catalog.charts)


def _unknown(catalog: Catalog, name: str) -> str:
    near = get_close_matches(name, catalog.charts, n=1)
    hint = f"did you mean '{near[0]}'?" if near else "'openim-charts validate' reads all specs"
    return f"there is no chart '{name}'; {hint}"
