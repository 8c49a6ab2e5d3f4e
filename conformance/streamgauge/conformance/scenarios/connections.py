"""What connections go through, at each effort: writing, draining, closing, being lost, serving, and exchanges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from streamgauge.conformance.scenarios.shapes import END, SETTLE, Exchange, Exploration, Request, Tree
from streamgauge.spec.alphabet import (
    Accept,
    Advance,
    Ask,
    Break,
    Cancel,
    Clog,
    Conclude,
    Do,
    Feed,
    Hold,
    Link,
    Lose,
    Open,
    Release,
    Serve,
    Shaped,
    Unclog,
)

DRAIN, WAIT_CLOSED = Request("drain"), Request("wait_closed")
READ, LINE, EXACTLY = Request("read", (2,)), Request("readline"), Request("readexactly", (2,))
SHORT, LONG = Do("write", (b"a",)), Do("write", (b"bcde",))
MUTABLE = Do("write", (Shaped("bytearray", b"fg"),))
LINES = Do("writelines", (Shaped("generator", (b"h", b"", b"ij")),))
CLOSE, WRITE_EOF, ABORT = Do("close"), Do("write_eof"), Do("abort")
LOST, RESET = Lose(), Lose("ConnectionResetError")
CANCEL = Cancel(0)
LINK = Link(high=2)
OPEN = (Open(LINK), SETTLE)
HELD_UP = (*OPEN, Clog(), LONG)

# The bounds, by effort: the depth of each kind of tree (moves), and the longest content of an exchange (bytes).
BOUNDS: dict[str, dict[str, int]] = {
    "quick": {"write": 2, "drain": 2, "close": 2, "lose": 2, "serve": 2, "exchange": 2},
    "normal": {"write": 3, "drain": 3, "close": 4, "lose": 3, "serve": 4, "exchange": 4},
    "deep": {"write": 4, "drain": 5, "close": 5, "lose": 4, "serve": 5, "exchange": 6},
}


def explorations(effort: str) -> Iterator[Exploration]:
    """Yield what is explored of connections at an effort (`quick`, `normal`, `deep`)."""
    bounds = BOUNDS[effort]
    yield from _trees(bounds)
    for request, alphabet in ((READ, b"a"), (EXACTLY, b"a"), (LINE, b"a\n")):
        yield Exchange(f"exchange by {request}", request, alphabet, bounds["exchange"], 2, LINK)


def _trees(depth: Mapping[str, int]) -> Iterator[Tree]:
    writing = (SHORT, LONG, MUTABLE, LINES, DRAIN, Clog(), Unclog(), Unclog(1), WRITE_EOF, CLOSE)
    yield Tree("writing", writing, depth["write"], 2, OPEN)
    draining = (DRAIN, CANCEL, SHORT, Unclog(), Unclog(2), CLOSE, LOST, RESET)
    yield Tree("draining", draining, depth["drain"], 2, HELD_UP, 3)
    timing = (Request("drain", (), 1), Request("wait_closed", (), 1), WAIT_CLOSED, DRAIN, Advance(1), Unclog(), CLOSE)
    yield Tree("timing out beside others", timing, depth["drain"], 2, HELD_UP, 2)
    holding = (DRAIN, Hold(), Release(), Break(), CANCEL, ABORT)
    yield Tree("holding", holding, depth["close"], 2, OPEN, 2)
    yield Tree("closing", (WAIT_CLOSED, CANCEL, CLOSE, LOST, RESET, END, SHORT), depth["close"], 2, OPEN, 2)
    half = (WRITE_EOF, SHORT, END, Feed(b"x"), READ, CLOSE, Ask("is_closing"))
    yield Tree("half-closing", half, depth["lose"], 2, OPEN)
    reading = (Feed(b"x"), Feed(b"vwxyz"), END, READ, EXACTLY, LOST, RESET, CLOSE, DRAIN)
    yield Tree("reading until it is lost", reading, depth["lose"], 2, OPEN)
    served = (Serve("coroutine"), Accept(LINK))
    ends = tuple(Conclude(how) for how in ("returns", "raises", "cancelled"))
    yield Tree("serving", (Feed(b"x\n"), LINE, SHORT, *ends, END, LOST, CLOSE), depth["serve"], 3, served)
