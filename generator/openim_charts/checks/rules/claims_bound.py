"""Claims are bound while Helm waits for them."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.release import Release
from openim_charts.checks.rule import Problem, ReleaseRule
from openim_charts.findings import Severity


class ClaimsBound(ReleaseRule):
    """A pod of the installation mounts each claim."""

    id = "claims-bound"
    of_values = Severity.ERROR
    summary = "Each claim is mounted by a pod that runs at once, not by CronJobs alone."
    rationale = (
        "Most classes make a volume when a pod needs it (volumeBindingMode WaitForFirstConsumer). "
        "'helm install --wait' waits for every claim, so it would wait for the first run of the "
        "CronJob, and fail."
    )

    def check(self, release: Release) -> Iterator[Problem]:
        mounted = {
            claim
            for pod in release.pods
            if pod.obj.kind != "CronJob" and not pod.obj.hook
            for claim in pod.claims()
        }
        for obj in release.of("PersistentVolumeClaim"):
            if obj.name not in mounted:
                message = f"no pod that runs at once mounts the claim {obj.name!r}"
                yield Problem(message, obj, ("metadata", "name"))
