"""Images are pinned and come from where the repository allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from generator.checks.release import pod_of
from generator.checks.rendered import RenderedObject, get
from generator.checks.rule import ObjectRule, Problem
from generator.specs.model import Catalog

_IMAGE = re.compile(
    r"^(?P<registry>[a-z0-9.-]+(?::[0-9]+)?)/(?P<repository>[a-z0-9._/-]+)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?$"
)
_MOVING = ("latest", "main", "master", "edge", "nightly", "stable")


class ImagesPinned(ObjectRule):
    """registry/repository:tag or @digest; no moving tag; allowed registry."""

    id = "images-pinned"
    summary = "Every image names an allowed registry and a tag or digest that does not move."
    rationale = (
        "A moving tag makes two installations differ and a rollback meaningless. "
        "chart-specs/repository.yaml lists the registries and the refused images."
    )

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:
        pod = pod_of(obj)
        for path, container in pod.containers() if pod else ():
            for message in _faults(str(get(container, "image") or ""), catalog):
                yield Problem(message, obj, (*path, "image"), spec=("images",))


def _faults(image: str, catalog: Catalog) -> Iterator[str]:
    parts = _IMAGE.match(image)
    if not parts:
        yield f"{image!r} is not registry/repository:tag"
        return
    tag, digest = parts["tag"], parts["digest"]
    if not tag and not digest:
        yield f"{image} has neither tag nor digest"
    if tag in _MOVING and not digest:
        yield f"the tag of {image} moves; name a version"
    repository = catalog.repository
    if parts["registry"] not in repository.registries:
        allowed = ", ".join(repository.registries)
        yield f"{image}: the registry is not among those allowed ({allowed})"
    name = f"{parts['registry']}/{parts['repository']}"
    for pattern in repository.refused_images:
        if fnmatchcase(name, pattern):
            yield f"{image} is refused by the pattern {pattern!r} of repository.yaml"
