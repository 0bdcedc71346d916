"""Images are pinned and come from where the repository allows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openim_charts.checks.release import pod_of
from openim_charts.checks.rendered import RenderedObject, get
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.image import Image
from openim_charts.specs.image_files import image_faults
from openim_charts.specs.model import Catalog

_IMAGE = re.compile(
    r"^(?P<registry>[a-z0-9.-]+(?::[0-9]+)?)/(?P<repository>[a-z0-9._/-]+)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?$"
)


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
    if not (parts["tag"] or parts["digest"]):
        yield f"{image} has neither tag nor digest"
    found = Image(parts["registry"], parts["repository"], parts["tag"] or "", parts["digest"] or "")
    repository = catalog.repository
    for _, message in image_faults(found, repository.registries, repository.refused_images):
        yield message
