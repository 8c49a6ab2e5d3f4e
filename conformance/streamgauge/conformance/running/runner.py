"""`check`: all the work of a run, spread over workers, and put together again in its own order.

The work is cut into units before anything runs, and merged in the order in which it was cut, so the results do
not depend on who did what when. Whatever stops a run, what was found so far is in the results.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Literal

from streamgauge.conformance.playing.budget import Watch, interruptible
from streamgauge.conformance.results import Results
from streamgauge.conformance.running.exploring import Batch, Explorer, Harvest, Unit, units
from streamgauge.conformance.running.finds import Found
from streamgauge.conformance.running.selection import selected
from streamgauge.conformance.running.tally import Plan, Tally
from streamgauge.conformance.running.trying import verify
from streamgauge.conformance.scenarios import sampled
from streamgauge.conformance.target import Interrupted, target_of
from streamgauge.spec.alphabet import Version

if sys.platform != "win32":
    import resource

Effort = Literal["quick", "normal", "deep"]
FAR_AHEAD = 64
# What the judge remembers grows and stays, and plays leave hardly any: to look for garbage takes a tenth of all time.
OBJECTS_BETWEEN_COLLECTIONS = 1_000_000


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
    namespace or adapter, or a `Target`: something with `name`, `capabilities` and `play`. `python` chooses the rules
    (default: the running version), `seed` varies the sampled part only, `only` names clauses or dotted beginnings of
    them. The work goes to `executor`, or to `jobs` processes (default: one a core), or is done here if the target
    cannot travel. Interrupted by Ctrl-C it returns what it has, with `complete` false.

    Raises `TargetError` if there is no such target, `SelectionError` if `only` names nothing, `AdapterFault` if
    the adapter does not hold.
    """
    rules = python if python is not None else sys.version_info[:2]
    clauses = selected(only)
    played = target_of(target)
    verify(played)
    plan = Plan(played.name, rules, effort, seed, shard, played.capabilities, clauses)
    work = [unit for number, unit in enumerate(units(effort, seed, played.capabilities)) if _mine(number, shard)]
    tally = Tally(plan, work)
    job = Job(target, rules)
    with _workers(job, jobs, executor) as (pool, ahead):
        dispatch = Dispatch(pool, ahead, job, tally, on_progress)
        try:
            dispatch.explore()
            dispatch.calm()
        except (KeyboardInterrupt, Interrupted):
            tally.interrupted = True
            dispatch.gather()
        except BrokenProcessPool:
            tally.interrupted = True
            tally.faults.append("a worker process died: the implementation, or what it calls, ended the process")
    return tally.results()


def _mine(number: int, shard: tuple[int, int]) -> bool:
    return number % shard[1] == shard[0] - 1


class Dispatch:
    """Hands the work to an executor, never more than `ahead` units at a time, and takes in what comes back."""

    def __init__(
        self, pool: Executor, ahead: int, job: Job, tally: Tally, on_progress: Callable[[Progress], None] | None
    ) -> None:
        self._pool = pool
        self._ahead = ahead
        self._job = job
        self._tally = tally
        self._on_progress = on_progress
        self._under_way: dict[Future[Harvest], int] = {}

    def explore(self) -> None:
        """Work through all units, the first one alone: what never comes to rest in it is not explored further."""
        work = list(enumerate(self._tally.work))
        # What takes longest goes first, so that nobody waits for it at the end; the results have their own order.
        waiting = deque((*work[:1], *sorted(work[1:], key=lambda job: not isinstance(job[1], Batch))))
        while waiting or self._under_way:
            alone = not self._tally.harvests
            while waiting and len(self._under_way) < (1 if alone else self._ahead):
                number, unit = waiting.popleft()
                self._under_way[self._pool.submit(self._job.explore, unit)] = number
            done, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
            for future in done:
                self._take(future)
            if self._tally.overran:
                self._tally.left_out = bool(waiting)
                return

    def _take(self, future: Future[Harvest]) -> None:
        harvest = future.result()
        self._tally.add(self._under_way.pop(future), harvest)
        if self._on_progress is not None:
            self._on_progress(Progress(*self._tally.progress()))
        if harvest.interrupted:
            raise Interrupted

    def calm(self) -> None:
        """Calm what was found."""
        futures = {key: self._pool.submit(self._job.calm, found) for key, found in self._tally.finds().items()}
        for key, future in futures.items():
            self._tally.calmed(key, future.result())

    def gather(self) -> None:
        """Begin nothing more, and take in what was under way."""
        running = [future for future in self._under_way if not future.cancel()]
        wait(running)
        for future in running:
            if future.exception() is None:
                self._tally.add(self._under_way[future], future.result())


# ------------------------------------------------------------------ workers


@dataclass(frozen=True)
class Job:
    """What a worker is told: the target as it was given, and whose rules apply."""

    target: Any
    python: Version

    def explore(self, unit: Unit) -> Harvest:
        """Work through one unit."""
        return self._explorer().explore(unit)

    def calm(self, found: Found) -> Found:
        """Calm one find."""
        return self._explorer().calmed(found)

    def _explorer(self) -> Explorer:
        """Return the explorer of this thread; it is kept, because its judge gets faster as it goes."""
        known = getattr(_kept, "explorer", None)
        if known is None or known[0] != self:
            known = _kept.explorer = (self, Explorer(target_of(self.target), self.python))
        explorer: Explorer = known[1]
        return explorer


_kept = threading.local()


class Here(Executor):
    """An executor that does the work where it stands, one thing after the other."""

    def submit(self, call: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """Make the call, and return a future that is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(call(*args, **options))
        except Exception as problem:
            future.set_exception(problem)
        return future


@contextmanager
def _workers(job: Job, jobs: int | None, executor: Executor | None) -> Iterator[tuple[Executor, int]]:
    """Yield the executor, and how many units it may be given at a time."""
    if executor is not None:
        yield executor, FAR_AHEAD
        return
    count = jobs if jobs is not None else _cores()
    if count == 1 or not _travels(job):
        with interruptible(), _seldom_collecting():
            sampled.warm()
            yield Here(), 1
        return
    with ProcessPoolExecutor(count, initializer=_begin_worker) as pool:
        yield pool, 2 * count


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    often = gc.get_threshold()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*often)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _travels(job: Job) -> bool:
    try:
        return bool(pickle.loads(pickle.dumps(job)) is not None)
    except Exception:
        return False


def _begin_worker() -> None:
    """Stop the unit under way on Ctrl-C, and leave all else to the parent; bound the memory where that can be done."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _stop)
    Watch.expendable = True
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    sampled.warm()
    if sys.platform == "win32":
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def _stop(number: int, frame: FrameType | None) -> None:
    Watch.stopping = True


MOST_MEMORY = 3 * 2**30
