"""What exists in ``chart-specs/``: the index that references are checked against.

Names cover files that could not be read too, so that one broken file causes no second finding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic

from openim_charts.findings import Location
from openim_charts.specs.feature_settings import FeatureFiles
from openim_charts.specs.keys.base import KeysType, read
from openim_charts.specs.keys.image import BaseKeys, ImageKeys
from openim_charts.specs.keys.line import ConfigFileKeys, LineKeys
from openim_charts.specs.keys.middleware import CredentialKeys, DependencyKeys, SecretKey
from openim_charts.specs.keys.repository import Repository
from openim_charts.specs.keys.value import nodes, port_binds
from openim_charts.specs.layers import Layered
from openim_charts.specs.layout import Source
from openim_charts.yamlio.document import Document, Path


@dataclass(frozen=True, slots=True)
class Entry(Generic[KeysType]):
    """A file that keeps its schema: what it says as a type, and the places of all that."""

    keys: KeysType
    document: Document

    @property
    def path(self) -> str:
        """The file as findings name it."""
        return self.document.path

    def key(self, *path: str | int) -> Location:
        """The place of the key at ``path``, or of the nearest enclosing one that is known."""
        return self.document.key(path)

    def value(self, *path: str | int) -> Location:
        """The place of the value at ``path``, or of the nearest enclosing one that is known."""
        return self.document.value(path)


def entry(kind: type[KeysType], document: Document) -> Entry[KeysType]:
    """The entry of a document that keeps the schema of ``kind``."""
    return Entry(read(kind, document.data), document)


def components(dependency: Entry[DependencyKeys]) -> Iterator[tuple[Path, str]]:
    """The charts that can provide a dependency, each with the path of the value that names it."""
    yield ("component",), dependency.keys.component
    for number, name in enumerate(dependency.keys.alternatives):
        yield ("alternatives", number), name


@dataclass(frozen=True)
class Index:
    """All names, and the entries of those files that could be read."""

    charts: Mapping[str, Layered]
    sources: Mapping[str, Source]  # of all charts
    repository: Entry[Repository] | None
    lines: Mapping[str, Entry[LineKeys]]
    line_names: frozenset[str]
    config: Mapping[tuple[str, str], Entry[ConfigFileKeys]]  # (line, file) -> entry
    config_names: Mapping[str, frozenset[str]]  # line -> files
    dependencies: Mapping[str, Entry[DependencyKeys]]
    dependency_names: frozenset[str]
    credentials: Mapping[str, Entry[CredentialKeys]]
    credential_names: frozenset[str]
    features: FeatureFiles
    folders: frozenset[str]  # FAMILY/NAME with templates of one chart
    presets: frozenset[str] = frozenset()
    images: Mapping[str, Entry[ImageKeys]] = field(default_factory=dict)
    image_names: frozenset[str] = frozenset()
    image_bases: Mapping[str, Entry[BaseKeys]] = field(default_factory=dict)
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
            if chart.keys.kind != "umbrella":
                found[self.sources[name].folder].append(name)
        return {family: tuple(names) for family, names in found.items()}

    @cached_property
    def lines_in_use(self) -> Mapping[str, Entry[LineKeys]]:
        """Release lines that a chart is of, sorted by name."""
        named = {chart.keys.line_name for chart in self.charts.values()}
        return {name: line for name, line in sorted(self.lines.items()) if name in named}

    @cached_property
    def ports_needed(self) -> Mapping[tuple[str, str], tuple[tuple[Path, str], ...]]:
        """For each config file of a line: keys bound to a port of the chart that reads it."""
        return {key: tuple(port_binds(file.document)) for key, file in self.config.items()}

    @cached_property
    def dependencies_bound(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """For each config file of a line: the dependencies that its keys are bound to."""
        return {
            key: frozenset(
                bind.get("dependency") or bind.get("global", "").partition(".")[0]
                for _, node in nodes(file.document)
                if (bind := node.get("bind"))
            )
            for key, file in self.config.items()
        }

    @cached_property
    def secret_names(self) -> frozenset[str]:
        """Everything that may have a Secret."""
        with_login = {n for n, d in self.dependencies.items() if d.keys.login}
        broken = self.dependency_names - self.dependencies.keys()
        return self.credential_names | with_login | broken

    def secret_keys(self, name: str) -> Mapping[str, SecretKey] | None:
        """Keys of a credential's Secret; None when its file is broken or its name taken twice."""
        if name in self.credential_names and name in self.dependency_names:
            return None
        if name in self.credentials:
            return self.credentials[name].keys.secret_keys
        dependency = self.dependencies.get(name)
        login = dependency and dependency.keys.login
        return login.secret_keys if login else None
