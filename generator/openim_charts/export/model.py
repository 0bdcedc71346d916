"""What a target of an export is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openim_charts.charts.model import Chart
from openim_charts.checks.api import Problem, Release, RenderedObject
from openim_charts.specs.model import Catalog

EVENTS = "helm.sh/hook"  # annotation of Helm's hooks (https://helm.sh/docs/topics/charts_hooks/)
_TESTS = frozenset(("test", "test-success"))
Files = Mapping[str, bytes]  # by path below the folder, with slashes


@dataclass(frozen=True, slots=True)
class Target:
    """Something that is not Helm and can install what a chart renders.

    ``defaults`` gives values that fit it better than those of a chart; the user's go over them.
    ``refused`` gives what it cannot express, and ``files`` is asked only where that is nothing.
    Both look at nothing but the release, and give the same for the same one. ``copies`` gives the
    files of whole copies in clusters, from the release of each by the cluster's name ("" for the
    one in which the program itself is), as one release of Helm or each of its charts apart; None
    for a target that installs no charts.
    """

    description: str
    defaults: Callable[[Chart, Catalog], Mapping[str, Any]]
    refused: Callable[[Release], Iterator[Problem]]
    files: Callable[[Release], Files]
    kept: frozenset[str] = frozenset()  # what users may put into the folder; DIR/ is all below it
    start: str = ""  # the command that starts what is in the folder, for a user who is there
    # The target for these --upstream, of one that must know them. Raises UserError for others.
    to: Callable[[Sequence[str]], Target] | None = None
    copies: Callable[[Mapping[str, Release], bool], Files] | None = None


def events_of(obj: RenderedObject) -> frozenset[str]:
    """The events for which an object is a hook, without tests."""
    words = str(obj.annotations.get(EVENTS, "")).split(",")
    return frozenset(word.strip().lower() for word in words) - _TESTS - {""}
