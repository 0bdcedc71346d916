"""Settings for features, ``options:`` in a spec: each feature's options.yaml says what it takes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs

from generator.findings import Finding
from generator.specs.layers import Layered
from generator.specs.messages import explain
from generator.specs.schema import load_schema
from generator.yamlio.document import Document
from generator.yamlio.reader import parse_plain

FILE = "options.yaml"


class FeatureOptions:
    """The settings of all features of a folder; a feature without a file takes none."""

    def __init__(self, features: Path) -> None:
        self._shapes = {
            file.parent.name: parse_plain(
                file.read_text("utf-8"), f"generator/features/{file.parent.name}/{FILE}"
            )
            for file in sorted(features.glob(f"*/{FILE}"))
        }

    @cached_property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of a chart's or profile's ``options``, with nothing free in it."""
        closed = {"type": "object", "additionalProperties": False, "description": "Settings."}
        options = {name: {**closed, **shape} for name, shape in self._shapes.items()}
        return {
            **load_schema("options"),
            "properties": {"options": {**closed, "properties": options}},
        }

    @cached_property
    def _validator(self) -> Any:
        return jsonschema_rs.Draft202012Validator(self.schema, offline=True)

    def check(self, chart: Layered) -> Iterator[Finding]:
        """Everything that is wrong with the settings of a resolved chart."""
        needed = (
            f for f in chart.data.get("features", ()) if "required" in self._shapes.get(f, ())
        )
        data = {"options": {**{f: {} for f in needed}, **chart.data.get("options", {})}}
        if self._validator.is_valid(data):
            return
        places = {path: origin.location for path, origin in chart.origins.items()}
        for index, name in enumerate(chart.data.get("features", ())):  # where options are missing
            places.setdefault(("options", name), chart.at("features", index))
        document = Document(chart.path, data, places, places)
        for error in self._validator.iter_errors(data):
            yield from explain(error, self.schema, document)
