"""Chart → checks → archive for many charts at once, one at a time in memory for each worker."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from generator.charts.api import compile_chart
from generator.checks.api import check_chart
from generator.findings import Finding, FindingsError, Severity
from generator.helm.adapter import Helm
from generator.packaging.api import package
from generator.specs.model import Catalog


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one chart; ``archive`` is empty when there are errors or none was wanted."""

    name: str
    findings: tuple[Finding, ...]
    archive: bytes = b""

    @property
    def failed(self) -> bool:
        """Whether the chart must not be published."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Work:
    """How charts of a catalog are worked on: with which Helm, and how many at once."""

    catalog: Catalog
    helm: Helm
    jobs: int | None = None

    def build(self, names: Sequence[str]) -> Iterator[Outcome]:
        """Compile, check and package; outcomes come when they are ready."""
        return self._all(names, archive=True)

    def check(self, names: Sequence[str]) -> Iterator[Outcome]:
        """Compile and check."""
        return self._all(names, archive=False)

    def _all(self, names: Sequence[str], archive: bool) -> Iterator[Outcome]:
        with ThreadPoolExecutor(self.jobs or cores()) as pool:
            try:
                waiting = {pool.submit(self._one, name, archive) for name in names}
                for future in as_completed(waiting):
                    waiting.discard(future)
                    yield future.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _one(self, name: str, archive: bool) -> Outcome:
        try:
            chart = compile_chart(self.catalog, name)
            packed = package(chart, self.catalog.source_date)
            found = tuple(check_chart(chart, self.catalog, self.helm, packed))
        except FindingsError as error:
            return Outcome(name, error.findings)
        outcome = Outcome(name, found)
        return Outcome(name, found, packed) if archive and not outcome.failed else outcome


def cores() -> int:
    """Cores that this process may use (a container's share, not the machine's size)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
