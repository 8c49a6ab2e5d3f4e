"""The shapes of what is explored to a stated bound: grids of contents, exchanges of two ends, and trees of events.

A *grid* is a product: every content over a small alphabet, in every chunking, with the call begun before every
chunk, each chunk in a turn of its own or all in one. An *exchange* is the same between a client and a server, both
under test. A *tree* grows breadth first from an opening: every enabled move, with and without a turn in between, up to
a depth. A scenario that departs is not grown further, so what is found first is shortest, nor is one in which nothing
more can be judged. Every scenario ends with a coda that looks at what is left in the reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from streamgauge.spec.alphabet import (
    PLAIN_LINK,
    Advance,
    Argument,
    Ask,
    Break,
    Call,
    Cancel,
    Clog,
    Conclude,
    Do,
    End,
    Feed,
    Link,
    Lose,
    On,
    Open,
    Serve,
    Settle,
    Shaped,
    Stimulus,
    Unclog,
)
from streamgauge.spec.model import State, enabled
from streamgauge.spec.records import one

SETTLE = one(Settle())
END = one(End())
CLEAR = Break("none", "none")
WAITING = ("drain", "wait_closed")


@dataclass(frozen=True, slots=True)
class Request:
    """A call without its number."""

    method: str
    args: tuple[Argument, ...] = ()
    timeout: int | None = None

    @cache  # noqa: B019  # there are a few dozen requests, and the same call is the same object
    def numbered(self, op: int) -> Call:
        """Return the call with its number."""
        return one(Call(op, self.method, self.args, self.timeout))

    @property
    def endless(self) -> bool:
        """Whether it reads until the end."""
        return self.method == "read" and not self.args

    def __str__(self) -> str:
        return f"{self.method}({', '.join(map(repr, self.args))})"


READ_ALL = Request("read")


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
    opening: tuple[Stimulus, ...] = ()
    readers: int = 1

    @property
    def connected(self) -> bool:
        """Whether it is a connection that is explored, and not a bare reader."""
        return any(isinstance(step, Open | Serve) for step in self.opening)

    @property
    def extent(self) -> str:
        """How far it goes, as it is said of all of the same bound."""
        return f"every sequence of up to {self.depth} steps"

    @property
    def breaks(self) -> bool:
        """Whether an exception may be stored in it."""
        return any(isinstance(move, Break) for move in self.moves)

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
        case Feed(data=data):
            return f"feed {data!r}"
        case Cancel():
            return "cancel"
        case Break(form="none"):
            return "clear"
        case Advance():
            return "time-out"
        case Do(method=method, args=args):
            return f"{method}({', '.join(map(_argument_words, args))})"
        case Lose(error=error):
            return "lose" if error is None else f"lose by {error}"
        case Conclude(how=how):
            return f"the handler {'is cancelled' if how == 'cancelled' else how}"
        case _:
            return type(move).__name__.lower()


def _argument_words(argument: Argument) -> str:
    return argument.kind if isinstance(argument, Shaped) else repr(argument)


# ------------------------------------------------------------------- grids


def grid_scenarios(grid: Grid, methods: frozenset[str]) -> Iterator[tuple[Stimulus, ...]]:
    """Yield the steps of every scenario of the grid, shortest content first."""
    first, again = grid.request.numbered(1), grid.request.numbered(2)
    # Beside a call that reads to the end nobody can say which of two has which bytes: the second one follows it.
    ending = coda(1, methods) if grid.request.endless else (again, SETTLE, *coda(2, methods))
    for length in range(grid.longest + 1):
        for letters in product(grid.alphabet, repeat=length):
            for chunks in chunkings(bytes(letters)):
                feeds = tuple(one(Feed(chunk)) for chunk in chunks)
                for place in range(len(feeds) + 1):
                    before, after = feeds[:place], feeds[place:]
                    yield (*before, first, SETTLE, *_apart(after), *ending)
                    if len(after) > 1:
                        yield (*before, first, SETTLE, *after, SETTLE, *ending)
                    if after:
                        yield (*before, first, SETTLE, *after, END, SETTLE, *ending)


def _apart(feeds: tuple[Stimulus, ...]) -> Iterator[Stimulus]:
    for feed in feeds:
        yield feed
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
def coda(calls: int, methods: frozenset[str], *, stored: bool = False, ended: bool = False) -> tuple[Stimulus, ...]:
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
        steps.append(Ask("at_eof"))
    return tuple(map(one, steps))


@cache
def parting(calls: int, capabilities: frozenset[str]) -> tuple[Stimulus, ...]:
    """Return the steps that show how a connection stands: it is unclogged and closed, and what is left is read."""
    steps: list[Stimulus] = [Unclog(), SETTLE, Do("close") if "close" in capabilities else Lose(), SETTLE]
    if "is_closing" in capabilities:
        steps.append(Ask("is_closing"))
    if "wait_closed" in capabilities:
        calls += 1
        steps += [Call(calls, "wait_closed"), SETTLE]
    if "read" in capabilities:
        steps += [Call(calls + 1, "read"), SETTLE]
    return tuple(map(one, steps))


# --------------------------------------------------------------- exchanges


def exchanges(exchange: Exchange) -> Iterator[tuple[Stimulus, ...]]:
    """Yield the steps of every scenario of the exchange, shortest content first."""
    call = On(2, exchange.request.numbered(1))
    opening = (On(2, Serve("coroutine")), Open(exchange.link, linked=True), SETTLE)
    for length in range(exchange.longest + 1):
        for letters in product(exchange.alphabet, repeat=length):
            for chunks in chunkings(bytes(letters)):
                writes: tuple[Stimulus, ...] = tuple(Do("write", (chunk,)) for chunk in chunks)
                for place in range(len(writes) + 1):
                    before, after = writes[:place], writes[place:]
                    start: tuple[Stimulus, ...] = (*opening, *before, call, SETTLE)
                    yield (*start, *_apart(after), *_farewell(2, half=True))
                    if after:
                        yield (*start, *after, *_farewell(2, half=False))
                        drain = Call(2, "drain")
                        yield (*start, Clog(), *after, drain, SETTLE, Unclog(), SETTLE, *_farewell(3, half=True))


def _farewell(calls: int, *, half: bool) -> tuple[Stimulus, ...]:
    """The client is done, the server answers what it can, and each side closes."""
    answered = (On(2, Do("write", (b"!",))), SETTLE) if half else ()
    return (
        Do("write_eof" if half else "close"),
        SETTLE,
        On(2, Call(calls, "read")),
        SETTLE,
        *answered,
        On(2, Do("close")),
        SETTLE,
        Call(calls + 1, "read"),
        SETTLE,
        Do("close"),
        SETTLE,
        Call(calls + 2, "wait_closed"),
        SETTLE,
    )


# ------------------------------------------------------------------- trees


def next_moves(tree: Tree, state: State) -> Iterator[tuple[Stimulus, ...]]:
    """Yield the steps by which a scenario may grow in `state`: each enabled move, with and without a turn after it.

    Where the model has let go whatever follows shows nothing, so that nothing grows there.
    """
    if state.lenient:
        return
    reading, waiting = len(state.canonical.pending), len(state.outbox.waits)
    for move in tree.moves:
        for step in _concrete(move, state):
            if isinstance(step, Call) and (waiting if step.method in WAITING else reading) >= tree.readers:
                continue
            if enabled(state, step):
                yield (step,)
                yield (step, SETTLE)


def _concrete(move: Stimulus | Request, state: State) -> Iterator[Stimulus]:
    if isinstance(move, Request):
        yield move.numbered(state.calls + 1)
    elif isinstance(move, Cancel):
        yield from (_cancel(one.op) for one in state.canonical.pending)
        yield from (_cancel(one.op) for one in state.outbox.waits)
    else:
        yield one(move)


@cache
def _cancel(op: int) -> Cancel:
    return one(Cancel(op))
