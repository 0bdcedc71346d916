"""The catalog: everything that ``chart-specs/`` says, resolved and immutable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from openim_charts.findings import Location
from openim_charts.image import parse_image
from openim_charts.specs.image_model import ImageFile, ImageIndex

JSON = Any
Path = tuple[str | int, ...]
_PROJECT = "openim-"  # what the names of OpenIM's own charts start with


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one resolved value was written: in the chart's own spec or in a profile."""

    location: Location
    layer: str  # "spec" or "profile NAME"


@dataclass(frozen=True, slots=True)
class Maintainer:
    """A maintainer, as Chart.yaml names one."""

    name: str
    email: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ArtifactHub:
    """What Artifact Hub is told beside what charts say; ``repository/release.py``."""

    repository_id: str = ""  # the ID that it gave to the Helm repository
    registry_ids: Mapping[str, str] = field(default_factory=dict)  # by chart, in an OCI registry
    owners: tuple[Mapping[str, str], ...] = ()  # name and email of accounts that may claim it
    ignore: tuple[Mapping[str, str], ...] = ()  # name and, as an expression, version
    sign_key: Mapping[str, str] = field(default_factory=dict)  # fingerprint and url, or nothing


@dataclass(frozen=True, slots=True)
class Repository:
    """What all charts share: chart-specs/repository.yaml."""

    name: str
    url: str
    home: str
    description: str
    license: str
    sources: tuple[str, ...]
    keywords: tuple[str, ...]
    maintainers: tuple[Maintainer, ...]
    icon: str
    kubernetes: tuple[str, ...]  # minors that charts are validated against, oldest first: "1.31", …
    registries: tuple[str, ...]  # image registries that charts may name
    refused_images: tuple[str, ...]  # fnmatch patterns over registry/repository
    artifact_hub: ArtifactHub = ArtifactHub()

    @property
    def kube_version(self) -> str:
        """The constraint for Chart.yaml: the oldest tested minor, pre-release builds included."""
        return f">={self.kubernetes[0]}.0-0"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a credential's Secret."""

    name: str
    description: str
    generate: int | None = None  # length of the alphanumeric secret made when none is given
    value: str = ""  # a fixed value that is not secret, such as a user name
    optional: bool = False  # the module runs without it


@dataclass(frozen=True, slots=True)
class Credential:
    """A Secret that modules share: an existing one, or one that its owner chart makes once.

    Values sit at ``global.<name>.existingSecret`` and ``global.<name>.secretKeys.<key>``.
    """

    name: str
    description: str
    owner: str  # the chart that makes it; "" when only the user can (vendor keys)
    keys: Mapping[str, Key]
    optional: bool  # used only when existingSecret is set
    location: Location
    values: Mapping[str, JSON] = field(default_factory=dict)  # JSON Schema of global.<name>'s keys
    positions: Mapping[Path, Location] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Dependency:
    """A middleware that modules use: where it is comes from ``global.<name>``."""

    name: str
    title: str
    description: str
    component: str  # chart that provides it inside the cluster; its Service is <instance>-component
    port: int  # port of that Service
    port_name: str  # the component's name of that port
    scheme: str  # of its URL, "" when it has none
    values: Mapping[str, JSON]  # JSON Schema properties added to global.<name>
    kubeblocks: Mapping[str, JSON]  # names of a KubeBlocks cluster's Service and Secret, or {}
    credential: Credential | None
    location: Location
    positions: Mapping[Path, Location] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One configuration file of a release line: a JSON Schema with defaults and bindings."""

    name: str  # file name without suffix; the key under config.<name>
    filename: str
    description: str
    schema: Mapping[str, JSON]  # properties/definitions; leaves may carry bind, secret, shared
    location: Location
    positions: Mapping[Path, Location]


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


@dataclass(frozen=True, slots=True)
class Library:
    """The Go module by which the programs of a line reach their middleware."""

    module: str
    version: str


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release of a product: its version, images, discovery backends and config files."""

    name: str
    product: str
    app_version: str
    environment_prefix: str
    unprefixed_files: tuple[str, ...]  # config files whose variables carry no prefix
    config_directory: str
    discovery: tuple[str, ...]
    refused_discovery: Mapping[str, str]  # backend -> why this line cannot run it
    images: Mapping[str, ImageLayout]  # layout name -> image; the first is the default
    config: Mapping[str, ConfigFile]
    location: Location
    library: Library | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """How a module is reached from outside the cluster."""

    path: str
    port: str
    host: str = "main"  # key of global.exposure.hosts
    strip_prefix: bool = False
    websocket: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()  # paths that are never exposed


@dataclass(frozen=True, slots=True)
class OnlyWith:
    """A condition on a global value: without it the chart renders only ``exempt`` templates."""

    path: str  # below global, e.g. monitoring.type
    values: tuple[str, ...]
    exempt: tuple[str, ...] = ()  # patterns of paths below templates/


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """One chart to make. Fields that a family has no use for are empty."""

    name: str
    kind: Literal["module", "infrastructure", "umbrella"]
    family: str
    version: str
    app_version: str
    description: str
    title: str
    category: str
    keywords: tuple[str, ...]
    line: ReleaseLine | None
    binary: str
    images: Mapping[str, ImageLayout]  # layout -> image, placeholders resolved
    ports: Mapping[str, int]
    config: tuple[ConfigFile, ...]
    uses: tuple[Dependency, ...]
    calls: tuple[str, ...]
    includes: tuple[str, ...]  # umbrella: charts that it holds, in order
    exposure: Exposure | None
    internet: bool  # talks to hosts outside the cluster
    service_account_token: bool  # whether a token may be mounted at all
    probes: Mapping[str, Mapping[str, JSON]]  # startup/readiness/liveness -> Kubernetes Probe
    test: Mapping[str, JSON]
    options: Mapping[str, JSON]  # settings for features, as their options.yaml have them
    features: tuple[str, ...]
    values: Mapping[str, JSON]  # defaults that replace those of the features
    changes: tuple[Mapping[str, str], ...]  # Artifact Hub change entries of this version
    notes: str
    deprecated: bool
    location: Location
    origins: Mapping[Path, Origin]
    only_with: OnlyWith | None = None
    presets: tuple[str, ...] = ()  # values files presets/NAME.yaml of the project
    ignored: tuple[str, ...] = ()  # rules that the chart may break
    folder: str = ""  # project path of the folder beside the spec with its own templates, or ""
    data: Mapping[str, JSON] = field(default_factory=dict)  # the resolved document

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
        """Charts that use the dependency which chart ``component`` provides, sorted."""
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
        return _reversed((c.name, (d.component for d in c.uses)) for c in self.charts.values())


def _reversed(pairs: Iterable[tuple[str, Iterable[str]]]) -> dict[str, tuple[str, ...]]:
    """From each name's others to each other's names, in the order in which they come."""
    found: dict[str, dict[str, None]] = {}
    for name, others in pairs:
        for other in others:
            found.setdefault(other, {})[name] = None
    return {other: tuple(names) for other, names in found.items()}
