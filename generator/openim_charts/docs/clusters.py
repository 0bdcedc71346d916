"""The part of docs/clusters.md that is made of presets: a section for each kind of cluster."""

from __future__ import annotations

import re
from pathlib import Path

from openim_charts.findings import UserError
from openim_charts.specs.layout import PRESETS
from openim_charts.specs.model import Catalog

PAGE = "docs/clusters.md"
FOLDER = "clusters/"  # presets in this folder are for one kind of cluster each
_HEAD = re.compile(r"# (?P<title>[^\n]+)\n#\n(?P<text>(?:#[^\n]*\n)+)\n")
_START, _END = "<!-- made of presets/clusters/ by make docs -->\n", "<!-- end -->"
_MADE = re.compile(f"(?<={_START}).*(?={_END})", re.S)


def clusters_page(root: Path, catalog: Catalog) -> str:
    """The page, with the sections as the presets are now; the rest of it is as it stands there.

    Raises UserError for a preset that does not begin with a comment of title and text, and for a
    page without the place of the sections.
    """
    listed = {name: None for chart in catalog.charts.values() for name in chart.presets}
    page = (root / PAGE).read_text("utf-8")
    if not _MADE.search(page):
        raise UserError(f"{PAGE}: it needs the lines '{_START.strip()}' and '{_END}'")
    sections = [_section(root, name) for name in listed if name.startswith(FOLDER)]
    return _MADE.sub(lambda _: "\n" + "\n".join(sections) + "\n", page)


def _section(root: Path, name: str) -> str:
    path = f"{PRESETS}/{name}.yaml"
    content = (root / path).read_text("utf-8")
    head = _HEAD.match(content)
    if head is None:
        raise UserError(
            f"{path}:1:1: a preset for a kind of cluster begins with a comment: its title, an "
            "empty line, for whom it is, and an empty line that is no comment"
        )
    text = re.sub("^# ?", "", head["text"], flags=re.M)
    values = content[head.end() :]
    return f"### {head['title']}\n\n[{path}](../{path})\n\n{text}\n```yaml\n{values}```\n"
