"""Which clause a departure belongs to: one table, from what is odd about it to the clause.

A row names a clause and the features that must all be there; the first row that fits is to blame. So what tells more
stands before what tells less: the call itself, then calls that meet, then what was before, then limits, turns and
chunks. Where none fits, the departure belongs to the plain duty: the clause that owes what stayed away, as the model
says. Whether something is a departure is never decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from streamgauge.spec.alphabet import Event
from streamgauge.spec.clauses import load
from streamgauge.spec.features import LEFT, Feature, Moment, features, left, taken
from streamgauge.spec.outcomes import LIMIT_CLAUSES
from streamgauge.spec.state import State
from streamgauge.spec.verdicts import Violation

BY_WHICH_IT_ENDED = ""  # the clause by which the last call before ended, as far as what it left has to bear that out
Row = tuple[str, frozenset[Feature]]


def _row(clause: str, *names: Feature) -> Row:
    return clause, frozenset(names)


ROWS: tuple[Row, ...] = (
    # What becomes of the call itself, whatever was before.
    _row("reader.overlap.after-cancel", "raised", "behind a cancelled", "nothing owed"),
    _row("reader.cancel.ends", "itself given up"),
    _row("reader.cancel.timeout", "itself late"),
    _row("reader.read.at-most", "more than asked"),
    # Calls that meet.
    _row("reader.overlap.false-end", "IncompleteReadError", "waited", "overlap"),
    _row("reader.overlap.false-end", "empty", "nothing owed", "waited", "overlap"),
    _row("reader.overlap.false-end", "empty", "nothing owed", "another waited", "overlap"),
    _row("reader.overlap.no-wait", "RuntimeError", "another waits", "bytes owed"),
    _row("reader.overlap.no-wait", "RuntimeError", "another waits", "failure owed"),
    _row("reader.overlap.lost-wakeup", "hang", "raced"),
    _row("reader.overlap.lost-wakeup", "two wait", "raced"),
    _row("reader.overlap.lost-wakeup", "hang", "met in an eventful turn"),
    # Exceptions and empty chunks that come to a call that waits.
    _row("reader.exception.same-turn", "broken in passing", "fed in passing"),
    _row("reader.exception.raised", "hang", "broken in passing"),
    _row("reader.feed.empty", "empty", "nothing owed", "fed nothing now"),
    # An exception that was cleared, and is there still.
    _row("reader.exception.clear", "stored", "cleared"),
    _row("reader.exception.clear", "exception", "cleared"),
    # Calls that were given up.
    _row("reader.cancel.frees", "RuntimeError", "given up"),
    _row("reader.cancel.timeout", "late"),
    _row("reader.cancel.same-turn-end", "hang", "given up and ended"),
    _row("reader.cancel.read-all", "read all given up"),
    _row("reader.cancel.same-turn", "given up and fed"),
    _row("reader.cancel.keeps-data", "given up over data"),
    _row("reader.cancel.same-turn-end", "given up and ended"),
    _row("reader.cancel.frees", "hang", "given up"),
    _row("reader.cancel.keeps-data", "given up over nothing"),
    _row("reader.overlap.refused", "RuntimeError", "overlap"),
    _row("reader.overlap.refused", "raised", "another was first", "nothing owed"),
    # Calls that went over the limit, that took, or that were refused.
    _row("reader.readuntil.overrun-repeats", "overran", "overrun owed"),
    _row("reader.readuntil.overrun-keeps-data", "overran"),
    _row(BY_WHICH_IT_ENDED, "odd end"),
    # What was fed, and how; what was asked and told.
    _row("reader.feed.copies", "fed mutable", "overwritten"),
    _row("reader.feed.bytes-like", "fed mutable"),
    _row("reader.feed.empty", "fed nothing"),
    _row("reader.feed.after-end", "fed after the end"),
    _row("reader.feed.wrong-type", "fed no bytes"),
    _row("reader.feed.after-exception", "fed after an exception"),
    _row("reader.end.twice", "ended twice"),
    _row("reader.readexactly.keeps-while-waiting", "broken while it waits"),
    _row("reader.exception.hides-data", "raised over data"),
    _row("reader.repr", "repr"),
    _row("flow.pause-error", "pause failed"),
    _row("flow.unpausable", "unpausable"),
    _row("reader.exception.clear", "cleared"),
    # Limits.
    _row("reader.read.beyond-limit", "hang", "endless", "twice over the limit"),
    _row("reader.read.beyond-limit", "less", "endless", "over the limit"),
    _row("reader.read.beyond-limit", "raised", "bytes owed", "wants more than the limit"),
    _row("reader.separators.longest", "LimitOverrunError", "nothing owed", "tuple"),
    _row("reader.readuntil.overrun-not-early", "LimitOverrunError", "nothing owed"),
    _row("reader.readuntil.limit", "LimitOverrunError", "bytes owed", "at the limit"),
    _row("reader.readline.limit", "ValueError", "readline", "at the limit"),
    _row("reader.iteration.overrun", "ValueError", "__anext__", "at the limit"),
    # Ends, and several things in one turn.
    _row("reader.readuntil.eof-searched", "IncompleteReadError", "readuntil", "ended", "bytes owed"),
    _row("reader.feed.same-turn", "hang", "one turn"),
    _row("reader.feed.same-turn", "returned", "one turn"),
    _row("reader.feed.same-turn", "IncompleteReadError", "one turn"),
    _row("reader.end.wakes", "hang", "ended in passing"),
    # Bytes that were taken before, and chunks.
    _row(BY_WHICH_IT_ENDED, "hang", "took", "at once", "no tuple"),
    _row(BY_WHICH_IT_ENDED, "other", "took"),
    _row(BY_WHICH_IT_ENDED, "empty", "took", "endless", "bytes owed"),
    _row("reader.read.empty-means-end", "empty", "read", "ends", "nothing owed"),
    _row("reader.feed.order", "some", "read", "ends", "nothing owed"),
    _row("reader.feed.order", "other", "read"),
    _row("reader.feed.order", "other", "chunks"),
    _row("reader.feed.order", "more", "endless"),
)


# The table read the other way: what leaves this puts these clauses to the test, if anything follows. That a search
# gives up again only shows if there is another one, so the model itself knows that.
TESTED: dict[Feature, tuple[str, ...]] = {
    name: tuple(clause for clause, needed in ROWS if name in needed and "overrun owed" not in needed)
    for _, names in ROWS
    for name in names
}


def _way(clause: str, *names: str) -> tuple[str, frozenset[str]]:
    return clause, frozenset(names)


# Over a connection the reader is judged by what reached this end last.
CONNECTED = (
    _way("writer.write-eof.reading-goes-on", "end", "half-closed"),
    _way("connection.eof.feeds", "end"),
    _way("writer.abort.ends-reading", "lost", "aborted"),
    _way("writer.close.discards", "lost", "discarded"),
    _way("writer.close.unread-stays", "lost", "closed", "unread", "no hang"),
    _way("writer.close.ends-reading", "lost", "closed"),
    _way("connection.lost.ends", "lost"),
    _way("connection.lost.hides-data", "broken", "unread"),
    _way("connection.lost.error-after-end", "broken", "ended"),
    _way("connection.lost.error", "broken"),
    _way("connection.lost.ignores-late", "late"),
    _way("connection.lost.twice", "again"),
    _way("writer.close.discards", "closing", "discarded"),
    _way("writer.close.unread-stays", "closing"),
    _way("writer.write-eof.reading-goes-on", "half-closed"),
    _way("server.callback.early-data", "coroutine"),
    _way("connection.data.feeds"),
)
READERS, FLOW = (
    frozenset(one.id for one in load() if one.chapter == chapter and one.id != "flow.write.protocol-asserts")
    for chapter in ("reader", "flow")
)
MEETING, SEARCHING = (
    frozenset(one.id for one in load() if one.chapter == "reader" and one.section in sections)
    for sections in (("Overlapping calls", "Cancellation"), ("readuntil(separator)", "readline"))
)
# Calls that meet other calls, or an exception in passing: whatever feeds a reader, that is its own business.
READERS_OWN = MEETING | {"reader.exception.same-turn"}
# What shows with which limit the reader was made.
BY_LIMIT = LIMIT_CLAUSES | {
    "reader.limit.default",
    "reader.limit.positive",
    "reader.limit.type",
    "reader.read.beyond-limit",
    "reader.readuntil.overrun-keeps-data",
    "reader.readuntil.overrun-reconstructs",
    "reader.readuntil.overrun-repeats",
    "reader.separators.limit-start",
    "reader.readline.limit",
    "reader.readline.overrun",
    "reader.readline.overrun-context",
    "reader.readline.overrun-drops-all",
    "reader.readline.overrun-drops-line",
    "reader.iteration.overrun",
    "flow.resume.at-limit",
    "flow.resume.not-by-overrun",
}


def blame(moments: Sequence[Moment], violation: Violation) -> str:
    """Return the clause that a departure belongs to: it is the last of the moments, and the others led to it."""
    state, _ = moments[-1]
    names, ended_by = features(moments, violation)
    clause = next((one or ended_by for one, needed in ROWS if needed <= names), violation.clause)
    if "no limit" in names and clause in LIMIT_CLAUSES:
        clause = "reader.limit.default"
    return _laid_to(state, clause, hangs=violation.kind == "hang") if state.outbox.opened else clause


def tested(state: State, event: Event) -> Iterator[str]:
    """Yield the clauses that an event puts to the test: they are borne out if nothing departs after it."""
    if type(event) not in LEFT:
        return
    clause = taken(state, event)
    if clause:
        yield clause
    for name in left(state, event):
        yield from TESTED.get(name, ())


def _laid_to(state: State, clause: str, *, hangs: bool) -> str:
    """Return the clause of a connection that a departure from `clause` belongs to."""
    if clause in FLOW:
        return "connection.made.transport"
    if clause not in READERS or clause in READERS_OWN:
        return clause
    if clause in BY_LIMIT or (clause in SEARCHING and len(state.canonical.unread) > state.limit):
        return _by_limit(state)
    return _last_of(_of_connection(state, hangs=hangs))


def _by_limit(state: State) -> str:
    return "connection.open.limit" if state.outbox.hosting is None else "server.start.limit"


def _of_connection(state: State, *, hangs: bool) -> frozenset[str]:
    box, inbox = state.outbox, state.canonical
    held = {
        box.came: True,
        "half-closed": box.asked_half,
        "closing": box.closing,
        "aborted": box.aborted,
        "discarded": box.discarded,
        "closed": box.closed,
        "unread": bool(inbox.unread),
        "ended": inbox.ended,
        "no hang": not (hangs and any(one.waiting for one in inbox.pending)),
        "coroutine": box.hosting is not None and box.hosting.handler == "coroutine",
    }
    return frozenset(name for name, holds in held.items() if holds)


@cache
def _last_of(names: frozenset[str]) -> str:
    return next(clause for clause, needed in CONNECTED if needed <= names)


def borne_out(state: State, clauses: tuple[str, ...]) -> tuple[str, ...]:
    """Return the clauses of a connection that a look at its reader bears out, if it bore out `clauses`."""
    shown = set() if FLOW.isdisjoint(clauses) else {"connection.made.transport"}
    if not READERS.isdisjoint(clauses):
        shown.add(_last_of(_of_connection(state, hangs=True)))
        if not BY_LIMIT.isdisjoint(clauses):
            shown.add(_by_limit(state))
    return tuple(sorted(shown))
