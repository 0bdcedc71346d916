"""Resolved and checked chart documents to ChartSpecs. Nothing here can fail."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from openim_charts.findings import Location
from openim_charts.specs.build_images import build_layouts
from openim_charts.specs.image_model import Base
from openim_charts.specs.known import Known
from openim_charts.specs.layers import Layered
from openim_charts.specs.layout import SPECS, Source
from openim_charts.specs.model import (
    ChartSpec,
    Dependency,
    Exposure,
    ImageLayout,
    OnlyWith,
    ReleaseLine,
)


def build_charts(
    known: Known,
    lines: Mapping[str, ReleaseLine],
    dependencies: Mapping[str, Dependency],
    bases: Mapping[str, Base],
) -> dict[str, ChartSpec]:
    """All charts, sorted by name."""
    charts = {
        name: _build(known.sources[name], chart, known, lines, dependencies, bases)
        for name, chart in sorted(known.charts.items())
    }
    return {name: _complete(chart, charts) for name, chart in charts.items()}


def _build(
    source: Source,
    chart: Layered,
    known: Known,
    lines: Mapping[str, ReleaseLine],
    dependencies: Mapping[str, Dependency],
    bases: Mapping[str, Base],
) -> ChartSpec:
    data = chart.data
    get = data.get
    name = data["name"]
    line = lines[data["line"]] if "line" in data else None
    binary = get("binary", name)
    place = f"{source.folder}/{source.name}"
    return ChartSpec(
        name=name,
        kind=data["kind"],
        family=source.folder,
        version=data["version"],
        app_version=get("appVersion") or (line.app_version if line else ""),
        description=data["description"],
        title=get("title", name),
        category=get("category", ""),
        keywords=tuple(get("keywords", ())),
        line=line,
        binary=binary,
        images=_images(chart, known, bases),
        ports=get("ports", {}),
        config=tuple(line.config[file] for file in get("config", ())) if line else (),
        uses=tuple(dependencies[used] for used in get("uses", ())),
        calls=tuple(get("calls", ())),
        includes=_includes(get("includes", ()), known),
        exposure=_exposure(get("exposure")),
        internet=get("internet", False),
        service_account_token=get("serviceAccountToken", True),
        probes=get("probes", {}),
        test=get("test", {}),
        options=get("options", {}),
        features=tuple(get("features", ())),
        values=get("values", {}),
        changes=tuple(get("changes", ())),
        notes=get("notes", ""),
        deprecated=get("deprecated", False),
        location=Location(chart.path),
        origins=chart.origins,
        only_with=_only_with(get("onlyWith")),
        presets=tuple(get("presets", ())),
        ignored=tuple(entry["rule"] for entry in get("ignore", ())),
        folder=f"{SPECS}/{place}" if place in known.folders else "",
        data=data,
    )


def _complete(chart: ChartSpec, charts: Mapping[str, ChartSpec]) -> ChartSpec:
    """An umbrella without a version of its own has that of the one line that it holds."""
    if chart.kind != "umbrella" or chart.app_version:
        return chart
    versions = {v.app_version for n in chart.includes if (v := charts[n].line)}
    if len(versions) != 1:
        return chart
    return dataclasses.replace(chart, app_version=versions.pop())


def _images(chart: Layered, known: Known, bases: Mapping[str, Base]) -> Mapping[str, ImageLayout]:
    """The layouts of the line and of the chart, placeholders filled."""
    data = chart.data
    name = data["name"]
    of_line = known.lines[data["line"]].data["images"] if "line" in data else {}

    def fill(text: str) -> str:
        return text.replace("{name}", name).replace("{binary}", data.get("binary", name))

    return build_layouts({**of_line, **data.get("images", {})}, known.images, bases, fill)


def _only_with(data: Mapping[str, Any] | None) -> OnlyWith | None:
    if not data:
        return None
    return OnlyWith(data["global"], tuple(data["values"]), tuple(data.get("except", ())))


def _exposure(data: Mapping[str, Any] | None) -> Exposure | None:
    if not data:
        return None
    return Exposure(
        path=data["path"],
        port=data["port"],
        host=data.get("host", "main"),
        strip_prefix=data.get("stripPrefix", False),
        websocket=data.get("websocket", False),
        headers=data.get("headers", {}),
        hidden=tuple(data.get("hidden", ())),
    )


def _includes(listed: list[str], known: Known) -> tuple[str, ...]:
    """Charts of the families as they are listed, each family by name, umbrellas left out."""
    found: dict[str, None] = {}
    for word in listed:
        names = known.members.get(word, (word,))
        found.update(dict.fromkeys(names))
    return tuple(found)
