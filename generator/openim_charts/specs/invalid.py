"""What can still be said of specs when some are invalid: the charts that are right, and names in
files that break their schema."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from openim_charts.findings import Finding, Location
from openim_charts.specs.index import Index
from openim_charts.specs.layers import Layered
from openim_charts.specs.layout import SPECS
from openim_charts.specs.references import unknown
from openim_charts.yamlio.document import Document


def without_broken(index: Index, findings: Iterable[Finding]) -> Index | None:
    """What is left without the charts that have findings, and without umbrellas; None when
    something else has some, or something else needs one of those charts."""
    broken: set[str] = set()
    for finding in findings:
        chart = _chart_of(finding, index)
        if not chart:
            return None
        broken.add(chart)
    if broken & set(_needed(index)):
        return None
    kept = {
        name: _pruned(chart, broken)
        for name, chart in index.charts.items()
        if name not in broken and chart.keys.kind != "umbrella"
    }
    return replace(index, charts=kept)


def _chart_of(finding: Finding, index: Index) -> str:
    """The chart whose spec, or folder beside it, has the finding; "" for another file."""
    path = finding.location.path
    for name, source in index.sources.items():
        if path == source.shown or path.startswith(f"{SPECS}/{source.folder}/{source.name}/"):
            return name
    return ""


def _needed(index: Index) -> Iterator[str]:
    """Charts without which dependencies, credentials or config files mean nothing."""
    for dependency in index.dependencies.values():
        yield from dependency.keys.components
    for credential in index.credentials.values():
        yield credential.keys.owner
    for file in index.config.values():
        yield from _bound_charts(file.document)


def _bound_charts(document: Document) -> Iterator[str]:
    for path in document.keys:
        if path[-2:] == ("bind", "chart"):
            node = document.data
            for part in path:
                node = node[part]
            yield node


def _pruned(chart: Layered, broken: set[str]) -> Layered:
    calls = chart.keys.calls
    if not broken.intersection(calls):
        return chart
    data: Mapping[str, object] = {**chart.data, "calls": [c for c in calls if c not in broken]}
    return Layered(chart.path, data, chart.origins)


def check_names(document: Document, index: Index, said: Collection[Location]) -> Iterator[Finding]:
    """Words of a chart's or profile's own lists that stand for nothing, but where something is
    ``said`` already. The data may be of any shape."""
    data = document.data if isinstance(document.data, Mapping) else {}
    line = data.get("line")
    lists = dict(index.listed)
    if isinstance(line, str) and line in index.config_names:
        lists["config"] = ("config file", index.config_names[line])
    for key, (what, names) in lists.items():
        listed = data.get(key)
        for number, word in enumerate(listed if isinstance(listed, list) else ()):
            place = document.value((key, number))
            if isinstance(word, str) and word not in names and place not in said:
                yield unknown(place, key, what, word, names)
