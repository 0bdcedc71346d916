"""Texts of templates and of files in ConfigMaps, as structures."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml


@lru_cache(maxsize=1024)
def structured(text: str) -> Any:
    """The data of a YAML or JSON text; None when it is neither. Shared: do not change it."""
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):
        return None


_TOKEN = re.compile(r"\{\{-? *(?:(if|with|range|define|block)\b|(end)\b)")
_DEFINE = re.compile(r"\{\{-? *define\b")
_COMMENT = re.compile(r"\{\{-? */\*.*?\*/ *-?\}\}", re.DOTALL)


def without_comments(text: str) -> str:
    """A template without its comments; what is left stays on its line."""
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)


def unbalanced(text: str) -> int:
    """The line (from 1) of the block that is not closed, or of an end without a block; 0 when each
    has the other.

    Helm names the place where it noticed; people indent a block and its end equally, which tells
    the place that is wrong.
    """
    opened: list[tuple[int, int]] = []  # indentation, line
    lines = without_comments(text).splitlines()
    for number, line in enumerate(lines, start=1):
        indent = len(line) - len(line.lstrip())
        for found in _TOKEN.finditer(line):
            if found[1] == "define" and opened:
                return opened[-1][1]
            if found[1]:
                opened.append((indent, number))
            elif not opened:
                return number
            elif opened[-1][1] != number and opened[-1][0] != indent:
                return opened[-1][1] if opened[-1][0] > indent else number
            elif len(opened) > 1 and not indent and _ends_define(lines[number:]):
                return opened[-1][1]
            else:
                opened.pop()
    return opened[-1][1] if opened else 0


def _ends_define(following: list[str]) -> bool:
    """Whether what follows an end is another named template, or nothing."""
    line = next((line for line in following if line.strip()), "")
    return not line or bool(_DEFINE.match(line))
