"""Whose fault a departure is: for each row of the table, a trace whose last event only that row explains."""

from __future__ import annotations

from typing import Any

import pytest

from streamgauge.spec.alphabet import (
    UNSET,
    Advance,
    Answered,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    End,
    Event,
    Feed,
    Made,
    Paused,
    Problem,
    Quiet,
    Raised,
    Refused,
    Returned,
    Settle,
)
from streamgauge.spec.blame import ROWS
from streamgauge.spec.features import features
from traces import broken, departure, raised

S, Q, END, ERROR = Settle(), Quiet(), End(), Break("OSError")
CLEAR = Break("OSError", "none")
A, AB = Feed(b"a"), Feed(b"ab")
BEYOND = Feed(b"aaaaaa")
CANCELLED = raised(1, "CancelledError")
MUTABLE = Feed(b"ab", "bytearray")


def call(op: int, method: str = "read", *args: Any) -> tuple[Event, ...]:
    """A call that gets under way."""
    return Call(op, method, args), S


def waiting(op: int, method: str = "read", *args: Any) -> tuple[Event, ...]:
    """A call that waits."""
    return *call(op, method, *args), Q


def got(op: int, data: bytes, *, at_once: bool = True) -> Returned:
    return Returned(op, data, at_once)


def given_up(method: str = "read", *args: Any) -> tuple[Event, ...]:
    """A call that is cancelled, and has ended."""
    return *waiting(1, method, *args), Cancel(1), S, CANCELLED, Q


OVERRAN = (
    *(BEYOND, *call(1, "readuntil", b"b")),
    *(Raised(1, Problem("LimitOverrunError", consumed=6), at_once=True), Q),
)
REFUSED = Problem("RuntimeError", message="read")
TOO_LONG = (*call(1, "readline"), Raised(1, Problem("ValueError", context="LimitOverrunError"), at_once=True), Q)
TOOK = (Feed(b"abcd"), *call(1, "readexactly", 2), got(1, b"ab"), Q)

CASES: list[tuple[str, tuple[Event, ...]]] = [
    (
        "reader.overlap.after-cancel",
        (*waiting(1, "read", 1), Call(2, "read", (1,)), Cancel(1), S, raised(2, "OSError")),
    ),
    ("reader.cancel.ends", (*waiting(1, "read", 1), Cancel(1), S, got(1, b""))),
    ("reader.cancel.timeout", (Call(1, "read", (1,), 5), S, Q, Advance(5), S, raised(1, "OSError"))),
    ("reader.read.at-most", (AB, *call(1, "read", 1), got(1, b"ab"))),
    # Calls that meet.
    (
        "reader.overlap.false-end",
        (*waiting(1, "readexactly", 2), AB, *call(2, "read", 2), got(2, b"ab"), raised(1, "IncompleteReadError")),
    ),
    ("reader.overlap.false-end", (*waiting(1, "read", 1), A, *call(2, "read", 1), got(2, b"a"), got(1, b""))),
    ("reader.overlap.false-end", (*waiting(1, "read", 1), A, *call(2, "read", 1), got(1, b"a"), got(2, b""))),
    ("reader.overlap.no-wait", (A, *waiting(1, "readexactly", 2), *call(2, "read", 1), raised(2, "RuntimeError"))),
    ("reader.overlap.no-wait", (*waiting(1, "read", 1), *call(2, "readexactly", -1), raised(2, "RuntimeError"))),
    (
        "reader.overlap.lost-wakeup",
        (
            *(*waiting(1, "read", 1), Call(2, "read", (1,)), Cancel(1), S, CANCELLED, Q),
            *(A, S, Q),
        ),
    ),
    (
        "reader.overlap.lost-wakeup",
        (*waiting(1, "read", 1), Call(2, "read", (1,)), Cancel(1), S, CANCELLED, Q, *call(3, "read", 1), Q),
    ),
    ("reader.overlap.lost-wakeup", (*waiting(1, "read", 1), Call(2, "read", (1,)), A, S, Q)),
    (
        "reader.overlap.lost-wakeup",
        (A, *waiting(1, "readline"), Call(2, "read", (1,)), S, got(2, b"a"), Q, Feed(b"\n"), S, Q),
    ),
    # Exceptions and empty chunks that come to a call that waits.
    ("reader.exception.same-turn", (*waiting(1, "readexactly", 2), A, ERROR, S, Q)),
    ("reader.exception.raised", (A, *waiting(1, "readexactly", 2), ERROR, S, Q)),
    ("reader.feed.empty", (*waiting(1, "read", 1), Feed(b""), S, got(1, b"", at_once=False))),
    # An exception that was cleared.
    ("reader.exception.clear", (ERROR, CLEAR, *call(1, "read", 1), raised(1, "OSError", 1))),
    ("reader.exception.clear", (ERROR, CLEAR, Ask("exception"), Answered("exception", 1))),
    ("reader.exception.clear", (A, ERROR, CLEAR, *call(1, "read", 1), Q)),
    # Calls that were given up.
    ("reader.cancel.frees", (*given_up("read", 1), *call(2, "read", 1), raised(2, "RuntimeError"))),
    (
        "reader.cancel.timeout",
        (
            *(Call(1, "read", (1,), 5), S, Q, Advance(5), S, raised(1, "TimeoutError"), Q),
            *(AB, *call(2, "read", 1), got(2, b"b")),
        ),
    ),
    (
        "reader.cancel.same-turn-end",
        (*waiting(1), Cancel(1), END, S, CANCELLED, Q, *call(2), Q),
    ),
    (
        "reader.cancel.same-turn-end",
        (*waiting(1, "readline"), Cancel(1), END, S, CANCELLED, Q, *call(2, "readline"), raised(2, "OSError")),
    ),
    ("reader.cancel.read-all", (*given_up(), A, END, *call(2), got(2, b""))),
    (
        "reader.cancel.read-all",
        (A, *waiting(1), ERROR, S, raised(1, "OSError", 1), Q, CLEAR, A, *call(2, "read", 1), Q),
    ),
    ("reader.exception.clear", (*waiting(1), ERROR, S, raised(1, "OSError", 1), Q, CLEAR, A, *call(2, "read", 1), Q)),
    ("reader.cancel.same-turn", (*waiting(1, "read", 1), Cancel(1), A, S, CANCELLED, Q, *call(2, "read", 1), Q)),
    ("reader.cancel.keeps-data", (A, *given_up("readline"), *call(2, "read", 1), Q)),
    ("reader.cancel.keeps-data", (*given_up("readline"), AB, *call(2, "read", 1), got(2, b"b"))),
    ("reader.cancel.frees", (*given_up("readline"), AB, *call(2, "read", 1), Q)),
    (
        "reader.overlap.refused",
        (
            *(*waiting(1, "read", 1), *call(2, "read", 1), Raised(2, REFUSED, at_once=True), Q),
            *(A, S, got(1, b"a", at_once=False), Q, A, *call(3, "read", 1), raised(3, "RuntimeError")),
        ),
    ),
    ("reader.overlap.refused", (*waiting(1, "read", 1), *call(2, "read", 1), raised(2, "OSError"))),
    # Calls that went over the limit, or were refused; what a call took.
    ("reader.readuntil.overrun-repeats", (*OVERRAN, *call(2, "readuntil", b"b"), Q)),
    ("reader.readuntil.overrun-keeps-data", (*OVERRAN, *call(2, "read", 1), got(2, b"b"))),
    (
        "reader.readexactly.eof-empties",
        (
            A,
            END,
            *call(1, "readexactly", 2),
            Raised(1, Problem("IncompleteReadError", 0, b"a", 2), at_once=True),
            Q,
            *call(2),
            got(2, b"a"),
        ),
    ),
    ("reader.read.zero", (A, *call(1, "read", 0), got(1, b""), Q, *call(2, "read", 1), Q)),
    (
        "reader.readexactly.negative",
        (
            A,
            *call(1, "readexactly", -1),
            raised(1, "ValueError", at_once=True),
            Q,
            Ask("at_eof"),
            Answered("at_eof", True),
        ),
    ),
    ("reader.readexactly.count", (*TOOK, *call(2, "read", 2), Q)),
    ("reader.readexactly.count", (*TOOK, *call(2, "read", 2), got(2, b"d"))),
    ("reader.readexactly.count", (*TOOK, END, *call(2), got(2, b""))),
    ("reader.readline.overrun-drops-line", (Feed(b"aaaaa\nb\n"), *TOO_LONG, *call(2, "read", 2), got(2, b"a\n"))),
    ("reader.readline.overrun-drops-all", (BEYOND, *TOO_LONG, A, *call(2, "read", 1), Q)),
    # What was fed, and how.
    ("reader.feed.copies", (MUTABLE, *call(1, "read", 2), got(1, b"\xff\xff"))),
    ("reader.feed.bytes-like", (MUTABLE, *call(1, "read", 2), Q)),
    ("reader.feed.empty", (Feed(b""), A, *call(1, "read", 1), Q)),
    ("reader.feed.empty", (Feed(b""), A, Refused(Problem("AssertionError")))),
    ("reader.feed.after-end", (A, END, Feed(b"b"), Refused(Problem("AssertionError")), *call(1), got(1, b"ab"))),
    ("reader.feed.wrong-type", (Feed(b"", "none"), A, *call(1, "read", 1), Q)),
    ("reader.feed.after-exception", (ERROR, A, CLEAR, *call(1, "read", 1), Q)),
    ("reader.end.twice", (A, END, END, *call(1), got(1, b""))),
    (
        "reader.readexactly.keeps-while-waiting",
        (
            *(A, *waiting(1, "readexactly", 2), ERROR, S, raised(1, "OSError", 1), Q),
            *(CLEAR, *call(2, "read", 1), Q),
        ),
    ),
    (
        "reader.exception.hides-data",
        (A, ERROR, *call(1, "read", 1), raised(1, "OSError", 1, at_once=True), Q, CLEAR, *call(2, "read", 1), Q),
    ),
    ("reader.repr", (A, Ask("repr"), Answered("repr", "str"), *call(1, "read", 1), Q)),
    (
        "flow.pause-error",
        (Attach("fails"), Feed(b"a" * 9), Paused(1), Refused(Problem("RuntimeError")), *call(1, "read", 1), Q),
    ),
    ("flow.unpausable", (Attach("unsupported"), Feed(b"a" * 9), Paused(1), *call(1, "read", 1), Q)),
    # Limits.
    ("reader.read.beyond-limit", (Feed(b"a" * 9), *waiting(1), END, S, Q)),
    ("reader.read.beyond-limit", (Feed(b"a" * 5), END, *call(1), got(1, b"aaaa"))),
    ("reader.read.beyond-limit", (A, *call(1, "read", 5), raised(1, "ValueError"))),
    (
        "reader.separators.longest",
        (Feed(b"aaaa"), *call(1, "readuntil", (b"b", b"cc")), raised(1, "LimitOverrunError")),
    ),
    (
        "reader.readuntil.overrun-not-early",
        (Feed(b"aaaa"), *call(1, "readuntil", b"b"), raised(1, "LimitOverrunError")),
    ),
    ("reader.readuntil.limit", (Feed(b"aaab"), *call(1, "readuntil", b"b"), raised(1, "LimitOverrunError"))),
    ("reader.readline.limit", (Feed(b"aaa\n"), *call(1, "readline"), raised(1, "ValueError"))),
    ("reader.iteration.overrun", (Feed(b"aaa\n"), *call(1, "__anext__"), raised(1, "ValueError"))),
    # Ends, and several things in one turn.
    ("reader.readuntil.eof-searched", (AB, END, *call(1, "readuntil", b"b"), raised(1, "IncompleteReadError"))),
    ("reader.feed.same-turn", (*waiting(1, "readexactly", 2), A, A, S, Q)),
    ("reader.feed.same-turn", (*waiting(1, "readexactly", 2), A, A, S, got(1, b"a"))),
    ("reader.feed.same-turn", (*waiting(1, "readexactly", 2), A, A, S, raised(1, "IncompleteReadError"))),
    ("reader.end.wakes", (*waiting(1), END, S, Q)),
    # Bytes, and chunks.
    ("reader.read.empty-means-end", (*call(1, "read", 1), got(1, b""))),
    ("reader.feed.order", (*call(1, "read", 1), got(1, b"a"))),
    ("reader.feed.order", (AB, *call(1, "read", 1), got(1, b"b"))),
    ("reader.feed.order", (AB, AB, *call(1, "readexactly", 4), got(1, b"baab"))),
    ("reader.feed.order", (AB, END, *call(1), got(1, b"abab"))),
]


@pytest.mark.parametrize(("clause", "trace"), CASES)
def test_a_departure_belongs_to_what_is_odd_about_it(clause: str, trace: tuple[Event, ...]) -> None:
    assert broken(Made(), *trace) == clause


def test_what_is_about_the_limit_is_about_the_default_where_none_was_given() -> None:
    long = (Made(), Feed(b"a", times=65536), Feed(b"b"), *call(1, "readuntil", b"b"), raised(1, "LimitOverrunError"))
    assert broken(*long, limit=65536) == "reader.readuntil.limit"
    assert broken(*long, limit=UNSET) == "reader.limit.default"


def test_each_row_of_the_table_is_the_first_to_fit_somewhere() -> None:
    def first(trace: tuple[Event, ...]) -> object:
        names, _ = features(*departure(Made(), *trace))
        return next((row for row in ROWS if row[1] <= names), None)

    assert set(map(first, (trace for _, trace in CASES))) >= set(ROWS)
