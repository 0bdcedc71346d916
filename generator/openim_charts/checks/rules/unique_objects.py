"""No object is rendered twice."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.release import Release
from openim_charts.checks.rendered import RenderedObject
from openim_charts.checks.rule import Problem, ReleaseRule
from openim_charts.findings import Severity


class UniqueObjects(ReleaseRule):
    """Kind, namespace and name together are unique in a release."""

    id = "unique-objects"
    of_values = Severity.ERROR
    summary = "A release holds no two objects of one kind, namespace and name."
    rationale = "The second overwrites the first, or the installation fails half-way."

    def check(self, release: Release) -> Iterator[Problem]:
        seen: dict[tuple[str, ...], RenderedObject] = {}
        for obj in release.objects:
            group = obj.api_version.rpartition("/")[0]
            key = (group, obj.kind, obj.namespace or release.namespace, obj.name)
            if key in seen:
                yield Problem(f"{seen[key].template} renders it too", obj, ("metadata", "name"))
            seen.setdefault(key, obj)
