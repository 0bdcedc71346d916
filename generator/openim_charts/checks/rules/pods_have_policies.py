"""Where a chart has NetworkPolicies, each of its pods has one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.checks.release import PodTemplate, Release, selects
from openim_charts.checks.rendered import RenderedObject, get, listing, mapping
from openim_charts.checks.rule import Problem, ReleaseRule

_CHART = "helm.sh/chart"


class PodsHavePolicies(ReleaseRule):
    """Pods, those of Jobs and tests too, and what the NetworkPolicies of their chart select."""

    id = "pods-have-policies"
    summary = (
        "Each pod of a chart that has NetworkPolicies is selected by one that speaks of what it "
        "may reach."
    )
    rationale = (
        "In a namespace that denies by default a pod without a policy reaches nothing, not even "
        "DNS: a Job never ends, and the install waits for it. Elsewhere such a pod reaches all."
    )

    def check(self, release: Release) -> Iterator[Problem]:
        policies: dict[str, list[RenderedObject]] = {}
        for policy in release.of("NetworkPolicy"):
            policies.setdefault(policy.labels.get(_CHART, ""), []).append(policy)
        for pod in release.pods:
            own = policies.get(pod.obj.labels.get(_CHART, ""), [])
            if own and not any(_speaks_of(policy, pod) for policy in own):
                message = "no NetworkPolicy of the chart selects its pods and names their egress"
                yield Problem(message, pod.obj, (*pod.path, "metadata", "labels"))


def _speaks_of(policy: RenderedObject, pod: PodTemplate) -> bool:
    selector = mapping(policy.data, "spec", "podSelector")
    if policy.namespace != pod.obj.namespace:
        return False
    return "Egress" in listing(policy.data, "spec", "policyTypes") and _selects(selector, pod)


def _selects(selector: Mapping[str, Any], pod: PodTemplate) -> bool:
    labels = mapping(selector, "matchLabels")
    chosen = selects(labels, pod.labels) or not labels
    return chosen and all(_meets(e, pod) for e in listing(selector, "matchExpressions"))


def _meets(expression: Any, pod: PodTemplate) -> bool:
    value = pod.labels.get(str(get(expression, "key")))
    values = listing(expression, "values")
    return {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }.get(str(get(expression, "operator")), False)
