"""A compiled chart: files in memory, and where each of their lines came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openim_charts.findings import Location
from openim_charts.specs.model import ChartSpec


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as it will be packaged; paths are relative to the chart's folder, sorted."""

    spec: ChartSpec
    metadata: Mapping[str, Any]  # Chart.yaml
    values: Mapping[str, Any]  # default values
    schema: Mapping[str, Any]  # values.schema.json
    files: Mapping[str, bytes]
    origins: Mapping[str, tuple[Location | None, ...]] = field(default_factory=dict)
    # template path -> for each of its lines, the feature template's line that wrote it

    @property
    def name(self) -> str:
        """The chart's name."""
        return self.spec.name

    @property
    def version(self) -> str:
        """The chart's version (SemVer)."""
        return self.spec.version

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Values files that checks render beside the defaults: ``ci/*-values.yaml``, presets."""
        return tuple(
            path
            for path in self.files
            if (path.startswith("ci/") and path.endswith("-values.yaml"))
            or path.startswith("presets/")
        )
