"""The root file system is read-only, and what is written can be."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.containers import CLAIM, ContainerRule, Running, within
from openim_charts.checks.rule import Problem
from openim_charts.checks.started import written, written_at
from openim_charts.findings import Severity
from openim_charts.specs.keys.image import WrittenPath


class ImagePaths(ContainerRule):
    """Paths that a program must write to."""

    id = "image-paths"
    of_values = Severity.ERROR
    summary = (
        "Root file systems are read-only; what a program must write to is mounted writable, and "
        "its user may write to it."
    )
    rationale = (
        "A program that cannot write where it must ends or stands still, and one that writes into "
        "its root file system loses that with the container. A claim belongs to root unless the "
        "pod has an fsGroup."
    )

    def of(self, container: Running) -> Iterator[Problem]:
        if container.setting("readOnlyRootFilesystem") is not True:
            message = "readOnlyRootFilesystem must be true; mount what is written"
            yield container.problem(message, "securityContext")
        if not container.release.user_from_platform:
            yield from _claims(container)
        for wanted in written(container):
            if wanted.needed:
                yield from _unwritable(container, wanted)


def _claims(container: Running) -> Iterator[Problem]:
    if container.setting("fsGroup") is not None or container.setting("runAsUser") == 0:
        return
    for mount in container.mounts:
        if mount.kind == CLAIM and mount.writable:
            message = f"the claim at {mount.path} belongs to root; set podSecurityContext.fsGroup"
            yield Problem(message, container.pod.obj, mount.place, otherwise=container.named_by)


def _unwritable(container: Running, wanted: WrittenPath) -> Iterator[Problem]:
    path = written_at(container, wanted)
    mount = container.mount_of(path)
    if not path or (mount and mount.writable) or _in_volume(container, path):
        return
    image = container.image
    owner, user = image.data_owner, container.setting("runAsUser")
    if mount or container.setting("readOnlyRootFilesystem") is True:
        where = f"which lies on the {mount.kind} at {mount.path}" if mount else "which is read-only"
        message = (
            f"{image.name} must write {wanted.what} to {path}, {where}; mount an emptyDir or a "
            f"claim there{f', or set {wanted.setting}' if wanted.setting else ''}"
        )
        yield container.problem(message, "volumeMounts")
    elif owner and user is not None and user not in (0, owner.uid):
        message = (
            f"{image.name} must write {wanted.what} to {path}, which belongs to the user "
            f"{owner.uid} in the image, and runs as {user}; mount an emptyDir or a claim there"
        )
        yield container.problem(message, "securityContext")


def _in_volume(container: Running, path: str) -> bool:
    """Whether a volume of the image makes the path writable, which image-volumes judges."""
    return any(within(path, volume) for volume in container.image.configuration.volumes)
