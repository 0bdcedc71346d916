"""Comparing charts with an earlier state of them, for the other packages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from openim_charts.checks.builtin import VersionStep
from openim_charts.diff.base import read_base, read_presets
from openim_charts.diff.bump import bumped
from openim_charts.diff.cause import Cause, causes
from openim_charts.diff.compare import Presets, compare_charts
from openim_charts.diff.docs import versioning
from openim_charts.diff.kinds import KINDS, Step
from openim_charts.diff.model import ChartDiff
from openim_charts.diff.objects import Renderer
from openim_charts.diff.packed import PackedChart
from openim_charts.diff.report import REPORTS, artifact_hub_changes, changelog_lines
from openim_charts.diff.step import right_version, shortfall
from openim_charts.findings import Finding, Location, Severity
from openim_charts.helm.adapter import Helm
from openim_charts.specs.model import Catalog, ChartSpec

__all__ = [
    "KINDS",
    "REPORTS",
    "ChartDiff",
    "Step",
    "artifact_hub_changes",
    "breaking_findings",
    "bumped",
    "causes",
    "changelog_lines",
    "compare_all",
    "read_base",
    "read_presets",
    "right_version",
    "version_finding",
    "versioning",
]


def compare_all(
    base: Mapping[str, bytes],
    head: Mapping[str, bytes],
    catalog: Catalog,
    helm: Helm,
    presets: Presets,
    jobs: int,
    advance: Callable[[str], None] = lambda _: None,
) -> Iterator[ChartDiff]:
    """The difference of each chart in ``head``, in its order; both map names to archives.

    Charts that only ``base`` has are not mentioned. Helm works outside Python's lock, so ``jobs``
    threads are of use.
    """
    renderer_of = catalog.repository.kubernetes[-1]

    def one(name: str) -> ChartDiff:
        after = PackedChart.of(head[name])
        if name in base:
            renderer = Renderer(helm, renderer_of)
            diff = compare_charts(PackedChart.of(base[name]), after, renderer, presets)
        else:
            diff = ChartDiff(name, "", after.version)
        advance(name)
        return diff

    with ThreadPoolExecutor(max(1, jobs)) as pool:
        yield from pool.map(one, head)


def version_finding(diff: ChartDiff, spec: ChartSpec) -> Finding | None:
    """What is wrong with the version that the spec declares, at its line; None when it is right."""
    wrong = shortfall(diff)
    return Finding(spec.origin("version"), VersionStep.id, wrong) if wrong else None


def breaking_findings(
    diffs: Iterable[tuple[ChartDiff, ChartSpec]], cause: Cause
) -> Iterator[Finding]:
    """A warning for each breaking change, at the line that it comes from; see ``causes``.

    What one line does to several charts is one warning.
    """
    charts: dict[tuple[Location, str], dict[str, None]] = {}
    for diff, spec in diffs:
        for change in diff.changes:
            if change.step is not Step.MAJOR:
                continue
            detail = f": {change.detail}" if change.detail else ""
            advice = f"; {change.advice}" if change.advice else ""
            subject, location = cause(spec, change)
            message = f"{change.kind.heading}: {subject}{detail}{advice}"
            charts.setdefault((location, message), {})[diff.name] = None
    for (location, message), names in charts.items():
        shown = f"in {', '.join(names)}"
        yield Finding(location, "breaking-change", message, Severity.WARNING, shown)
