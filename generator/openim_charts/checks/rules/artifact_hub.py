"""Annotations of Chart.yaml are those that Artifact Hub takes.

What it refuses is in internal/tracker/source/helm/helm.go, internal/pkg/metadata.go and
internal/hub/pkg.go of https://github.com/artifacthub/hub, which ``ah lint`` runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from openim_charts.charts.model import Chart
from openim_charts.checks.rendered import Path
from openim_charts.checks.rule import ChartRule, Problem
from openim_charts.image import parse_image
from openim_charts.jsonschema import jsonschema_rs
from openim_charts.specs.model import Catalog

_PREFIX = "artifacthub.io/"
_CHART = "Chart.yaml"
# The key of a spec that decides an annotation; the others come from repository.yaml.
_SPEC: Mapping[str, Path] = {
    "category": ("category",),
    "changes": ("changes",),
    "containsSecurityUpdates": ("changes",),
    "images": ("images",),
    "prerelease": ("version",),
}


class ArtifactHub(ChartRule):
    """Each annotation is known, of the right shape and without keys that mean nothing."""

    id = "artifact-hub"
    summary = "Artifact Hub takes every artifacthub.io/ annotation of Chart.yaml."
    rationale = (
        "Artifact Hub does not list a version with an annotation that it cannot read, and leaves "
        "out unread what it does not know. These are the checks of its own `ah lint`, and SPDX's "
        "list of licenses."
    )

    def check(self, chart: Chart, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        rows = chart.files[_CHART].decode().splitlines()
        for name, text in (chart.metadata.get("annotations") or {}).items():
            if not name.startswith(_PREFIX):
                continue
            line = next((n for n, row in enumerate(rows, 1) if row.strip().startswith(name)), 1)
            short = name.removeprefix(_PREFIX)
            for fault in faults(short, text, chart.name):
                yield Problem(
                    f"{name}: {fault}", file=_CHART, line=line, spec=_SPEC.get(short, ("name",))
                )


def faults(name: str, text: str, chart: str) -> Iterator[str]:
    """What is wrong with the annotation ``artifacthub.io/NAME`` of a chart."""
    schema = _schema()["properties"].get(name)
    if schema is None:
        yield "Artifact Hub knows no such annotation"
        return
    value: Any = text
    if schema["type"] != "string":
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError as error:
            yield f"it is no YAML: {' '.join(str(error).split())}"
            return
    wrong = next(_validator().iter_errors({name: value}), None)
    if wrong is None:
        yield from _meaning(name, value, chart)
        return
    place = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in wrong.instance_path[1:])
    yield f"{place.removeprefix('.')} {wrong.message}".strip()


def _meaning(name: str, value: Any, chart: str) -> Iterator[str]:
    """What a schema cannot say."""
    if name == "images":
        for entry in value:
            if parse_image(entry["image"]) is None:
                yield f"{entry['image']!r} is no image reference"
    elif name == "license" and value not in _licenses():
        yield f"{value!r} is no identifier of the SPDX License List"
    elif name == "alternativeName" and value not in chart and chart not in value:
        yield f"{value!r} is no part of {chart!r}, nor holds it"


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(_data("artifact-hub.schema.json"))
    return schema


@cache
def _validator() -> Any:
    return jsonschema_rs.Draft202012Validator(_schema())


@cache
def _licenses() -> frozenset[str]:
    return frozenset(_data("spdx-licenses.txt").splitlines()[1:])


def _data(name: str) -> str:
    return (files("openim_charts.checks") / "data" / name).read_text("utf-8")
