"""Everything that is explored, at each effort: what bare readers go through, and what connections do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from streamgauge.conformance.scenarios import connections
from streamgauge.conformance.scenarios.script import needs
from streamgauge.conformance.scenarios.shapes import (
    CLEAR,
    END,
    READ_ALL,
    SETTLE,
    Exchange,
    Exploration,
    Grid,
    Request,
    Tree,
    exchanges,
)
from streamgauge.spec.alphabet import Advance, Ask, Attach, Break, Cancel, Feed

READ = Request("read", (2,))
EXACTLY = Request("readexactly", (2,))
UNTIL = Request("readuntil")
LINE = Request("readline")
NEXT = Request("__anext__")
READS = (READ, READ_ALL, EXACTLY, UNTIL, LINE, NEXT)
# Who looks for a separator may find too much before it; the limit is nothing to those who count bytes.
LIMITED = frozenset({"readuntil", "readline", "__anext__"})

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
    "normal": {"contents": 4, "cancel": 4, "break": 3, "time-out": 4, "flow": 4, "overlap": 3, "all": 3},
    "deep": {"contents": 6, "cancel": 6, "break": 5, "time-out": 6, "flow": 6, "overlap": 4, "all": 4},
}


def explorations(effort: str, capabilities: frozenset[str]) -> tuple[Exploration, ...]:
    """Return what is explored at an effort (`quick`, `normal`, `deep`) of an implementation that can do so much."""
    bounds = BOUNDS[effort]
    found: list[Exploration] = [*_grids(bounds["contents"]), *_trees(bounds), *connections.explorations(effort)]
    return tuple(one for one in found if _needs(one) <= capabilities)


def _grids(longest: int) -> Iterator[Grid]:
    for request, alphabet in (*REQUESTS, *SEPARATORS):
        for limit in (1, 2) if request.method in LIMITED else (1,):
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
        refusing = (
            (READ, EXACTLY, A, LONG, END) if pausing == "unsupported" else (READ_ALL, A, LONG, CANCEL, BREAK, END)
        )
        yield Tree(f"a transport whose pausing {pausing}", refusing, depth["flow"], 2, (Attach(pausing),))
    yield Tree("a transport that comes late", (READ, LINE, A, LONG, Attach(), END), depth["flow"], 2)


def _timed(request: Request) -> Request:
    return Request(request.method, request.args, 1)


def _needs(exploration: Exploration) -> frozenset[str]:
    if isinstance(exploration, Grid):
        return needs((exploration.request.numbered(1), END, Feed(b"a")))
    if isinstance(exploration, Exchange):
        return needs(next(exchanges(exploration))) | {"drain"}
    moves = tuple(one.numbered(1) if isinstance(one, Request) else one for one in exploration.moves)
    return needs((*exploration.opening, *moves)) - ({"feed_data", "feed_eof"} if exploration.connected else frozenset())
