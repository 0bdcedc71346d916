"""From a problem in a rendered object back to the lines that can mend it."""

from __future__ import annotations

import pathlib
from dataclasses import replace
from functools import lru_cache

from openim_charts.charts.model import Chart
from openim_charts.checks.origins import Origins
from openim_charts.checks.rendered import Path, walk
from openim_charts.checks.rule import Problem, Rule
from openim_charts.findings import Finding, Location
from openim_charts.specs.model import Catalog, ChartSpec


def to_finding(
    problem: Problem, rule: Rule, chart: Chart, catalog: Catalog, origins: Origins | None = None
) -> Finding:
    """The finding at the place that can mend it: the key of the spec that the problem names, else
    the template line that wrote what is wrong.

    Of a feature's line that takes something from the spec nobody knows which of both is wrong: it
    is placed at the spec, with that line as its origin, where ``merged`` puts it when other charts
    have the same. ``origins`` belongs to the rendering that the problem is about.
    """
    message, file, line = problem.message, problem.file, problem.line
    if problem.obj:
        obj = problem.obj
        where = f" at {dotted(problem.path)}" if problem.path else ""
        message = f"{obj.kind} {obj.name}{where}: {message}"
        file, line = obj.template, 1
        if origins:
            row = obj.line(problem.path) + problem.row
            file, line = origins.place(obj.template, obj.text, row)
    spec = chart.spec
    parts = file.split("/")
    if parts[0] == "charts" and len(parts) > 1 and parts[1] in catalog.charts:
        spec = catalog.charts[parts[1]]
    scenario = problem.obj.scenario if problem.obj else problem.scenario
    found = Finding(spec.origin("name"), rule.id, message, rule.severity, chart=spec.name)
    place = origin(chart, file, line)
    if problem.spec != ("name",):
        trace = _trace(place, file, line, scenario)
        return replace(found, location=spec.origin(*problem.spec), trace=trace)
    own = bool(place and spec.folder and place.path.startswith(f"{spec.folder}/"))
    if place and not own and problem.otherwise != ("name",):
        trace = _trace(place, file, line, scenario)
        return replace(found, location=spec.origin(*problem.otherwise), trace=trace)
    if place and (own or not _takes_from_spec(catalog.root, place)):
        trace = f"with {scenario}" if scenario else ""
        return replace(found, location=place, trace=trace, origin=place)
    rows = chart.files.get(file, b"").decode().splitlines()
    given = _given(spec, rows[line - 1]) if place and line <= len(rows) else ()
    at = spec.origin(*given) if given else found.location
    return replace(found, location=at, trace=_trace(place, file, line, scenario), origin=place)


@lru_cache(maxsize=256)
def _takes_from_spec(root: str, place: Location) -> bool:
    """Whether a template's line asks the spec for a part of its text."""
    try:
        lines = pathlib.Path(root, place.path).read_text("utf-8").splitlines()
    except OSError:
        return False
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    return "[[" in line.replace("[[ prefix ]]", "") or "[%" in line


def _given(spec: ChartSpec, row: str) -> Path:
    """The path of the longest text among a spec's options that a line has; () for none."""
    found = [
        (len(text), path)
        for path, text in walk(spec.data.get("options", {}), ("options",))
        if isinstance(text, str) and len(text) > 3 and text in row
    ]
    return max(found, default=(0, ()))[1]


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
