"""Values files that were written for other charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from openim_charts.findings import Finding
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.document import Document, Path
from openim_charts.yamlio.reader import parse_plain

_ENOUGH = 4  # keys that many charts have, together in one file


def foreign(document: Document, catalog: Catalog) -> list[Finding]:
    """One finding that says whose values these are, where data/foreign.yaml knows them; it is for
    files that the chart's schema refuses, in place of a finding for each of their keys."""
    source = files("openim_charts.config") / "data" / "foreign.yaml"
    for other in parse_plain(source.read_text("utf-8"), "foreign.yaml")["charts"]:
        found = _had(document, other["any"]) or _had(document, other["together"], _ENOUGH)
        if found:
            message = (
                f"these are values of {other['title']}, which these charts do not take; "
                f"{catalog.repository.home}/blob/main/{other['page']} says how to move"
            )
            return [Finding(document.key(found), "foreign-values", message)]
    return []


def _had(document: Document, keys: Sequence[str], least: int = 1) -> Path:
    """The first of the keys in the file, if there are enough of them; else ()."""
    paths: list[Path] = [tuple(key.split(".")) for key in keys]
    there = [path for path in paths if _is_there(document.data, path)]
    return min(there, key=document.key) if len(there) >= least else ()


def _is_there(data: Any, path: Path) -> bool:
    for key in path:
        if not isinstance(data, Mapping) or key not in data:
            return False
        data = data[key]
    return True
