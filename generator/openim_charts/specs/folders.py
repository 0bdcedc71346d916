"""Checks of the folders beside specs that need no chart: files without template code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from openim_charts.findings import Finding, FindingsError
from openim_charts.specs.layout import SPECS, Layout
from openim_charts.specs.schema import validate
from openim_charts.specs.value_nodes import check_values_file, checked
from openim_charts.yamlio.document import Document
from openim_charts.yamlio.text import decode

_CODE = ("[[", "[%", "[#")


def check_scenarios(document: Document) -> list[Finding]:
    """Everything that is wrong with a ci.yaml."""
    return validate(document, "scenarios")


def check_folders(root: Path, layout: Layout) -> Iterator[Finding]:
    """Findings about YAML files beside specs; those with template code wait for their chart."""
    values = partial(check_values_file, images=frozenset(s.name for s in layout.image))
    checks: dict[str, Callable[[Document], list[Finding]]] = {
        "values.yaml": values,
        "global.yaml": values,
        "ci.yaml": check_scenarios,
    }
    for folder in sorted(layout.folders):
        for name, check in checks.items():
            file = root / SPECS / folder / name
            if not file.is_file():
                continue
            shown = f"{SPECS}/{folder}/{name}"
            text, wrong = decode(file.read_bytes(), shown)
            yield from wrong
            if any(code in text for code in _CODE):
                continue
            try:
                checked(text, shown, check)
            except FindingsError as error:
                yield from error.findings


def folder_text(root: Path, layout: Layout, folder: str) -> str:
    """All text in the folder FAMILY/NAME beside a spec, "" when there is none."""
    if folder not in layout.folders:
        return ""
    files = sorted(file for file in (root / SPECS / folder).rglob("*") if file.is_file())
    return "\n".join(file.read_text("utf-8", "replace") for file in files)
