"""The commands and values that pages of docs/ give."""

from __future__ import annotations

import re
from textwrap import dedent

from tests.conftest import ROOT


def blocks(page: str, language: str = "bash") -> list[str]:
    """The blocks of a page in a language, also those below an item of a list."""
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.M | re.S)
    return [dedent(block) for block in found]


def block_with(word: str, page: str, language: str = "bash") -> str:
    """The only such block that has a word in it."""
    (found,) = (block for block in blocks(page, language) if word in block)
    return found
