"""Checking charts, for the other rooms."""

from __future__ import annotations

from generator.checks.checker import Checker
from generator.checks.rules.release_size import release_size

__all__ = ["Checker", "release_size"]
