"""Budgets: an implementation that never comes to rest is stopped, and it is never a clock that condemns it.

A watch looks every now and then whether scenarios still go by. If one does not end, or memory grows without
bound, the play is broken off and repeated while its steps are counted; only the count is a verdict. The clock has
a say of its own in one case alone: code that blocks outside Python, where no steps can be counted.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from streamgauge.conformance.playing.calls import Interrupted, OutOfBudget
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.spec.alphabet import Overran, Quiet

if sys.platform != "win32":
    import resource

MOST_LINES = 300_000
MOST_BYTES = 128 * 2**20
MOST_INSISTING = 5
TICK = 0.25
# Ticks until a play is looked at closer, which does no harm; and until one whose steps are counted, which do not go on.
PATIENCE, PATIENCE_WITH_COUNTED = 2, 8
MOST_GROWTH = 512 * 2**10
KEPT_ALL_TO_ITSELF = 70

Playing = Callable[[Scenario], Trace]


class OutOfTime(OutOfBudget):
    """Scenarios have stopped going by, or memory has grown: reason to look closer."""

    def __init__(self) -> None:
        super().__init__("time")


class Watch:
    """Sees to it that scenarios go by; `beat` counts them, `fired` says that one did not.

    An implementation that catches even the exception that is to stop it can only be ended with its process, and is
    if that is `expendable`. Once it is `stopping`, because the user pressed Ctrl-C, nothing more is played.
    """

    expendable = False
    stopping = False

    def __init__(self) -> None:
        self._insisted = 0
        self.beat = 0
        self.fired = False
        self.playing = False
        self.patience = PATIENCE
        self._seen = -1
        self._ticks = 0
        self._memory = peak_memory()

    def due(self) -> bool:
        """Tell, once a tick, whether the scenario that is being played should be looked at closer."""
        if self.beat != self._seen or not self.playing:
            self._seen, self._ticks, self._memory, self._insisted = self.beat, 0, peak_memory(), 0
            return False
        self._ticks += 1
        if self._ticks >= self.patience or peak_memory() > self._memory + MOST_GROWTH:
            self._ticks = 0
            self.fired = True
            self._insisted += 1
            if self._insisted > MOST_INSISTING and self.expendable:
                os._exit(KEPT_ALL_TO_ITSELF)
            return True
        return False


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch over the scenarios that are played inside: `OutOfTime` is raised in the midst of one that does not end."""
    watch = Watch()
    with (_by_signal if _hears_alarms() else _by_thread)(watch):
        yield watch


def _hears_alarms() -> bool:
    """Check whether a timer can interrupt this thread: there are signals, and the parent has not blocked this one."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        return False
    return signal.SIGALRM not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


@contextmanager
def interruptible() -> Iterator[None]:
    """Make Ctrl-C stop the play at once with `Interrupted`, which cannot be taken for the implementation's own.

    Where the parent has it ignored, as it is for what runs in the background, it stays ignored.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _by_signal(watch: Watch) -> Iterator[None]:
    def tick(number: int, frame: FrameType | None) -> None:
        if not _in_tracer(frame) and watch.due():
            raise OutOfTime

    before = signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _by_thread(watch: Watch) -> Iterator[None]:
    """Where no signal comes: another thread raises the exception in this one."""
    over = threading.Event()
    player = threading.get_ident()

    def look() -> None:
        while not over.wait(TICK):
            frame = sys._current_frames().get(player)  # noqa: SLF001  # the documented way to see where a thread is
            if not _in_tracer(frame) and watch.due():
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(player), ctypes.py_object(OutOfTime))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _in_tracer(frame: FrameType | None) -> bool:
    """Check whether the frame belongs to whoever traces the play, such as a measure of coverage: it may hold a lock."""
    tracer = sys.gettrace()
    if frame is None or tracer is None or isinstance(tracer, Counter):
        return False
    home = type(getattr(tracer, "__self__", tracer)).__module__
    name = str(frame.f_globals.get("__name__", ""))
    return name.partition(".")[0] == home.partition(".")[0]


def play(play_once: Playing, scenario: Scenario, watch: Watch) -> Trace:
    """Return the trace of the scenario; if it does not end, that of a second play whose steps are counted.

    Raises `Interrupted` if the watch is stopping.
    """
    if watch.stopping:
        raise Interrupted
    trace = _watched_play(play_once, scenario, watch)
    if not watch.fired:
        return trace
    watch.fired = False
    with _counted(watch) as counter:
        trace = _watched_play(play_once, scenario, watch)
    blocked = watch.fired and counter.over is None
    watch.fired = False
    return _overrun(trace, "time" if blocked else counter.over)


def _watched_play(play_once: Playing, scenario: Scenario, watch: Watch) -> Trace:
    """Play once; only while the implementation has its way may the watch stop it."""
    watch.beat += 1
    watch.playing = True
    try:
        return play_once(scenario)
    except OutOfTime:
        # It came when the play was all but over; `fired` tells that it has to be repeated.
        return ()
    finally:
        watch.playing = False


def _overrun(trace: Trace, over: str | None) -> Trace:
    """Return the trace with its overrun at the end, also where the implementation kept that exception to itself."""
    if over is None or (trace and isinstance(trace[-1], Overran)):
        return trace
    last = max((at for at, event in enumerate(trace) if not isinstance(event, Quiet)), default=-1)
    return (*trace[: last + 1], Overran(over))


class Counter:
    """Counts lines of Python and bytes of memory while it is the trace function; `over` names the budget spent.

    As long as lines go by, the watch is told so: however slow the machine, only the count stops the play.
    """

    def __init__(self, watch: Watch) -> None:
        self.over: str | None = None
        self._lines = 0
        self._watch = watch

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Count one event of the interpreter, except in this file. Raises `OutOfBudget`."""
        if frame.f_code.co_filename == __file__:
            return None
        self._lines += 1
        self._watch.beat += 1
        if self._lines > MOST_LINES:
            self.over = "steps"
        elif tracemalloc.get_traced_memory()[0] > MOST_BYTES:
            self.over = "memory"
        if self.over is not None:
            raise OutOfBudget(self.over)
        return self


@contextmanager
def _counted(watch: Watch) -> Iterator[Counter]:
    counter = Counter(watch)
    before = sys.gettrace()
    watch.patience = PATIENCE_WITH_COUNTED
    tracemalloc.start()
    sys.settrace(counter)
    try:
        yield counter
    finally:
        sys.settrace(before)
        tracemalloc.stop()
        watch.patience = PATIENCE


def peak_memory() -> int:
    """Return the largest resident size of this process so far (KiB), or 0 where it cannot be measured."""
    if sys.platform == "win32":
        return 0
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size // 1024 if sys.platform == "darwin" else size
