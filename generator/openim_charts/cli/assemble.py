"""From outcomes to a repository: written only when nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from openim_charts.cli.workers import Outcome
from openim_charts.findings import Finding, FindingsError
from openim_charts.packaging.api import unpack
from openim_charts.repository.bundles import Bundle, read_bundles
from openim_charts.repository.index import INDEX, Index
from openim_charts.repository.local import Written, write_repository
from openim_charts.repository.release import Release, read_releases, release_of
from openim_charts.specs.layout import PRESETS
from openim_charts.specs.model import Catalog

if TYPE_CHECKING:
    from openim_charts.repository.page import ChartDetails, Site


def assemble(
    folder: Path,
    catalog: Catalog,
    outcomes: Iterable[Outcome],
    kept: Iterable[Release],
    advance: Callable[[str], None],
) -> tuple[Written, list[Finding]]:
    """Write the outcomes' archives and ``kept`` releases as the repository ``folder``.

    Returns what changed, and findings that are no errors. Raises FindingsError with all findings
    of all charts when there is an error among them; then nothing changed.
    """
    findings: list[Finding] = []
    beside = _Beside(catalog, folder)

    def built() -> Iterator[Release]:
        failed = False
        for outcome in outcomes:
            findings.extend(outcome.findings)
            failed |= outcome.failed
            if not failed:
                beside.bundle(outcome)
                yield release_of(outcome.archive, catalog.source_date)
            advance(outcome.name)
        if failed:
            raise FindingsError(findings)

    releases = beside.noting(chain(built(), kept))
    return write_repository(folder, releases, extras=beside.files), findings


class _Beside:
    """What stands beside the index, gathered while the releases pass: page, presets, scripts,
    bundles; those of charts that are not built stay as they are in ``folder``."""

    def __init__(self, catalog: Catalog, folder: Path) -> None:
        self._catalog = catalog
        self._folder = folder
        self._built: dict[str, tuple[Bundle, ...]] = {}
        self._details: dict[str, ChartDetails] = {}
        self._presets: dict[str, bytes] = {}

    @cached_property
    def _site(self) -> Site:
        from openim_charts.cli.site import site_of  # other threads are at work when it is needed

        return site_of(self._catalog)

    def bundle(self, outcome: Outcome) -> None:
        """Note what was packed of a chart that was built."""
        self._built[outcome.name] = outcome.bundles

    def noting(self, releases: Iterable[Release]) -> Iterator[Release]:
        """The same releases. Each is read here and not at the end, for the same reason."""
        for release in releases:
            self._details[release.name] = self._site.details(release)
            if self._catalog.charts[release.name].presets:
                self._presets |= presets_in(release.archive)
            yield release

    def files(self, index: Index) -> dict[str, bytes]:
        """All files by path, once every release has passed."""
        from openim_charts.cli.site import scripts

        beside = scripts(self._catalog, self._catalog.repository.url)
        site = replace(self._site, bundles=tuple(self._bundles()))
        return {**self._presets, **beside, **site.page(index, self._details)}

    def _bundles(self) -> Iterator[Bundle]:
        for name in sorted(self._details):
            if name in self._built:
                yield from self._built[name]
            elif self._catalog.charts[name].bundles:
                yield from (one for one in read_bundles(self._folder) if one.chart == name)


def presets_in(archive: bytes) -> dict[str, bytes]:
    """The presets of a chart's archive by path, ``presets/NAME.yaml``: beside an index Helm can
    take them as values files by URL."""
    files = unpack(archive)
    return {path: files[path] for path in files if path.startswith(f"{PRESETS}/")}


def kept_releases(folder: Path, catalog: Catalog, built: Iterable[str]) -> Iterator[Release]:
    """Releases in ``folder`` of charts that still exist and are not built anew."""
    wanted = catalog.charts.keys() - set(built)
    if wanted and (folder / INDEX).exists():
        yield from (release for release in read_releases(folder) if release.name in wanted)
