"""A failure as the lines of `main`: its steps, what was seen of each, and the look at the departure.

Its one idea: the program goes the way of the trace. Where it sees something else before the departure, the fault
cannot show, because no right implementation has just this trace; what departs is compared with what is allowed. Names
that are not Python's are those of `stage`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, assert_never

from streamgauge.conformance.explaining import stage
from streamgauge.conformance.explaining.steps import connects, in_order, of_itself, parted
from streamgauge.conformance.results import Failure
from streamgauge.spec.alphabet import (
    PLAIN_LINK,
    UNSET,
    Aborted,
    Accept,
    Advance,
    Answered,
    Argument,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    Clog,
    Closed,
    Conclude,
    Dial,
    Dialled,
    Do,
    End,
    Event,
    Feed,
    Halved,
    Handled,
    Hold,
    Kept,
    Link,
    Listened,
    Lose,
    Made,
    OneEnd,
    Open,
    Overran,
    Paused,
    Problem,
    Quiet,
    Raised,
    Refused,
    Release,
    Reported,
    Resumed,
    Returned,
    Serve,
    Settle,
    Shaped,
    Unclog,
    Value,
    Wrote,
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
PATIENCE = 3  # seconds of real time, for code that never comes back
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
        parts = (
            ["open_connection"] if self.dials else ["by_hand", "StreamReader", "StreamReaderProtocol", "StreamWriter"]
        )
        return [*parts, "*ADDRESS", *options]

    def serve(self, handler: str, options: list[str]) -> list[str]:
        """Return what starts a server, and its arguments."""
        parts = ["target.serve", LOOP] if self.adapter else ["start_server"]
        return [*parts, handler, "*ADDRESS", *options]


def main(failure: Failure, manner: Manner) -> list[str]:
    """Return the lines of `main`, which returns whether the fault shows."""
    return _Story(failure, manner).told()


# ------------------------------------------------------------------- values


def literal(value: Value | Argument) -> str:
    """Return the expression that makes the value."""
    match value:
        case bytes() | str():
            return text_literal(value)
        case None | bool() | int():
            return repr(value)
        case tuple():
            items = ", ".join(map(literal, value))
            return f"({items},)" if len(value) == 1 else f"({items})"
        case Shaped(kind="list", content=tuple() as items):
            return f"[{', '.join(map(literal, items))}]"
        case Shaped(kind="generator" | "exhausted" as kind, content=tuple() as items):
            return f"iter([{', '.join(map(literal, items)) if kind == 'generator' else ''}])"
        case Shaped(kind="tuple-subclass", content=tuple() as items):
            return f"Several({literal(items)})"
        case Shaped(kind="float", content=str() as text):
            return text if re.fullmatch(r"-?\d+\.\d+", text) else f'float("{text}")'
        case Shaped(kind="bool", content=content):
            return str(content == "True")
        case Shaped(kind="bytearray" | "memoryview" as kind, content=bytes() as data):
            return f"{kind}({text_literal(data)})"
        case Shaped():
            return "object()"
        case _:
            assert_never(value)


def text_literal(value: bytes | str) -> str:
    """Return bytes or text in double quotes, as formatters of source text want it."""
    plain = repr(value)
    mark = plain[0] if plain[0] == "b" else ""
    body = plain[len(mark) + 1 : -1]
    return plain if '"' in body else f'{mark}"{body}"'.replace("\\'", "'")


def said(value: Value) -> str:
    """Return what `stage.said` says of the object that the value stands for."""
    match value:
        case Shaped(kind=kind, content=bytes() as content):
            return f"{kind}({stage.said(content)})"
        case Shaped(content=content):
            return f"an object of {content}"
        case tuple():
            return f"({', '.join(map(said, value))})"
        case _:
            return stage.said(value)


# -------------------------------------------------------------------- story


@dataclass(slots=True)
class _Timers:
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


class _Story:
    """The lines so far, and the words that were seen since the last of them looked."""

    def __init__(self, failure: Failure, manner: Manner) -> None:
        self.failure, self.manner = failure, manner
        self.connected = connects(failure.trace) or failure.scenario.world == "network"
        self.lines: list[str] = []
        self.words: list[str] = []
        self.running = False
        self.last = 0  # the line at which the last step begins
        self.numbers: dict[tuple[int, int], int] = {}  # of an end and its own count: which exception it is in all
        self.counts: dict[int, int] = {}
        self.timers = _Timers()
        self.transports = 0
        self.fails = self.ended = False
        self.by: dict[int, type] = {}
        self.known: set[str] = set()

    def told(self) -> list[str]:
        """Return the whole story."""
        failure = self.failure
        limit = [] if failure.scenario.limit is UNSET else [literal(failure.scenario.limit)]
        made = self.manner.make(*limit)
        steps = list(in_order(failure.scenario.steps, failure.trace, failure.at))
        if self.connected:
            self._network([parted(event)[1] for event, is_step in steps if is_step])
        elif any(is_step for _, is_step in steps):
            self.lines.append(f"reader = {made[0]}({', '.join(made[1:])})")
        else:
            self.lines.append(f"attempt({', '.join(made)})")
        options = [f"limit={one}" for one in limit]
        after = [event for event, _ in steps] + [failure.observed]
        for place, (event, is_step) in enumerate(steps, 1):
            if is_step:
                asked = (one for one in after[place:] if not isinstance(one, Paused | Resumed))
                self._step(event, next(asked, failure.observed), options)
            else:
                self._see(event)
        self._end()
        return self.lines

    def _network(self, steps: list[Any]) -> None:
        link = next((step.link for step in steps if isinstance(step, Open)), PLAIN_LINK)
        self.lines.append(f"network = Network({_link(link)})")
        fate = next((step.fate for step in steps if isinstance(step, Dial)), "accepted")
        if fate != "accepted":
            self.lines.append(f'network.fate = "{fate}"')
        if any(isinstance(step, Open) and step.linked for step in steps):
            self.lines.append("network.linked = True")

    # ------------------------------------------------------------- what is seen

    def _see(self, event: Event) -> None:
        end, plain = parted(event)
        if isinstance(plain, Quiet):
            self.lines.append(f"await settle({_listed(self.words)})")
            self.words.clear()
            self.running = False
        elif (isinstance(plain, Lose) and plain.error is not None) or (
            isinstance(plain, Dialled) and self.fate == "refused"
        ):
            self._given(end)
        word = self._word(event)
        self.words += [word] if word else []

    @property
    def fate(self) -> str:
        """What becomes of the attempt to connect."""
        dials = (parted(step)[1] for step in self.failure.scenario.steps)
        return next((step.fate for step in dials if isinstance(step, Dial)), "accepted")

    def _given(self, end: int, *, counts: bool = True) -> None:
        """An end was given one more exception, or (not `counts`) something that nobody can raise."""
        self.counts[end] = self.counts.get(end, 0) + 1
        self.numbers[end, self.counts[end]] = len(set(self.numbers.values()) - {0}) + 1 if counts else 0

    def _word(self, event: Event) -> str:
        end, plain = parted(event)
        match plain:
            case Returned(op=op, value=value):
                return f"call {op} returned {said(value)}{' at once' * plain.at_once}"
            case Raised(op=op, problem=problem):
                return f"call {op} raised {self._problem(problem, end)}{' at once' * plain.at_once}"
            case Refused(problem=problem):
                return f"raised {self._problem(problem, end)}"
            case Answered(question="server", value=value):
                return f"returned {'the server' if value is True else 'something else'}"
            case Answered(question="exception", value=int() as number):
                return f"returned '{self._which(end, number) if number else 'what was never set'}'"
            case Answered(question="methods" | "at_eof", value=Shaped(content=str() as text)):
                return f"returned {f'an object of {text}' if plain.question == 'at_eof' else text!r}"
            case Answered(question=question, value=None) if question not in ANSWERS:
                return ""
            case Answered(value=value):
                return f"returned {said(value)}"
            case Paused(transport=number) | Resumed(transport=number) if not self.connected:
                return f"{'pause' if isinstance(plain, Paused) else 'resume'}_reading {number}"
            case _:
                word = _of_network(plain)
                return f"end {end}: {word}" if word and end > 1 else word

    def _problem(self, problem: Problem, end: int) -> str:
        if problem.injected:
            return self._which(end, problem.injected)
        held = (("partial", problem.partial), ("expected", problem.expected), ("consumed", problem.consumed))
        return " ".join([problem.name, *(f"{what} {said(value)}" for what, value in held if value is not None)])

    def _which(self, end: int, number: int) -> str:
        return f"error {self.numbers.get((end, number), 0)}"

    # ------------------------------------------------------------- what is done

    def _step(self, event: Event, follows: Event, options: list[str]) -> None:
        end, step = parted(event)
        if isinstance(step, OF_A_STREAM | OF_A_WIRE | Conclude):
            self._fetch(end, step)
        self.last = len(self.lines)
        mark = "" if end == 1 else str(end)
        reader, writer, wire = f"reader{mark}", f"writer{mark}", f"wire{mark}"
        match step:
            case Feed() | End() if self.connected:
                self._wire(wire, f"arrive({_fed(step)})" if isinstance(step, Feed) else "end()")
            case Feed() | End() | Break() | Attach():
                self._plain(step, reader, end, refused=isinstance(follows, Refused))
            case Call(op=op, method=method, args=args):
                stream = writer if method in OF_THE_WRITER else reader
                self._call(op, [f"{stream}.{method}", *map(literal, args)], step)
            case Cancel(op=op):
                self.lines.append(f"call{op}.cancel()")
            case Ask(question=question):
                self._ask(question, mark)
            case Advance(seconds=seconds):
                self.lines += [f"expire(timer{op})" for op in self.timers.late(seconds)]
            case Settle():
                self.timers.begun()
                self.running = True
            case Open():
                call = ", ".join(self.manner.connect(options))
                self.lines.append(f"reader{mark}, writer{mark} = await network.opened({call})")
                self.by[end] = Open
                self.known |= {reader}
            case Dial(op=op):
                self.by[end] = Dial
                given = [*options, *(f"{name}={literal(value)}" for name, value in step.options)]
                self.lines.append(f"call{op} = start({op}, network.dialled, {', '.join(self.manner.connect(given))})")
            case Serve(handler=handler):
                given = [*options, *(f"{name}={literal(value)}" for name, value in step.options)]
                self.lines += [f"network.host = {end}"] * (end > 1)
                self.lines.append(f"await network.served({', '.join(self.manner.serve(HANDLERS[handler], given))})")
            case Accept(link=link):
                self.by[end] = Accept
                self.lines.append(f"network.accept({', '.join(filter(None, [str(end), _link(link)]))})")
            case Conclude(how=how):
                self.lines.append(f'network.conclude("{how}", {end})')
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

    def _fetch(self, end: int, step: Any) -> None:
        """Give names to the streams and the transport of an end when they are used first."""
        mark = "" if end == 1 else str(end)
        reaches = isinstance(step, OF_A_WIRE) or step == Ask("transport")
        wanted = [f"wire{mark}"] if reaches else []
        wanted += [f"reader{mark}"] if isinstance(step, OF_A_STREAM) else []
        for name in wanted:
            if not self.connected or name in self.known or (name == f"wire{mark}" and not self._is_there(end)):
                continue
            self._look_back()
            self.known.add(name)
            if name == f"wire{mark}":
                self.lines.append(f"{name} = network.wires[{end}]")
            else:
                origin = "network.pair" if self.by.get(end) is Dial else f"network.handled[{end}]"
                self.lines.append(f"{name}, writer{mark} = {origin}")
        if isinstance(step, Conclude):
            self._look_back()

    def _is_there(self, end: int) -> bool:
        """Tell whether there is a transport: an attempt to connect may come to nothing, or not have begun."""
        if self.by.get(end) is not Dial:
            return True
        return self.fate == "accepted" and any(
            word.startswith("create_connection") for word in (*self.words, *self.lines_seen())
        )

    def lines_seen(self) -> Iterator[str]:
        """Yield what was looked at already, without its quotes."""
        return (
            part.strip('"')
            for line in self.lines
            if "create_connection" in line
            for part in [line[line.find("create_") :]]
        )

    def _look_back(self) -> None:
        if self.words:
            self.lines.append(f"so_far({_listed(self.words)})")
            self.words.clear()

    def _wire(self, wire: str, doing: str) -> None:
        if wire in self.known:
            self.lines.append(f"{wire}.{doing}")

    def _call(self, op: int, call: list[str], step: Call) -> None:
        if step.timeout is not None:
            self.lines.append(f"timer{op} = asyncio.timeout({0 if step.timeout == 0 else None})")
            call = [*call, f"timer=timer{op}"]
            if step.timeout:
                self.timers.fresh.append(step)
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

    def _plain(self, step: Any, reader: str, end: int, *, refused: bool) -> None:
        """Make a plain call of a reader; some readers may refuse what others accept."""
        made = {"bytes", "bytearray", "memoryview"}
        careful = refused or self.fails or self.connected or (self.transports > 0 and isinstance(step, Attach))
        careful = careful or (self.ended and isinstance(step, Feed))
        self.ended = self.ended or isinstance(step, End)
        match step:
            case Feed(form="bytearray" | "memoryview"):
                self.lines += [f"chunk = {_fed(step)}"]
                self.lines += [_called(f"{reader}.feed_data", "chunk", careful=careful), "attempt(use_again, chunk)"]
            case Feed(form=form):
                careful = careful or form not in made
                self.lines.append(_called(f"{reader}.feed_data", _fed(step), careful=careful))
            case End():
                self.lines.append(_called(f"{reader}.feed_eof", "", careful=careful))
            case Break(error=error, form=form):
                self._given(end, counts=form != "none")
                made_of = {"instance": f'mine({error}("set on purpose"))', "class": f"mine({error})", "none": "None"}[
                    form
                ]
                careful = careful or form == "class" or error == "StopIteration"
                self.lines.append(_called(f"{reader}.set_exception", made_of, careful=careful))
            case Attach(pausing=pausing):
                self.transports += 1
                self.fails = self.fails or pausing == "fails"
                transport = f"Transport({self.transports}{PROBLEMS[pausing]})"
                self.lines.append(_called(f"{reader}.set_transport", transport, careful=careful))

    # ------------------------------------------------------------------ the end

    def _end(self) -> None:
        """Look at the departure."""
        failure, observed = self.failure, parted(self.failure.observed)[1]
        overran = isinstance(observed, Overran)
        if overran and observed.budget != "turns":
            guard = f"faulthandler.dump_traceback_later({PATIENCE}, exit=True)  # exits with 1 if it never comes back"
            self.lines.insert(self.last, guard)
        if self.running:
            self.lines.append("await turns()")
        if overran and observed.budget == "turns":
            self.lines.append("return restless()")
            return
        if overran:
            self.lines += ["faulthandler.cancel_dump_traceback_later()", "return exhausted()"]
            return
        self.lines += self._verdict(self._departing(observed))

    def _departing(self, observed: Any) -> str:
        """Return the word of the departure; nothing is seen where something is missing, or is not refused."""
        failure = self.failure
        if isinstance(observed, OneEnd) and failure.at not in of_itself(failure.trace):
            return ""
        if isinstance(observed, Lose) and observed.error is not None:
            self._given(parted(failure.observed)[0])
        seen = failure.trace[failure.at] if failure.at < len(failure.trace) else failure.observed
        return self._word(seen if type(parted(seen)[1]) is type(observed) else failure.observed)

    def _verdict(self, word: str) -> Iterator[str]:
        failure = self.failure
        words = [text_literal(one) for one in [word, *self.words]]
        expected = text_literal("; or ".join(failure.allowed))
        yield f"return look({', '.join([*words, f'expected={expected}'])}){self._form()}"

    def _form(self) -> str:
        """Return what else shows the fault, if an exception is right but for its message or its origin."""
        match self.failure.observed:
            case Raised(op=op, problem=problem) if self.failure.clause.endswith((".message", "-context")):
                origin = problem.context or "None"
                return f" and form(call{op}.result()) == {literal((problem.message, origin))}"
            case _:
                return ""


def _listed(words: list[str]) -> str:
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


def _link(link: Link) -> str:
    """Return what is unusual about a transport, as arguments."""
    given = [f"high={link.high}"] if link.high != PLAIN_LINK.high else []
    given += [f'pausing="{link.pausing}"'] if link.pausing != PLAIN_LINK.pausing else []
    return ", ".join([*given, *(["half_close=False"] if not link.half_close else [])])


def _of_network(event: Any) -> str:
    """Return what a transport, a server or the loop notes of an event."""
    match event:
        case Feed() | End():
            return "data_received" if isinstance(event, Feed) else "eof_received"
        case Hold() | Release():
            return "pause_writing" if isinstance(event, Hold) else "resume_writing"
        case Lose():
            return "connection_lost"
        case Wrote(data=data):
            return f"write {stage.said(data)}"
        case Kept(open=kept):
            return "stays open" if kept else "does not stay open"
        case Paused() | Resumed():
            return "pause_reading" if isinstance(event, Paused) else "resume_reading"
        case Handled(value=value):
            return f"handler{said(value)}"
        case Reported(failure=failure):
            return f"reported {'that the handler failed' if failure else 'something'}"
        case Dialled(options=options) | Listened(options=options):
            told = " ".join(f"{name}={said(value)}" for name, value in options)
            return f"create_{'connection' if isinstance(event, Dialled) else 'server'} {told}"
        case _:
            return PLAIN.get(type(event), "")


PLAIN: dict[type, str] = {Halved: "write_eof", Closed: "close", Aborted: "abort", Made: "", Accept: ""}
