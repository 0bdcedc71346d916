"""A YAML document with the place of each of its keys and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openim_charts.findings import Location

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Data of one file. Paths are keys and list indexes from the root; the root is ``()``."""

    path: str  # as findings name the file
    data: Any
    keys: Mapping[Path, Location]  # a mapping entry: its key; a list item: its start
    values: Mapping[Path, Location]  # where the value itself starts

    def key(self, path: Path) -> Location:
        """The place of the key at ``path``, or of the nearest enclosing one that is known."""
        return _nearest(self.keys, path, self.path)

    def value(self, path: Path) -> Location:
        """The place of the value at ``path``, or of the nearest enclosing one that is known."""
        return _nearest(self.values, path, self.path)


def _nearest(places: Mapping[Path, Location], path: Path, file: str) -> Location:
    for length in range(len(path), -1, -1):
        place = places.get(path[:length])
        if place:
            return place
    return Location(file)
