"""The charts of the project beside those of a base: what ``diff`` prints and ``bump`` acts on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openim_charts.charts.api import compile_chart
from openim_charts.cli.project import select
from openim_charts.cli.report import Console
from openim_charts.cli.workers import cores
from openim_charts.diff.api import ChartDiff, compare_all, read_base, read_presets
from openim_charts.helm.find import Preference, find_helm
from openim_charts.packaging.api import package
from openim_charts.specs.api import load_catalog
from openim_charts.specs.model import Catalog


@dataclass(frozen=True, slots=True)
class Comparison:
    """The specs, the archives of the base by chart, and the difference of each chart."""

    catalog: Catalog
    base: Mapping[str, bytes]
    diffs: Sequence[ChartDiff]


def compared(
    root: Path,
    base: str,
    names: tuple[str, ...],
    helm: Preference,
    jobs: int | None,
    console: Console,
    before: Mapping[str, bytes] | None = None,
) -> Comparison:
    """Compare all charts, or those of ``names``, with ``base``. Raises UserError, FindingsError.

    ``before``: the archives of the base, from an earlier comparison with the same one.
    """
    catalog = load_catalog(root)
    wanted = select(catalog, names)
    engine = find_helm(helm)
    if before is None:
        versions = {name: catalog.charts[name].version for name in wanted}
        before = read_base(root, base, versions, others=not names)
    after = {n: package(compile_chart(catalog, n), catalog.source_date) for n in wanted}
    with console.progress("comparing", len(after)) as advance:
        presets = read_presets(root)
        diffs = compare_all(before, after, catalog, engine, presets, jobs or cores(), advance)
        return Comparison(catalog, before, tuple(diffs))
