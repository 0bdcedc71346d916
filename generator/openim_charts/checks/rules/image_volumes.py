"""Data is not covered by a volume of the image."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.containers import CLAIM, ContainerRule, Mount, Running, within
from openim_charts.checks.rule import Problem
from openim_charts.checks.started import written, written_at
from openim_charts.findings import Severity


class ImageVolumes(ContainerRule):
    """VOLUMEs of the image beside the mounts of the container."""

    id = "image-volumes"
    of_values = Severity.ERROR
    summary = (
        "No volume that an image declares lies below or above a mount with data, and no program "
        "writes to one that is not mounted."
    )
    rationale = (
        "At each volume of the image that no mount has exactly, the container's runtime mounts an "
        "empty folder of its own, which is thrown away with the container: what is written there "
        "is on no claim, and lost at the next restart. Choose a path that no volume of the image "
        "covers, or mount exactly at the volume."
    )

    def of(self, container: Running) -> Iterator[Problem]:
        mounted = {mount.path for mount in container.mounts}
        for volume in container.image.configuration.volumes:
            if volume not in mounted:
                yield from _covered(container, volume)
                yield from _written(container, volume)


def _covered(container: Running, volume: str) -> Iterator[Problem]:
    for mount in container.mounts:
        if within(volume, mount.path):
            yield _problem(container, mount, volume, "below", "there")
        elif within(mount.path, volume) and mount.kind == CLAIM:
            yield _problem(container, mount, volume, "above", "beside it")


def _problem(container: Running, mount: Mount, volume: str, how: str, where: str) -> Problem:
    message = (
        f"the volume {volume} of the image {container.image.name} lies {how} this mount at "
        f"{mount.path}, and what is written {where} is lost with the container; mount at another "
        "path, or exactly at the volume"
    )
    return Problem(message, container.pod.obj, mount.place, otherwise=container.named_by)


def _written(container: Running, volume: str) -> Iterator[Problem]:
    for wanted in written(container):
        path = written_at(container, wanted)
        mount = container.mount_of(path) if path else None
        if path and within(path, volume) and not (mount and within(mount.path, volume)):
            message = (
                f"{container.image.name} writes {wanted.what} to {path}, in the volume {volume} "
                "of its image that is not mounted, and loses it with the container; mount a "
                "volume there"
            )
            yield container.problem(message, "volumeMounts")
