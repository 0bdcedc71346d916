"""Keys of configuration files, which a chart renders into ConfigMaps and names under ``config``.

Their defaults are in no values.yaml, so that the values stay short; a rendering tells them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from generator.checks.rendered import RenderedObject, get
from generator.diff.model import MISSING, Change, became, change, differences, dotted
from generator.diff.objects import Objects
from generator.diff.packed import PackedChart
from generator.yamlio.reader import parse

_FILES = (".yml", ".yaml")
_VALUE = "config"


def compare_settings(
    chart: PackedChart, base: Objects, head: Objects, scenario: str
) -> Iterator[Change]:
    """Keys of configuration files that both renderings have, with other values."""
    for key in base.keys() & head.keys():
        if key.kind == "ConfigMap":
            yield from _of_map(chart, base[key], head[key], scenario)


def _of_map(
    chart: PackedChart, base: RenderedObject, head: RenderedObject, scenario: str
) -> Iterator[Change]:
    owner = _owner(head.template)
    for file, text in (get(head.data, "data") or {}).items():
        path = PurePosixPath(file)
        before = get(base.data, "data", file)
        if before in (None, text) or path.suffix not in _FILES:
            continue
        value = (*owner, _VALUE, path.stem)
        if not chart.has_value(value):
            continue
        for place, old, new in differences(_settings(before), _settings(text)):
            if MISSING not in (old, new):  # keys that came or went are told by the schema
                yield change(
                    "default-changed", dotted((*value, *place)), became(old, new), scenario
                )


def _owner(template: str) -> tuple[str, ...]:
    """The chart in an umbrella whose template it is."""
    parts = template.split("/")
    return (parts[1],) if parts[0] == "charts" else ()


def _settings(text: str) -> Mapping[str, Any]:
    document, _ = parse(text.encode(), "", refuse_templates=False)
    data = document.data if document else None
    return data if isinstance(data, Mapping) else {}
