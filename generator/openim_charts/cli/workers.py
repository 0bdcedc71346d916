"""The pipeline on all cores: threads, because most of the time is spent in Helm.

Helm and zlib let go of Python's lock, so one thread works there while another holds it; and threads
share what was learnt about parts and documents, which processes would each learn again.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from queue import SimpleQueue

from openim_charts.charts.api import Compiler
from openim_charts.charts.model import Chart
from openim_charts.checks.api import Checker, rendered_from
from openim_charts.cli.inputs import CACHE, Inputs
from openim_charts.findings import Finding, FindingsError, Severity
from openim_charts.helm.adapter import Helm
from openim_charts.helm.find import Preference, find_helm
from openim_charts.packaging.api import package
from openim_charts.repository.bundles import Bundle
from openim_charts.repository.state import CheckCache
from openim_charts.specs.model import Catalog


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one chart; ``archive`` is empty when there are errors."""

    name: str
    findings: tuple[Finding, ...]
    archive: bytes = field(default=b"", repr=False)
    bundles: tuple[Bundle, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the chart must not be published."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


class Pipeline:
    """Compiles, packages and checks charts of one catalog (``names``), in any number of threads.

    With a cache, a chart that was clean before is not checked again while nothing that checks
    look at has changed; ``tool`` is the digest of the program and of Helm. ``bundled`` asks for
    what specs want to be packed for others than Helm.
    """

    def __init__(
        self,
        catalog: Catalog,
        names: Sequence[str],
        helm: Helm,
        cache: CheckCache | None,
        tool: str,
        bundled: bool = False,
    ) -> None:
        self._catalog = catalog
        self._helm = helm
        self._bundled = bundled
        self._compiler = Compiler(catalog, names)
        self._checker = Checker(catalog, helm)
        self._cache = cache
        self._shared = CheckCache.key(tool, repr((catalog.repository, catalog.images)))

    def run(self, name: str) -> Outcome:
        """The outcome for one chart; what is wrong with it is in its findings."""
        try:
            chart = self._compiler.compile(name)
            archive = package(chart, self._catalog.source_date)
            key = self._key(chart, tuple(chart.files.items()))
            if self._known(key):
                return Outcome(name, (), archive, self._bundles(chart, archive))
            rendering = self._key(chart, rendered_from(chart), ("description",))
            # An ignored rule is looked for in renderings too.
            rendered = not chart.spec.ignored and self._known(rendering)
            found = tuple(self._checker.check(chart, archive, rendered))
            failed = Outcome(name, found).failed
            bundles = () if failed else self._bundles(chart, archive)
        except FindingsError as error:
            return Outcome(name, error.findings)
        if self._cache and not found:  # findings name lines, which move when a spec is edited
            self._cache.put(key, found)
            self._cache.put(rendering, found)
        return Outcome(name, found) if failed else Outcome(name, found, archive, bundles)

    def _bundles(self, chart: Chart, archive: bytes) -> tuple[Bundle, ...]:
        if not (self._bundled and chart.spec.bundles):
            return ()
        from openim_charts.export.bundles import bundles_of  # few projects have any

        return tuple(bundles_of(chart, archive, self._catalog, self._helm))

    def _known(self, key: str) -> bool:
        return self._cache is not None and self._cache.get(key) is not None

    def _key(self, chart: Chart, facts: tuple[object, ...], texts: Collection[str] = ()) -> str:
        """Everything that checks may look at: facts of the chart, its spec without some ``texts``,
        its callers, and what all share; but not the date of its archive.
        """
        data = {key: value for key, value in chart.spec.data.items() if key not in texts}
        context = (self._catalog.callers(chart.name), data)
        digest = sha256(repr(facts).encode()).hexdigest()
        return CheckCache.key(self._shared, digest, repr(context))


_AHEAD = 2  # charts in hand for each thread: an archive in memory is one that is not written yet
# New objects between two looks for garbage; with Python's 700, looks are a twentieth of a build.
_GARBAGE = 50_000


@dataclass(frozen=True, slots=True)
class Plan:
    """How charts are worked on."""

    inputs: Inputs
    helm: Preference
    jobs: int | None = None
    cached: bool = True
    bundled: bool = False

    def run(self, catalog: Catalog, names: Sequence[str]) -> Iterator[Outcome]:
        """Outcomes as they are ready. Raises UserError."""
        gc.set_threshold(_GARBAGE)
        cache = CheckCache(self.inputs.root / CACHE / "checks") if self.cached else None
        helm = find_helm(self.helm)
        pipeline = Pipeline(catalog, names, helm, cache, self.inputs.tool, self.bundled)
        jobs = self.jobs or cores()
        with ThreadPoolExecutor(jobs) as pool:
            try:
                yield from _bounded(pool, pipeline, _in_order(catalog, names), jobs * _AHEAD)
            finally:
                pool.shutdown(cancel_futures=True)
        if cache:
            cache.prune()


def _bounded(
    pool: ThreadPoolExecutor, pipeline: Pipeline, names: Sequence[str], limit: int
) -> Iterator[Outcome]:
    """Outcomes as they are ready, with at most ``limit`` charts started and not yet given away."""
    rest, started = iter(names), 0
    done: SimpleQueue[Future[Outcome] | None] = SimpleQueue()
    with _on_interrupt(lambda: done.put(None)):
        while True:
            for name in islice(rest, limit - started):
                pool.submit(pipeline.run, name).add_done_callback(done.put)
                started += 1
            if not started:
                return
            future = done.get()
            if future is None:
                raise KeyboardInterrupt
            started -= 1
            yield future.result()


@contextmanager
def _on_interrupt(act: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C calls ``act`` for a block's time, instead of raising KeyboardInterrupt anywhere: where
    the lock of a future is being taken, it would stay taken, and the threads would wait for ever.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler or (
        threading.current_thread() is not threading.main_thread()
    ):
        yield
        return
    signal.signal(signal.SIGINT, lambda *_: act())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def cores() -> int:
    """Cores that this process may use (a container's share, not the machine's size)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_order(catalog: Catalog, names: Sequence[str]) -> list[str]:
    """A chart that holds others waits for them to be compiled, and takes as long as several of
    them: it comes late, but not last, when it would keep a single core busy."""
    single = [name for name in names if not catalog.charts[name].includes]
    holders = sorted(set(names) - set(single), key=lambda name: -len(catalog.charts[name].includes))
    late = len(single) * 2 // 3
    return [*single[:late], *holders, *single[late:]]
