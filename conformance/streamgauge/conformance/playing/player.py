"""The player: it plays a scenario on an adapter in a world, and returns the trace.

It knows how to do things to an implementation, and nothing of what ought to come of it. One table, `doing`, says what
each step does, at any end, in any world. In a bare world every step is noted when it is done; in the others what
reaches an end does so in its own time, and the tap notes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

from streamgauge.conformance.adapters import Adapter, AdapterFault, StreamLayer
from streamgauge.conformance.playing.calls import QUIET, Calls, OutOfBudget, Stopped
from streamgauge.conformance.playing.end import Side
from streamgauge.conformance.playing.handlers import HandlerFailed, handler
from streamgauge.conformance.playing.material import argument, breaking, known_error, material, use_again
from streamgauge.conformance.playing.observing import told
from streamgauge.conformance.playing.tap import TappedTransport
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.conformance.worlds.world import Fate, Line, Link, Restless, World
from streamgauge.spec import alphabet
from streamgauge.spec.alphabet import PLAIN_LINK, UNSET, Argument, Event, On, Unset
from streamgauge.spec.connection import HOST, PORT

WAITED_FOR = ("drain", "wait_closed")
OF_A_STREAM = frozenset({alphabet.Do, alphabet.Call, alphabet.Ask, alphabet.Break, alphabet.Conclude})
TAPPED = frozenset({alphabet.Feed, alphabet.End, alphabet.Hold, alphabet.Release, alphabet.Lose})
LENT = ("bytearray", "memoryview")
MADE = alphabet.Made()


class Player:
    """Plays scenarios on one adapter, in one world, one after the other. Raises `AdapterFault` if the adapter breaks.

    It is the stage of its world, which tells it what goes on.
    """

    def __init__(self, adapter: Adapter, world: World) -> None:
        self._adapter = adapter
        # Only scenarios that need a connection ask for one, and only what declares one gets such scenarios.
        self._layer = cast(StreamLayer, adapter)
        self._world = world
        self._loop = world.loop
        self._calls = Calls(world, tuple(adapter.errors.items()))
        self._hand = world.hand
        self._trace: list[Event] = []
        self._limit: dict[str, Any] = {}
        self._ends: dict[int, Side] = {}
        self._host: Side | None = None
        self._server: Any = None
        self._doing: dict[type, Callable[[Any, Side], None]] = {
            alphabet.Feed: self._feed,
            alphabet.End: self._feed_end,
            alphabet.Hold: self._reach(lambda step, line: line.hold(True)),
            alphabet.Release: self._reach(lambda step, line: line.hold(False)),
            alphabet.Lose: self._reach(lambda step, line: line.lose(self._error(step.error))),
            alphabet.Clog: self._reach(lambda step, line: line.clog()),
            alphabet.Unclog: self._reach(lambda step, line: line.unclog(step.count)),
            alphabet.Attach: self._attach,
            alphabet.Break: lambda step, end: end.set_exception(breaking(step.error, step.form, len(self._trace))),
            alphabet.Ask: lambda step, end: end.ask(step.question),
            alphabet.Do: lambda step, end: end.do(step.method, step.args),
            alphabet.Call: self._call,
            alphabet.Cancel: lambda step, end: self._calls.cancel(step.op, end.note),
            alphabet.Advance: lambda step, end: world.advance(step.seconds),
            alphabet.Settle: self._settle,
            alphabet.Open: self._open,
            alphabet.Dial: self._dial,
            alphabet.Serve: self._serve,
            alphabet.Accept: self._accept,
            alphabet.Conclude: lambda step, end: end.conclude(step.how),
        }

    def play(self, scenario: Scenario) -> Trace:
        """Return what was done and observed, from construction to the last step."""
        before = asyncio._get_running_loop()  # noqa: SLF001  # meant for those who make event loops
        asyncio._set_running_loop(self._loop)  # noqa: SLF001  # as above
        trace = self._trace = []
        try:
            self._play(scenario, trace)
        except OutOfBudget as stopped:
            trace.append(alphabet.Overran(stopped.budget))
        except MemoryError:
            trace.append(alphabet.Overran("memory"))
        except Restless:
            trace.append(alphabet.Overran("turns"))
        finally:
            played = tuple(trace)
            # What comes while cleaning up, or later from a call that would not end, is no observation.
            self._trace = []
            self._host = self._server = None
            self._world.leave()
            self._calls.clean()
            for end in self._ends.values():
                # What it has knows it in turn: nothing of that is to wait until garbage is collected.
                end.reader = end.writer = end.line = end.tap = None
            self._ends = {}
            asyncio._set_running_loop(before)  # noqa: SLF001  # as above
        return played

    def _play(self, scenario: Scenario, trace: list[Event]) -> None:
        """Do the steps of a scenario, and note in `trace` what is done and what comes of it."""
        self._world.begin(self)
        first = self._ends[1] = Side(1, trace.append, self._adapter.errors)
        doing = self._doing
        if self._hand is not None:
            if self._make(first, self._hand, scenario.limit):
                for step in scenario.steps:
                    trace.append(step)
                    doing[type(step)](step, first)
            return
        self._limit = {} if scenario.limit is UNSET else {"limit": argument(scenario.limit)}
        for step in scenario.steps:
            end, plain_step = (self._end(step.end), step.event) if type(step) is On else (first, step)
            kind = type(plain_step)
            if end.reader is None and kind in OF_A_STREAM:
                # There is nothing to do it to: a scenario that was cut, or a departure that was noted already.
                return
            if kind not in TAPPED:
                trace.append(step)
            doing[kind](plain_step, end)

    def _end(self, number: int) -> Side:
        end = self._ends.get(number)
        if end is None:
            end = self._ends[number] = Side(number, self._trace.append, self._adapter.errors)
        return end

    # ------------------------------------------------------- what reaches an end

    def _feed(self, step: alphabet.Feed, end: Side) -> None:
        line = end.line
        if line is None:
            return
        data = material(step.content, step.form)
        try:
            line.arrive(data)
        except Stopped:
            raise
        except BaseException as raised:
            end.refused(raised)
        if self._hand is not None and step.form in LENT:
            end.plainly(use_again, data)

    def _feed_end(self, step: alphabet.End, end: Side) -> None:
        if end.line is not None:
            end.plainly(end.line.end)

    @staticmethod
    def _reach(do: Callable[[Any, Line], None]) -> Callable[[Any, Side], None]:
        """Do it to the end's line if there is one: before the connection is made there is nothing to do it to."""
        return lambda step, end: None if end.line is None else do(step, end.line)

    def _error(self, name: str | None) -> BaseException | None:
        return None if name is None else known_error(name)(f"set by step {len(self._trace)}")

    def _attach(self, step: alphabet.Attach, end: Side) -> None:
        end.attached += 1
        transport = TappedTransport(end, end.attached).around(self._world.attachment(step.pausing))
        end.plainly(lambda: end.reader.set_transport(transport))

    # --------------------------------------------------------------------- calls

    def _call(self, step: alphabet.Call, end: Side) -> None:
        target = end.writer if step.method in WAITED_FOR else end.reader
        self._calls.start(
            step.op,
            lambda: getattr(target, step.method)(*map(argument, step.args)),
            step.timeout,
            end.note,
            end.broken,
        )

    def _settle(self, step: alphabet.Settle, end: Side) -> None:
        self._calls.settle()
        self._trace.append(QUIET)

    def _at_once(self, coroutine: Coroutine[Any, Any, Any], end: Side) -> bool:
        """Run it to its end, and note whether it raised."""
        task = self._loop.create_task(coroutine)
        self._calls.settle(task)
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

    # --------------------------------------- making readers, connections, servers

    def _make(self, end: Side, hand: Callable[[Any], Line], limit: Argument | Unset) -> bool:
        """Make a reader, and note whether there is one."""
        try:
            end.reader = self._adapter.reader(self._loop, *(() if limit is UNSET else (argument(limit),)))
        except (Stopped, AdapterFault):
            raise
        except BaseException as raised:
            end.refused(raised)
            return False
        end.line = hand(end.reader)
        self._trace.append(MADE)
        return True

    def _open(self, step: alphabet.Open, end: Side) -> None:
        expected: tuple[Fate, Link, Link | None] = "accepted", step.link, PLAIN_LINK if step.linked else None
        end.announced = False
        if self._at_once(self._connected(end, expected, {}), end):
            end.note(MADE)

    def _dial(self, step: alphabet.Dial, end: Side) -> None:
        expected: tuple[Fate, Link, Link | None] = step.fate, PLAIN_LINK, None
        end.announced = True
        options = {name: argument(value) for name, value in step.options}
        self._calls.start(step.op, lambda: self._connected(end, expected, options), None, end.note, end.broken)

    async def _connected(self, end: Side, expected: tuple[Fate, Link, Link | None], options: dict[str, Any]) -> Any:
        """Make a connection, and return by their roles what there is."""
        self._world.expect(end, *expected)
        pair = await self._layer.connect(self._loop, HOST, PORT, **self._limit, **options)
        return end.takes(pair)

    def _serve(self, step: alphabet.Serve, end: Side) -> None:
        self._host = end
        options = {name: argument(value) for name, value in step.options}
        callback = handler(step.handler, self._handled)
        if self._at_once(self._served(end, callback, options), end):
            end.note(alphabet.Answered("server", end.served is self._server))

    async def _served(self, end: Side, callback: Any, options: dict[str, Any]) -> None:
        end.served = await self._layer.serve(self._loop, callback, HOST, PORT, **self._limit, **options)

    def _handled(self, *arguments: Any) -> Side:
        """Take the call of the handler of a connection."""
        end = self._hosting()
        end.note(alphabet.Handled(end.takes(arguments)))
        return end

    def _accept(self, step: alphabet.Accept, end: Side) -> None:
        self._host = end
        self._world.accept(end, step.link)

    def _hosting(self) -> Side:
        return self._host or self._end(1)

    # ------------------------------------------------------ what the world tells

    def listens(self, options: dict[str, Any], server: Any) -> None:
        """Note that the loop was asked for a server."""
        self._server = server
        if self._host is not None:
            self._host.note(alphabet.Listened(told(options)))

    def met(self) -> Side:
        """Note that the other end of a connection comes to the server."""
        self._host = self._end(2)
        self._host.note(alphabet.Accept())
        return self._host

    def reported(self, error: Any) -> None:
        """Note what the exception handler of the loop was told."""
        self._hosting().note(alphabet.Reported(isinstance(error, HandlerFailed)))
