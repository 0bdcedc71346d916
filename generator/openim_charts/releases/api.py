"""Following the releases of a product, for the other packages."""

from __future__ import annotations

import os
import pathlib
import shutil

from openim_charts.findings import UserError
from openim_charts.releases.line import base_line, line_name, new_line, unread
from openim_charts.releases.model import NewLine
from openim_charts.releases.report import as_data, as_text
from openim_charts.releases.upstream import read_folder
from openim_charts.repository.files import write_synced
from openim_charts.specs.layout import SPECS

__all__ = [
    "as_data",
    "as_text",
    "base_line",
    "line_name",
    "new_line",
    "read_folder",
    "unread",
    "write_line",
]


def write_line(root: pathlib.Path, line: NewLine) -> pathlib.Path:
    """Write the folder of a new line in one step, and return it. Raises UserError where it is there
    already, and OSError; nothing is left behind then."""
    folder = root / SPECS / "lines" / line.name
    part = folder.with_name(f".{line.name}.{os.getpid()}.part")
    try:
        for path, text in line.texts.items():
            (part / path).parent.mkdir(parents=True, exist_ok=True)
            write_synced(part / path, text.encode())
        if folder.exists():
            raise UserError(f"{folder.relative_to(root)} exists already; nothing was written")
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return folder
