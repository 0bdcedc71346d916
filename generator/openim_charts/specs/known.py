"""What exists in ``chart-specs/``: the index that references are checked against.

Names cover files that could not be read too, so that one broken file causes no second finding.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from openim_charts.specs.feature_settings import FeatureFiles
from openim_charts.specs.layers import Layered
from openim_charts.specs.layout import Source
from openim_charts.specs.schema import nodes, port_binds
from openim_charts.yamlio.document import Document, Path


@dataclass(frozen=True)
class Known:
    """All names, and the documents of those that could be read."""

    charts: Mapping[str, Layered]
    sources: Mapping[str, Source]  # of all charts
    lines: Mapping[str, Document]
    line_names: frozenset[str]
    config: Mapping[tuple[str, str], Document]  # (line, file) -> document
    config_names: Mapping[str, frozenset[str]]  # line -> files
    dependencies: Mapping[str, Document]
    dependency_names: frozenset[str]
    credentials: Mapping[str, Document]
    credential_names: frozenset[str]
    features: FeatureFiles
    folders: frozenset[str]  # FAMILY/NAME with templates of one chart
    presets: frozenset[str] = frozenset()
    images: Mapping[str, Document] = field(default_factory=dict)
    image_names: frozenset[str] = frozenset()
    image_bases: Mapping[str, Document] = field(default_factory=dict)
    image_base_names: frozenset[str] = frozenset()

    @cached_property
    def chart_names(self) -> frozenset[str]:
        """All charts, also those that could not be read."""
        return frozenset(self.sources)

    @cached_property
    def listed(self) -> Mapping[str, tuple[str, Collection[str]]]:
        """For the keys of a spec that list names: what they name, and all that there are."""
        return {
            "uses": ("dependency", self.dependency_names),
            "calls": ("chart", self.chart_names),
            "features": ("feature", self.features.names),
            "includes": ("family or chart", self.chart_names | self.families),
            "presets": ("preset", self.presets),
        }

    @cached_property
    def families(self) -> frozenset[str]:
        """All families, by the folders of their charts."""
        return frozenset(source.folder for source in self.sources.values())

    @cached_property
    def members(self) -> Mapping[str, tuple[str, ...]]:
        """Charts of each family that an umbrella may hold, sorted by name."""
        found: dict[str, list[str]] = {family: [] for family in self.families}
        for name, chart in sorted(self.charts.items()):
            if chart.data.get("kind") != "umbrella":
                found[self.sources[name].folder].append(name)
        return {family: tuple(names) for family, names in found.items()}

    @cached_property
    def lines_in_use(self) -> Mapping[str, Document]:
        """Release lines that a chart is of, sorted by name."""
        named = {chart.data.get("line") for chart in self.charts.values()}
        return {name: line for name, line in sorted(self.lines.items()) if name in named}

    @cached_property
    def ports_needed(self) -> Mapping[tuple[str, str], tuple[tuple[Path, str], ...]]:
        """For each config file of a line: keys bound to a port of the chart that reads it."""
        return {key: tuple(port_binds(document)) for key, document in self.config.items()}

    @cached_property
    def dependencies_bound(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """For each config file of a line: the dependencies that its keys are bound to."""
        return {
            key: frozenset(
                bind.get("dependency") or bind.get("global", "").partition(".")[0]
                for _, node in nodes(document)
                if (bind := node.get("bind"))
            )
            for key, document in self.config.items()
        }

    @cached_property
    def secret_names(self) -> frozenset[str]:
        """Everything that may have a Secret."""
        with_login = {n for n, d in self.dependencies.items() if "credential" in d.data}
        broken = self.dependency_names - self.dependencies.keys()
        return self.credential_names | with_login | broken

    def secret_keys(self, name: str) -> Mapping[str, object] | None:
        """Keys of a credential's Secret; None when its file is broken or its name taken twice."""
        if name in self.credential_names and name in self.dependency_names:
            return None
        if name in self.credentials:
            keys: Mapping[str, object] = self.credentials[name].data["keys"]
            return keys
        if name in self.dependencies:
            own: Mapping[str, object] = self.dependencies[name].data["credential"]["keys"]
            return own
        return None
