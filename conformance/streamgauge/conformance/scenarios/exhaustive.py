"""Everything that is explored, at each effort: what bare readers go through, and what connections do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from streamgauge.conformance.scenarios.script import needs
from streamgauge.conformance.scenarios.shapes import (
    ABORT,
    AT_EOF,
    ATTACH,
    BREAK,
    CANCEL,
    CLEAR,
    CLOG,
    CLOSE,
    CONCLUSIONS,
    DRAIN,
    END,
    EXACTLY,
    HOLD,
    IS_CLOSING,
    LINE,
    LOST,
    NEXT,
    READ,
    READ_ALL,
    RELEASE,
    RESET,
    SECOND,
    SETTLE,
    UNCLOG,
    UNTIL,
    WAIT_CLOSED,
    WRITE_EOF,
    Exchange,
    Exploration,
    Grid,
    Request,
    Tree,
    exchanges,
    feed,
    opened,
    served,
    write,
    writelines,
)
from streamgauge.spec import alphabet as ev
from streamgauge.spec.alphabet import Link, Shaped

EFFORTS = ("quick", "normal", "deep")
# How far each goes: the longest content of a grid or an exchange (bytes), the depth of each kind of tree (moves).
REACH = {
    "contents": (3, 4, 6),
    "cancel": (3, 4, 6),
    "break": (3, 3, 5),
    "time-out": (3, 4, 6),
    "flow": (3, 4, 6),
    "overlap": (2, 3, 4),
    "all": (2, 3, 4),
    "write": (2, 3, 4),
    "drain": (2, 3, 5),
    "close": (2, 4, 5),
    "lose": (2, 3, 4),
    "serve": (2, 4, 5),
    "exchange": (2, 4, 6),
}
BOUNDS = {effort: {kind: reach[at] for kind, reach in REACH.items()} for at, effort in enumerate(EFFORTS)}


def explorations(effort: str, capabilities: frozenset[str]) -> tuple[Exploration, ...]:
    """Return what is explored at an effort (`quick`, `normal`, `deep`) of an implementation that can do so much."""
    bounds = BOUNDS[effort]
    found: list[Exploration] = [*_grids(bounds["contents"]), *_of_readers(bounds), *_of_connections(bounds)]
    found += (
        Exchange(f"exchange by {read}", read, letters, bounds["exchange"], 2, LINK) for read, letters in EXCHANGED
    )
    return tuple(one for one in found if _needs(one) <= capabilities)


def _needs(exploration: Exploration) -> frozenset[str]:
    if isinstance(exploration, Grid):
        return needs((exploration.request.numbered(1), END, A))
    if isinstance(exploration, Exchange):
        return needs(next(exchanges(exploration))) | {"drain"}
    moves = tuple(one.numbered(1) if isinstance(one, Request) else one for one in exploration.moves)
    return needs((*exploration.opening, *moves)) - ({"feed_data", "feed_eof"} if exploration.connected else frozenset())


# ----------------------------------------------------------------- readers

READS = (READ, READ_ALL, EXACTLY, UNTIL, LINE, NEXT)
# Who looks for a separator may find too much before it; the limit is nothing to those who count bytes.
LIMITED = frozenset({"readuntil", "readline", "__anext__"})
NOTHING, A, B, LF, ABC, LONG = feed(b"", b"a", b"b\n", b"\n", b"abc", b"abcde")
X, X_LF, LONG_X = feed(b"x", b"x\n", b"vwxyz")

GRIDS: tuple[tuple[Request, bytes], ...] = (
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
    (Request("readuntil", ((b"b", b"ab"),)), b"ab"),
    (Request("readuntil", ((b"bab", b"a"),)), b"ab"),
    (Request("readuntil", ((b"ba", b"abb"),)), b"ab"),
)


def _grids(longest: int) -> Iterator[Grid]:
    for request, alphabet in GRIDS:
        for limit in (1, 2) if request.method in LIMITED else (1,):
            yield Grid(f"contents of {request}, limit {limit}", request, alphabet, longest, limit)


def _of_readers(depth: Mapping[str, int]) -> Iterator[Tree]:
    for request in READS:
        yield Tree(f"cancelling {request}", (request, A, B, CANCEL, END), depth["cancel"], 2)
        yield Tree(f"breaking {request}", (request, A, B, BREAK, CLEAR, END), depth["break"], 2)
        timed = Request(request.method, request.args, 1)
        yield Tree(f"timing out {request}", (timed, A, B, SECOND, END), depth["time-out"], 2)
        flow = (request, A, ABC, LONG, CANCEL, END)
        yield Tree(f"pausing for {request}", flow, depth["flow"], 2, (ATTACH["works"],))
    for first in (READ, READ_ALL, EXACTLY, UNTIL):
        for second in (READ, READ_ALL, Request("readexactly", (3,)), LINE, Request("read", (0,))):
            moves = (first, second, A, B, CANCEL, END)
            yield Tree(f"{first} beside {second}", moves, depth["overlap"], 2, (first.numbered(1), SETTLE), 2)
    everything = (READ, LINE, EXACTLY, NOTHING, A, LONG, LF, AT_EOF, BREAK, END)
    yield Tree("one thing after another", everything, depth["all"], 3)
    refusing, failing = (READ, EXACTLY, A, LONG, END), (READ_ALL, A, LONG, CANCEL, BREAK, END)
    yield Tree("a transport whose pausing unsupported", refusing, depth["flow"], 2, (ATTACH["unsupported"],))
    yield Tree("a transport whose pausing fails", failing, depth["flow"], 2, (ATTACH["fails"],))
    yield Tree("a transport that comes late", (READ, LINE, A, LONG, ATTACH["works"], END), depth["flow"], 2)


# ------------------------------------------------------------- connections

LINK = Link(high=2)
OPEN = (*opened(LINK), SETTLE)
SHORT, MUCH = write(b"a", b"bcde")
HELD_UP = (*OPEN, CLOG, MUCH)
EXCHANGED: tuple[tuple[Request, bytes], ...] = ((READ, b"a"), (EXACTLY, b"a"), (LINE, b"a\n"))


def _of_connections(depth: Mapping[str, int]) -> Iterator[Tree]:
    (mutable,) = write(Shaped("bytearray", b"fg"))
    lines = writelines("generator", (b"h", b"", b"ij"))
    writing = (SHORT, MUCH, mutable, lines, DRAIN, CLOG, UNCLOG, ev.Unclog(1), WRITE_EOF, CLOSE)
    yield Tree("writing", writing, depth["write"], 2, OPEN)
    draining = (DRAIN, CANCEL, SHORT, UNCLOG, ev.Unclog(2), CLOSE, LOST, RESET)
    yield Tree("draining", draining, depth["drain"], 2, HELD_UP, 3)
    timing = (Request("drain", (), 1), Request("wait_closed", (), 1), WAIT_CLOSED, DRAIN, SECOND, UNCLOG, CLOSE)
    yield Tree("timing out beside others", timing, depth["drain"], 2, HELD_UP, 2)
    holding = (DRAIN, HOLD, RELEASE, BREAK, CANCEL, ABORT)
    yield Tree("holding", holding, depth["close"], 2, OPEN, 2)
    yield Tree("closing", (WAIT_CLOSED, CANCEL, CLOSE, LOST, RESET, END, SHORT), depth["close"], 2, OPEN, 2)
    half = (WRITE_EOF, SHORT, END, X, READ, CLOSE, IS_CLOSING)
    yield Tree("half-closing", half, depth["lose"], 2, OPEN)
    reading = (X, LONG_X, END, READ, EXACTLY, LOST, RESET, CLOSE, DRAIN)
    yield Tree("reading until it is lost", reading, depth["lose"], 2, OPEN)
    moves = (X_LF, LINE, SHORT, *CONCLUSIONS, END, LOST, CLOSE)
    yield Tree("serving", moves, depth["serve"], 3, served(LINK))
