"""What is done, as lines of Python: each step of a scenario, on whatever target, in the names of `stage`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from streamgauge.conformance.explaining.noted import literal, text_literal
from streamgauge.spec.alphabet import (
    PLAIN_LINK,
    Accept,
    Advance,
    Argument,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    Clog,
    Conclude,
    Dial,
    Do,
    End,
    Event,
    Feed,
    Hold,
    Link,
    Lose,
    OneEnd,
    Open,
    Release,
    Serve,
    Settle,
    Shaped,
    Unclog,
    parted,
)

ANSWERS = {
    # question: what is asked, and of whom
    "at_eof": "at_eof, reader",
    "exception": "stored, reader",
    "repr": "lambda: type(repr(reader)).__name__",
    "iterator": "lambda: aiter(reader) is reader",
    "methods": "methods, reader",
    "is_closing": "writer.is_closing",
    "can_write_eof": "writer.can_write_eof",
    "extra_info": 'lambda: writer.get_extra_info("peername") == ADDRESS',
    "extra_info_default": "defaults, writer",
    "transport": "lambda: writer.transport is wire",
    "writer_methods": "waits, writer",
    "IncompleteReadError.kind": "_incomplete_kind, errors",
    "IncompleteReadError.constructor": "_incomplete_constructor, errors",
    "IncompleteReadError.undefined": "_incomplete_undefined, errors",
    "IncompleteReadError.pickle": "_incomplete_pickle, errors",
    "LimitOverrunError.kind": "_limit_kind, errors",
    "LimitOverrunError.pickle": "_limit_pickle, errors",
}
PROBLEMS = {"works": "", "unsupported": ", NotImplementedError()", "fails": ', RuntimeError("pause_reading failed")'}
HANDLERS = {
    "plain": "network.plain",
    "plain-raises": "network.failing",
    "future": "network.future",
    "coroutine": "network.coroutine",
    "partial": "functools.partial(network.coroutine)",
    "object": "AnObject(network)",
    "lambda": "lambda *given: network.coroutine(*given)",
}
OF_THE_WRITER = ("drain", "wait_closed")
OF_A_STREAM = Call | Do | Ask | Break
OF_A_WIRE = Feed | End | Hold | Release | Lose | Clog | Unclog
LOOP = "asyncio.get_running_loop()"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a target makes things: through an adapter, called `target`, or by names; `dials` with its own helper."""

    adapter: bool = False
    dials: bool = True

    def make(self, *limit: str) -> list[str]:
        """Return what makes a reader, and its arguments."""
        return ["target.reader", LOOP, *limit] if self.adapter else ["StreamReader", *(f"limit={one}" for one in limit)]

    def connect(self, options: list[str]) -> list[str]:
        """Return what makes a connection, and its arguments."""
        if self.adapter:
            return ["target.connect", LOOP, "*ADDRESS", *options]
        by_hand = ["by_hand", "StreamReader", "StreamReaderProtocol", "StreamWriter"]
        return [*(["open_connection"] if self.dials else by_hand), "*ADDRESS", *options]

    def serve(self, handler: str, options: list[str]) -> list[str]:
        """Return what starts a server, and its arguments."""
        parts = ["target.serve", LOOP] if self.adapter else ["start_server"]
        return [*parts, handler, "*ADDRESS", *options]


@dataclass(slots=True)
class Timers:
    """When the time-outs of calls are due: a call has its time from the moment at which it began to run."""

    clock: int = 0
    due: dict[int, int] = field(default_factory=dict)
    fresh: list[Call] = field(default_factory=list)

    def begun(self) -> None:
        """Time begins for the calls that were started."""
        self.due.update({call.op: self.clock + (call.timeout or 0) for call in self.fresh})
        self.fresh.clear()

    def late(self, seconds: int) -> list[int]:
        """Let time go by, and return the calls whose time is up."""
        self.clock += seconds
        late = [op for op, moment in self.due.items() if moment <= self.clock]
        self.due = {op: moment for op, moment in self.due.items() if op not in late}
        return late


@dataclass(slots=True)
class Acting:
    """The lines so far, and the words of what was seen since the last of them that looked.

    `fate` is what becomes of an attempt to connect, `options` what every reader is made with; `last` is the line at
    which the last step begins, and `numbers` says of an end and its own count which exception it is in all.
    """

    manner: Manner
    connected: bool
    fate: str
    options: list[str]
    lines: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    last: int = 0
    numbers: dict[tuple[int, int], int] = field(default_factory=dict)
    running: bool = False
    dialled: bool = False
    _counts: dict[int, int] = field(default_factory=dict)
    _timers: Timers = field(default_factory=Timers)
    _transports: int = 0
    _fails: bool = False
    _ended: bool = False
    _by: dict[int, type] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)

    def given(self, end: int, *, counts: bool = True) -> None:
        """An end was given one more exception, or (not `counts`) something that nobody can raise."""
        self._counts[end] = self._counts.get(end, 0) + 1
        self.numbers[end, self._counts[end]] = len(set(self.numbers.values()) - {0}) + 1 if counts else 0

    def step(self, event: Event, *, refused: bool) -> None:
        """Do what an event asks for; where the failure was found it was `refused`."""
        end, step = parted(event)
        assert isinstance(step, OneEnd)
        if isinstance(step, OF_A_STREAM | OF_A_WIRE | Conclude):
            self._fetch(end, step)
        self.last = len(self.lines)
        mark = str(end) if end > 1 else ""
        reader, writer, wire = f"reader{mark}", f"writer{mark}", f"wire{mark}"
        match step:
            case Feed() | End() if self.connected:
                self._wire(wire, f"arrive({_fed(step)})" if isinstance(step, Feed) else "end()")
            case Feed() | End() | Break() | Attach():
                self._plain(step, reader, end, refused=refused)
            case Call(op=op, method=method, args=args):
                stream = writer if method in OF_THE_WRITER else reader
                self._call(op, [f"{stream}.{method}", *map(literal, args)], step)
            case Cancel(op=op):
                self.lines.append(f"call{op}.cancel()")
            case Ask(question=question):
                self._ask(question, mark)
            case Advance(seconds=seconds):
                self.lines += [f"expire(timer{op})" for op in self._timers.late(seconds)]
            case Settle():
                self._timers.begun()
                self.running = True
            case Open() | Dial() | Serve() | Accept() | Conclude():
                self._network(step, end, mark)
            case Do():
                self._do(step, writer)
            case Clog():
                self._wire(wire, "clog()")
            case Unclog(count=count):
                self._wire(wire, f"unclog({count})")
            case Hold() | Release():
                self._wire(wire, f"hold({isinstance(step, Hold)})")
            case Lose(error=error):
                lost = None if error is None else f'{error}("set on purpose")'
                self._wire(wire, f"lose({lost})")

    def _network(self, step: Open | Dial | Serve | Accept | Conclude, end: int, mark: str) -> None:
        """Have connections made, or end them."""
        match step:
            case Open():
                call = ", ".join(self.manner.connect(self.options))
                self.lines.append(f"reader{mark}, writer{mark} = await network.opened({call})")
                self._by[end] = Open
                self._known |= {f"reader{mark}"}
            case Dial(op=op):
                self._by[end] = Dial
                given = [*self.options, *(f"{name}={literal(value)}" for name, value in step.options)]
                self.lines.append(f"call{op} = start({op}, network.dialled, {', '.join(self.manner.connect(given))})")
            case Serve(handler=handler):
                given = [*self.options, *(f"{name}={literal(value)}" for name, value in step.options)]
                self.lines += [f"network.host = {end}"] * (end > 1)
                self.lines.append(f"await network.served({', '.join(self.manner.serve(HANDLERS[handler], given))})")
            case Accept(link=link):
                self._by[end] = Accept
                self.lines.append(f"network.accept({', '.join(filter(None, [str(end), like(link)]))})")
            case Conclude(how=how):
                self.lines.append(f'network.conclude("{how}", {end})')

    def _fetch(self, end: int, step: Any) -> None:
        """Give names to the streams and the transport of an end when they are used first."""
        mark = str(end) if end > 1 else ""
        reaches = isinstance(step, OF_A_WIRE) or step == Ask("transport")
        wanted = [f"wire{mark}"] if reaches else []
        wanted += [f"reader{mark}"] if isinstance(step, OF_A_STREAM) else []
        for name in wanted:
            if not self.connected or name in self._known or (name == f"wire{mark}" and not self._is_there(end)):
                continue
            self.look_back()
            self._known.add(name)
            if name == f"wire{mark}":
                self.lines.append(f"{name} = network.wires[{end}]")
            else:
                origin = "network.pair" if self._by.get(end) is Dial else f"network.handled[{end}]"
                self.lines.append(f"{name}, writer{mark} = {origin}")
        if isinstance(step, Conclude):
            self.look_back()

    def _is_there(self, end: int) -> bool:
        """Check whether there is a transport: an attempt to connect may come to nothing, or not have begun."""
        if self._by.get(end) is not Dial:
            return True
        return self.fate == "accepted" and self.dialled

    def look_back(self) -> None:
        """Go on only if just this was seen."""
        if self.words:
            self.lines.append(f"so_far({listed(self.words)})")
            self.words.clear()

    def _wire(self, wire: str, doing: str) -> None:
        if wire in self._known:
            self.lines.append(f"{wire}.{doing}")

    def _call(self, op: int, call: list[str], step: Call) -> None:
        if step.timeout is not None:
            self.lines.append(f"timer{op} = asyncio.timeout({0 if step.timeout == 0 else None})")
            call = [*call, f"timer=timer{op}"]
            if step.timeout:
                self._timers.fresh.append(step)
        self.lines.append(f"call{op} = start({op}, {', '.join(call)})")

    def _ask(self, question: str, mark: str) -> None:
        asked = ANSWERS[question]
        for name in ("reader", "writer", "wire") if mark else ():
            asked = re.sub(rf"\b{name}\b", f"{name}{mark}", asked)
        self.lines.append(f"answer({asked})")

    def _do(self, step: Do, writer: str) -> None:
        if step.method == "abort":
            self.lines.append(f"do({writer}.transport.abort)")
            return
        chunks: list[str] = []
        args = [self._lent(one, chunks) for one in step.args]
        self.lines.append(f"do({', '.join([f'{writer}.{step.method}', *args])})")
        self.lines += [f"attempt(use_again, {chunk})" for chunk in chunks]

    def _lent(self, given: Argument, chunks: list[str]) -> str:
        match given:
            case Shaped(kind="bytearray" | "memoryview" as kind, content=bytes() as data):
                name = f"chunk{len(chunks) + 1}"
                chunks.append(name)
                own = f"bytearray({literal(data)})"
                self.lines.append(f"{name} = {own if kind == 'bytearray' else f'memoryview({own})'}")
                return name
            case Shaped(kind="list" | "generator" as kind, content=tuple() as items):
                text = f"[{', '.join(self._lent(one, chunks) for one in items)}]"
                return text if kind == "list" else f"iter({text})"
            case _:
                return literal(given)

    def _plain(self, step: Feed | End | Break | Attach, reader: str, end: int, *, refused: bool) -> None:
        """Make a plain call of a reader; some readers may refuse what others accept."""
        careful = refused or self._fails or self.connected or (self._transports > 0 and isinstance(step, Attach))
        careful = careful or (self._ended and isinstance(step, Feed))
        self._ended = self._ended or isinstance(step, End)
        match step:
            case Feed(form="bytearray" | "memoryview"):
                self.lines += [f"chunk = {_fed(step)}"]
                self.lines += [_called(f"{reader}.feed_data", "chunk", careful=careful), "attempt(use_again, chunk)"]
            case Feed(form=form):
                careful = careful or form != "bytes"
                self.lines.append(_called(f"{reader}.feed_data", _fed(step), careful=careful))
            case End():
                self.lines.append(_called(f"{reader}.feed_eof", "", careful=careful))
            case Break(error=error, form=form):
                self.given(end, counts=form != "none")
                made = f'mine({error}("set on purpose"))' if form == "instance" else f"mine({error})"
                made = "None" if form == "none" else made
                careful = careful or form == "class" or error == "StopIteration"
                self.lines.append(_called(f"{reader}.set_exception", made, careful=careful))
            case Attach(pausing=pausing):
                self._transports += 1
                self._fails = self._fails or pausing == "fails"
                transport = f"Transport({self._transports}{PROBLEMS[pausing]})"
                self.lines.append(_called(f"{reader}.set_transport", transport, careful=careful))


def listed(words: Iterable[str]) -> str:
    """Return words as arguments."""
    return ", ".join(map(text_literal, words))


def _called(method: str, argument: str, *, careful: bool) -> str:
    if careful:
        return f"attempt({method}{', ' * bool(argument)}{argument})"
    return f"{method}({argument})"


def _fed(feed: Feed) -> str:
    text = literal(feed.data.decode("latin-1") if feed.form == "str" else feed.data)
    data = text if feed.times == 1 else f"{text} * {feed.times}"
    match feed.form:
        case "bytes" | "str":
            return data
        case "none":
            return "None"
        case "zero":
            return "0"
        case "list":
            return f"list({data})"
        case "bytearray":
            return f"bytearray({data})"
        case "memoryview":
            return f"memoryview(bytearray({data}))"


def like(link: Link) -> str:
    """Return what is unusual about a transport, as arguments."""
    given = [f"high={link.high}"] if link.high != PLAIN_LINK.high else []
    given += [f'pausing="{link.pausing}"'] if link.pausing != PLAIN_LINK.pausing else []
    return ", ".join([*given, *(["half_close=False"] if not link.half_close else [])])
