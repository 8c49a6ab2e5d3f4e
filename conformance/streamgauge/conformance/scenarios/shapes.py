"""The shapes of what is explored to a stated bound: grids of contents, exchanges of two ends, and trees of events.

A *grid* is a product: every content over a small alphabet, in every chunking, with the call begun before every
chunk, each chunk in a turn of its own or all in one. An *exchange* is the same between a client and a server, both
under test. A *tree* grows breadth first from an opening: every enabled move, with and without a turn in between, up to
a depth. A scenario that departs is not grown further, so what is found first is shortest, nor is one in which nothing
more can be judged. Every scenario ends with a coda that looks at what is left in the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import get_args

from streamgauge.conformance.scenarios.script import world_of
from streamgauge.spec import alphabet as ev
from streamgauge.spec.alphabet import PLAIN_LINK, Argument, Handler, Link, Pausing, Shaped, Stimulus
from streamgauge.spec.model import State, enabled
from streamgauge.spec.records import one

Steps = tuple[Stimulus, ...]

# The steps that explorations have in common.
SETTLE, SECOND = one(ev.Settle()), ev.Advance(1)
END, BREAK, CLEAR = one(ev.End()), one(ev.Break()), one(ev.Break("none", "none"))
CANCEL = ev.Cancel(0)  # whichever call waits
AT_EOF, IS_CLOSING = one(ev.Ask("at_eof")), one(ev.Ask("is_closing"))
CLOG, UNCLOG, HOLD, RELEASE = one(ev.Clog()), one(ev.Unclog()), ev.Hold(), ev.Release()
LOSSES = LOST, RESET, _ = tuple(one(ev.Lose(error)) for error in (None, "ConnectionResetError", "OSError"))
WRITE_EOF, CLOSE, ABORT = one(ev.Do("write_eof")), one(ev.Do("close")), ev.Do("abort")
ATTACH = {pausing: ev.Attach(pausing) for pausing in get_args(Pausing)}
CONCLUSIONS = ev.Conclude("returns"), ev.Conclude("raises"), ev.Conclude("cancelled")
WAITING = ("drain", "wait_closed")


def feed(*chunks: bytes) -> tuple[ev.Feed, ...]:
    """Return a feed for each of the chunks."""
    return tuple(one(ev.Feed(chunk)) for chunk in chunks)


def write(*chunks: Argument) -> tuple[ev.Do, ...]:
    """Return a `write` for each of the chunks."""
    return tuple(ev.Do("write", (chunk,)) for chunk in chunks)


def writelines(kind: str, parts: tuple[Argument, ...]) -> ev.Do:
    """Return a `writelines` of an iterable of that kind."""
    return ev.Do("writelines", (Shaped(kind, parts),))


def opened(link: Link = PLAIN_LINK) -> Steps:
    """Return the step that makes a connection."""
    return (ev.Open(link),)


def served(link: Link = PLAIN_LINK, handler: Handler = "coroutine") -> Steps:
    """Return the steps that make a connection by a server."""
    return ev.Serve(handler), ev.Accept(link)


@dataclass(frozen=True, slots=True)
class Request:
    """A call without its number."""

    method: str
    args: tuple[Argument, ...] = ()
    timeout: int | None = None

    @cache  # noqa: B019  # there are a few dozen requests, and the same call is the same object
    def numbered(self, op: int) -> ev.Call:
        """Return the call with its number."""
        return one(ev.Call(op, self.method, self.args, self.timeout))

    @property
    def endless(self) -> bool:
        """Whether it reads until the end."""
        return self.method == "read" and not self.args

    def __str__(self) -> str:
        return f"{self.method}({', '.join(map(repr, self.args))})"


READ_ALL, DRAIN, WAIT_CLOSED = Request("read"), Request("drain"), Request("wait_closed")
READ, LINE, EXACTLY = Request("read", (2,)), Request("readline"), Request("readexactly", (2,))
UNTIL, NEXT = Request("readuntil"), Request("__anext__")


@dataclass(frozen=True, slots=True)
class Grid:
    """Every content of at most `longest` bytes of `alphabet`, in every chunking, for one request and limit (bytes)."""

    name: str
    request: Request
    alphabet: bytes
    longest: int
    limit: int

    @property
    def extent(self) -> str:
        """How far it goes, as it is said of all of the same bound."""
        return f"every content of up to {self.longest} bytes"

    @property
    def covers(self) -> str:
        """What the grid goes through, in words."""
        return (
            f"{self.request}, limit {self.limit}: every content of up to {self.longest} bytes of {self.alphabet!r}, "
            "every chunking, the call before every chunk, in one turn or many"
        )


@dataclass(frozen=True, slots=True)
class Tree:
    """Every sequence of up to `depth` moves after `opening`, at most `readers` calls at a time, one limit (bytes)."""

    name: str
    moves: tuple[Stimulus | Request, ...]
    depth: int
    limit: int
    opening: Steps = ()
    readers: int = 1

    @property
    def connected(self) -> bool:
        """Whether it is a connection that is explored, and not a bare reader."""
        return world_of(self.opening) == "network"

    @property
    def extent(self) -> str:
        """How far it goes, as it is said of all of the same bound."""
        return f"every sequence of up to {self.depth} steps"

    @property
    def breaks(self) -> bool:
        """Whether an exception may be stored in it."""
        return any(isinstance(move, ev.Break) for move in self.moves)

    @property
    def covers(self) -> str:
        """What the tree goes through, in words."""
        moves = ", ".join(map(_move_words, self.moves))
        waiting = "call" if self.connected else "reader"
        readers = f"{self.readers} {waiting}s" if self.readers > 1 else f"one {waiting}"
        return (
            f"limit {self.limit}: every sequence of up to {self.depth} of {moves}; "
            f"with and without a turn in between, {readers} at a time"
        )


@dataclass(frozen=True, slots=True)
class Exchange:
    """Every content of at most `longest` bytes of `alphabet`, in every chunking, written to a server that reads it."""

    name: str
    request: Request
    alphabet: bytes
    longest: int
    limit: int
    link: Link = PLAIN_LINK

    @property
    def extent(self) -> str:
        """How far it goes, as it is said of all of the same bound."""
        return f"every content of up to {self.longest} bytes"

    @property
    def covers(self) -> str:
        """What the exchange goes through, in words."""
        return (
            f"client and server, {self.request}, limit {self.limit}: every content of up to {self.longest} bytes of "
            f"{self.alphabet!r}, every chunking, the call before every chunk, in one turn or many, clogged or not, "
            "then half-closed or closed"
        )


Exploration = Grid | Tree | Exchange


def _move_words(move: Stimulus | Request) -> str:
    match move:
        case Request():
            return str(move)
        case ev.Feed(data=data):
            return f"feed {data!r}"
        case ev.Do(method=method, args=args):
            return f"{method}({', '.join(map(_argument_words, args))})"
        case ev.Lose(error=str() as error):
            return f"lose by {error}"
        case ev.Conclude(how=how):
            return f"the handler {'is cancelled' if how == 'cancelled' else how}"
        case _:
            return {CLEAR: "clear", SECOND: "time-out"}.get(move, type(move).__name__.lower())


def _argument_words(argument: Argument) -> str:
    return argument.kind if isinstance(argument, Shaped) else repr(argument)


# ------------------------------------------------------------------- grids


def grid_scenarios(grid: Grid, methods: frozenset[str]) -> Iterator[Steps]:
    """Yield the steps of every scenario of the grid, shortest content first."""
    first, again = grid.request.numbered(1), grid.request.numbered(2)
    # Beside a call that reads to the end nobody can say which of two has which bytes: the second one follows it.
    ending = coda(1, methods) if grid.request.endless else (again, SETTLE, *coda(2, methods))
    for before, after in _cut(grid, lambda chunks: feed(*chunks)):
        yield (*before, first, SETTLE, *_apart(after), *ending)
        if len(after) > 1:
            yield (*before, first, SETTLE, *after, SETTLE, *ending)
        if after:
            yield (*before, first, SETTLE, *after, END, SETTLE, *ending)


def _cut(shape: Grid | Exchange, steps: Callable[[tuple[bytes, ...]], Steps]) -> Iterator[tuple[Steps, Steps]]:
    """Yield the steps that bring every content in every chunking, parted at every place."""
    for length in range(shape.longest + 1):
        for letters in product(shape.alphabet, repeat=length):
            for chunks in chunkings(bytes(letters)):
                brought = steps(chunks)
                for place in range(len(brought) + 1):
                    yield brought[:place], brought[place:]


def _apart(steps: Steps) -> Iterator[Stimulus]:
    for step in steps:
        yield step
        yield SETTLE


def chunkings(data: bytes) -> Iterator[tuple[bytes, ...]]:
    """Yield every way to cut `data` into chunks that are not empty."""
    if not data:
        yield ()
        return
    for cut in range(1, len(data) + 1):
        for rest in chunkings(data[cut:]):
            yield (data[:cut], *rest)


@cache
def coda(calls: int, methods: frozenset[str], *, stored: bool = False, ended: bool = False) -> Steps:
    """Return the steps that show what is left: the end, everything that can still be read, and at_eof.

    Where an exception may be `stored`, a call raises it first, and then it is cleared to see what lies behind it. The
    call is no `read(-1)`, which may take what is unread along.
    """
    steps: list[Stimulus] = [SETTLE if ended else END, SETTLE]
    method = next(one for one in ("read", "readline", "__anext__", "readuntil", "readexactly") if one in methods)
    request = Request(method, (1,) if method == "readexactly" else ())
    if stored:
        calls += 1
        raising = Request(method, (1,)) if method == "read" else request
        steps += [raising.numbered(calls), SETTLE, CLEAR]
    steps += [request.numbered(calls + 1), SETTLE]
    if "at_eof" in methods:
        steps.append(AT_EOF)
    return tuple(steps)


@cache
def parting(calls: int, capabilities: frozenset[str]) -> Steps:
    """Return the steps that show how a connection stands: it is unclogged and closed, and what is left is read."""
    steps: list[Stimulus] = [UNCLOG, SETTLE, CLOSE if "close" in capabilities else LOST, SETTLE]
    if "is_closing" in capabilities:
        steps.append(IS_CLOSING)
    if "wait_closed" in capabilities:
        calls += 1
        steps += [WAIT_CLOSED.numbered(calls), SETTLE]
    if "read" in capabilities:
        steps += [READ_ALL.numbered(calls + 1), SETTLE]
    return tuple(steps)


# --------------------------------------------------------------- exchanges


def exchanges(exchange: Exchange) -> Iterator[Steps]:
    """Yield the steps of every scenario of the exchange, shortest content first."""
    call = ev.On(2, exchange.request.numbered(1))
    opening = (ev.On(2, ev.Serve("coroutine")), ev.Open(exchange.link, linked=True), SETTLE)
    for before, after in _cut(exchange, lambda chunks: write(*chunks)):
        start = (*opening, *before, call, SETTLE)
        yield (*start, *_apart(after), *_farewell(2, half=True))
        if after:
            yield (*start, *after, *_farewell(2, half=False))
            drained = (CLOG, *after, DRAIN.numbered(2), SETTLE, UNCLOG, SETTLE)
            yield (*start, *drained, *_farewell(3, half=True))


def _farewell(calls: int, *, half: bool) -> Steps:
    """The client is done, the server answers what it can, and each side closes."""
    done = WRITE_EOF if half else CLOSE
    answer = tuple(ev.On(2, step) for step in write(b"!")) if half else ()
    at_server = (ev.On(2, READ_ALL.numbered(calls)), *answer, ev.On(2, CLOSE))
    at_client = (READ_ALL.numbered(calls + 1), CLOSE, WAIT_CLOSED.numbered(calls + 2))
    return tuple(_apart((done, *at_server, *at_client)))


# ------------------------------------------------------------------- trees


def next_moves(tree: Tree, state: State) -> Iterator[Steps]:
    """Yield the steps by which a scenario may grow in `state`: each enabled move, with and without a turn after it.

    Where the model has let go whatever follows shows nothing, so that nothing grows there.
    """
    if state.lenient:
        return
    reading, waiting = len(state.canonical.pending), len(state.outbox.waits)
    for move in tree.moves:
        for step in _concrete(move, state):
            if isinstance(step, ev.Call) and (waiting if step.method in WAITING else reading) >= tree.readers:
                continue
            if enabled(state, step):
                yield (step,)
                yield (step, SETTLE)


def _concrete(move: Stimulus | Request, state: State) -> Iterator[Stimulus]:
    if isinstance(move, Request):
        yield move.numbered(state.calls + 1)
    elif isinstance(move, ev.Cancel):
        yield from (cancel(one.op) for one in state.canonical.pending)
        yield from (cancel(one.op) for one in state.outbox.waits)
    else:
        yield one(move)


@cache
def cancel(op: int) -> ev.Cancel:
    """Return the cancellation of call `op`."""
    return one(ev.Cancel(op))
