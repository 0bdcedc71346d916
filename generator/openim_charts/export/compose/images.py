"""Images that an export runs beside those of the charts."""

from __future__ import annotations

from dataclasses import dataclass

from openim_charts.checks.api import Release, get, mapping
from openim_charts.findings import UserError
from openim_charts.specs.image_model import ImageFile

TOOLS, EDGE = "busybox", "nginx"  # their files in chart-specs/images/


@dataclass(frozen=True, slots=True)
class OwnImage:
    """An image, where the values say that images are, and what is known about it."""

    reference: str
    facts: ImageFile


def own_image(release: Release, name: str) -> OwnImage:
    """An image of the project by the name of its file, from the registry that ``global.image``
    names for it. Raises UserError when the project has no such file."""
    facts = release.catalog.images.get(name)
    if facts is None:
        raise UserError(f"this target runs an image that chart-specs/images/{name}.yaml describes")
    shared = ("global", "image")
    mirrors = mapping(release.values, *shared, "registries")
    registry = mirrors.get(facts.registry) or get(release.values, *shared, "registry")
    image = facts.reference
    return OwnImage(str(image.at(str(registry)) if registry else image), facts)
