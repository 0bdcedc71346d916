"""The catalog: everything that ``chart-specs/`` says, resolved and immutable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from openim_charts.findings import Location
from openim_charts.image import parse_image
from openim_charts.specs.image_model import ImageFile, ImageIndex
from openim_charts.specs.keys.chart import SharedKeys
from openim_charts.specs.keys.feature import MODE
from openim_charts.specs.keys.line import ConfigFileKeys, LineKeys
from openim_charts.specs.keys.middleware import CredentialKeys, DependencyKeys, SecretKey
from openim_charts.specs.keys.repository import Repository

JSON = Any
Path = tuple[str | int, ...]
_PROJECT = "openim-"  # what the names of OpenIM's own charts start with
_NO_KEY = "_{}".format  # names of fields that no file says


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one resolved value was written: in the chart's own spec or in a profile."""

    location: Location
    layer: str  # "spec" or "profile NAME"


class Key(SecretKey, frozen=True, kw_only=True, rename=_NO_KEY):
    """One key of a credential's Secret, with its name."""

    name: str


class Credential(CredentialKeys, frozen=True, kw_only=True, rename=_NO_KEY):
    """A Secret that modules share: an existing one, or one that its owner chart makes once.

    Values sit at ``global.<name>.existingSecret`` and ``global.<name>.secretKeys.<key>``.
    """

    name: str
    keys: Mapping[str, Key]
    location: Location
    positions: Mapping[Path, Location] = {}
    alternatives: tuple[str, ...] = ()  # charts that make it where they stand for the owner

    @property
    def makers(self) -> str:
        """The charts that make the Secret, for people; "" where only the user can."""
        return " or ".join((self.owner, *self.alternatives))


class Dependency(DependencyKeys, frozen=True, kw_only=True, rename=_NO_KEY):
    """A middleware that modules use: where it is comes from ``global.<name>``."""

    name: str
    ports: Mapping[str, int]  # of the Service, by the chart that provides it
    credential: Credential | None
    location: Location
    positions: Mapping[Path, Location] = {}

    @property
    def port(self) -> int:
        """The port of the component's Service."""
        return self.ports[self.component]

    @property
    def modes(self) -> Mapping[str, str]:
        """The values of ``global.NAME.mode`` with which a chart provides it, and that chart; the
        default is the first."""
        if not self.alternatives:
            return {MODE: self.component}
        return {component: component for component in self.components}

    @property
    def whole(self) -> str:
        """The key of the Secret that says where it is and how to log in; "" where none does."""
        keys = self.credential.keys.values() if self.credential else ()
        return next((key.name for key in keys if key.whole), "")


class ConfigFile(ConfigFileKeys, frozen=True, kw_only=True, rename=_NO_KEY):
    """One configuration file of a release line: a JSON Schema with defaults and bindings."""

    name: str  # file name without suffix; the key under config.<name>
    location: Location
    positions: Mapping[Path, Location]

    @property
    def schema(self) -> Mapping[str, JSON]:
        """Its properties and definitions; leaves may carry bind, secret, shared."""
        own = {"properties": self.properties}
        return {**own, "definitions": self.definitions} if self.definitions else own


@dataclass(frozen=True, slots=True)
class ImageLayout:
    """One way to get a module's binary: an image and the command that starts it."""

    image: ImageFile
    command: tuple[str, ...]
    note: str = ""

    @property
    def registry(self) -> str:
        """The image's registry."""
        return self.image.registry

    @property
    def repository(self) -> str:
        """The image's repository."""
        return self.image.repository

    @property
    def tag(self) -> str:
        """The image's tag."""
        return self.image.tag

    @property
    def digest(self) -> str:
        """The image's digest, or ""."""
        return self.image.digest


class ReleaseLine(LineKeys, frozen=True, kw_only=True, rename=_NO_KEY):
    """A release of a product: its version, images, discovery backends and config files."""

    name: str
    images: Mapping[str, ImageLayout]  # layout name -> image; the first is the default
    config: Mapping[str, ConfigFile]
    location: Location


class ChartSpec(SharedKeys, frozen=True, kw_only=True, rename=_NO_KEY):
    """One chart to make: its keys over those of its profiles, and what they refer to. Fields that
    a family has no use for are empty."""

    name: str
    kind: Literal["module", "infrastructure", "umbrella"]
    family: str
    version: str
    line: ReleaseLine | None
    images: Mapping[str, ImageLayout]  # layout -> image, placeholders resolved
    config: tuple[ConfigFile, ...]
    uses: tuple[Dependency, ...]
    includes: tuple[str, ...]  # umbrella: charts that it holds, in order
    location: Location
    origins: Mapping[Path, Origin]
    folder: str = ""  # project path of the folder beside the spec with its own templates, or ""
    data: Mapping[str, JSON] = {}  # the resolved document

    @property
    def ignored(self) -> tuple[str, ...]:
        """Rules that the chart may break."""
        return tuple(ignored.rule for ignored in self.ignore)

    @property
    def component(self) -> str:
        """The name of the chart's objects behind the release's: without ``openim-``."""
        return self.name.removeprefix(_PROJECT)

    def origin(self, *path: str | int) -> Location:
        """The place that set ``path``, or the nearest enclosing place that is known."""
        for length in range(len(path), 0, -1):
            found = self.origins.get(path[:length])
            if found:
                return found.location
        return self.location


@dataclass(frozen=True)
class Catalog:
    """All specs, with every reference between them proven to hold."""

    root: str
    repository: Repository
    charts: Mapping[str, ChartSpec]  # by name, sorted
    lines: Mapping[str, ReleaseLine]
    dependencies: Mapping[str, Dependency]
    credentials: Mapping[str, Credential]  # of dependencies too
    source_date: int  # Unix time of the sources: SOURCE_DATE_EPOCH or the last commit's
    images: Mapping[str, ImageFile] = field(default_factory=dict)  # by name, as they are written

    def image_of(self, reference: str) -> ImageFile | None:
        """The facts about the image that a container of a rendered pod names; None without any.

        The registry may be a mirror's; placeholders are filled for the chart that runs the image.
        """
        parsed = parse_image(reference)
        return self._image_index.find(parsed) if parsed else None

    def with_component(self, component: str) -> tuple[ChartSpec, ...]:
        """Charts whose component has this name: there can be two, with and without ``openim-``."""
        found = (self.charts.get(name) for name in (component, f"{_PROJECT}{component}"))
        return tuple(c for c in found if c and c.component == component)

    def callers(self, name: str) -> tuple[str, ...]:
        """Charts that call ``name``, sorted."""
        return self._callers.get(name, ())

    def users(self, component: str) -> tuple[str, ...]:
        """Charts that use the dependency which chart ``component`` can provide, sorted."""
        return self._users.get(component, ())

    @cached_property
    def lines_in_use(self) -> tuple[ReleaseLine, ...]:
        """Lines that a chart is of, sorted by name; of two charts of one product, both name one."""
        named = {chart.line.name for chart in self.charts.values() if chart.line}
        return tuple(self.lines[name] for name in sorted(named))

    @cached_property
    def _image_index(self) -> ImageIndex:
        filled = (layout.image for c in self.charts.values() for layout in c.images.values())
        return ImageIndex(self.images, tuple(filled))

    @cached_property
    def _callers(self) -> Mapping[str, tuple[str, ...]]:
        return _reversed((chart.name, chart.calls) for chart in self.charts.values())

    @cached_property
    def _users(self) -> Mapping[str, tuple[str, ...]]:
        used = ((c.name, [n for d in c.uses for n in d.components]) for c in self.charts.values())
        return _reversed(used)


def _reversed(pairs: Iterable[tuple[str, Iterable[str]]]) -> dict[str, tuple[str, ...]]:
    """From each name's others to each other's names, in the order in which they come."""
    found: dict[str, dict[str, None]] = {}
    for name, others in pairs:
        for other in others:
            found.setdefault(other, {})[name] = None
    return {other: tuple(names) for other, names in found.items()}
