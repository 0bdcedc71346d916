"""Images exist for the common platforms."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.containers import ContainerRule, Running
from openim_charts.checks.rule import Problem
from openim_charts.findings import Severity

_COMMON = ("linux/amd64", "linux/arm64")


class ImagePlatforms(ContainerRule):
    """Platforms of the images of a chart."""

    id = "image-platforms"
    of_values = Severity.WARNING
    summary = (
        "Images are built for linux/amd64 and linux/arm64, or the notes of the chart's spec name "
        "the platform that one lacks."
    )
    rationale = (
        "On a node of another platform the image cannot be pulled, or its program ends with `exec "
        "format error`. Who has such nodes must read it before."
    )

    def of(self, container: Running) -> Iterator[Problem]:
        notes = container.spec.notes
        for platform in _COMMON:
            if platform not in container.image.platforms and platform not in notes:
                message = (
                    f"the image {container.image.name} is not known to be built for "
                    f"{platform}; say so in the notes of the chart's spec"
                )
                yield container.problem(message, "image")
