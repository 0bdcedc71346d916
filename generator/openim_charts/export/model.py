"""What a target of an export is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openim_charts.checks.api import Problem, Release

Files = Mapping[str, bytes]  # by path below the folder, with slashes


@dataclass(frozen=True, slots=True)
class Target:
    """Something that is not Helm and can install what a chart renders.

    ``defaults`` are values that fit it better than those of the charts; the user's go over them.
    ``refused`` gives what it cannot express, and ``files`` is asked only where that is nothing.
    Both look at nothing but the release, and give the same for the same one.
    """

    description: str
    defaults: Mapping[str, Any]
    refused: Callable[[Release], Iterator[Problem]]
    files: Callable[[Release], Files]
