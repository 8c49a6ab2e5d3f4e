"""A bare reader that is fed by hand: each step is a call of one of its methods.

A plain call that raises is noted at once; a call that is awaited notes its own end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamgauge.conformance.adapters import Adapter, AdapterFault
from streamgauge.conformance.observing import answer, problem
from streamgauge.conformance.playing.calls import QUIET, Calls, Stopped
from streamgauge.conformance.playing.material import argument, breaking, material, use_again
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
    Paused,
    Refused,
    Resumed,
    Settle,
    Unset,
)

MADE = Made()


class ByHand:
    """Does steps to readers of one adapter, one reader after the other."""

    def __init__(self, adapter: Adapter, calls: Calls) -> None:
        self._adapter = adapter
        self._calls = calls
        self._trace: list[Event] = []
        self._reader: Any = None
        self._broken: list[BaseException | type[BaseException]] = []
        self._transports = 0
        self.doing: dict[type, Callable[[Any], None]] = {
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

    def make(self, limit: Argument | Unset, trace: list[Event]) -> bool:
        """Make a new reader, and note whether there is one; from now on everything is noted in `trace`."""
        self._trace = trace
        self._broken = []
        self._transports = 0
        try:
            self._reader = self._adapter.reader(self._calls.loop, *(() if limit is UNSET else (argument(limit),)))
        except (Stopped, AdapterFault):
            raise
        except BaseException as raised:
            self._refused(raised)
            return False
        trace.append(MADE)
        return True

    def leave(self) -> None:
        """Let go of the reader, and note nothing any more."""
        self._trace = []
        self._reader = None

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
        set_to = breaking(step, len(self._trace))
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
        self._trace.append(Refused(problem(raised, self._calls.errors, self._broken)))

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

    # --------------------------------------------------------- awaited calls

    def _call(self, step: Call) -> None:
        reader = self._reader
        self._calls.start(
            step.op,
            lambda: getattr(reader, step.method)(*map(argument, step.args)),
            step.timeout,
            self._trace.append,
            self._broken,
        )

    def _cancel(self, step: Cancel) -> None:
        self._calls.cancel(step.op, self._trace.append)

    def _advance(self, step: Advance) -> None:
        self._calls.loop.advance(step.seconds)

    def _settle(self, step: Settle) -> None:
        self._calls.settle()
        self._trace.append(QUIET)
