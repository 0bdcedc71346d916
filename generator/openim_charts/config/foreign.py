"""Values files that were written for other charts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openim_charts.findings import Finding
from openim_charts.imports.api import read_sorts
from openim_charts.specs.keys.imports import MistakenKeys
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.document import Document, Path

_ENOUGH = 4  # settings that files for many charts have, together in one file


def foreign(document: Document, catalog: Catalog) -> list[Finding]:
    """One finding that says what these values are for, where chart-specs/imports/ knows them; it is
    for files that the chart's schema refuses, in place of a finding for each of their keys.

    Raises FindingsError when a file of chart-specs/imports/ is wrong.
    """
    known = dict.fromkeys(sort.mistaken for sort in read_sorts(catalog) if sort.mistaken)
    for other in known:
        found = _told(document, other)
        if found:
            message = (
                f"these values are for {other.for_}, and mean nothing to these charts; "
                f"{catalog.repository.home}/blob/main/{other.page} says how to move"
            )
            return [Finding(document.key(found), "foreign-values", message)]
    return []


def _told(document: Document, other: MistakenKeys) -> Path:
    """The first key of the file that tells whose it is; () where none does."""
    for names, least in ((other.alone, 1), (other.together, _ENOUGH)):
        paths: list[Path] = [tuple(name.split(".")) for name in names]
        there = [path for path in paths if _is_there(document.data, path)]
        if len(there) >= least:
            return min(there, key=document.key)
    return ()


def _is_there(data: Any, path: Path) -> bool:
    for key in path:
        if not isinstance(data, Mapping) or key not in data:
            return False
        data = data[key]
    return True
