"""Which files the folders of features hold, and which of them nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.findings import Finding, Location
from generator.specs.feature_heads import FILE
from generator.specs.layout import FILES, FOLDERS
from generator.specs.suggest import hint

OPTIONS = "options.yaml"
_KNOWN = (FILE, OPTIONS, *FILES)


def check_layout(features: Path) -> Iterator[Finding]:
    """Findings about what stands in the folder of all features and is no part of one."""
    for path in sorted(features.iterdir()):
        if path.name.startswith((".", "__")):
            continue
        shown = f"generator/features/{path.name}"
        if not path.is_dir():
            message = "a feature is a folder; nothing reads this file"
            yield Finding(Location(shown), "misplaced-file", message)
        elif not (path / FILE).is_file():
            message = f"a feature has a {FILE}; write it, or remove the folder"
            yield Finding(Location(shown), "missing-file", message)
        else:
            yield from _check_parts(path, shown)


def _check_parts(folder: Path, shown: str) -> Iterator[Finding]:
    for path in sorted(folder.iterdir()):
        known = FOLDERS if path.is_dir() else _KNOWN
        if path.name not in known and not path.name.startswith("."):
            message = f"nothing reads '{path.name}' of a feature{hint(path.name, known)}"
            yield Finding(Location(f"{shown}/{path.name}"), "misplaced-file", message)
