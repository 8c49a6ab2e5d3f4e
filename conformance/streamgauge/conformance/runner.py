"""`check`: all the work of a run, spread over workers, and put together again in its own order.

The work is cut into units before anything runs, and merged in the order in which it was cut, so the results do
not depend on who did what when. Whatever stops a run, what was found so far is in the results.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from streamgauge.conformance.adapters import Adapter, AdapterFault
from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.driver import Interrupted
from streamgauge.conformance.exploring import Explorer, Found, Harvest, Unit, units
from streamgauge.conformance.results import Results
from streamgauge.conformance.tally import Plan, Tally, selected
from streamgauge.spec.alphabet import Version

Effort = Literal["quick", "normal", "deep"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: units of work done, scenarios played, clauses exercised so far, clauses that failed."""

    units_done: int
    units: int
    scenarios: int
    clauses: int
    failed: tuple[str, ...]


def check(
    target: object,
    *,
    effort: Effort = "normal",
    python: Version | None = None,
    seed: int = 0,
    jobs: int | None = None,
    executor: Executor | None = None,
    shard: tuple[int, int] = (1, 1),
    only: Collection[str] = (),
    on_progress: Callable[[Progress], None] | None = None,
) -> Results:
    """Judge an implementation and return what was found.

    `target` is what a person types (`asyncio`, `reference`, `package.module:object`), or a module, class,
    namespace or adapter. `python` chooses the rules (default: the running version), `seed` varies the sampled
    part only, `only` names clauses or dotted beginnings of them. The work goes to `executor`, or to `jobs`
    processes (default: one a core), or is done here if the target cannot travel. Interrupted by Ctrl-C it returns
    what it has, with `complete` false.

    Raises `TargetError` if there is no such target, `SelectionError` if `only` names nothing, `AdapterFault` if
    the adapter does not hold.
    """
    rules = python if python is not None else sys.version_info[:2]
    clauses = selected(only)
    adapter = resolve(target)
    plan = Plan(adapter.name, rules, effort, seed, shard, adapter.capabilities, clauses)
    work = [unit for number, unit in enumerate(units(effort, seed, adapter.capabilities)) if _mine(number, shard)]
    tally = Tally(plan, work)
    job = Job(target, rules)
    with _workers(job, jobs, executor) as pool:
        try:
            _explore(pool, job, work, tally, on_progress)
            _shorten(pool, job, tally)
        except (KeyboardInterrupt, Interrupted):
            tally.interrupted = True
            pool.shutdown(wait=False, cancel_futures=True)
        except BrokenProcessPool:
            tally.interrupted = True
            tally.faults.append("a worker process died: the implementation, or what it calls, ended the process")
    return tally.results()


def _mine(number: int, shard: tuple[int, int]) -> bool:
    return number % shard[1] == shard[0] - 1


def _explore(
    pool: Executor, job: Job, work: list[Unit], tally: Tally, on_progress: Callable[[Progress], None] | None
) -> None:
    """Do the first unit alone: an implementation that never comes to rest in it is not explored further."""
    for batch in (work[:1], work[1:]):
        if tally.overran:
            tally.left_out = True
            return
        futures: dict[Future[Harvest], int] = {pool.submit(job.explore, unit): work.index(unit) for unit in batch}
        for done in as_completed(futures):
            tally.add(futures[done], done.result())
            if on_progress is not None:
                on_progress(Progress(*tally.progress()))


def _shorten(pool: Executor, job: Job, tally: Tally) -> None:
    finds = tally.finds()
    futures = {clause: pool.submit(job.shorten, clause, found) for clause, found in finds.items()}
    for clause, future in futures.items():
        tally.shortened(clause, future.result())


# ------------------------------------------------------------------ workers


@dataclass(frozen=True)
class Job:
    """What a worker is told: the target as it was given, and whose rules apply."""

    target: Any
    python: Version

    def explore(self, unit: Unit) -> Harvest:
        """Do one unit of work."""
        return self._explorer().explore(unit)

    def shorten(self, clause: str, found: Found) -> Found:
        """Shrink one find."""
        return self._explorer().shortened(clause, found)

    def _explorer(self) -> Explorer:
        """Return the explorer of this thread; it is kept, because its judge gets faster as it goes."""
        known = getattr(_kept, "explorer", None)
        if known is None or known[0] != self:
            adapter: Adapter = resolve(self.target)
            known = _kept.explorer = (self, Explorer(adapter, self.python))
        explorer: Explorer = known[1]
        return explorer


_kept = threading.local()


class Here(Executor):
    """An executor that does the work where it stands, one thing after the other."""

    def submit(self, call: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """Do the work, and return a future that is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(call(*args, **options))
        except Exception as problem:
            future.set_exception(problem)
        return future


@contextmanager
def _workers(job: Job, jobs: int | None, executor: Executor | None) -> Iterator[Executor]:
    if executor is not None:
        yield executor
        return
    count = jobs if jobs is not None else len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if count == 1 or not _travels(job):
        with _interruptible():
            yield Here()
        return
    with ProcessPoolExecutor(count, initializer=_begin_worker) as pool:
        yield pool


def _travels(job: Job) -> bool:
    try:
        return bool(pickle.loads(pickle.dumps(job)) is not None)
    except Exception:
        return False


def _begin_worker() -> None:
    """Leave Ctrl-C to the parent, and bound the memory where that can be done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


MOST_MEMORY = 3 * 2**30


@contextmanager
def _interruptible() -> Iterator[None]:
    """Make Ctrl-C stop the play at once, and not look like an exception of the implementation."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
