"""The date of the sources, for everything that needs one: never the clock's."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from generator.findings import UserError

NO_DATE = 315532800  # 1980-01-01, the first that zip files can hold
_LAST = 253402300799  # the end of the year 9999


def source_date(root: Path) -> int:
    """Unix time of the sources: SOURCE_DATE_EPOCH, else the last commit's, else 1980-01-01.

    Raises UserError when SOURCE_DATE_EPOCH is not a Unix time.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given:
        if not (given.isascii() and given.isdigit() and int(given[:13]) <= _LAST):
            raise UserError(f"SOURCE_DATE_EPOCH is '{given}', not a Unix time in seconds")
        return int(given)
    command = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError):
        return NO_DATE
    time = result.stdout.strip()
    return int(time) if result.returncode == 0 and time.isdigit() else NO_DATE
