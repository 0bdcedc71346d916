"""All objects of one rendering, with what rules look up in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from openim_charts.charts.model import Chart
from openim_charts.checks.rendered import Path, RenderedObject, get, listing, mapping, walk
from openim_charts.helm.adapter import Rendering
from openim_charts.specs.model import Catalog, ChartSpec, Dependency

# Where each kind keeps its pod template.
_POD_PATHS: Mapping[str, Path] = {
    "Pod": (),
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}


@dataclass(frozen=True, slots=True)
class PodTemplate:
    """A pod that an object makes; ``path`` leads to it inside the object."""

    obj: RenderedObject
    path: Path
    data: Mapping[str, Any]

    @property
    def labels(self) -> Mapping[str, str]:
        """The pod's labels."""
        return mapping(self.data, "metadata", "labels")

    @property
    def spec(self) -> Mapping[str, Any]:
        """The pod's spec."""
        return mapping(self.data, "spec")

    def containers(self, init: bool = True) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """Containers with their paths inside the object; ``init`` takes in init containers."""
        for group in ("initContainers", "containers") if init else ("containers",):
            for index, container in enumerate(listing(self.spec, group)):
                if isinstance(container, Mapping):
                    yield (*self.path, "spec", group, index), container

    def ports(self) -> Iterator[tuple[str, int]]:
        """Names and numbers of the containers' ports."""
        for _, container in self.containers():
            for port in listing(container, "ports"):
                yield str(get(port, "name") or ""), int(get(port, "containerPort") or 0)

    def claims(self) -> Iterator[str]:
        """Names of the claims that the pod mounts."""
        for volume in listing(self.spec, "volumes"):
            claimed = get(volume, "persistentVolumeClaim", "claimName")
            if claimed:
                yield str(claimed)

    def has_port(self, port: Any) -> bool:
        """Whether a container has the port of this name or number."""
        return any(port in pair for pair in self.ports())


def pod_of(obj: RenderedObject) -> PodTemplate | None:
    """The pod template of an object, None for kinds without one."""
    path = _POD_PATHS.get(obj.kind)
    if path is None:
        return None
    return PodTemplate(obj, path, mapping(obj.data, *path) if path else obj.data)


def selects(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether a non-empty map of labels selects an object with ``labels``."""
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


@dataclass(frozen=True)
class Release:
    """One rendering of a chart: ``name`` and ``namespace`` are those that it was rendered for."""

    chart: Chart
    catalog: Catalog
    name: str
    namespace: str
    scenario: str
    objects: tuple[RenderedObject, ...]
    rendering: Rendering
    values: Mapping[str, Any] = field(default_factory=dict)  # of the scenario, without defaults

    @cached_property
    def pods(self) -> tuple[PodTemplate, ...]:
        """All pod templates."""
        found = (pod_of(obj) for obj in self.objects)
        return tuple(pod for pod in found if pod is not None)

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[RenderedObject, ...]]:
        """Objects by kind."""
        kinds: dict[str, list[RenderedObject]] = {}
        for obj in self.objects:
            kinds.setdefault(obj.kind, []).append(obj)
        return {kind: tuple(objects) for kind, objects in kinds.items()}

    def of(self, *kinds: str) -> Iterator[RenderedObject]:
        """Objects of these kinds."""
        for kind in kinds:
            yield from self.by_kind.get(kind, ())

    @cached_property
    def given(self) -> frozenset[str]:
        """All texts in the scenario's values: names of objects that the user brings along."""
        return frozenset(value for _, value in walk(self.values) if isinstance(value, str))

    @property
    def user_from_platform(self) -> bool:
        """Whether the values leave the user and groups of pods to the platform's admission."""
        return get(self.values, "global", "userFromPlatform") is True

    def spec_of(self, obj: RenderedObject) -> ChartSpec:
        """The spec of the chart, or of the umbrella's subchart, that rendered the object."""
        parts = obj.template.split("/")
        name = parts[1] if parts[0] == "charts" else self.chart.name
        return self.catalog.charts.get(name, self.chart.spec)

    def operated(self, dependency: Dependency, kind: str) -> str:
        """Name of the ``service`` or ``secret`` that KubeBlocks makes for a middleware of the
        release, "" when it makes none."""
        cluster = f"{self.name}-{dependency.operated}"
        operated = dependency.kubeblocks
        names = {"service": operated.service, "secret": operated.secret} if operated else {}
        return names.get(kind, "").replace("{cluster}", cluster)

    def find(self, kind: str, name: str) -> RenderedObject | None:
        """The object of this kind and name."""
        return next((obj for obj in self.of(kind) if obj.name == name), None)
