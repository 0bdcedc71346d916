"""What the documents name exists: files, headings, commands, their options, targets of make."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from openim_charts.cli.app import app
from tests.conftest import ROOT

DOCUMENTS = [
    pytest.param(path, id=path.relative_to(ROOT).as_posix())
    for path in (
        *sorted(ROOT.glob("*.md")),
        *sorted(ROOT.glob("docs/*.md")),
        *sorted(ROOT.glob("tests/product/*/README.md")),
    )
]
_FENCED = re.compile(r"^```.*?^```", re.M | re.S)


def headings(path: Path) -> set[str]:
    """The anchors that GitHub gives to a document's headings."""
    text = _FENCED.sub("", path.read_text("utf-8"))
    found = (title.lower() for title in re.findall(r"^#+ (.*)$", text, re.M))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in found}


@pytest.mark.parametrize("path", DOCUMENTS)
def test_links_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", path.read_text("utf-8")):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        assert target.exists(), link
        assert not anchor or anchor in headings(target), link


def _options(words: list[str]) -> set[str]:
    """The options of the command that the words call."""
    command: click.Command | None = app
    while words and isinstance(command, click.Group) and re.fullmatch(r"[a-z][a-z-]*", words[0]):
        _, command, words = command.resolve_command(click.Context(command), words)
    assert command is not None
    return {option for param in command.params for option in param.opts} | {"--help"}


@pytest.mark.parametrize("path", DOCUMENTS)
def test_commands_and_their_options_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    for called in re.findall(r"(?:`|^ +(?:\.venv/bin/)?)openim-charts ([^`#\n]+)", text, re.M):
        given = re.findall(r"(?<!\S)\[?(-[-a-z]+)", called)
        assert set(given) <= _options(called.split()), called


@pytest.mark.parametrize("path", DOCUMENTS)
def test_targets_of_make_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.M))
    called = re.findall(r"(?:`|^    )make ([a-z]+)", path.read_text("utf-8"), re.M)
    assert set(called) <= targets
