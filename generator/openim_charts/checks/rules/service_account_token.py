"""Tokens are mounted only where a chart may have one and needs it."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.release import Release
from openim_charts.checks.rendered import get, listing
from openim_charts.checks.rule import Problem, ReleaseRule
from openim_charts.checks.rules.rbac import mounts_token
from openim_charts.findings import Severity


class ServiceAccountToken(ReleaseRule):
    """automountServiceAccountToken of pods and accounts."""

    id = "service-account-token"
    of_values = Severity.WARNING
    summary = "A pod mounts a token only when a Role is bound to its account."
    rationale = (
        "Some programs take the presence of a token for orders (they change their discovery, or "
        "fail); all others have no use for it. serviceAccountToken: false in a spec forbids it to "
        "the chart's own program; a Job that sets something up runs another one."
    )

    def check(self, release: Release) -> Iterator[Problem]:
        bound = {
            str(get(subject, "name"))
            for binding in release.of("RoleBinding", "ClusterRoleBinding")
            for subject in listing(binding.data, "subjects")
        }
        for pod in release.pods:
            account = str(get(pod.spec, "serviceAccountName") or "default")
            if not mounts_token(pod.spec, account, release):
                continue
            path = (*pod.path, "spec")
            own = pod.obj.kind not in ("Job", "CronJob")
            if own and not release.spec_of(pod.obj).service_account_token:
                message = "mounts a token, which serviceAccountToken: false forbids"
                yield Problem(message, pod.obj, path, spec=("serviceAccountToken",))
            elif account not in bound:
                message = "mounts a token, but nothing is bound to its account; set "
                message += "automountServiceAccountToken: false"
                yield Problem(message, pod.obj, path, spec=("serviceAccountToken",))
