"""A packaged chart, unpacked: the form in which both sides of a comparison are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openim_charts.checks.scenarios import SCHEMA, Validator, overlay
from openim_charts.diff.schema import resolved
from openim_charts.findings import Location
from openim_charts.packaging.api import package_files, unpack
from openim_charts.yamlio.reader import parse_plain

_SCENARIO = re.compile(r"ci/[^/]+-values\.yaml|presets/([^/]+/)?[^/]+\.yaml")


@dataclass(frozen=True)
class PackedChart:
    """The files of a chart's archive, by path inside the chart."""

    files: Mapping[str, bytes]

    @classmethod
    def of(cls, archive: bytes) -> PackedChart:
        """The chart in an archive. Raises ArchiveError."""
        return cls(unpack(archive))

    @cached_property
    def metadata(self) -> Mapping[str, Any]:
        """Chart.yaml."""
        return self._yaml("Chart.yaml")

    @property
    def name(self) -> str:
        """The chart's name."""
        return str(self.metadata["name"])

    @property
    def version(self) -> str:
        """The chart's version."""
        return str(self.metadata["version"])

    @cached_property
    def own_values(self) -> Mapping[str, Any]:
        """values.yaml."""
        return self._yaml("values.yaml")

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """All defaults: values.yaml over those of the charts that it holds."""
        held = {name: self._yaml(f"charts/{name}/values.yaml") for name in self.subcharts}
        bare = {
            name: {key: value for key, value in values.items() if key != "global"}
            for name, values in held.items()
        }
        return overlay(bare, self.own_values)

    @cached_property
    def subcharts(self) -> tuple[str, ...]:
        """Charts that it holds, sorted."""
        return tuple(sorted({p.split("/")[1] for p in self.files if p.startswith("charts/")}))

    @cached_property
    def schema(self) -> Mapping[str, Any]:
        """values.schema.json, {} when there is none."""
        found: Mapping[str, Any] = json.loads(self.files.get(SCHEMA, b"{}"))
        return found

    def has_value(self, path: Iterable[str]) -> bool:
        """Whether the values schema names this key."""
        schema: Any = self.schema
        for key in path:
            schema = resolved(self.schema, schema).get("properties", {}).get(key)
            if schema is None:
                return False
        return True

    @cached_property
    def applications(self) -> Mapping[str, str]:
        """appVersion of each chart that it holds."""
        return {
            name: str(self._yaml(f"charts/{name}/Chart.yaml").get("appVersion", ""))
            for name in self.subcharts
        }

    @cached_property
    def validator(self) -> Validator:
        """The values schema, compiled."""
        return Validator(self.schema)

    @cached_property
    def renderable(self) -> bytes:
        """An archive for rendering: without the schema, which Helm would compile at every call."""
        files = {path: data for path, data in self.files.items() if path != SCHEMA}
        return package_files(self.name, files, 0, Location(self.name), level=0)

    def scenarios(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Path and values of each ``ci/*-values.yaml`` and of each preset that it holds."""
        for path in sorted(self.files):
            if _SCENARIO.fullmatch(path):
                yield path, self._yaml(path)

    def _yaml(self, path: str) -> dict[str, Any]:
        return parse_plain(self.files.get(path, b"").decode(), path)
