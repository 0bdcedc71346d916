"""Mounts and volumes match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from openim_charts.checks.release import PodTemplate, pod_of
from openim_charts.checks.rendered import RenderedObject, get, listing
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.findings import Severity
from openim_charts.specs.model import Catalog


class VolumeMounts(ObjectRule):
    """Each mount has a volume, each volume a mount, no path is used twice."""

    id = "volume-mounts"
    of_values = Severity.ERROR
    summary = "Every mounted volume exists, every volume is mounted, and no path is mounted twice."
    rationale = "The API server refuses the first and the last; an unused volume is a left-over."

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        pod = pod_of(obj)
        if pod:
            yield from _faults(obj, pod)


def _faults(obj: RenderedObject, pod: PodTemplate) -> Iterator[Problem]:
    volumes = [get(volume, "name") for volume in listing(pod.spec, "volumes")]
    claims = [
        get(claim, "metadata", "name")
        for claim in listing(obj.data, "spec", "volumeClaimTemplates")
    ]
    used = set()
    for path, container in pod.containers():
        mounts = listing(container, "volumeMounts")
        devices = listing(container, "volumeDevices")
        used |= {get(mount, "name") for mount in [*mounts, *devices]}
        for index, mount in enumerate(mounts):
            if get(mount, "name") not in [*volumes, *claims]:
                message = f"there is no volume {get(mount, 'name')!r}"
                yield Problem(message, obj, (*path, "volumeMounts", index))
        for mount_path, count in Counter(get(mount, "mountPath") for mount in mounts).items():
            if count > 1:
                yield Problem(
                    f"{mount_path} is mounted {count} times", obj, (*path, "volumeMounts")
                )
    for index, name in enumerate(volumes):
        if name not in used:
            place = (*pod.path, "spec", "volumes", index)
            yield Problem(f"no container mounts the volume {name!r}", obj, place)
