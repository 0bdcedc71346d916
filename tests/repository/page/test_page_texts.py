"""The texts of the page in both languages, and colours that everyone can read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import openim_charts.repository.page as page_package
from openim_charts.repository.page.site import strings

ASSETS = Path(page_package.__file__).parent / "assets"
SOURCES = "\n".join(p.read_text("utf-8") for p in sorted((ASSETS / "js").glob("*.js")))
TEMPLATE = (ASSETS / "index.html.jinja").read_text("utf-8")


def used_keys() -> set[str]:
    """Keys that the program or the document asks for."""
    program = re.findall(r'\b(?:say|section|fact)\(\s*"(\w+)"', SOURCES)
    lists = [k for part in re.findall(r"grid\(\[([^]]*)\]", SOURCES) for k in part.split('"')[1::2]]
    chosen = re.findall(r'say\([^";\n]*\? "(\w+)" : "(\w+)"', SOURCES)
    document = re.findall(r'say\("(\w+)"\)|data-\w+="(\w+)"|text\.(\w+)', TEMPLATE)
    flat = [key for found in (*chosen, *document) for key in found if key]
    return {*program, *lists, *flat} - {"k"}


def test_every_text_is_in_both_languages() -> None:
    for key, texts in strings().items():
        assert texts.keys() == {"en", "zh"}, key
        assert all(text.strip() for text in texts.values()), key
        parts = [sorted(re.findall(r"\{\w+\}", text)) for text in texts.values()]
        assert parts[0] == parts[1], key


def test_every_text_that_is_asked_for_exists_and_is_used() -> None:
    assert used_keys() == set(strings())


def colours() -> Iterator[tuple[str, str, str]]:
    """Name, light and dark value of each colour."""
    css = (ASSETS / "style.css").read_text("utf-8")
    yield from re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", css)


def luminance(colour: str) -> float:
    """Relative luminance as https://www.w3.org/TR/WCAG22/#dfn-relative-luminance defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("front", "backs"),
    [
        ("text", ["page", "surface", "sunken", "accent-soft", "mark"]),
        ("quiet", ["page", "surface", "sunken", "accent-soft", "mark"]),
        ("accent", ["page", "surface", "sunken"]),
        ("warn", ["warn-soft", "page"]),
        ("good", ["good-soft"]),
    ],
)
@pytest.mark.parametrize("theme", [1, 2], ids=["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(front: str, backs: list[str], theme: int) -> None:
    palette = {colour[0]: luminance(colour[theme]) for colour in colours()}
    for back in backs:
        bright, dim = sorted((palette[front], palette[back]), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 4.5, back
