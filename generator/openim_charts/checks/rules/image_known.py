"""Images are described."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.release import pod_of
from openim_charts.checks.rendered import RenderedObject, get
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.specs.model import Catalog


class ImageKnown(ObjectRule):
    """Every container's image has a file of facts."""

    id = "image-known"
    summary = "The image of every container, its tag too, is described in chart-specs/images."
    rationale = (
        "An image brings volumes, variables, a user and programs of its own, and a pod can "
        "contradict any of them. What is not described cannot be held against the pod, and a new "
        "tag may be another image."
    )

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:
        pod = pod_of(obj)
        for path, container in pod.containers() if pod else ():
            image = str(get(container, "image") or "")
            if catalog.image_of(image) is None:
                message = (
                    f"nothing is known about the image {image or 'without a name'}; describe this "
                    "tag in a file of chart-specs/images, and name that file in the spec"
                )
                yield Problem(message, obj, (*path, "image"), otherwise=("images",))
