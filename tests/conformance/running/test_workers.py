"""What a run changes in its process, and in its workers: each of these once went unnoticed when it was left out."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any

import pytest

from streamgauge.conformance import check
from streamgauge.conformance.adapters.names import Names
from streamgauge.conformance.running import budget, runner
from streamgauge.conformance.running.exploring import Corpus, Harvest, Unit
from streamgauge.conformance.running.tally import Plan, Tally
from textbook import TextbookReader

if sys.platform != "win32":
    import resource

pytestmark = pytest.mark.usefixtures("small")


@pytest.fixture
def handled() -> Iterator[Any]:
    """A handler of SIGINT of the test's own, which must be found again."""

    def own(number: int, frame: object) -> None:
        raise AssertionError("nobody pressed Ctrl-C")

    before = signal.signal(signal.SIGINT, own)
    yield own
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_and_the_garbage_collector_are_left_as_they_were_found(handled: Any) -> None:
    gathering: list[tuple[int, int, int]] = []
    often = gc.get_threshold()
    check(
        TextbookReader,
        effort="quick",
        jobs=1,
        only=["errors"],
        on_progress=lambda _: gathering.append(gc.get_threshold()),
    )
    assert {first for first, *_ in gathering} == {runner.OBJECTS_BETWEEN_COLLECTIONS}
    assert gc.get_threshold() == often
    assert signal.getsignal(signal.SIGINT) is handled


def test_they_are_also_left_so_by_a_run_that_breaks_off(handled: Any) -> None:
    def fail(_: runner.Progress) -> None:
        raise LookupError

    often = gc.get_threshold()
    with pytest.raises(LookupError):
        check(TextbookReader, effort="quick", jobs=1, only=["errors"], on_progress=fail)
    assert gc.get_threshold() == often
    assert signal.getsignal(signal.SIGINT) is handled


def test_the_timer_of_the_watch_is_stopped_and_its_handler_taken_back() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with budget.watched():
        assert signal.getitimer(signal.ITIMER_REAL)[1] == budget.TICK
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is before


def state_of_a_worker() -> tuple[bool, bool, int, int]:
    """In a worker: whether it may be ended, is stopping once told to, its memory, and how seldom it collects."""
    os.kill(os.getpid(), signal.SIGINT)
    memory = resource.getrlimit(resource.RLIMIT_AS)[0]
    return budget.Watch.expendable, budget.Watch.stopping, memory, gc.get_threshold()[0]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no bound of memory there")
def test_a_worker_is_expendable_bounded_in_memory_and_stops_on_ctrl_c() -> None:
    assert not budget.Watch.expendable
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = runner.MOST_MEMORY if hard == resource.RLIM_INFINITY else min(runner.MOST_MEMORY, hard)
    with runner._workers(runner.Job("asyncio", (3, 13)), 2, None) as (pool, ahead):
        assert isinstance(pool, ProcessPoolExecutor)
        assert ahead == 4
        seen = pool.submit(state_of_a_worker).result()
    assert seen == (True, True, wanted, runner.OBJECTS_BETWEEN_COLLECTIONS)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no bound of memory there")
@pytest.mark.parametrize("hard", [2**20, resource.RLIM_INFINITY])
@pytest.mark.usefixtures("handled")
def test_a_worker_asks_for_no_more_memory_than_it_may_have(hard: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (hard, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, bounds: asked.append(bounds))
    monkeypatch.setattr(gc, "set_threshold", lambda *_: None)
    monkeypatch.setattr(budget.Watch, "expendable", False)
    runner._begin_worker()
    assert asked == [(2**20 if hard == 2**20 else runner.MOST_MEMORY, hard)]


def test_what_cannot_be_told_to_end_is_insisted_on_before_the_process_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    watch = budget.Watch()
    watch.playing = True
    told = [watch.due() for _ in range(20 * budget.PATIENCE)]
    assert sum(told) >= 10  # whoever is not expendable is told again and again …
    assert ended == []  # … and stays
    monkeypatch.setattr(budget.Watch, "expendable", True)
    watch = budget.Watch()
    watch.playing = True
    rounds = 0
    while not ended:
        watch.due()
        rounds += 1
    assert rounds == (budget.MOST_INSISTING + 1) * budget.PATIENCE + 1  # the first look finds a new scenario


class Later(Executor):
    """An executor whose work is under way until it is asked for."""

    def __init__(self, harvest: Harvest) -> None:
        self.harvest = harvest
        self.futures: list[Future[Any]] = []

    def submit(self, call: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if len(self.futures) < 2:
            future.set_running_or_notify_cancel()
        self.futures.append(future)
        return future


def test_an_interrupted_run_takes_in_what_is_under_way_and_begins_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = Names(TextbookReader, "it")
    work: list[Unit] = [Corpus(), Corpus(), Corpus()]
    tally = Tally(Plan("it", (3, 13), "quick", 0, (1, 1), adapter.capabilities, ()), work)
    pool = Later(Harvest())
    dispatch = runner.Dispatch(pool, 3, runner.Job(TextbookReader, (3, 13)), tally, None)
    for number, unit in enumerate(work):
        dispatch._under_way[pool.submit(dispatch._job.explore, unit)] = number
    first, broken, _ = pool.futures

    def ends(futures: list[Future[Any]]) -> None:
        assert futures == [first, broken]
        first.set_result(Harvest(scenarios=7))
        broken.set_exception(OSError())

    monkeypatch.setattr(runner, "wait", ends)
    dispatch.gather()
    assert {number: harvest.scenarios for number, harvest in tally.harvests.items()} == {0: 7}
    assert pool.futures[2].cancelled()


def test_as_many_processes_as_there_are_cores_have_work_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_cores", lambda: 3)
    job = runner.Job("asyncio", (3, 13))
    with runner._workers(job, None, None) as (pool, ahead):
        assert isinstance(pool, ProcessPoolExecutor)
        assert ahead == 6
    with runner._workers(job, None, runner.Here()) as (_, ahead):
        assert ahead == runner.FAR_AHEAD


def test_an_explorer_is_kept_for_the_next_unit_of_the_same_job() -> None:
    one, other = runner.Job("asyncio", (3, 13)), runner.Job("asyncio", (3, 8))
    kept = one._explorer()
    assert one._explorer() is kept
    assert other._explorer() is not kept


def test_the_first_shard_has_the_first_unit() -> None:
    assert [[number for number in range(7) if runner._mine(number, (shard, 3))] for shard in (1, 2, 3)] == [
        [0, 3, 6],
        [1, 4],
        [2, 5],
    ]


def test_counting_leaves_neither_a_trace_function_nor_traced_memory_behind() -> None:
    def tracer(frame: object, event: str, argument: object) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        with budget._counted(budget.Watch()):
            assert tracemalloc.is_tracing()
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert after is tracer
    assert not tracemalloc.is_tracing()


def test_the_patience_with_one_scenario_is_none_with_the_next() -> None:
    watch = budget.Watch()
    watch.playing = True
    assert sum(watch.due() for _ in range(3 * budget.PATIENCE + 1)) == 3
    assert watch._insisted == 3
    watch.beat += 1
    assert not watch.due()
    assert watch._insisted == 0
