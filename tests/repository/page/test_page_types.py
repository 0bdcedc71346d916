"""The page's program has sound types. The compiler comes by npm install, see package.json."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.repository.page.page_checks import missing

_HERE = Path(__file__).parent
_COMPILER = _HERE / "node_modules" / ".bin" / "tsc"


def test_types_of_the_program() -> None:
    if not _COMPILER.exists():
        missing("TypeScript is not installed: npm ci --prefix tests/repository/page")
    done = subprocess.run(
        [_COMPILER, "-p", _HERE / "tsconfig.json"], capture_output=True, text=True, check=False
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0
