"""Budgets: whatever does not end is stopped and counted, and it is the count that decides."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import Any

import pytest

from streamgauge.conformance.adapters.names import Names
from streamgauge.conformance.playing import budget
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.conformance.target import InProcess, Interrupted, OutOfBudget, Trace
from streamgauge.spec.alphabet import Call, Feed, Made, Overran, Quiet, Settle
from textbook import TextbookReader

READ = Scenario("read", (Call(1, "read", (2,)), Settle()), 4)


pytestmark = pytest.mark.usefixtures("impatient")


class Spins(TextbookReader):
    """`read` loops for ever."""

    async def read(self, n: int = -1) -> bytes:
        while True:
            pass


class Hoards(TextbookReader):
    """`read` takes memory for ever."""

    async def read(self, n: int = -1) -> bytes:
        hoard = []
        while True:
            hoard.append(bytearray(2**20))


class Stubborn(TextbookReader):
    """`read` keeps the exception that is to stop it to itself, once."""

    async def read(self, n: int = -1) -> bytes:
        for _ in range(2):
            try:
                while True:
                    pass
            except BaseException:
                continue
        return b""


class Slow(TextbookReader):
    """`read` takes its time, the first time."""

    times = 0

    async def read(self, n: int = -1) -> bytes:
        Slow.times += 1
        begun = time.monotonic()
        while Slow.times == 1 and time.monotonic() < begun + 5:
            pass
        return b""


class Blocks(TextbookReader):
    """`read` blocks outside Python."""

    async def read(self, n: int = -1) -> bytes:
        threading.Event().wait()
        return b""


def played(target: type, scenario: Scenario = READ) -> Trace:
    driver = InProcess(Names(target, "target"))
    with budget.watched() as watch:
        return budget.play(driver.unwatched, scenario, watch)


def test_a_call_that_never_yields_is_stopped_by_the_count_of_its_steps() -> None:
    assert played(Spins)[-1] == Overran("steps")


def test_nothing_is_played_once_the_watch_is_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget.Watch, "stopping", True)
    with pytest.raises(Interrupted):
        played(Spins)


def test_a_call_that_hoards_is_stopped_by_the_count_of_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MOST_BYTES", 4 * 2**20)
    assert played(Hoards)[-1] == Overran("memory")


def test_what_keeps_the_exception_to_itself_is_told_all_the_same() -> None:
    trace = played(Stubborn)
    assert trace[-1] == Overran("steps")
    assert Quiet() not in trace[-2:]


def test_a_slow_machine_condemns_nobody() -> None:
    Slow.times = 0
    trace = played(Slow)
    assert Slow.times == 2
    assert not any(isinstance(event, Overran) for event in trace)


def test_whatever_goes_on_while_it_is_counted_is_not_judged_by_the_clock() -> None:
    class Toils(TextbookReader):
        async def read(self, n: int = -1) -> bytes:
            begun = time.monotonic()
            while time.monotonic() < begun + 4 * budget.PATIENCE * budget.TICK:
                sum(range(100_000))
            return b""

    assert played(Toils)[-1] == Quiet()


def test_between_two_plays_nobody_is_stopped() -> None:
    watch = budget.Watch()
    budget.play(InProcess(Names(TextbookReader, "target")).unwatched, READ, watch)
    assert not any(watch.due() for _ in range(3 * budget.PATIENCE))


def test_memory_that_grows_in_a_play_is_looked_at_without_patience(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes = [1_000]
    monkeypatch.setattr(budget, "peak_memory", lambda: sizes[-1])
    watch = budget.Watch()
    watch.playing = True
    assert not watch.due()
    sizes.append(1_000 + budget.MOST_GROWTH)
    assert not watch.due()
    sizes.append(sizes[-1] + 1)
    assert watch.due()
    watch.beat += 1  # what had grown before the next play is not laid to it
    assert not any(watch.due() for _ in range(budget.PATIENCE - 1))


def test_what_one_play_came_to_is_not_laid_to_the_next() -> None:
    plays: list[Scenario] = []

    def play_once(scenario: Scenario) -> Trace:
        plays.append(scenario)
        return InProcess(Names(TextbookReader, "target")).unwatched(scenario)

    with budget.watched() as watch:
        assert budget.play(InProcess(Names(Blocks, "target")).unwatched, READ, watch)[-1] == Overran("time")
        assert budget.play(play_once, READ, watch)[-1] == Quiet()
    assert len(plays) == 1


def test_a_play_that_is_stopped_when_it_is_all_but_over_is_repeated() -> None:
    watch, plays = budget.Watch(), list[Scenario]()

    def play_once(scenario: Scenario) -> Trace:
        plays.append(scenario)
        if len(plays) == 1:
            watch.fired = True
            raise budget.OutOfTime
        return (Made(),)

    assert budget.play(play_once, READ, watch) == (Made(),)


def test_only_what_blocks_outside_python_is_judged_by_the_clock() -> None:
    assert played(Blocks)[-1] == Overran("time")


def test_what_ends_is_played_once() -> None:
    assert played(TextbookReader) == (Made(), Call(1, "read", (2,)), Settle(), Quiet())


def test_another_thread_is_watched_as_well() -> None:
    traces: list[Trace] = []
    thread = threading.Thread(target=lambda: traces.append(played(Spins)))
    before = threading.active_count()
    thread.start()
    thread.join()
    assert traces[0][-1] == Overran("steps")
    assert threading.active_count() == before


def test_a_budget_is_counted_the_same_every_time() -> None:
    def lines(count: int) -> str | None:
        with budget._counted(budget.Watch()) as counter:
            try:
                for _ in range(count):
                    _step()
            except OutOfBudget:
                pass
        return counter.over

    assert lines(100) is None
    assert lines(20_000) == "steps"


def _step() -> None:
    pass


def test_an_implementation_that_cannot_be_stopped_ends_with_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(budget.Watch, "expendable", True)
    watch = budget.Watch()
    watch.playing = True
    while not ended:
        watch.due()
    assert ended == [budget.KEPT_ALL_TO_ITSELF]


def test_memory_is_told_in_kibibytes() -> None:
    assert 1_000 < budget.peak_memory() < 100_000_000


def test_an_overrun_in_a_callback_stands_after_the_last_thing_that_happened() -> None:
    class InCallback(TextbookReader):
        def feed_data(self, data: Any) -> None:
            self._loop.call_soon(self._spin)

        def _spin(self) -> None:
            while True:
                pass

    trace = played(InCallback, Scenario("feed", (Feed(b"a"), Settle()), 4))
    assert trace[-2:] == (Settle(), Overran("steps"))


def test_whoever_traces_the_play_is_never_interrupted_because_it_may_hold_a_lock() -> None:
    tracing: dict[str, Any] = {"__name__": "tracing.measure", "sys": sys}
    exec("class Tracer:\n  def __call__(self, *event): return None\n", tracing)
    exec("def frame(): return sys._getframe()\n", tracing)
    before = sys.gettrace()
    sys.settrace(tracing["Tracer"]())
    try:
        inside, outside = budget._in_tracer(tracing["frame"]()), budget._in_tracer(sys._getframe())
    finally:
        sys.settrace(before)
    assert inside
    assert not outside


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="there are no signals to block")
def test_what_does_not_end_is_stopped_where_the_parent_has_blocked_alarms() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        trace = InProcess(Names(Spins, "spins")).play(READ)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    assert trace[-1] == Overran("steps")


@pytest.mark.skipif(sys.platform == "win32", reason="there the watch has no signals")
def test_a_tick_that_comes_while_the_play_is_traced_waits_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "TICK", 1_000.0)  # no tick but those of this test
    monkeypatch.setattr(budget, "_in_tracer", lambda frame: frame is not None)
    with budget.watched() as watch:
        watch.playing = True
        tick: Any = signal.getsignal(signal.SIGALRM)
        for _ in range(2 * budget.PATIENCE):
            tick(signal.SIGALRM, sys._getframe())
        with pytest.raises(budget.OutOfTime):
            list(map(tick, [signal.SIGALRM] * 9, [None] * 9))
