"""No field is rendered that another controller owns."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.release import Release
from openim_charts.checks.rendered import get
from openim_charts.checks.rule import Problem, ReleaseRule
from openim_charts.findings import Severity

_SCALERS = {"HorizontalPodAutoscaler": "scaleTargetRef", "ScaledObject": "scaleTargetRef"}


class CoOwnedFields(ReleaseRule):
    """replicas beside an autoscaler; two autoscalers; status."""

    id = "co-owned-fields"
    of_values = Severity.ERROR
    summary = "No replicas beside an autoscaler, one autoscaler for a workload, no status."
    rationale = (
        "Helm 4 applies server-side: naming a field that a controller writes is a conflict, or "
        "undoes the controller's work at every upgrade."
    )

    def check(self, release: Release) -> Iterator[Problem]:
        seen: dict[tuple[str, str], str] = {}
        for kind, field in _SCALERS.items():
            for scaler in release.of(kind):
                reference = get(scaler.data, "spec", field)
                target = (str(get(reference, "kind") or "Deployment"), str(get(reference, "name")))
                if target in seen:
                    yield Problem(f"{seen[target]} scales {target[1]} too", scaler, ("spec", field))
                seen.setdefault(target, f"{kind} {scaler.name}")
        for (kind, name), scaler_name in seen.items():
            workload = release.find(kind, name)
            if workload and get(workload.data, "spec", "replicas") is not None:
                message = f"is set, though {scaler_name} owns it"
                yield Problem(message, workload, ("spec", "replicas"))
        for obj in release.objects:
            if "status" in obj.data:
                yield Problem("status belongs to the cluster", obj, ("status",))
