"""Chart → archive → checks, one chart at a time in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from generator.charts.api import Compiler
from generator.checks.api import Checker
from generator.findings import Finding, FindingsError, Severity
from generator.helm.adapter import Helm
from generator.packaging.api import package
from generator.repository.state import CheckCache
from generator.specs.model import Catalog, ChartSpec


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one chart; ``archive`` is empty when there are errors."""

    name: str
    findings: tuple[Finding, ...]
    archive: bytes = field(default=b"", repr=False)

    @property
    def failed(self) -> bool:
        """Whether the chart must not be published."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


class Pipeline:
    """Compiles, packages and checks charts of one catalog (``names``), in any number of threads.

    With a cache, a chart that was clean before is not checked again while nothing that checks
    look at has changed; ``tool`` is the digest of the program and of Helm.
    """

    def __init__(
        self,
        catalog: Catalog,
        names: Sequence[str],
        helm: Helm,
        cache: CheckCache | None,
        tool: str,
    ) -> None:
        self._catalog = catalog
        self._compiler = Compiler(catalog, names)
        self._checker = Checker(catalog, helm)
        self._cache = cache
        self._tool = tool

    def run(self, name: str) -> Outcome:
        """The outcome for one chart; what is wrong with it is in its findings."""
        try:
            chart = self._compiler.compile(name)
            archive = package(chart, self._catalog.source_date)
            key = self._key(chart.spec, archive)
            if self._cache and self._cache.get(key) is not None:
                return Outcome(name, (), archive)
            found = tuple(self._checker.check(chart, archive))
        except FindingsError as error:
            return Outcome(name, error.findings)
        if self._cache and not found:  # findings name lines, which move when a spec is edited
            self._cache.put(key, found)
        outcome = Outcome(name, found, archive)
        return Outcome(name, found) if outcome.failed else outcome

    def _key(self, spec: ChartSpec, archive: bytes) -> str:
        """Everything that checks may look at: the chart, its spec, its callers, what all share."""
        shared = (self._catalog.repository, self._catalog.images)
        context = (self._catalog.callers(spec.name), shared, spec.data)
        return CheckCache.key(self._tool, sha256(archive).hexdigest(), repr(context))
