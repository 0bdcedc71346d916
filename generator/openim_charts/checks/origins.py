"""Which template line wrote each line of what a chart renders.

Helm keeps no positions. So when something is wrong, the chart is rendered once more with a mark at
the end of each template line that leaves text behind: a comment, which Helm carries into what it
renders, through ``include``, ``range`` and ``indent``. Marks name the template's line; the compiled
chart knows which line of a feature or spec that was (``Chart.origins``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from openim_charts.charts.model import Chart
from openim_charts.helm.adapter import HelmError, Rendering

Place = tuple[str, int]  # file of the chart, line from 1
Rows = Sequence[tuple[str, tuple[int, int] | None]]  # lines, each with the mark's file and line
# Private characters of Unicode: YAML allows them, and no template has them.
_MARK = re.compile(" ?#\ue000([0-9]+):([0-9]+)\ue001")
_ACTION = re.compile(r"\{\{-?.*?-?\}\}", re.DOTALL)
_DEFINE = re.compile(r'\{\{-? *define +"([^"]+)"')
_INCLUDED = re.compile(r'\binclude +"([^"]+)"')
_CONTROL = re.compile(r"\{\{-? *(?:if|else|end|with|range|define|block|/\*|\$\w+ *:?=)")
_OPENS = re.compile(r"\{\{-? *(?:if|with|range|define|block)\b")
_CLOSES = re.compile(r"\{\{-? *end\b")
# What a named template is given: no pipeline, but in brackets.
_NESTED = r"\([^()]*\)"
for _ in range(4):
    _NESTED = rf"\((?:[^()]|{_NESTED})*\)"
_CALL = rf"include +\S+ +(?:[^|()]|{_NESTED})*"
# Where a named template is included for its lines; elsewhere it is a value, which a mark would
# change: an argument, or a part of a line.
_FOR_LINES = re.compile(
    rf"\{{\{{-? *(?:with +|if +|range +)?{_CALL}(?:\| *(?:n?indent +\d+|trim) *)*-?\}}\}}"
)
_KEPT = re.compile(rf"\{{\{{-? *(\$\w+) *:= *{_CALL}(?:\| *trim *)?-?\}}\}}")
# For data, where a comment is lost, or for a digest, which then is another one.
_READ = re.compile(rf"\b{_CALL}\| *(?:fromYaml\w*|sha256sum)\b")
_WITH = re.compile(r"\{\{-? *with ")
_DOT = re.compile(r"\{\{-? *(?:\.|\w+ +\.)(?: [^}]*|)-?\}\}")  # an action on what `with` opened
_ITS_LINES = re.compile(r"\{\{-? *\. *(?:\| *n?indent +\d+ *)?-?\}\}")
_NEW_LINE = re.compile(r"\s*(\{\{-[^}]*\| *nindent +\d+ *-?\}\})")


class Origins:
    """The template lines behind one rendering of a chart. ``render`` renders files of the chart."""

    def __init__(self, chart: Chart, render: Callable[[Mapping[str, bytes]], Rendering]) -> None:
        self._chart = chart
        self._render = render
        self._marked: Sequence[tuple[str, Rows]] | None = None
        kinds = (".yaml", ".tpl")
        self._paths = [p for p in chart.files if "templates/" in p and p.endswith(kinds)]

    def place(self, template: str, text: str, line: int) -> Place:
        """Where the template line is that wrote a line of a rendered document.

        ``template`` is the chart's file that rendered the document, ``text`` the document, ``line``
        counts from 1. The template's first line when the chart cannot be rendered with marks.
        """
        if self._marked is None:
            self._marked = self._documents()
        path = f"{self._chart.name}/{template}"
        candidates = [marked for name, marked in self._marked if name == path]
        rows = text.splitlines()
        best = max(candidates, key=lambda rendered: _likeness(rendered, rows), default=None)
        mark = _aligned(best, rows, line) if best else None
        return (self._paths[mark[0]], mark[1]) if mark else (template, 1)

    def _documents(self) -> Sequence[tuple[str, Rows]]:
        texts = {p: self._chart.files[p].decode() for p in self._paths}
        values = _values(list(texts.values()))
        marked = {
            path: mark(text, index, values).encode()
            for index, (path, text) in enumerate(texts.items())
        }
        try:
            rendering = self._render({**self._chart.files, **marked})
        except HelmError:
            return ()
        return [(file.path, places(file.text)) for file in rendering.files]


def mark(text: str, index: int, values: frozenset[str] = frozenset()) -> str:
    """A template with marks: "file ``index``, line" at the end of each line that can leave text
    behind. The lines of the named templates ``values`` get none."""
    marked: list[str] = []
    depth, kept, unclosed = 0, 0, False
    for number, line in enumerate(text.splitlines(), start=1):
        starts_inside = unclosed
        unclosed = line.rfind("{{") > line.rfind("}}") or (starts_inside and "}}" not in line)
        found = _DEFINE.search(line)
        if found and found[1] in values:
            kept = depth + 1
        depth += len(_OPENS.findall(line)) - len(_CLOSES.findall(line))
        if kept and depth < kept:
            kept = 0
        if kept or starts_inside or unclosed or not _leaves_text(line):
            marked.append(line)
            continue
        sign = f" #\ue000{index}:{number}\ue001"
        first = line.find("{{")
        before = _NEW_LINE.search(line)
        if before and line[:first].strip():
            line = f"{line[: before.start()]}{sign}{line[before.start(1) :]}"
        marked.append(line + sign)
    return "\n".join(marked) + "\n"


def _leaves_text(line: str) -> bool:
    """Whether text or a value stays of a line, and its end is not trimmed."""
    left = _ACTION.sub(lambda a: "" if _CONTROL.match(a[0]) else a[0], line).strip()
    return bool(left) and left != "---" and not line.rstrip().endswith("-}}")


def _values(texts: Iterable[str]) -> frozenset[str]:
    """Names of the templates that are included as values somewhere: as arguments, within a line, or
    by ``with`` for something else than their lines."""
    found: set[str] = set()
    for text in texts:
        for action in _ACTION.finditer(text):
            names = _INCLUDED.findall(_READ.sub("", action[0]))
            if not names:
                continue
            kept = _KEPT.fullmatch(action[0])
            if kept and _is_rendered(kept[1], text):
                continue
            lines = bool(_FOR_LINES.fullmatch(action[0])) and _whole(text, action)
            if lines and _WITH.match(action[0]):
                lines = _renders_lines(text, action.end())
            if not lines:
                found |= set(names)
    return frozenset(found)


def _is_rendered(variable: str, text: str) -> bool:
    """Whether a template renders the lines that a variable holds."""
    if re.search(rf"\{{\{{-? *\{variable} *\| *n?indent", text):
        return True
    opened = re.search(rf"\{{\{{-? *with +\{variable} *-?\}}\}}", text)
    return bool(opened and _renders_lines(text, opened.end()))


def _renders_lines(text: str, begin: int) -> bool:
    """Whether a block that starts here renders the lines of what it opened, and nothing else of
    it."""
    block = text[begin : text.find("{{- end", begin)]
    uses = _DOT.findall(block)
    return bool(uses) and all(_ITS_LINES.fullmatch(use) for use in uses)


def _whole(text: str, action: re.Match[str]) -> bool:
    """Whether an action begins lines of its own: alone on its line, or behind a line end."""
    begin = text.rfind("\n", 0, action.start()) + 1
    end = text.find("\n", action.end())
    around = text[begin : action.start()] + text[action.end() : end if end >= 0 else None]
    return not around.strip() or "nindent" in action[0] or bool(_CONTROL.match(action[0]))


def places(text: str) -> Rows:
    """The lines of a document that was rendered with marks, without them, each with its mark's
    file and line: the first of its own, else, where one template line wrote several, the next."""
    rows: list[tuple[str, tuple[int, int] | None]] = []
    following: tuple[int, int] | None = None
    for row in reversed(text.splitlines()):
        found = _MARK.search(row)
        following = (int(found[1]), int(found[2])) if found else following
        plain = _MARK.sub("", row)
        if plain.strip() or not found:  # else its actions gave nothing
            rows.append((plain, following))
    return rows[::-1]


def _likeness(rendered: Rows, rows: Sequence[str]) -> float:
    lines = [row for row, _ in rendered]
    return 1.0 if lines == list(rows) else SequenceMatcher(None, lines, rows).quick_ratio() - 1


def _aligned(rendered: Rows, rows: Sequence[str], line: int) -> tuple[int, int] | None:
    """The mark of a line of the document as it is without marks, where blank lines may lack."""
    lines = [row for row, _ in rendered]
    if lines == list(rows):
        return rendered[line - 1][1] if line <= len(rows) else rendered[-1][1]
    matcher = SequenceMatcher(None, lines, rows, autojunk=False)
    for _, begin, end, from_row, to_row in matcher.get_opcodes():
        if from_row < line <= to_row:
            offset = line - 1 - from_row
            return rendered[min(begin + offset, max(begin, end - 1), len(rendered) - 1)][1]
    return rendered[-1][1] if rendered else None
