"""The script that measures: its generated specs are those of a project that builds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from openim_charts.helm.start import available

SCRIPT = Path(__file__).parents[2] / "scripts" / "bench"


@pytest.mark.skipif(not available(), reason="helm-python-sdk is not installed")
def test_generated_specs_build() -> None:
    command = [sys.executable, str(SCRIPT), "--only", "scale", "--scale", "2"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    rows = ended.stdout.splitlines()
    assert [row.split("  ")[0] for row in rows] == [
        "50 generated specs",
        "2 generated specs",
        "time a chart, many / few",
        "peak memory",
    ]
