"""The driver plays a scenario on an adapter in a world, and returns the trace.

It knows how to do things to a reader, and nothing of what ought to come of it. Every call is a task that writes
its own end into the trace; a plain call that raises is written down at once. Before a scenario is over whatever
still waits is cancelled, out of the trace.
"""

from __future__ import annotations

import asyncio
import builtins
from collections.abc import Callable
from typing import Any

from streamgauge.conformance.adapters import Adapter, AdapterFault
from streamgauge.conformance.observing import answer, plain, problem
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.conformance.world.loop import Restless, new_loop
from streamgauge.conformance.world.memory import Transport
from streamgauge.spec.alphabet import (
    UNSET,
    Advance,
    Answered,
    Argument,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    End,
    Event,
    Feed,
    Made,
    Overran,
    Paused,
    Problem,
    Quiet,
    Raised,
    Refused,
    Resumed,
    Returned,
    Settle,
    Shaped,
)

MADE, QUIET = Made(), Quiet()
OVERWRITE = b"\xff"
MOST_CLEANINGS = 3


class Stopped(BaseException):
    """The user, or a budget, wants the play to stop at once; never an observation."""


class Interrupted(Stopped):
    """The user pressed Ctrl-C."""


class OutOfBudget(Stopped):
    """The implementation used up its `budget` of steps or memory."""

    def __init__(self, budget: str) -> None:
        super().__init__(budget)
        self.budget = budget


class Driver:
    """Plays scenarios on one adapter, one after the other, on one loop. Raises `AdapterFault` if it breaks."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._errors = tuple(adapter.errors.items())
        self._loop = new_loop()
        self._trace: list[Event] = []
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._begun: set[int] = set()
        self._broken: list[BaseException | type[BaseException]] = []
        self._transports = 0
        self._reader: Any = None
        self._stopped: Stopped | None = None
        self._doing: dict[type, Callable[[Any], None]] = {
            Feed: self._feed,
            End: self._end,
            Break: self._break,
            Call: self._call,
            Cancel: self._cancel,
            Attach: self._attach,
            Ask: self._ask,
            Advance: self._advance,
            Settle: self._settle,
        }

    def play(self, scenario: Scenario) -> Trace:
        """Return what was done and observed, from construction to the last step."""
        before = asyncio._get_running_loop()  # noqa: SLF001  # meant for those who make event loops
        asyncio._set_running_loop(self._loop)  # noqa: SLF001  # as above
        trace = self._trace = []
        self._stopped = None
        try:
            if self._make(scenario):
                doing = self._doing
                for step in scenario.steps:
                    trace.append(step)
                    doing[type(step)](step)
        except OutOfBudget as stopped:
            trace.append(Overran(stopped.budget))
        except MemoryError:
            trace.append(Overran("memory"))
        except Restless:
            trace.append(Overran("turns"))
        finally:
            played = tuple(trace)
            # What comes while cleaning up, or later from a call that would not end, is no observation.
            self._trace = []
            self._clean()
            asyncio._set_running_loop(before)  # noqa: SLF001  # as above
        return played

    def _make(self, scenario: Scenario) -> bool:
        limit = () if scenario.limit is UNSET else (argument(scenario.limit),)
        try:
            self._reader = self._adapter.reader(self._loop, *limit)
        except (Stopped, AdapterFault):
            raise
        except BaseException as raised:
            self._refused(raised)
            return False
        self._trace.append(MADE)
        return True

    def _clean(self) -> None:
        for _ in range(MOST_CLEANINGS):
            waiting = [task for task in self._tasks.values() if not task.done()]
            if not waiting:
                break
            for task in waiting:
                task.cancel()
            try:
                self._loop.settle()
            except Restless:
                break
        self._tasks.clear()
        self._begun.clear()
        self._broken.clear()
        self._transports = 0
        self._reader = None
        self._loop.reset()

    # ---------------------------------------------------------- plain calls

    def _feed(self, step: Feed) -> None:
        fed = material(step)
        try:
            self._reader.feed_data(fed)
        except Stopped:
            raise
        except BaseException as raised:
            self._refused(raised)
        if step.form in ("bytearray", "memoryview"):
            self._plainly(use_again, fed)

    def _end(self, step: End) -> None:
        self._plainly(self._reader.feed_eof)

    def _break(self, step: Break) -> None:
        error = None if step.form == "none" else known_error(step.error)
        set_to = error(f"set by step {len(self._trace)}") if error is not None and step.form == "instance" else error
        self._broken.append(set_to if set_to is not None else Stopped())
        self._plainly(self._reader.set_exception, set_to)

    def _attach(self, step: Attach) -> None:
        self._transports += 1
        self._plainly(self._reader.set_transport, Transport(self._transports, step.pausing, self._report))

    def _plainly(self, call: Callable[..., Any], *args: Any) -> None:
        try:
            call(*args)
        except Stopped:
            raise
        except BaseException as raised:
            self._refused(raised)

    def _refused(self, raised: BaseException) -> None:
        self._trace.append(Refused(problem(raised, self._errors, self._broken)))

    def _report(self, doing: str, transport: int) -> None:
        self._trace.append(Paused(transport) if doing == "paused" else Resumed(transport))

    def _ask(self, step: Ask) -> None:
        try:
            value = answer(step.question, self._reader, self._adapter.errors, self._broken)
        except (Stopped, AdapterFault):
            raise
        except BaseException as raised:
            self._refused(raised)
        else:
            self._trace.append(Answered(step.question, value))

    # ---------------------------------------------------------------- calls

    def _call(self, step: Call) -> None:
        self._tasks[step.op] = asyncio.Task(self._await(step), loop=self._loop)

    async def _await(self, step: Call) -> None:
        """Await the call and write down how it ended; a call that was never suspended ended at once."""
        loop, trace, op = self._loop, self._trace, step.op
        begun = loop.callbacks_run
        self._begun.add(op)
        try:
            if step.timeout is None:
                value = await getattr(self._reader, step.method)(*map(argument, step.args))
            else:
                async with asyncio.timeout(step.timeout):
                    value = await getattr(self._reader, step.method)(*map(argument, step.args))
        except Stopped as stopped:
            self._stopped = stopped
        except MemoryError:
            self._stopped = OutOfBudget("memory")
        except BaseException as raised:
            trace.append(Raised(op, problem(raised, self._errors, self._broken), loop.callbacks_run == begun))
            raised.__traceback__ = None
        else:
            seen = value if type(value) is bytes else plain(value)
            trace.append(Returned(op, seen, loop.callbacks_run == begun))

    def _cancel(self, step: Cancel) -> None:
        op, trace = step.op, self._trace
        task = self._tasks.get(op)
        if task is None:
            return

        def unbegun(done: asyncio.Task[None]) -> None:
            if done.cancelled() and op not in self._begun:
                trace.append(Raised(op, Problem("CancelledError"), at_once=True))

        if not task.cancelling():
            # A task that never began ends without a word of its own.
            task.add_done_callback(unbegun)
        task.cancel()

    def _advance(self, step: Advance) -> None:
        self._loop.advance(step.seconds)

    def _settle(self, step: Settle) -> None:
        self._loop.settle()
        if self._stopped is not None:
            raise self._stopped
        self._trace.append(QUIET)


class Several(tuple[Any, ...]):
    """A tuple that is more than a tuple."""

    __slots__ = ()


def argument(value: Argument) -> Any:
    """Return a new object of the type that the argument stands for."""
    if not isinstance(value, Shaped):
        return tuple(map(argument, value)) if isinstance(value, tuple) else value
    content = value.content
    match value.kind:
        case "bytearray":
            return bytearray(content if isinstance(content, bytes) else b"")
        case "memoryview":
            return memoryview(content if isinstance(content, bytes) else b"")
        case "list":
            return [argument(one) for one in content] if isinstance(content, tuple) else []
        case "tuple-subclass":
            return Several(map(argument, content)) if isinstance(content, tuple) else Several()
        case "float":
            return float(content) if isinstance(content, str) else 0.0
        case "bool":
            return content == "True"
        case _:
            return object()


def material(step: Feed) -> Any:
    """Return a new object of the type that the feed asks for."""
    data = step.content
    match step.form:
        case "bytes":
            return data
        case "bytearray":
            return bytearray(data)
        case "memoryview":
            return memoryview(bytearray(data))
        case "str":
            return data.decode("latin-1")
        case "none":
            return None
        case "zero":
            return 0
        case "list":
            return list(data)


def use_again(fed: bytearray | memoryview) -> None:
    """Do to a fed object what its owner may do: put something else into it, and resize it. Raises `BufferError`."""
    fed[:] = OVERWRITE * len(fed)
    if isinstance(fed, bytearray):
        fed.append(OVERWRITE[0])


def known_error(name: str) -> type[BaseException]:
    """Return the built-in exception class of that name. Raises `ValueError` if there is none."""
    found = getattr(builtins, name, None)
    if isinstance(found, type) and issubclass(found, BaseException):
        return found
    raise ValueError(f"there is no built-in exception {name!r}")


__all__ = ["Driver", "Interrupted", "OutOfBudget", "Stopped", "Trace"]
