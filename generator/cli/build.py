"""``openim-charts build``"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from generator.cli import options
from generator.cli.project import refuse_sources
from generator.cli.report import Console, counted, print_findings
from generator.cli.workers import Outcome
from generator.findings import Finding, FindingsError
from generator.packaging.api import unpack
from generator.repository.index import INDEX, Index
from generator.repository.local import Written, write_repository
from generator.repository.release import Release, read_releases, release_of
from generator.specs.layout import PRESETS
from generator.specs.model import Catalog

if TYPE_CHECKING:
    from generator.repository.local import Written
    from generator.repository.page import ChartDetails, Site


OUTPUT = "dist/charts"


@click.command(
    epilog="""\b
    Examples:
      openim-charts build
      openim-charts build openim-api openim-push     these anew, the others as they are
      openim-charts build --output /srv/charts --format github
    """
)
@options.NAMES
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help=f"Where the repository goes.  [default: {OUTPUT} in the project]",
)
@click.option("--force", is_flag=True, help="Build and check everything, whatever is known.")
@options.helm
@options.project
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    output: Path | None,
    force: bool,
    helm: Literal["auto", "command", "embedded"],
    jobs: int | None,
    root: Path,
    console: Console,
) -> int:
    """Build the Helm repository in dist/charts/.

    All charts, or each NAME, are compiled, checked and packaged. When anything is wrong, all of
    it is reported and the folder stays as it is; otherwise it changes at once, as a whole. A
    build with nothing changed touches no file.
    """
    from generator.cli.inputs import inputs_of
    from generator.repository.state import is_current, record

    if output is not None:
        refuse_sources("--output", output, root)
    folder = (output or root / OUTPUT).absolute()
    inputs = inputs_of(root, helm)
    state = inputs.state(folder)
    if not (force or names) and is_current(state, inputs.digest, folder):
        console.say(f"{_shown(folder)}: nothing changed")
        return print_findings((), ctx.meta)

    from generator.cli.build import assemble, kept_releases
    from generator.cli.project import load_specs, select
    from generator.cli.workers import Plan

    catalog = load_specs(root)
    wanted = select(catalog, names)
    outcomes = Plan(inputs, helm, jobs, cached=not force).run(catalog, wanted)
    kept = kept_releases(folder, catalog, wanted)
    with console.progress("building", len(wanted)) as advance:
        written, findings = assemble(folder, catalog, outcomes, kept, advance)
    if not (names or findings):
        record(state, inputs.digest, folder)
    console.say(_summary(folder, written, len(wanted)))
    return print_findings(findings, ctx.meta)


def _summary(folder: Path, written: Written, built: int) -> str:
    if written.unchanged:
        return f"{_shown(folder)}: nothing changed, {counted(built, 'chart')} checked"
    changed = sum(name.endswith(".tgz") for name in written.changed)
    removed = sum(name.endswith(".tgz") for name in written.removed)
    gone = f", {removed} removed" if removed else ""
    charts = counted(len(written.index.entries), "chart")
    return f"{_shown(folder)}: {changed} of {charts} changed{gone}"


def _shown(folder: Path) -> str:
    """The folder as a person standing here would write it."""
    try:
        return str(folder.relative_to(Path.cwd()))
    except (ValueError, FileNotFoundError):  # it is elsewhere, or this folder is gone
        return str(folder)


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

    def built() -> Iterator[Release]:
        failed = False
        for outcome in outcomes:
            findings.extend(outcome.findings)
            failed |= outcome.failed
            if not failed:
                yield release_of(outcome.archive, catalog.source_date)
            advance(outcome.name)
        if failed:
            raise FindingsError(findings)

    beside = _Beside(catalog)
    releases = beside.noting(chain(built(), kept))
    return write_repository(folder, releases, extras=beside.files), findings


class _Beside:
    """What stands beside the index, gathered while the releases pass: the page and the presets."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._details: dict[str, ChartDetails] = {}
        self._presets: dict[str, bytes] = {}

    @cached_property
    def _site(self) -> Site:
        from generator.cli.site import site_of  # other threads are at work when it is needed

        return site_of(self._catalog)

    def noting(self, releases: Iterable[Release]) -> Iterator[Release]:
        """The same releases. Each is read here and not at the end, for the same reason."""
        for release in releases:
            self._details[release.name] = self._site.details(release)
            if self._catalog.charts[release.name].presets:
                self._presets |= presets_in(release.archive)
            yield release

    def files(self, index: Index) -> dict[str, bytes]:
        """All files by path, once every release has passed."""
        return {**self._presets, **self._site.page(index, self._details)}


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
