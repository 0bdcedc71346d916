"""Checking charts, for the other packages."""

from __future__ import annotations

from openim_charts.checks.checker import Checker
from openim_charts.checks.docs import explained, finding_ids
from openim_charts.checks.render import Rendered, render
from openim_charts.checks.rules.release_size import release_size
from openim_charts.checks.scenarios import refused_values

__all__ = [
    "Checker",
    "Rendered",
    "explained",
    "finding_ids",
    "refused_values",
    "release_size",
    "render",
]
