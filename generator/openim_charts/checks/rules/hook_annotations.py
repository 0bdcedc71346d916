"""Helm's annotations say what Helm understands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openim_charts.checks.rendered import RenderedObject
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.findings import Severity
from openim_charts.specs.model import Catalog

_POLICIES = frozenset({"before-hook-creation", "hook-succeeded", "hook-failed"})


class HookAnnotations(ObjectRule):
    """Weights, delete policies, resource policies."""

    id = "hook-annotations"
    of_values = Severity.WARNING
    summary = "Hook weights are whole numbers; policies are those that Helm knows."
    rationale = (
        "Helm reads a weight that is no number as 0 and an unknown policy as none, so a mistake "
        "changes the order of hooks or leaves their objects behind."
    )

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        notes = obj.annotations
        weight = notes.get("helm.sh/hook-weight")
        if weight is not None and not re.fullmatch(r"-?\d+", str(weight)):
            yield self._problem(obj, "hook-weight", f"{weight!r} is not a whole number")
        if "helm.sh/hook" in notes:
            given = str(notes.get("helm.sh/hook-delete-policy", ""))
            policies = {part.strip() for part in given.split(",") if part.strip()}
            if not policies:
                message = "has no helm.sh/hook-delete-policy; a second run would fail"
                yield Problem(message, obj, ("metadata", "annotations"))
            for policy in sorted(policies - _POLICIES):
                yield self._problem(obj, "hook-delete-policy", f"{policy!r} is unknown to Helm")
        if notes.get("helm.sh/resource-policy", "keep") != "keep":
            yield self._problem(obj, "resource-policy", "the only policy is 'keep'")

    def _problem(self, obj: RenderedObject, name: str, message: str) -> Problem:
        return Problem(message, obj, ("metadata", "annotations", f"helm.sh/{name}"))
