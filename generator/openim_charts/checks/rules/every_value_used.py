"""Every value does something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from openim_charts.charts.model import Chart
from openim_charts.checks.rule import ChartRule, Problem
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.reader import parse

_DIRECT = re.compile(r"\.Values((?:\.[A-Za-z_]\w*)+|\b)")
_INDEX = re.compile(r"index\s+[$.]*\.?Values((?:\s+\"[^\"]+\")+)")
_OPENS = re.compile(r"\b(with|range)\b|:=")
_BLOCK = 6  # lines after the opening of a block that may hand on what it opened
_WHOLE = re.compile(r"\b(toYaml|toJson|tpl|include|range|merge|dict|deepCopy|omit|pick|dig|get)\b")
_WORD = re.compile(r"[A-Za-z_]\w*")

Path = tuple[str, ...]


class EveryValueUsed(ChartRule):
    """Leaves of values.yaml against the templates' references."""

    id = "every-value-used"
    summary = "Each key of values.yaml is read by a template, itself or as part of its parent."
    rationale = "A value without effect misleads whoever sets it, and Helm says nothing."

    def check(self, chart: Chart, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        uses = _Uses(chart.files)
        subcharts = {path.split("/")[1] for path in chart.files if path.startswith("charts/")}
        for path in _leaves(chart.values):
            if path[0] not in subcharts and not uses.uses(path):
                message = f"no template reads {'.'.join(path)}"
                line = _line(chart, path)
                yield Problem(message, file="values.yaml", line=line, spec=("values", *path))


@dataclass(frozen=True, slots=True)
class _Read:
    """What one template takes from .Values, what of it as a whole, and all words in it."""

    taken: frozenset[Path]
    whole: frozenset[Path]
    words: frozenset[str]


class _Uses:
    """What the templates (of subcharts too) take from .Values."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        read = [_read(data) for path, data in files.items() if "templates/" in path]
        self._taken = frozenset().union(*(one.taken for one in read))
        self._whole = frozenset().union(*(one.whole for one in read))
        self._words = frozenset().union(*(one.words for one in read))
        self._parents = {path[:n] for path in self._taken for n in range(len(path) + 1)}

    def uses(self, path: Path) -> bool:
        """Whether the value or a part of it is read, or its parent is handed on, or a parent is
        read and the key's own name stands in a template. A global value is shared by all charts:
        it is enough that the chart reads something of its group."""
        if path in self._parents or (path[0] == "global" and path[:2] in self._parents):
            return True
        return any(
            path[:length] in self._taken
            and (path[:length] in self._whole or path[-1] in self._words)
            for length in range(len(path))
        )


@lru_cache(1024)  # an umbrella has the templates of its subcharts
def _read(template: bytes) -> _Read:
    text = template.decode()
    lines = text.splitlines()
    taken: set[Path] = set()
    whole: set[Path] = set()
    for number, line in enumerate(lines):
        if "Values" not in line:
            continue
        found = [tuple(m[1].split(".")[1:]) for m in _DIRECT.finditer(line)]
        found += [tuple(re.findall(r'"([^"]+)"', m[1])) for m in _INDEX.finditer(line)]
        taken.update(found)
        block = lines[number : number + _BLOCK] if _OPENS.search(line) else [line]
        if any(_WHOLE.search(row) for row in block):
            whole.update(found)
    return _Read(frozenset(taken), frozenset(whole), frozenset(_WORD.findall(text)))


def _leaves(values: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    for key, value in values.items():
        here = (*path, str(key))
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, here)
        else:
            yield here


def _line(chart: Chart, path: Path) -> int:
    document, _ = parse(chart.files["values.yaml"], "values.yaml", refuse_templates=False)
    return document.key(path).line if document else 1
