"""Checking charts, for the other packages."""

from __future__ import annotations

from openim_charts.checks.checker import Checker, bare_archive, rendered_from
from openim_charts.checks.docs import explained, finding_ids
from openim_charts.checks.held import held, objects_of
from openim_charts.checks.locate import dotted
from openim_charts.checks.release import Release
from openim_charts.checks.render import Rendered, render
from openim_charts.checks.rules.addresses_resolve import linked
from openim_charts.checks.rules.release_size import release_size
from openim_charts.checks.scenarios import refused_values

__all__ = [
    "Checker",
    "Release",
    "Rendered",
    "bare_archive",
    "dotted",
    "explained",
    "finding_ids",
    "held",
    "linked",
    "objects_of",
    "refused_values",
    "release_size",
    "render",
    "rendered_from",
]
