"""Checks of a file's text before it is parsed: encoding, control characters, tabs, size."""

from __future__ import annotations

import re

from openim_charts.findings import Finding, Location

MAX_BYTES = 1024 * 1024

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def decode(content: bytes, path: str) -> tuple[str, list[Finding]]:
    """The text of a file and what is wrong with its characters; "" when it cannot be decoded."""
    if len(content) > MAX_BYTES:
        size = f"{len(content):,} bytes, more than the {MAX_BYTES:,} that a spec may have"
        return "", [Finding(Location(path), "yaml-size", f"the file has {size}; split it")]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        place = _place(content[: error.start].decode("utf-8"), path)
        byte = content[error.start]
        message = f"byte 0x{byte:02x} is not UTF-8 text; save the file as UTF-8"
        return "", [Finding(place, "yaml-encoding", message)]
    text = text.removeprefix("\ufeff")
    bad = _FORBIDDEN.search(text)
    if bad:
        code = unwritable(bad[0])
        message = f"the character {code} is not allowed in YAML; remove it"
        return "", [Finding(_place(text[: bad.start()], path), "yaml-encoding", message)]
    return text, []


def unwritable(text: str) -> str:
    """The first character that YAML can only hold as an escape, as ``U+001B``; "" without one.

    Kubernetes' printers and many an editor cannot show them either.
    """
    bad = _FORBIDDEN.search(text)
    return f"U+{ord(bad[0]):04X}" if bad else ""


def tabs(text: str, path: str) -> list[Finding]:
    """One finding for each line that holds a tab."""
    if "\t" not in text:
        return []
    message = 'a tab; indent and separate with spaces, or write "\\t" in double quotes'
    return [
        Finding(Location(path, number, line.index("\t") + 1), "yaml-tab", message)
        for number, line in enumerate(text.split("\n"), start=1)
        if "\t" in line
    ]


def _place(before: str, path: str) -> Location:
    return Location(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
