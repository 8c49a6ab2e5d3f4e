"""A way through a scenario as the lines of `main`: its steps as plain asyncio, in the names of `stage` and `wiring`.

Its one idea: a trace tells who did what; the steps become lines, and what was seen between them becomes words, which
the program looks for when nothing is left to run. The words are those of time lines (`words`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from streamgauge.conformance.explaining.timeline import in_order
from streamgauge.conformance.explaining.words import (
    ATTACHED,
    QUESTIONS,
    SILENT,
    buffer,
    done,
    fed,
    roles,
    seen,
    value,
    which,
    whose,
)
from streamgauge.conformance.scenarios.script import Scenario, Trace, connects
from streamgauge.spec import alphabet as ev
from streamgauge.spec.alphabet import PLAIN_LINK, UNSET, Argument, Event, Options, Shaped, Value, parted

OF_A_CONNECTION = ev.Open | ev.Dial | ev.Serve | ev.Accept | ev.Conclude | ev.Do
LOOP = "asyncio.get_running_loop()"
ADDRESS = '"192.0.2.1", 7'
OF_THE_WRITER = ("drain", "wait_closed")
OF_A_STREAM = ev.Call | ev.Do | ev.Ask | ev.Break
OF_A_WIRE = ev.Feed | ev.End | ev.Hold | ev.Release | ev.Lose | ev.Clog | ev.Unclog


@dataclass(frozen=True, slots=True)
class Manner:
    """How a target makes things: through an adapter, called `target`, or by names; `dials` with its own helper."""

    adapter: bool = False
    dials: bool = True

    def make(self, limit: list[str]) -> list[str]:
        """Return what makes a reader, and its arguments."""
        return ["target.reader", LOOP, *limit] if self.adapter else ["StreamReader", *(f"limit={one}" for one in limit)]

    def connect(self, options: list[str]) -> list[str]:
        """Return what makes a connection, and its arguments."""
        by_hand = ["by_hand", "StreamReader", "StreamReaderProtocol", "StreamWriter"]
        connect = ["target.connect", LOOP] if self.adapter else ["open_connection"] if self.dials else by_hand
        return [*connect, ADDRESS, *options]

    def serve(self, handler: str, options: list[str]) -> list[str]:
        """Return what starts a server, and its arguments."""
        return [*(["target.serve", LOOP] if self.adapter else ["start_server"]), handler, ADDRESS, *options]


@dataclass(frozen=True, slots=True)
class Look:
    """A place where the program looks at what was seen since the last one; if it runs the loop first, it `settles`."""

    words: tuple[str, ...]
    settles: bool


@dataclass(frozen=True, slots=True)
class Form:
    """What is looked at beside how call `op` ends: `wrapper` makes it, and `says` is what that sees, of an event."""

    op: int = 0
    wrapper: tuple[str, ...] = ()
    says: Any = None


# ------------------------------------------------------------- values, as Python


def literal(content: Value | Argument) -> str:
    """Return the expression that makes the value."""
    return "object()" if isinstance(content, Shaped) and content.kind == "object" else value(content, quoted)


def quoted(content: Value) -> str:
    """Return what has no parts, text and bytes in double quotes, as formatters of source text want it."""
    plain = repr(content)
    if not isinstance(content, str | bytes) or '"' in plain:
        return plain
    mark = "b" * (plain[0] == "b")
    return f'{mark}"{plain[len(mark) + 1 : -1]}"'.replace("\\'", "'")


def called(method: str, *arguments: str, careful: bool = False) -> str:
    """Return a plain call, which may raise if that is seen (`careful`)."""
    return f"attempt({', '.join([method, *arguments])})" if careful else f"{method}({', '.join(arguments)})"


def _like(link: ev.Link) -> list[str]:
    """Return what is unusual about a transport, as arguments."""
    names = ("high", "pausing", "half_close")
    return [
        f"{name}={quoted(getattr(link, name))}" for name in names if getattr(link, name) != getattr(PLAIN_LINK, name)
    ]


def _plain(event: Event) -> Any:
    return parted(event)[1]


# ------------------------------------------------------------------ the lines


class Acting:
    """A way through a scenario: the lines so far, and the words of what was seen since the last of them that looked.

    `careful` are the numbers of the steps that raise, on this way or on another. `last` is the line at which the last
    step begins; `running` says whether something may be left to run.
    """

    def __init__(self, scenario: Scenario, manner: Manner, careful: frozenset[int], form: Form) -> None:
        self.lines: list[str | Look] = []
        self.words: list[str] = []
        self.last = self.steps = 0
        self.running = False
        self._scenario, self._manner, self._careful, self._form = scenario, manner, careful, form
        self._dials = {one.op: one.fate for one in map(_plain, scenario.steps) if isinstance(one, ev.Dial)}
        self._limit = [] if scenario.limit is UNSET else [literal(scenario.limit)]
        self._options = [f"limit={one}" for one in self._limit]
        self._given: list[int] = []
        self._clock = self._transports = 0
        self._fresh: list[ev.Call] = []
        self._due: dict[int, int] = {}
        self._paired: set[int] = set()
        self._wired: set[int] = set()
        self._handled: set[int] = set()
        self._known: set[str] = set()

    def go(self, trace: Trace, at: int, most: int | None = None) -> Acting:
        """Go the way of a trace, up to the place `at`, and to the end of step number `most`."""
        steps = self._scenario.steps
        self._connected = connects(trace) or self._scenario.world == "network"
        if self._connected:
            self.lines.append(called("network", *self._network([*map(_plain, steps)])))
        else:
            self.lines.append(f"reader = {called(*self._manner.make(self._limit), careful=0 in self._careful)}")
        before: Any = None
        for event, is_step in in_order(steps, trace, at):
            if not is_step:
                self._see(event)
            elif self.steps == most:
                break
            else:
                if self.steps in self._careful and (not self.steps or isinstance(before, ev.Open | ev.Serve)):
                    self._look(settles=False)
                self.steps += 1
                before = self._act(*parted(event))
        return self

    def _network(self, steps: list[Any]) -> Iterator[str]:
        """Yield what the loop makes connections by, and servers."""
        for step in steps:
            match step:
                case ev.Open(link=link, linked=linked):
                    made = "functools.partial(accepted, peer=accept)" if linked else "accepted"
                    yield f"create_connection={called('connecting', made, *_like(link))}"
                case ev.Dial(fate=fate):
                    yield f'create_connection=telling("create_connection", CONNECTING, {fate})'
                case ev.Serve():
                    yield 'create_server=telling("create_server", LISTENING, listen)'
                case _:
                    pass

    # ---------------------------------------------------------------- what is seen

    def words_of(self, event: Event) -> Iterator[str]:
        """Yield the words of an event; none, if nothing is seen of it."""
        end, plain = parted(event)
        match plain:
            case ev.Returned(op=op) | ev.Raised(op=op):
                yield from self._form.says(plain) if op == self._form.op else ()
                yield f"call {op} {seen(self._bare(plain, end))}"
            case ev.Refused():
                yield seen(self._bare(plain, end))
            case ev.Answered(question="exception", value=int() as number):
                yield f"answered {which(self._number(end, number))!r}"
            case ev.Answered(question="at_eof" | "methods" as question, value=Shaped(content=str() as text)):
                yield f"answered {value(plain.value) if question == 'at_eof' else text!r}"
            case ev.Answered(value=Shaped(kind="awaitable", content=name)):
                yield seen(replace(plain, value=Shaped("object", name)))
            case ev.Answered(question=question, value=answer):
                yield from [seen(plain)] * (answer is not None or question not in SILENT)
            case ev.Feed(content=content):
                yield whose(end) + done(ev.Feed(content), connected=True)
            case ev.End() | ev.Hold() | ev.Release() | ev.Lose():
                yield whose(end) + done(plain, connected=True)
            case ev.Made() | ev.Quiet() | ev.Overran():
                pass
            case _:
                yield from [] if isinstance(plain, ev.OneEnd) else [whose(end) + seen(plain)]

    def _bare(self, event: Any, end: int) -> Any:
        """Return how a call ended as the stage can say it: without a message, and with a connection by its roles."""
        if isinstance(event, ev.Returned):
            return replace(event, value=roles(event.value)) if event.op in self._dials else event
        number = self._number(end, event.problem.injected)
        return replace(event, problem=replace(event.problem, message="", injected=number))

    def _number(self, end: int, number: int) -> int:
        """Return which exception in all it is of which an end counts `number` of its own."""
        own = [place for place, one in enumerate(self._given, 1) if one == end]
        return own[number - 1] if 0 < number <= len(own) else 0

    def gives(self, event: Event) -> None:
        """An end may be given one more exception, by its network or by a step."""
        end, plain = parted(event)
        failed = isinstance(plain, ev.Dialled) and "refused" in self._dials.values()
        if failed or isinstance(plain, ev.Break) or (isinstance(plain, ev.Lose) and plain.error is not None):
            self._given.append(end)

    def _see(self, event: Event) -> None:
        """Know what was seen; when nothing is left to run, the program looks whether it was just this."""
        end, plain = parted(event)
        self.gives(event)
        if isinstance(plain, ev.Quiet):
            self._look(settles=True)
            self.running = False
        if isinstance(plain, ev.Accept) or (isinstance(plain, ev.Dialled) and "accepted" in self._dials.values()):
            self._wired.add(end)
        if isinstance(plain, ev.Handled):
            self._handled.add(end)
        self.words += self.words_of(event)

    def _look(self, *, settles: bool) -> None:
        self.lines.append(Look((*self.words,), settles))
        self.words.clear()

    # ---------------------------------------------------------------- what is done

    def _act(self, end: int, step: Any) -> Any:
        """Do a step, and return it; streams and the transport of an end get their names when they are used first."""
        mark = str(end) if end > 1 else ""
        reader, writer, wire = f"reader{mark}", f"writer{mark}", f"wire{mark}"
        homes: dict[str, str] = {}
        if end in self._wired and (isinstance(step, OF_A_WIRE) or step == ev.Ask("transport")):
            homes[wire] = f"wires[{end}]"
        if isinstance(step, OF_A_STREAM):
            homes[f"{reader}, {writer}"] = "pairs[-1]" if end in self._paired else f"wires[{end}].handled"
        fresh = [name for name in homes if name not in self._known]
        if self._connected and (fresh or isinstance(step, ev.Conclude)):
            self._look(settles=False)
            self.lines += [f"{name} = {homes[name]}" for name in fresh]
            self._known.update(fresh)
        self.last = len(self.lines)
        careful = self.steps in self._careful
        if self._connected and isinstance(step, OF_A_WIRE):
            self.lines += [f"{wire}.{self._on_a_wire(step)}"] * (wire in self._known)
        elif isinstance(step, ev.Reading):
            self.lines += self._of_streams(step, end, reader, writer, wire, careful=careful)
        else:
            self.lines += self._of_network(step, end, reader, writer, careful=careful)
        return step

    @staticmethod
    def _on_a_wire(step: OF_A_WIRE) -> str:
        """Return what the peer does, or the network."""
        match step:
            case ev.Feed():
                return f"arrive({fed(step, quoted)})"
            case ev.End():
                return "end()"
            case ev.Hold() | ev.Release():
                return f"hold({isinstance(step, ev.Hold)})"
            case ev.Clog():
                return "clog()"
            case ev.Unclog(count=count):
                return f"unclog({count})"
            case ev.Lose(error=error):
                return "lose(None)" if error is None else f'lose({error}("set on purpose"))'

    def _of_streams(self, step: ev.Reading, end: int, *names: str, careful: bool) -> Iterator[str]:
        """Yield what is done to a reader, and the calls of either stream."""
        reader, writer, wire = names
        match step:
            case ev.Feed(form="bytearray" | "memoryview"):
                yield f"chunk = {fed(step, quoted)}"
                yield called(f"{reader}.feed_data", "chunk", careful=careful)
                yield "attempt(use_again, chunk)"
            case ev.Feed():
                yield called(f"{reader}.feed_data", fed(step, quoted), careful=careful)
            case ev.End():
                yield called(f"{reader}.feed_eof", careful=careful)
            case ev.Break(error=error, form=form):
                self.gives(step if end == 1 else ev.On(end, step))
                made = {"instance": f'{error}("set on purpose")', "class": error, "none": "None"}[form]
                yield called(f"{reader}.set_exception", f"mine({made})", careful=careful)
            case ev.Attach(pausing=pausing):
                self._transports += 1
                transport = f"Transport({self._transports}{ATTACHED[pausing][1]})"
                yield called(f"{reader}.set_transport", transport, careful=careful)
            case ev.Call(op=op, method=method, timeout=timeout):
                self._fresh.append(step)
                call = [f"{writer if method in OF_THE_WRITER else reader}.{method}", *map(literal, step.args)]
                if timeout is not None:
                    yield f"timer{op} = asyncio.timeout({timeout and None})"
                    call = ["within", f"timer{op}", *call]
                yield self._started(op, call)
            case ev.Cancel(op=op):
                if op in {call.op for call in self._fresh}:
                    unbegun = quoted(f"call {op} raised CancelledError")
                    yield f"call{op}.add_done_callback(lambda _: seen.append({unbegun}))"
                yield f"call{op}.cancel()"
            case ev.Ask(question=question):
                yield called("answer", QUESTIONS[question][1].format(reader=reader, writer=writer, wire=wire))
            case ev.Advance(seconds=seconds):
                self._clock += seconds
                late = [op for op, moment in self._due.items() if moment <= self._clock]
                yield from (f"expire(timer{op})" for op in late if self._due.pop(op))
            case ev.Settle():
                # A call has its time from the moment at which it begins to run.
                self._due.update({call.op: self._clock + call.timeout for call in self._fresh if call.timeout})
                self._fresh.clear()
                self.running = True

    def _started(self, op: int, call: list[str]) -> str:
        wrapper = self._form.wrapper if op == self._form.op else ()
        return f"call{op} = asyncio.create_task({called('call', str(op), *wrapper, *call)})"

    def _of_network(self, step: OF_A_CONNECTION, end: int, *names: str, careful: bool) -> Iterator[str]:
        """Yield what makes connections and ends them, and the plain calls of a writer."""
        reader, writer = names
        match step:
            case ev.Open():
                self._paired.add(end)
                self._wired.add(end)
                call = self._manner.connect(self._options)
                if careful:
                    yield f"pairs.append(await {called('at_once', *call)})"
                else:
                    self._known.add(f"{reader}, {writer}")
                    yield f"{reader}, {writer} = await {called(*call)}"
            case ev.Dial(op=op, options=options):
                self._paired.add(end)
                yield self._started(op, ["dialled", *self._manner.connect(self._with(options))])
            case ev.Serve(handler=handler, options=options):
                yield from [f"hosts.append({end})"] * (end > 1)
                call = self._manner.serve(f'handler("{handler}", called)', self._with(options))
                yield f"await {called('at_once', *call)}" if careful else f"served(await {called(*call)})"
            case ev.Accept(link=link):
                self._wired.add(end)
                yield called("accept", str(end), *_like(link))
            case ev.Conclude(how=how):
                yield from [f'wires[{end}].stage.conclude("{how}")'] * (end in self._handled)
            case ev.Do(method=method, args=args):
                chunks: list[str] = []
                lent = [self._lent(one, chunks) for one in args]
                yield from chunks
                yield called("do", f"{writer}.{'transport.' * (method == 'abort')}{method}", *lent)
                yield from (f"attempt(use_again, chunk{number})" for number, _ in enumerate(chunks, 1))

    def _with(self, options: Options) -> list[str]:
        return [*self._options, *(f"{name}={literal(given)}" for name, given in options)]

    def _lent(self, given: Argument, chunks: list[str]) -> str:
        """Return what is given to a writer; what can be used again is made before, in `chunks`."""
        match given:
            case Shaped(kind="bytearray" | "memoryview" as kind, content=bytes() as data):
                chunks.append(f"chunk{len(chunks) + 1} = {buffer(kind, quoted(data))}")
                return f"chunk{len(chunks)}"
            case Shaped(kind="list" | "generator" as kind, content=tuple() as items):
                text = f"[{', '.join(self._lent(one, chunks) for one in items)}]"
                return text if kind == "list" else f"iter({text})"
            case _:
                return literal(given)
