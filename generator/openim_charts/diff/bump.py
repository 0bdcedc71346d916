"""A spec with the version that its changes ask for, everything else in it left as it is."""

from __future__ import annotations

import re

from openim_charts.diff.model import ChartDiff
from openim_charts.diff.report import change_entries
from openim_charts.diff.step import right_version
from openim_charts.yamlio.writer import dump

_VERSION = re.compile(r"^version:[^\n]*$", re.MULTILINE)
_CHANGES = re.compile(r"^changes:[^\n]*\n(?:(?:[ \t-][^\n]*)?\n)*", re.MULTILINE)


def bumped(text: str, diff: ChartDiff) -> str:
    """The text of the chart's spec with its right version, and with what changed as ``changes``.

    Raises ValueError where the version does not stand on a line of its own.
    """
    if not _VERSION.search(text):
        raise ValueError("'version' does not stand on a line of its own")
    text = _VERSION.sub(f"version: {right_version(diff)}", text, count=1)
    entries = change_entries(diff)
    block = dump({"changes": entries}) if entries else ""
    there = _CHANGES.search(text)
    if there:
        kept = "\n" * (len(there[0]) - len(there[0].rstrip("\n")) - 1)
        return text[: there.start()] + block + kept + text[there.end() :]
    return _VERSION.sub(lambda line: f"{line[0]}\n{block}".rstrip("\n"), text, count=1)
