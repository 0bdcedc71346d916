"""Which files the folders of features hold, and which of them nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.findings import Finding, Location
from generator.litter import hidden
from generator.specs.feature_heads import FILE
from generator.specs.layout import FEATURES, FILES, FOLDERS, SPECS
from generator.specs.suggest import hint

OPTIONS = "options.yaml"
_SHOWN = f"{SPECS}/{FEATURES}"
_KNOWN = (FILE, OPTIONS, *FILES)


def feature_folders(features: Path) -> list[Path]:
    """The folders of features, sorted by name; none where there is no such folder."""
    if not features.is_dir():
        return []
    return [path for path in sorted(features.iterdir()) if path.is_dir() and not _hidden(path)]


def check_layout(features: Path) -> Iterator[Finding]:
    """Findings about what stands in the folder of all features and is no part of one."""
    for path in sorted(features.iterdir() if features.is_dir() else ()):
        if path.is_file() and not _hidden(path):
            message = "a feature is a folder; nothing reads this file"
            yield Finding(Location(f"{_SHOWN}/{path.name}"), "misplaced-file", message)
    for folder in feature_folders(features):
        shown = f"{_SHOWN}/{folder.name}"
        if (folder / FILE).is_file():
            yield from _check_parts(folder, shown)
        else:
            message = f"a feature has a {FILE}; write it, or remove the folder"
            yield Finding(Location(shown), "missing-file", message)


def _hidden(path: Path) -> bool:
    return hidden(path.name) or path.name.startswith("__")


def _check_parts(folder: Path, shown: str) -> Iterator[Finding]:
    for path in sorted(folder.iterdir()):
        known = FOLDERS if path.is_dir() else _KNOWN
        if path.name not in known and path.suffix != ".md" and not _hidden(path):
            message = f"nothing reads '{path.name}' of a feature{hint(path.name, known)}"
            yield Finding(Location(f"{shown}/{path.name}"), "misplaced-file", message)
