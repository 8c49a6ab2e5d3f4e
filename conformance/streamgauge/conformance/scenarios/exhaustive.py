"""Everything up to a stated bound: grids of contents, and trees of events.

A *grid* is a product: every content over a small alphabet, in every chunking, with the call begun before every
chunk, each chunk in a turn of its own or all in one. A *tree* grows breadth first from an opening: every enabled
move, with and without a turn in between, up to a depth; a scenario that departs is not grown further, so what is
found first is shortest. Every scenario ends with a coda that looks at what is left in the reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from streamgauge.spec.alphabet import Advance, Argument, Ask, Attach, Break, Call, Cancel, End, Feed, Settle, Stimulus
from streamgauge.spec.model import State, enabled

SETTLE = Settle()
END = End()
CLEAR = Break("none", "none")


@dataclass(frozen=True, slots=True)
class Request:
    """A call without its number."""

    method: str
    args: tuple[Argument, ...] = ()
    timeout: int | None = None

    def numbered(self, op: int) -> Call:
        """Return the call with its number."""
        return Call(op, self.method, self.args, self.timeout)

    def __str__(self) -> str:
        return f"{self.method}({', '.join(map(repr, self.args))})"


@dataclass(frozen=True, slots=True)
class Grid:
    """Every content of at most `longest` bytes of `alphabet`, in every chunking, for one request and limit (bytes)."""

    name: str
    request: Request
    alphabet: bytes
    longest: int
    limit: int

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
    def covers(self) -> str:
        """What the tree goes through, in words."""
        moves = ", ".join(map(_move_words, self.moves))
        readers = f"{self.readers} readers" if self.readers > 1 else "one reader"
        return (
            f"limit {self.limit}: every sequence of up to {self.depth} of {moves}; "
            f"with and without a turn in between, {readers} at a time"
        )


Exploration = Grid | Tree


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
        case _:
            return type(move).__name__.lower()


# ------------------------------------------------------------------- grids


def grid_scenarios(grid: Grid, methods: frozenset[str]) -> Iterator[tuple[Stimulus, ...]]:
    """Yield the steps of every scenario of the grid, shortest content first."""
    first, again = grid.request.numbered(1), grid.request.numbered(2)
    ending = (again, SETTLE, *coda(2, methods))
    for length in range(grid.longest + 1):
        for letters in product(grid.alphabet, repeat=length):
            for chunks in chunkings(bytes(letters)):
                feeds = tuple(map(Feed, chunks))
                for place in range(len(feeds) + 1):
                    before, after = feeds[:place], feeds[place:]
                    yield (*before, first, SETTLE, *_apart(after), *ending)
                    if len(after) > 1:
                        yield (*before, first, SETTLE, *after, SETTLE, *ending)
                    if after:
                        yield (*before, first, SETTLE, *after, END, SETTLE, *ending)


def _apart(feeds: tuple[Feed, ...]) -> Iterator[Stimulus]:
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


def coda(calls: int, methods: frozenset[str], *, stored: bool = False, ended: bool = False) -> tuple[Stimulus, ...]:
    """Return the steps that show what is left: the end, everything that can still be read, and at_eof."""
    steps: list[Stimulus] = [SETTLE if ended else END, SETTLE]
    if stored:
        steps.append(CLEAR)
    method = next(one for one in ("read", "readline", "__anext__", "readuntil", "readexactly") if one in methods)
    request = Request(method, (1,) if method == "readexactly" else ())
    steps += [request.numbered(calls + 1), SETTLE]
    if "at_eof" in methods:
        steps.append(Ask("at_eof"))
    return tuple(steps)


# ------------------------------------------------------------------- trees


def next_moves(tree: Tree, state: State) -> Iterator[tuple[Stimulus, ...]]:
    """Yield the steps by which a scenario may grow in `state`: each enabled move, with and without a turn after it."""
    pending = state.canonical.pending
    for move in tree.moves:
        for step in _concrete(move, state):
            if isinstance(step, Call) and len(pending) >= tree.readers:
                continue
            if enabled(state, step):
                yield (step,)
                yield (step, SETTLE)


def _concrete(move: Stimulus | Request, state: State) -> Iterator[Stimulus]:
    if isinstance(move, Request):
        yield move.numbered(state.calls + 1)
    elif isinstance(move, Cancel):
        yield from (Cancel(one.op) for one in state.canonical.pending)
    else:
        yield move


# ------------------------------------------------------------- explorations

READ = Request("read", (2,))
READ_ALL = Request("read")
EXACTLY = Request("readexactly", (2,))
UNTIL = Request("readuntil")
LINE = Request("readline")
NEXT = Request("__anext__")
READS = (READ, READ_ALL, EXACTLY, UNTIL, LINE, NEXT)

A, B, LF, LONG = Feed(b"a"), Feed(b"b\n"), Feed(b"\n"), Feed(b"abcde")
CANCEL = Cancel(0)
BREAK = Break()

REQUESTS: tuple[tuple[Request, bytes], ...] = (
    (Request("read", (1,)), b"ab"),
    (Request("read", (3,)), b"ab"),
    (READ_ALL, b"ab"),
    (Request("readexactly", (1,)), b"ab"),
    (EXACTLY, b"ab"),
    (Request("readexactly", (3,)), b"ab"),
    (UNTIL, b"a\n"),
    (Request("readuntil", (b"ab",)), b"ab"),
    (Request("readuntil", (b"aab",)), b"ab"),
    (Request("readuntil", (b"aba",)), b"ab"),
    (LINE, b"a\n"),
    (NEXT, b"a\n"),
)
SEPARATORS: tuple[tuple[Request, bytes], ...] = (
    (Request("readuntil", ((b"b", b"ab"),)), b"ab"),
    (Request("readuntil", ((b"bab", b"a"),)), b"ab"),
    (Request("readuntil", ((b"ba", b"abb"),)), b"ab"),
)
# The bounds, by effort: the longest content of a grid (bytes), and the depth of each kind of tree (moves).
BOUNDS: dict[str, dict[str, int]] = {
    "quick": {"contents": 3, "cancel": 3, "break": 3, "time-out": 3, "flow": 3, "overlap": 2, "all": 2},
    "normal": {"contents": 4, "cancel": 4, "break": 4, "time-out": 4, "flow": 4, "overlap": 3, "all": 3},
    "deep": {"contents": 6, "cancel": 6, "break": 5, "time-out": 6, "flow": 6, "overlap": 4, "all": 4},
}


def explorations(effort: str, capabilities: frozenset[str]) -> tuple[Exploration, ...]:
    """Return what is explored at an effort (`quick`, `normal`, `deep`) of an implementation that can do so much."""
    bounds = BOUNDS[effort]
    found: list[Exploration] = [*_grids(bounds["contents"]), *_trees(bounds)]
    return tuple(one for one in found if _needs(one) <= capabilities)


def _grids(longest: int) -> Iterator[Grid]:
    for request, alphabet in (*REQUESTS, *SEPARATORS):
        for limit in (1, 2) if request.method != "readexactly" else (1,):
            yield Grid(f"contents of {request}, limit {limit}", request, alphabet, longest, limit)


def _trees(depth: Mapping[str, int]) -> Iterator[Tree]:
    for request in READS:
        yield Tree(f"cancelling {request}", (request, A, B, CANCEL, END), depth["cancel"], 2)
        yield Tree(f"breaking {request}", (request, A, B, BREAK, CLEAR, END), depth["break"], 2)
        yield Tree(f"timing out {request}", (_timed(request), A, B, Advance(1), END), depth["time-out"], 2)
        flow = (request, A, Feed(b"abc"), LONG, CANCEL, END)
        yield Tree(f"pausing for {request}", flow, depth["flow"], 2, (Attach(),))
    for first in (READ, READ_ALL, EXACTLY, UNTIL):
        for second in (READ, READ_ALL, Request("readexactly", (3,)), LINE, Request("read", (0,))):
            moves = (first, second, A, B, CANCEL, END)
            yield Tree(f"{first} beside {second}", moves, depth["overlap"], 2, (first.numbered(1), SETTLE), 2)
    everything = (READ, LINE, EXACTLY, Feed(b""), A, LONG, LF, Ask("at_eof"), BREAK, END)
    yield Tree("one thing after another", everything, depth["all"], 3)
    for pausing in ("unsupported", "fails"):
        refusing = (READ, EXACTLY, A, LONG, END)
        yield Tree(f"a transport whose pausing {pausing}", refusing, depth["flow"], 2, (Attach(pausing),))
    yield Tree("a transport that comes late", (READ, LINE, A, LONG, Attach(), END), depth["flow"], 2)


def _timed(request: Request) -> Request:
    return Request(request.method, request.args, 1)


def _needs(exploration: Exploration) -> frozenset[str]:
    if isinstance(exploration, Grid):
        return needs((exploration.request.numbered(1), END, Feed(b"a")))
    moves = tuple(one.numbered(1) if isinstance(one, Request) else one for one in exploration.moves)
    return needs((*exploration.opening, *moves))


def needs(steps: tuple[Stimulus, ...]) -> frozenset[str]:
    """Return the capabilities without which these steps cannot be played."""
    found = set()
    for step in steps:
        match step:
            case Call(method=method, args=args):
                found.add(method)
                if args and (isinstance(args[0], tuple) or getattr(args[0], "kind", "") == "tuple-subclass"):
                    found.add("separators")
            case Feed():
                found.add("feed_data")
            case End():
                found.add("feed_eof")
            case Break():
                found.add("set_exception")
            case Attach():
                found.add("set_transport")
            case Ask(question="at_eof" | "exception" as question):
                found.add(question)
            case Ask(question="iterator"):
                found.add("__anext__")
            case Ask(question=question):
                found |= {question.partition(".")[0]} & {"IncompleteReadError", "LimitOverrunError"}
            case Cancel() | Advance() | Settle():
                pass
    return frozenset(found)
