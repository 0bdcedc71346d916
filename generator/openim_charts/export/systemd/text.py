"""Texts as systemd reads them in units (systemd.syntax(7), systemd.service(5))."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[\w./:=,@%+${}*-]+")


def escaped(text: str) -> str:
    """A text in which systemd replaces nothing, for a word of a command."""
    return text.replace("%", "%%").replace("$", "$$")


def word(text: str) -> str:
    """One word of a command; its specifiers and variables stay what they are."""
    return text if _PLAIN.fullmatch(text) else _quoted(text)


def setting(name: str, text: str) -> str:
    """An assignment for ``Environment=``, which knows no variables."""
    found = f"{name}={text.replace('%', '%%')}"
    return found if re.fullmatch(r"[^\s\"'\\]+", found) else _quoted(found)


def _quoted(text: str) -> str:
    special = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(special.get(letter, letter) for letter in text) + '"'
