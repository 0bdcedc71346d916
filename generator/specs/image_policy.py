"""Which images charts may run: from the repository's registries, none that it refuses, and with a
tag that does not move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from generator.findings import Finding
from generator.image import DEFAULT_REGISTRY, Image
from generator.specs.known import Known
from generator.yamlio.document import Document

_MOVING = ("latest", "main", "master", "edge", "nightly", "stable")


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
    """Findings about the images of chart-specs/images/, where they are written."""
    registries: Sequence[str] = repository.data["registries"]
    refused: Sequence[str] = repository.data.get("refusedImages", ())
    for document in known.images.values():
        for key, message in image_faults(_image(document.data), registries, refused):
            yield Finding(document.value((key,)), "images-pinned", message)


def _image(data: Mapping[str, Any]) -> Image:
    get = data.get
    registry = get("registry", DEFAULT_REGISTRY)
    return Image(registry, data["repository"], data["tag"], get("digest", ""))
