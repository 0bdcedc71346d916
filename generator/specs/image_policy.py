"""Which images charts may run: from the repository's registries, none that it refuses, and with a
tag that does not move."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from generator.findings import Finding, Location
from generator.image import DEFAULT_REGISTRY, Image
from generator.specs.known import Known
from generator.specs.layers import Layered
from generator.yamlio.document import Document, Path

_MOVING = ("latest", "main", "master", "edge", "nightly", "stable")


@dataclass(frozen=True, slots=True)
class _Written:
    """An image as a file says it."""

    path: Path
    data: Mapping[str, Any]


def image_faults(
    image: Image, registries: Sequence[str], refused: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """What speaks against an image: the key of a spec that says it, and why in words."""
    if image.tag in _MOVING and not image.digest:
        yield "tag", f"the tag of {image} moves; name a version"
    if image.registry not in registries:
        allowed = ", ".join(registries)
        yield "registry", f"{image}: the registry is not among those allowed ({allowed})"
    name = f"{image.registry}/{image.repository}"
    for pattern in refused:
        if fnmatchcase(name, pattern):
            message = f"{image} is refused by the pattern '{pattern}' of repository.yaml"
            yield "repository", message


def check_images(known: Known, repository: Document) -> Iterator[Finding]:
    """Findings about the images of release lines and charts, where they are written."""
    registries: Sequence[str] = repository.data["registries"]
    refused: Sequence[str] = repository.data.get("refusedImages", ())
    for image, place in _written(known):
        for key, message in image_faults(_image(image.data), registries, refused):
            where = (*image.path, key) if key in image.data else image.path
            yield Finding(place(where), "images-pinned", message)


def _written(known: Known) -> Iterator[tuple[_Written, Callable[[Path], Location]]]:
    """The images of each file, and where a path of it stands."""
    for line in known.lines.values():
        for image in _below(line.data["images"], ("images",)):
            yield image, line.value
    for chart in known.charts.values():
        for key in ("images", "options"):
            for image in _below(chart.data.get(key, {}), (key,)):
                yield image, partial(_at, chart)


def _below(data: Any, path: Path) -> Iterator[_Written]:
    """Mappings that name an image and its tag, at any depth."""
    if isinstance(data, Mapping):
        if isinstance(data.get("repository"), str) and isinstance(data.get("tag"), str):
            yield _Written(path, data)
        for key, value in data.items():
            yield from _below(value, (*path, key))


def _at(chart: Layered, path: Path) -> Location:
    return chart.at(*path)


def _image(data: Mapping[str, Any]) -> Image:
    get = data.get
    registry = get("registry", DEFAULT_REGISTRY)
    return Image(registry, data["repository"], data["tag"], get("digest", ""))
