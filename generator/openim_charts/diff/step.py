"""Steps between versions, and whether a declared one is honest."""

from __future__ import annotations

from openim_charts.diff.kinds import Step
from openim_charts.diff.model import ChartDiff
from openim_charts.repository.versions import precedence


def declared(base: str, head: str) -> Step | None:
    """The step from one version to another; None when ``head`` is older. Raises ValueError.

    From a pre-release every newer version is a full step: it promised nothing yet.
    """
    old, new = precedence(base), precedence(head)
    if new == old:
        return Step.NONE
    if new < old:
        return None
    if not old[3] or new[0] > old[0]:
        return Step.MAJOR
    return Step.MINOR if new[1] > old[1] else Step.PATCH


def needed(base: str, step: Step) -> Step:
    """The step that a change asks for; before 1.0.0 breaking changes move the minor version."""
    if precedence(base)[0] == 0:
        return {Step.MAJOR: Step.MINOR, Step.MINOR: Step.PATCH}.get(step, step)
    return step


def next_version(base: str, step: Step) -> str:
    """The version that lies one step behind ``base``. Raises ValueError."""
    major, minor, patch, final, _ = precedence(base)
    if not final and step:
        return f"{major}.{minor}.{patch}"
    return {
        Step.NONE: base,
        Step.PATCH: f"{major}.{minor}.{patch + 1}",
        Step.MINOR: f"{major}.{minor + 1}.0",
        Step.MAJOR: f"{major + 1}.0.0",
    }[step]


def _smallest(diff: ChartDiff) -> str:
    """The smallest honest version behind the base for a chart that differs from it."""
    return next_version(diff.base, max(needed(diff.base, diff.step), Step.PATCH))


def right_version(diff: ChartDiff) -> str:
    """The version that the chart must have at least; "" when the one that it has is honest."""
    return _smallest(diff) if shortfall(diff) else ""


def shortfall(diff: ChartDiff) -> str:
    """What is wrong with the declared version, and the right one; "" when it is honest."""
    if not (diff.base and diff.head):
        return ""
    wanted = needed(diff.base, diff.step)
    step = declared(diff.base, diff.head)
    if step is not None and step >= wanted:
        return ""
    reason = next(iter(diff.seen()), None)
    because = ""
    if reason:
        found = reason.change
        detail = f" ({found.detail})" if found.detail else ""
        because = f": {found.kind.heading}: {found.subject}{detail}"
    right = _smallest(diff)
    if step is None:
        return f"version {diff.head} is older than {diff.base}; it must be {right} or newer"
    size = f"a {wanted} step" if wanted > Step.PATCH else "a new version"
    if step is Step.NONE:
        return f"version is still {diff.head}; what changed needs {size}, {right} or newer{because}"
    return (
        f"version {diff.head} is too small a step from {diff.base}; what changed needs {size}, "
        f"{right} or newer{because}"
    )
