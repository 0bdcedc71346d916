"""Checking charts, for the other rooms."""

from __future__ import annotations

from generator.checks.checker import Checker
from generator.checks.docs import explained
from generator.checks.render import Rendered, render
from generator.checks.rules.release_size import release_size
from generator.checks.scenarios import refused_values

__all__ = [
    "Checker",
    "Rendered",
    "explained",
    "refused_values",
    "release_size",
    "render",
]
