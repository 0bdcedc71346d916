"""The pipeline on all cores: processes, because most of the work holds Python's lock.

They are spawned, never forked: the embedded Helm engine hangs after a fork.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process

from generator.cli.inputs import CACHE, Inputs
from generator.cli.pipeline import Outcome, Pipeline
from generator.findings import FindingsError, UserError
from generator.helm.find import Preference, find_helm
from generator.repository.state import CheckCache
from generator.specs.api import load_catalog
from generator.specs.model import Catalog

_WORTH_A_PROCESS = 4  # charts: a worker needs half a second to start
_COLLECT_LATER = "400"  # GOGC: the Go library is slowed by its collector, and charts are small


@dataclass(frozen=True, slots=True)
class Plan:
    """How charts are worked on; small, and the same in every process."""

    inputs: Inputs
    helm: Preference
    jobs: int | None = None
    cached: bool = True

    def pipeline(self, catalog: Catalog | None = None) -> Pipeline:
        """The pipeline in this process. Raises UserError, and FindingsError without a catalog."""
        root = self.inputs.root
        cache = CheckCache(root / CACHE / "checks") if self.cached else None
        known = catalog or load_catalog(root)
        return Pipeline(known, find_helm(self.helm), cache, self.inputs.tool)

    def run(self, catalog: Catalog, names: Sequence[str]) -> Iterator[Outcome]:
        """Outcomes as they are ready. Raises UserError."""
        pipeline = self.pipeline(catalog)  # first of all: is there a Helm?
        jobs = min(self.jobs or cores(), len(names))
        if jobs > 1 and len(names) >= _WORTH_A_PROCESS:
            yield from self._spread(_largest_first(catalog, names), jobs)
        else:
            yield from map(pipeline.run, names)
        if pipeline.cache:
            pipeline.cache.prune()

    def _spread(self, names: Sequence[str], jobs: int) -> Iterator[Outcome]:
        os.environ.setdefault("GOGC", _COLLECT_LATER)
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), _start, (self,))
        try:
            waiting = _submit(pool, names)
            for future in as_completed(waiting):
                waiting.discard(future)  # an archive in memory is one that is not written yet
                yield future.result()
        except BrokenProcessPool as error:
            raise UserError(
                "a worker process was killed, perhaps for want of memory; try --jobs 1"
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """Cores that this process may use (a container's share, not the machine's size)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _largest_first(catalog: Catalog, names: Sequence[str]) -> list[str]:
    """Charts that hold others take longest: started last, one would keep a single core busy."""
    return sorted(names, key=lambda name: -len(catalog.charts[name].includes))


def _submit(pool: ProcessPoolExecutor, names: Sequence[str]) -> set[Future[Outcome]]:
    """Start the work. Workers inherit a blocked SIGINT: Ctrl-C is for this process to handle."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return {pool.submit(_work, name) for name in names}
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_plans: list[Plan] = []
_pipelines: list[Pipeline] = []


def _start(plan: Plan) -> None:
    """In a worker: remember the plan, and end with the parent, even if that is killed."""
    _plans[:] = [plan]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _work(name: str) -> Outcome:
    try:
        if not _pipelines:
            _pipelines.append(_plans[0].pipeline())
        return _pipelines[0].run(name)
    except FindingsError as error:  # specs that broke since the parent read them
        return Outcome(name, error.findings)
