"""The ``cli`` fixture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.projects import Cli, make_project


@pytest.fixture
def cli(root: Path, tmp_path: Path) -> Cli:
    """The command line in a project with the charts ``alpha`` and ``beta``."""
    return make_project(root, tmp_path)
