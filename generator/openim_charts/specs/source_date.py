"""The date of the sources, for everything that needs one: never the clock's."""

from __future__ import annotations

import os
from pathlib import Path

from openim_charts import git
from openim_charts.findings import UserError

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
    time = git.ask(root, "log", "-1", "--format=%ct") or ""
    return int(time) if time.isdigit() else NO_DATE
