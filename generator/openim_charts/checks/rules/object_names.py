"""Names are short enough for what Kubernetes makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openim_charts.checks.rendered import RenderedObject
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.findings import Severity
from openim_charts.specs.model import Catalog

# A CronJob's name gets 11 characters for its Jobs; a StatefulSet's gets 11 for the revision label.
_LONGEST = {"CronJob": 52, "StatefulSet": 52}
_LABEL = 63
_DNS_1035 = re.compile(r"^[a-z]([-a-z0-9]*[a-z0-9])?$")
_DNS_LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
_DNS_SUBDOMAIN = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
_SEGMENT = re.compile(r"^[^/%]+$")
# Kubernetes takes any segment of a path for these (pkg/apis/rbac/validation).
_OF_RBAC = ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
_AS_LABELS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod")


class ObjectNames(ObjectRule):
    """Lengths and characters of metadata.name."""

    id = "object-names"
    of_values = Severity.ERROR
    summary = "Objects have names that Kubernetes takes, also as labels and host names."
    rationale = (
        "Names of workloads become label values and host names, which end at 63 characters; "
        "Services must start with a letter."
    )

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        path = ("metadata", "name")
        if not obj.name:
            if not obj.kind.endswith("List"):
                yield Problem("has no name", obj, ("metadata",))
            return
        longest = _LONGEST.get(obj.kind, _LABEL)
        if len(obj.name) > longest:
            yield Problem(f"has {len(obj.name)} characters, more than {longest}", obj, path)
        syntax, message = _syntax(obj.kind)
        if not syntax.match(obj.name):
            yield Problem(message, obj, path)


def _syntax(kind: str) -> tuple[re.Pattern[str], str]:
    """What names of a kind look like, and what to say of one that does not."""
    if kind == "Service":
        return _DNS_1035, "is no name for a Service (a DNS label)"
    if kind in _AS_LABELS:
        return _DNS_LABEL, "is no DNS label, so pods cannot be named after it"
    if kind in _OF_RBAC:
        return _SEGMENT, "may hold neither / nor %"
    return _DNS_SUBDOMAIN, "is no DNS name (small letters, digits, - and .)"
