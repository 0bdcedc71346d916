"""Containers of a release beside the facts about their images."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from openim_charts.checks.release import PodTemplate, Release
from openim_charts.checks.rendered import Path, RenderedObject, get, listing, mapping, walk
from openim_charts.checks.rule import Problem, ReleaseRule
from openim_charts.specs.image_model import ImageFile
from openim_charts.specs.model import ChartSpec

CLAIM = "persistentVolumeClaim"
SCRATCH = "emptyDir"


@dataclass(frozen=True, slots=True)
class Mount:
    """A mount of a container; ``kind`` is the type of its volume."""

    path: str
    kind: str
    read_only: bool
    place: Path

    @property
    def writable(self) -> bool:
        """Whether the program may write below it."""
        return self.kind in (CLAIM, SCRATCH, "ephemeral") and not self.read_only


@dataclass(frozen=True, slots=True)
class MountedFile:
    """A file that a ConfigMap of the release brings into a container."""

    text: str
    obj: RenderedObject
    key: str


@dataclass(frozen=True)
class Running:
    """A container whose image has facts."""

    release: Release
    pod: PodTemplate
    path: Path
    data: Mapping[str, Any]
    image: ImageFile

    @property
    def spec(self) -> ChartSpec:
        """The spec of the chart that rendered its pod."""
        return self.release.spec_of(self.pod.obj)

    @property
    def facts(self) -> tuple[object, ...]:
        """All that a ContainerRule looks at, besides the catalog."""
        files = tuple((path, file.text) for path, file in self.files.items())
        here = (self.spec.name, self.release.user_from_platform, self.path)
        return (*here, self.pod.obj.text, files)

    @cached_property
    def mounts(self) -> tuple[Mount, ...]:
        """Its mounts."""
        kinds = _volume_kinds(self.pod)
        return tuple(
            Mount(
                str(get(mount, "mountPath")).rstrip("/") or "/",
                kinds.get(str(get(mount, "name")), ""),
                bool(get(mount, "readOnly")),
                (*self.path, "volumeMounts", index),
            )
            for index, mount in enumerate(listing(self.data, "volumeMounts"))
        )

    def mount_of(self, path: str) -> Mount | None:
        """The mount that a path lies on."""
        found = [mount for mount in self.mounts if within(path, mount.path)]
        return max(found, key=lambda mount: len(mount.path), default=None)

    @cached_property
    def files(self) -> Mapping[str, MountedFile]:
        """Files from ConfigMaps by their path in the container."""
        volumes = {get(v, "name"): v for v in listing(self.pod.spec, "volumes")}
        found: dict[str, MountedFile] = {}
        for mount in listing(self.data, "volumeMounts"):
            where, only = str(get(mount, "mountPath")), get(mount, "subPath")
            for name, file in _config_files(self.release, volumes.get(get(mount, "name"))):
                if only is None:
                    found[f"{where.rstrip('/')}/{name}"] = file
                elif only == name:
                    found[where] = file
        return found

    @cached_property
    def variables(self) -> Mapping[str, str | None]:
        """The variables that the pod sets; None stands for a value that is not in the pod."""
        return {
            str(get(variable, "name")): get(variable, "value")
            for variable in listing(self.data, "env")
        }

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What is started: the pod's command and arguments, else the image's."""
        command, args = listing(self.data, "command"), listing(self.data, "args")
        configuration = self.image.configuration
        words = command or configuration.entrypoint
        return (*map(str, words), *map(str, args or (() if command else configuration.cmd)))

    def setting(self, name: str) -> Any:
        """A field of its security context, else of the pod's."""
        own = get(self.data, "securityContext", name)
        return get(self.pod.spec, "securityContext", name) if own is None else own

    def problem(self, message: str, *path: str | int) -> Problem:
        """A problem of a field of the container, which the chart's own template may decide, else
        the key of its spec that names the image."""
        return Problem(message, self.pod.obj, (*self.path, *path), otherwise=self.named_by)

    @cached_property
    def named_by(self) -> Path:
        """The key of the chart's spec that names the image."""
        spec = self.spec
        for layout, how in spec.images.items():
            if how.image.location == self.image.location:
                return ("images", layout)
        for path, value in walk(spec.options, ("options",)):
            if value == self.image.name:
                return path
        return ("name",)


def running(release: Release) -> Iterator[Running]:
    """The containers of all pods of a release whose images have facts."""
    for pod in release.pods:
        for path, container in pod.containers():
            image = release.catalog.image_of(str(get(container, "image")))
            if image:
                yield Running(release, pod, path, container, image)


class ContainerRule(ReleaseRule):
    """Looks at one container (its pod, the files mounted into it and its image), and at nothing
    else but the catalog: a container without a problem is known by its ``facts``."""

    def check(self, release: Release) -> Iterator[Problem]:
        for container in running(release):
            yield from self.of(container)

    @abstractmethod
    def of(self, container: Running) -> Iterator[Problem]:
        """Problems of the container."""


def within(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it."""
    return PurePosixPath(path).is_relative_to(folder)


def _volume_kinds(pod: PodTemplate) -> dict[str, str]:
    kinds = {
        str(get(volume, "name")): next(iter(set(mapping(volume)) - {"name"}), "")
        for volume in listing(pod.spec, "volumes")
    }
    for claim in listing(pod.obj.data, "spec", "volumeClaimTemplates"):
        kinds[str(get(claim, "metadata", "name"))] = CLAIM
    return kinds


def _config_files(release: Release, volume: Any) -> Iterator[tuple[str, MountedFile]]:
    """(name in the volume, file) for each file of the volume's ConfigMaps."""
    projected = [get(source, "configMap") for source in listing(volume, "projected", "sources")]
    for source in (get(volume, "configMap"), *projected):
        obj = release.find("ConfigMap", str(get(source, "name"))) if source else None
        if obj is None:
            continue
        data = mapping(obj.data, "data")
        chosen = {get(item, "key"): get(item, "path") for item in listing(source, "items")}
        for key, text in data.items():
            if not chosen or key in chosen:
                yield str(chosen.get(key, key)), MountedFile(str(text), obj, str(key))
