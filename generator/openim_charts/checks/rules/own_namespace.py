"""Objects stay in the release's namespace."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.release import Release
from openim_charts.checks.rule import Problem, ReleaseRule


class OwnNamespace(ReleaseRule):
    """metadata.namespace is absent or the release's."""

    id = "own-namespace"
    summary = "With default values every object is in the namespace of the release."
    rationale = "An object elsewhere survives the namespace and needs rights that users lack."

    def check(self, release: Release) -> Iterator[Problem]:
        for obj in release.objects:
            if obj.namespace not in ("", release.namespace):
                message = f"is put into the namespace {obj.namespace!r}"
                yield Problem(message, obj, ("metadata", "namespace"))
