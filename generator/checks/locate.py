"""From a problem in a rendered object back to the lines that can mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.charts.model import Chart
from generator.checks.rendered import Path
from generator.checks.rule import Problem, Rule
from generator.findings import Finding, Location
from generator.specs.model import Catalog

_KEY = re.compile(r"^\s*(?:- +)*[\"']?([^\s:\"'{}]+)[\"']?:(?: |$)")
_CONTEXT = 8  # lines above that are compared
_SAME_TEXT = 4  # what a line counts whose value is the same too, beside one for each line above


def to_finding(problem: Problem, rule: Rule, chart: Chart, catalog: Catalog) -> Finding:
    """The finding at the template line that wrote the object, if that is the chart's own; else at
    the spec's key, with that line as the trace."""
    message = problem.message
    file, line = problem.file, problem.line
    if problem.obj:
        obj = problem.obj
        where = f" at {dotted(problem.path)}" if problem.path else ""
        message = f"{obj.kind} {obj.name}{where}: {message}"
        line = obj.line(problem.path) + problem.row
        file, line = template_line(chart, obj.template, obj.text, line)
    spec = chart.spec
    parts = file.split("/")
    if parts[0] == "charts" and len(parts) > 1 and parts[1] in catalog.charts:
        spec = catalog.charts[parts[1]]
    scenario = problem.obj.scenario if problem.obj else problem.scenario
    place = origin(chart, file, line)
    own = place and spec.folder and place.path.startswith(f"{spec.folder}/")
    if place and own and problem.spec == ("name",):
        location, trace = place, f"with {scenario}" if scenario else ""
    else:
        key = problem.otherwise if problem.spec == ("name",) else problem.spec
        location, trace = spec.origin(*key), _trace(place, file, line, scenario)
    return Finding(location, rule.id, message, rule.severity, trace)


def dotted(path: Path) -> str:
    """``spec.containers[0].image``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _trace(place: Location | None, file: str, line: int, scenario: str) -> str:
    if not file or file.endswith("/"):
        return f"with {scenario}" if scenario else ""
    shown = f"{place.path}:{place.line}" if place else f"{file}:{line}"
    verb = "rendered by" if scenario or "templates/" in file else "see"
    return f"{verb} {shown}" + (f" with {scenario}" if scenario else "")


def origin(chart: Chart, file: str, line: int) -> Location | None:
    """The feature's template line that wrote this line of the chart's template."""
    origins = chart.origins.get(file, ())
    for number in range(min(line, len(origins)), 0, -1):
        place = origins[number - 1]
        if place:
            return place
    return None


def template_line(chart: Chart, template: str, text: str, line: int) -> tuple[str, int]:
    """The file of the chart and the line in it that most likely wrote line ``line`` of ``text``.

    Helm keeps no positions, so lines are told by their keys, those of scripts by all of their text,
    and by the lines above them; a line that the template does not hold may come from one of the
    chart's named templates.
    """
    wanted = text.splitlines()[max(0, line - _CONTEXT) : line]
    folder = template.split("templates/")[0] + "templates/"
    helpers = [p for p in chart.files if p.startswith(f"{folder}_") and p.endswith(".tpl")]
    best = (0, template, 1)
    for path in (template, *helpers):
        rows = chart.files.get(path, b"").decode().splitlines()
        for score, number in _scores(rows, wanted):
            best = max(best, (score, path, number), key=lambda found: found[0])
    return best[1], best[2]


def _scores(rows: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[int, int]]:
    keys, wanted_keys = [_key(row) for row in rows], [_key(row) for row in wanted]
    if not wanted or not wanted_keys[-1]:
        return
    for index, key in enumerate(keys):
        if key == wanted_keys[-1]:
            above = keys[max(0, index - 2 * _CONTEXT) : index]
            same = _SAME_TEXT if rows[index].strip() == wanted[-1].strip() else 1
            yield same + sum(1 for row in wanted_keys[:-1] if row and row in above), index + 1


def _key(row: str) -> str:
    found = _KEY.match(row)
    return found[1] if found else row.strip()
