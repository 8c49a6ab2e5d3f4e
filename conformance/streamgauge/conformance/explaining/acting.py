"""A failure as the lines of `main`: its steps as plain asyncio, in the names of `stage`, and what was seen of each.

Its one idea: the program goes the way of the trace, and looks each time the loop is quiet whether it still does. It
knows one right way beside it, that of the reference, and parts with it where the two differ: what is right there ends
the program, as does whatever is neither. If it comes to its end, the fault shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from streamgauge.conformance.explaining.stage import WORD
from streamgauge.conformance.explaining.steps import connects, in_order, of_itself
from streamgauge.conformance.explaining.words import (
    ATTACHED,
    HANDLERS,
    QUESTIONS,
    done,
    roles,
    seen,
    value,
    which,
    whose,
)
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.spec import alphabet as ev
from streamgauge.spec.alphabet import PLAIN_LINK, UNSET, Argument, Event, Options, Problem, Shaped, Value, parted

LOOP = "asyncio.get_running_loop()"
ADDRESS = '"192.0.2.1", 7'
OF_THE_WRITER = ("drain", "wait_closed")
SILENT = ("write", "writelines", "write_eof", "close", "abort")
NAMES = re.compile(r"\b(reader|writer|wire)\b")
OF_A_STREAM = ev.Call | ev.Do | ev.Ask | ev.Break
OF_A_WIRE = ev.Feed | ev.End | ev.Hold | ev.Release | ev.Lose | ev.Clog | ev.Unclog


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
    settles: bool = False


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


def listed(words: Iterable[str]) -> str:
    return ", ".join(map(quoted, words))


def _fed(feed: ev.Feed) -> str:
    text = quoted(feed.data.decode("latin-1") if feed.form == "str" else feed.data)
    data = text if feed.times == 1 else f"{text} * {feed.times}"
    match feed.form:
        case "bytes" | "str":
            return data
        case "none":
            return "None"
        case "zero":
            return "0"
        case "memoryview":
            return f"memoryview(bytearray({data}))"
        case form:
            return f"{form}({data})"


def _like(link: ev.Link) -> list[str]:
    """Return what is unusual about a transport, as arguments."""
    given = [f"high={link.high}"] if link.high != PLAIN_LINK.high else []
    given += [f'pausing="{link.pausing}"'] if link.pausing != PLAIN_LINK.pausing else []
    return [*given, *(["half_close=False"] if not link.half_close else [])]


def _as_given(options: Options) -> list[str]:
    return [f"{name}={literal(given)}" for name, given in options]


def _plain(event: Event) -> Any:
    return parted(event)[1]


# ------------------------------------------------------------------ the lines


@dataclass(slots=True)
class Timers:
    """When the time-outs of calls are due: a call has its time from the moment at which it began to run."""

    clock: int = 0
    due: dict[int, int] = field(default_factory=dict)
    fresh: list[ev.Call] = field(default_factory=list)

    def begun(self) -> None:
        """Time begins for the calls that were started."""
        self.due.update({call.op: self.clock + call.timeout for call in self.fresh if call.timeout})
        self.fresh.clear()

    def late(self, seconds: int) -> list[int]:
        """Let time go by, and return the calls whose time is up."""
        self.clock += seconds
        late = [op for op, moment in self.due.items() if moment <= self.clock]
        self.due = {op: moment for op, moment in self.due.items() if op not in late}
        return late


@dataclass(frozen=True, slots=True)
class Form:
    """What is looked at beside how call `op` ends: whether it does `promptly`, or what its exception `names`, or its `origin`."""

    op: int = 0
    kind: Literal["promptly", "names", "origin"] = "promptly"
    name: str = ""

    @property
    def wrapper(self) -> list[str]:
        """What makes the call instead, and with what before the call itself."""
        names = f'functools.partial(names, "{self.name}")'
        return {"promptly": ["promptly"], "names": ["formed", names], "origin": ["formed", "origin"]}[self.kind]

    def words(self, event: ev.Returned | ev.Raised) -> Iterator[str]:
        """Yield what is said of the form."""
        if self.kind == "promptly":
            yield "at once" if event.at_once else "not at once"
        elif isinstance(event, ev.Raised) and self.kind == "names":
            yield f"names {self.name}: {self.name in re.findall(WORD, event.problem.message)}"
        elif isinstance(event, ev.Raised):
            yield f"came of {event.problem.context or 'NoneType'}"


@dataclass(slots=True)
class Acting:
    """The lines so far, and the words of what was seen since the last of them that looked.

    `careful` are the numbers of the steps that raise, here or on the reference. `formed` is the call of whose exception
    the form is looked at, and the name that is wanted in it, if one is. `last` is the line at which the last step begins.
    """

    manner: Manner
    scenario: Scenario
    careful: frozenset[int]
    form: Form
    lines: list[str | Look] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    last: int = 0
    running: bool = False
    connected: bool = False
    fate: str = ""
    _options: list[str] = field(default_factory=list)
    steps: int = 0
    _given: dict[int, list[int]] = field(default_factory=dict)
    _timers: Timers = field(default_factory=Timers)
    _transports: int = 0
    _origins: dict[int, str] = field(default_factory=dict)
    _there: set[int] = field(default_factory=set)
    _known: set[str] = field(default_factory=set)

    def go(self, trace: Trace, at: int, most: int | None = None) -> None:
        """Go the way of a trace, up to the place `at`, and to the end of step number `most`."""
        scenario = self.scenario
        limit = [] if scenario.limit is UNSET else [literal(scenario.limit)]
        self._options = [f"limit={one}" for one in limit]
        self.connected = connects(trace) or scenario.world == "network"
        self.fate = next((one.fate for one in map(_plain, scenario.steps) if isinstance(one, ev.Dial)), "accepted")
        events = [*in_order(scenario.steps, trace, at)]
        before: Any = None
        maker, *args = self.manner.make(*limit)
        if self.connected:
            self.lines.append(f"network({', '.join(self._network([*map(_plain, scenario.steps)]))})")
        elif 0 in self.careful:
            self.lines.append(f"reader = attempt({', '.join([maker, *args])})")
        else:
            self.lines.append(f"reader = {maker}({', '.join(args)})")
        for event, is_step in events:
            if is_step:
                if self.steps == most:
                    break
                if self.steps in self.careful and (not self.steps or isinstance(before, ev.Open | ev.Serve)):
                    self._look()
                self.steps += 1
                before = _plain(event)
                self._step(*parted(event))
            else:
                self._see(event)

    def _network(self, steps: list[Any]) -> Iterator[str]:
        """Yield what the loop makes connections by, and servers."""
        opened = next((step for step in steps if isinstance(step, ev.Open | ev.Dial)), None)
        if opened is not None:
            dials = isinstance(opened, ev.Dial)
            link = PLAIN_LINK if dials else opened.link
            made = "functools.partial(accepted, peer=accept)" if not dials and opened.linked else self.fate
            yield f"create_connection=connecting({', '.join([made, *['tells=True'] * dials, *_like(link)])})"
        if any(isinstance(step, ev.Serve) for step in steps):
            yield "create_server=create_server"

    def words_of(self, event: Event) -> Iterator[str]:
        """Yield the words of an event, what is said of its form first."""
        plain = _plain(event)
        if isinstance(plain, ev.Returned | ev.Raised) and plain.op == self.form.op:
            yield from self.form.words(plain)
        yield from filter(None, (self.word(event),))

    def word(self, event: Event) -> str:
        """Return the word of an event, or nothing if none is seen of it."""
        end, plain = parted(event)
        match plain:
            case ev.Returned(op=op) | ev.Raised(op=op):
                return f"call {op} {seen(self._bare(plain, end))}"
            case ev.Refused():
                return seen(self._bare(plain, end))
            case ev.Answered(question="exception", value=int() as number):
                return f"answered {which(self._number(end, number))!r}"
            case ev.Answered(question="at_eof", value=Shaped()):
                return f"answered {value(plain.value)!r}"
            case ev.Answered(question="methods", value=Shaped(content=str() as text)):
                return f"answered {text!r}"
            case ev.Answered(value=Shaped(kind="awaitable", content=name)):
                return self.word(replace(plain, value=Shaped("object", name)))
            case ev.Answered(question=question, value=answer):
                return "" if answer is None and question in SILENT else seen(plain)
            case ev.Feed(content=content):
                return f"{whose(end)}{done(ev.Feed(content), connected=True)}"
            case ev.End() | ev.Hold() | ev.Release() | ev.Lose():
                return f"{whose(end)}{done(plain, connected=True)}"
            case ev.Made() | ev.Quiet() | ev.Overran():
                return ""
            case _:
                return "" if isinstance(plain, ev.OneEnd) else f"{whose(end)}{seen(plain)}"

    def _bare(self, event: Any, end: int) -> Any:
        """Return the end of a call as the stage can say it: without a message, and a pair by its roles."""
        match event:
            case ev.Returned(value=result):
                dials = any(
                    isinstance(step, ev.Dial) and step.op == event.op for step in map(_plain, self.scenario.steps)
                )
                return replace(event, value=roles(result)) if dials else event
            case ev.Raised(problem=problem) | ev.Refused(problem=problem):
                number = self._number(end, problem.injected)
                return replace(event, problem=replace(problem, message="", injected=number))

    def _number(self, end: int, number: int) -> int:
        """Return which exception in all it is of which an end counts `number` of its own."""
        given = self._given.get(end, [])
        return given[number - 1] if 0 < number <= len(given) else 0

    def gives(self, end: int) -> None:
        """An end is given one more exception."""
        self._given.setdefault(end, []).append(sum(map(len, self._given.values())) + 1)

    def _see(self, event: Event) -> None:
        """Know what was seen; when nothing is left to run, the program looks whether it was just this."""
        end, plain = parted(event)
        if isinstance(plain, ev.Quiet):
            self._look(settles=True)
            self.running = False
        if isinstance(plain, ev.Lose) and plain.error is not None:
            self.gives(end)
        if isinstance(plain, ev.Dialled):
            self._there.add(end)
            if self.fate == "refused":
                self.gives(end)
        if isinstance(plain, ev.Handled):
            self._there.add(end)
        self.words += self.words_of(event)

    def _look(self, *, settles: bool = False) -> None:
        self.lines.append(Look((*self.words,), settles))
        self.words.clear()

    # ------------------------------------------------------------------- steps

    def _step(self, end: int, step: Any) -> None:
        """Do what an event asks for."""
        mark = str(end) if end > 1 else ""
        if isinstance(step, OF_A_STREAM | OF_A_WIRE | ev.Conclude) and self.connected:
            self._fetch(end, mark, step)
        self.last = len(self.lines)
        reader, writer, wire = f"reader{mark}", f"writer{mark}", f"wire{mark}"
        match step:
            case ev.Feed() | ev.End() if self.connected:
                self._wire(wire, f"arrive({_fed(step)})" if isinstance(step, ev.Feed) else "end()")
            case ev.Feed(form="bytearray" | "memoryview"):
                self._write(f"chunk = {_fed(step)}")
                self._plainly(f"{reader}.feed_data", "chunk")
                self._write("attempt(use_again, chunk)")
            case ev.Feed():
                self._plainly(f"{reader}.feed_data", _fed(step))
            case ev.End():
                self._plainly(f"{reader}.feed_eof")
            case ev.Break(error=error, form=form):
                self.gives(end)
                made = {"instance": f'{error}("set on purpose")', "class": error, "none": "None"}[form]
                self._plainly(f"{reader}.set_exception", f"mine({made})")
            case ev.Attach(pausing=pausing):
                self._transports += 1
                self._plainly(f"{reader}.set_transport", f"Transport({self._transports}{ATTACHED[pausing][1]})")
            case ev.Call(op=op, method=method, args=args):
                self._call(op, [f"{writer if method in OF_THE_WRITER else reader}.{method}", *map(literal, args)], step)
            case ev.Cancel(op=op):
                if op in {call.op for call in self._timers.fresh}:
                    unbegun = quoted(f"call {op} raised CancelledError")
                    self._write(f"call{op}.add_done_callback(lambda call: seen.append({unbegun}))")
                self._write(f"call{op}.cancel()")
            case ev.Ask(question=question):
                asked = NAMES.sub(rf"\g<1>{mark}", QUESTIONS[question][1])
                self._write(f"answer({asked})")
            case ev.Advance(seconds=seconds):
                self._write(*(f"expire(timer{op})" for op in self._timers.late(seconds)))
            case ev.Settle():
                self._timers.begun()
                self.running = True
            case _:
                self._of_network(step, end, mark)

    def _of_network(self, step: Any, end: int, mark: str) -> None:
        """Make connections, end them, or do something to them."""
        match step:
            case ev.Open():
                self._connect(end, mark, self.manner.connect(self._options))
            case ev.Dial(op=op):
                self._origins[end] = "pairs[-1]"
                self._call(op, ["dialled", *self.manner.connect([*self._options, *_as_given(step.options)])], step)
            case ev.Serve(handler=handler):
                self._write(*[f"hosts.append({end})"] * (end > 1))
                serve = self.manner.serve(HANDLERS[handler][1], [*self._options, *_as_given(step.options)])
                started = self._awaited(serve)
                self._write(started if self.steps in self.careful else f"served({started})")
            case ev.Accept(link=link):
                self._write(f"accept({', '.join([*[str(end)] * (end > 1 or link != PLAIN_LINK), *_like(link)])})")
            case ev.Conclude(how=how):
                self._write(*[f'stages[{end}].conclude("{how}")'] * (end in self._there))
            case ev.Do(method="abort"):
                self._write(f"do(writer{mark}.transport.abort)")
            case ev.Do(method=method):
                chunks: list[str] = []
                args = [self._lent(one, chunks) for one in step.args]
                self._write(f"do({', '.join([f'writer{mark}.{method}', *args])})")
                self._write(*(f"attempt(use_again, {chunk})" for chunk in chunks))
            case ev.Clog():
                self._wire(f"wire{mark}", "clog()")
            case ev.Unclog(count=count):
                self._wire(f"wire{mark}", f"unclog({count})")
            case ev.Hold() | ev.Release():
                self._wire(f"wire{mark}", f"hold({isinstance(step, ev.Hold)})")
            case ev.Lose(error=error):
                self._wire(f"wire{mark}", "lose(None)" if error is None else f'lose({error}("set on purpose"))')

    def _write(self, *lines: str) -> None:
        self.lines += lines

    def _awaited(self, call: list[str]) -> str:
        """Return what awaits a call that waits for nobody."""
        if self.steps in self.careful:
            return f"await at_once({', '.join(call)})"
        return f"await {call[0]}({', '.join(call[1:])})"

    def _connect(self, end: int, mark: str, connect: list[str]) -> None:
        self._origins[end] = "pairs[-1]"
        if self.steps in self.careful:
            self._write(f"pairs.append({self._awaited(connect)})")
        else:
            self._known.add(f"reader{mark}")
            self._write(f"reader{mark}, writer{mark} = {self._awaited(connect)}")

    def _fetch(self, end: int, mark: str, step: Any) -> None:
        """Give names to the streams and the transport of an end when they are used first."""
        wanted = {}
        if isinstance(step, OF_A_WIRE) or step == ev.Ask("transport"):
            wanted[f"wire{mark}"] = f"wires[{end}]"
        if isinstance(step, OF_A_STREAM):
            wanted[f"reader{mark}"] = self._origins.get(end, f"handled[{end}]")
        fresh = [name for name in wanted if name not in self._known and (name != f"wire{mark}" or self._is_there(end))]
        if fresh or isinstance(step, ev.Conclude):
            self._look()
        for name in fresh:
            self._known.add(name)
            self._write(f"{name}{f', writer{mark}' * (name == f'reader{mark}')} = {wanted[name]}")

    def _is_there(self, end: int) -> bool:
        """Check whether there is a transport: an attempt to connect may come to nothing, or not have begun."""
        dials = any(isinstance(_plain(step), ev.Dial) for step in self.scenario.steps) and end in self._origins
        return not dials or (self.fate == "accepted" and end in self._there)

    def _wire(self, wire: str, doing: str) -> None:
        self._write(*[f"{wire}.{doing}"] * (wire in self._known))

    def _call(self, op: int, call: list[str], step: ev.Call | ev.Dial) -> None:
        if isinstance(step, ev.Call):
            self._timers.fresh.append(step)
            if step.timeout is not None:
                self._write(f"timer{op} = asyncio.timeout({0 if step.timeout == 0 else None})")
                call = ["within", f"timer{op}", *call]
        if op == self.form.op:
            call = [*self.form.wrapper, *call]
        self._write(f"call{op} = asyncio.create_task(call({', '.join([str(op), *call])}))")

    def _lent(self, given: Argument, chunks: list[str]) -> str:
        match given:
            case Shaped(kind="bytearray" | "memoryview" as kind, content=bytes() as data):
                chunks.append(name := f"chunk{len(chunks) + 1}")
                own = f"bytearray({literal(data)})"
                self._write(f"{name} = {own if kind == 'bytearray' else f'memoryview({own})'}")
                return name
            case Shaped(kind="list" | "generator" as kind, content=tuple() as items):
                text = f"[{', '.join(self._lent(one, chunks) for one in items)}]"
                return text if kind == "list" else f"iter({text})"
            case _:
                return literal(given)

    def _plainly(self, method: str, argument: str = "") -> None:
        """Make a plain call of a reader, which may raise."""
        careful = self.steps in self.careful
        self._write(f"attempt({method}{', ' * bool(argument)}{argument})" if careful else f"{method}({argument})")
