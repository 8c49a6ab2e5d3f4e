"""The ends of a connection over the simulated network: steps are done to the writer, the protocol and the wire.

The world answers in its own time, so what reaches a protocol is noted where it happens and not where a step asked
for it: `Witness` is where a wire tells what it sees.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

from streamgauge.conformance.adapters import Adapter, AdapterFault, StreamLayer
from streamgauge.conformance.observing import answer, plain
from streamgauge.conformance.playing.calls import QUIET, Calls, Stopped
from streamgauge.conformance.playing.handlers import HandlerFailed, handler
from streamgauge.conformance.playing.material import argument, breaking, known_error
from streamgauge.conformance.playing.witness import Witness
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.conformance.world.listener import Listener
from streamgauge.conformance.world.network import END, Wire
from streamgauge.spec.alphabet import (
    PLAIN_LINK,
    UNSET,
    Accept,
    Advance,
    Answered,
    Ask,
    Break,
    Call,
    Cancel,
    Clog,
    Conclude,
    Dial,
    Dialled,
    Do,
    End,
    Event,
    Fate,
    Feed,
    Handled,
    Hold,
    Link,
    Listened,
    Lose,
    Made,
    On,
    Open,
    Release,
    Reported,
    Serve,
    Settle,
    Unclog,
)
from streamgauge.spec.connection import HOST, PORT

WAITED_FOR = ("drain", "wait_closed")
OF_THE_WRITER = ("is_closing", "can_write_eof", "extra_info", "extra_info_default", "transport", "writer_methods")
OF_A_STREAM = frozenset({Do, Call, Ask, Break, Conclude})
NOTED_BY_THE_WORLD = frozenset({Feed, End, Hold, Release, Lose})


class Ends:
    """Does steps to the ends of connections of one adapter, one connection after the other."""

    def __init__(self, adapter: Adapter, calls: Calls) -> None:
        self._adapter = adapter
        # Only scenarios that need a connection get here, and only what declares one gets such scenarios.
        self._layer = cast(StreamLayer, adapter)
        self._calls = calls
        self._trace: list[Event] = []
        self._limit: dict[str, Any] = {}
        self._ends: dict[int, Witness] = {}
        self._fate: Fate = "accepted"
        self._link: Link = PLAIN_LINK
        self._dialling: Witness | None = None
        self._announced = self._linked = False
        self._host: Witness | None = None
        self._listener: Listener | None = None
        self.doing: dict[type, Callable[[Any, Witness], None]] = {
            Feed: self._feed,
            End: self._feed,
            Hold: self._hold,
            Release: self._hold,
            Lose: self._lose,
            Break: self._break,
            Call: self._call,
            Cancel: self._cancel,
            Ask: self._ask,
            Advance: lambda step, _: calls.loop.advance(step.seconds),
            Settle: self._settle,
            Open: self._open,
            Dial: self._dial,
            Serve: self._serve,
            Accept: self._accept,
            Conclude: self._conclude,
            Do: lambda step, end: end.do(step),
            Clog: self._clog,
            Unclog: self._unclog,
        }

    def play(self, scenario: Scenario, trace: list[Event]) -> None:
        """Do the steps of a scenario, and note in `trace` what is done and what comes of it."""
        self._trace = trace
        self._limit = {} if scenario.limit is UNSET else {"limit": argument(scenario.limit)}
        loop = self._calls.loop
        loop.network, loop.on_report = self, self._reported
        doing = self.doing
        client, server = self._end(1), self._end(2)
        for step in scenario.steps:
            plain_step, end = (step.event, server) if type(step) is On else (step, client)
            kind = type(plain_step)
            if kind in OF_A_STREAM and end.writer is None:
                # There is nothing to do it to: a scenario that was cut, or a departure that was noted already.
                return
            if kind not in NOTED_BY_THE_WORLD:
                trace.append(step)
            doing[kind](plain_step, end)

    def leave(self) -> None:
        """Let go of the ends, and note nothing any more."""
        loop = self._calls.loop
        loop.network = loop.on_report = None
        for end in self._ends.values():
            end.leave()
        for task in asyncio.all_tasks(loop):
            # A handler that waits for ever would be reported when it is collected, in the middle of another play.
            task.cancel()
        self._ends = {}
        self._trace = []
        self._listener = self._host = self._dialling = None
        self._linked = False

    def _end(self, number: int) -> Witness:
        end = self._ends.get(number)
        return end or self._ends.setdefault(number, Witness(number, self._trace, self._calls.errors))

    # ------------------------------------------------------- making connections

    def _open(self, step: Open, end: Witness) -> None:
        self._link, self._fate, self._announced, self._linked = step.link, "accepted", False, step.linked
        if self._at_once(self._connected(end, {}), end):
            end.note(Made())

    def _dial(self, step: Dial, end: Witness) -> None:
        self._link, self._fate, self._announced = PLAIN_LINK, step.fate, True
        options = {name: argument(value) for name, value in step.options}
        self._calls.start(step.op, lambda: self._connected(end, options), None, end.note, end.broken)

    async def _connected(self, end: Witness, options: dict[str, Any]) -> Any:
        """Have a connection, and say by their roles what was returned."""
        self._dialling = end
        pair = await self._layer.connect(self._calls.loop, HOST, PORT, **self._limit, **options)
        return end.takes(pair)

    def _at_once(self, coroutine: Coroutine[Any, Any, Any], end: Witness) -> bool:
        """Run it to its end, and note whether it raised."""
        task = self._calls.loop.create_task(coroutine)
        self._calls.settle()
        if not task.done():
            task.cancel()
            self._calls.settle()
            end.refused(TimeoutError("it never returned"))
            return False
        if task.cancelled():
            end.refused(RuntimeError("it was cancelled"))
            return False
        raised = task.exception()
        if raised is None:
            return True
        if isinstance(raised, Stopped | AdapterFault):
            raise raised
        end.refused(raised)
        raised.__traceback__ = None
        return False

    async def connect(self, factory: Callable[[], Any], options: dict[str, Any]) -> tuple[Any, Any]:
        """Be asked by the loop for a connection."""
        end, loop = self._dialling or self._end(1), self._calls.loop
        if self._announced:
            end.note(Dialled(tuple(sorted((name, plain(value)) for name, value in options.items()))))
        if self._fate == "refused":
            end.broken.append(ConnectionRefusedError("nobody listens there"))
            raise end.broken[-1]
        if self._fate == "unanswered":
            await end.is_answered(loop.create_future())
        protocol = factory()
        wire = self._wired(end, protocol, self._link)
        loop.call_soon(end.begins, wire)
        if self._linked and self._listener is not None:
            self._meet(wire)
        await asyncio.sleep(0)  # for a turn, in which the connection is made
        return wire, protocol

    def _meet(self, wire: Wire) -> None:
        """Connect the other end of the wire to the server."""
        other = self._end(2)
        other.note(Accept())
        beyond = self._accepted(other, PLAIN_LINK)
        if beyond is not None:
            wire.beyond, beyond.beyond = beyond, wire

    def _wired(self, end: Witness, protocol: Any, link: Link) -> Wire:
        wire = Wire(self._calls.loop, protocol, end, high=link.high, pausing=link.pausing, half_close=link.half_close)
        end.wire = wire
        return wire

    # ------------------------------------------------------------------- serving

    def _serve(self, step: Serve, end: Witness) -> None:
        self._host = end
        options = {name: argument(value) for name, value in step.options}
        callback = handler(step.handler, self._handled)
        if self._at_once(self._served(end, callback, options), end):
            end.note(Answered("server", end.served is self._listener))

    async def _served(self, end: Witness, callback: Any, options: dict[str, Any]) -> None:
        end.served = await self._layer.serve(self._calls.loop, callback, HOST, PORT, **self._limit, **options)

    async def listen(self, factory: Callable[[], Any], options: dict[str, Any]) -> Listener:
        """Be asked by the loop for a server."""
        if self._host is not None:
            self._host.note(Listened(tuple(sorted((name, plain(value)) for name, value in options.items()))))
        self._listener = Listener(factory)
        return self._listener

    def _handled(self, *arguments: Any) -> Witness:
        """Be called as the handler of a connection."""
        end = self._host or self._end(1)
        end.note(Handled(end.takes(arguments)))
        return end

    def _accept(self, step: Accept, end: Witness) -> None:
        self._accepted(end, step.link)

    def _accepted(self, end: Witness, link: Link) -> Wire | None:
        """Have a peer connect, as a loop does when a socket accepts one."""
        if self._listener is None:
            return None
        self._host = end
        try:
            protocol = self._listener.factory()
        except Exception as raised:
            self._calls.loop.call_exception_handler({"message": "accepting a connection failed", "exception": raised})
            return None
        wire = self._wired(end, protocol, link)
        try:
            wire.begin()
        except Exception as raised:
            self._calls.loop.call_exception_handler({"message": "exception in connection_made", "exception": raised})
        return wire

    def _conclude(self, step: Conclude, end: Witness) -> None:
        end.conclude(step.how)

    def _reported(self) -> None:
        end = self._host or self._end(1)
        told = self._calls.loop.reported[-1].get("exception")
        end.note(Reported(isinstance(told, HandlerFailed)))

    # -------------------------------------------------------- what reaches an end

    def _feed(self, step: Feed | End, end: Witness) -> None:
        if end.wire is not None:
            end.wire.arrive(step if isinstance(step, Feed) else END)

    def _hold(self, step: Hold | Release, end: Witness) -> None:
        if end.wire is not None:
            end.wire.hold(isinstance(step, Hold))

    def _lose(self, step: Lose, end: Witness) -> None:
        if end.wire is not None:
            error = None if step.error is None else known_error(step.error)(f"set by step {len(self._trace)}")
            end.wire.lose(error)

    def _clog(self, step: Clog, end: Witness) -> None:
        if end.wire is not None:
            end.wire.clog()

    def _unclog(self, step: Unclog, end: Witness) -> None:
        if end.wire is not None:
            end.wire.unclog(step.count)

    # --------------------------------------------------------------- plain calls

    def _break(self, step: Break, end: Witness) -> None:
        end.set_exception(breaking(step, len(self._trace)))

    def _ask(self, step: Ask, end: Witness) -> None:
        try:
            if step.question in OF_THE_WRITER:
                value = end.answer(step.question)
            else:
                value = answer(step.question, end.reader, self._adapter.errors, end.broken)
        except (Stopped, AdapterFault):
            raise
        except BaseException as raised:
            end.refused(raised)
        else:
            end.note(Answered(step.question, value))

    # -------------------------------------------------------------- awaited calls

    def _call(self, step: Call, end: Witness) -> None:
        target = end.writer if step.method in WAITED_FOR else end.reader
        self._calls.start(
            step.op,
            lambda: getattr(target, step.method)(*map(argument, step.args)),
            step.timeout,
            end.note,
            end.broken,
        )

    def _cancel(self, step: Cancel, end: Witness) -> None:
        self._calls.cancel(step.op, end.note)

    def _settle(self, step: Settle, end: Witness) -> None:
        self._calls.settle()
        self._trace.append(QUIET)
