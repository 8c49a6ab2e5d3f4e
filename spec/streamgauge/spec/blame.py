"""Which clause a departure belongs to: one table, from how a call departs and what is unusual to the clause.

A row names a clause, the kinds of departures that it may show in, and the features that must all be there. Of the rows
that fit, the one with the most features wins, of those the first. Where none fits, the departure belongs to the plain
duty: the clause that owes what stayed away. Whether something is a departure is never decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streamgauge.spec import connection
from streamgauge.spec.alphabet import Quiet, Raised, Returned
from streamgauge.spec.features import Features, Moment, features
from streamgauge.spec.outcomes import LIMIT_CLAUSES
from streamgauge.spec.verdicts import Violation

BYTES = ("less", "more", "other", "empty", "some")
FAILS = (
    *("RuntimeError", "IncompleteReadError", "LimitOverrunError", "ValueError", "CancelledError", "TimeoutError"),
    *("stored", "strange", "partial"),
)
HANG = ("hangs",)
ANY = (*BYTES, *FAILS, *HANG, "at_eof")
ENDED_BY = ""  # the clause by which the last odd call ended
BY_EOF = {
    "read": "reader.read.empty-means-end",
    "readexactly": "reader.readexactly.eof",
    "readuntil": "reader.readuntil.eof",
    "readline": "reader.readline.eof-partial",
    "__anext__": "reader.iteration.lines",
}


@dataclass(frozen=True, slots=True)
class Row:
    """What a clause is blamed for."""

    clause: str
    kinds: tuple[str, ...]
    names: frozenset[str]


def row(clause: str, kinds: tuple[str, ...], *names: str) -> Row:
    return Row(clause, kinds, frozenset(names))


ROWS = (
    # The form of the end.
    row("reader.result.bytes", ("no bytes",), "bytes owed"),
    # What becomes of the call itself, whatever was before.
    row("reader.overlap.after-cancel", FAILS, "behind a cancelled", "nothing owed", "overlap"),
    row("reader.cancel.ends", ANY, "itself given up"),
    row("reader.cancel.timeout", ANY, "itself late"),
    row("reader.cancel.timeout", ("TimeoutError",)),
    row("reader.cancel.ends", ("CancelledError",)),
    row("reader.read.at-most", ("more", "other"), "more than asked"),
    # Calls that meet.
    row("reader.overlap.false-end", ("IncompleteReadError",), "waited", "overlap"),
    row("reader.overlap.false-end", ("empty",), "nothing owed", "waited", "overlap"),
    row("reader.overlap.false-end", ("empty",), "nothing owed", "waited in this turn", "overlap"),
    row("reader.overlap.no-wait", ("RuntimeError",), "another waits", "bytes owed"),
    row("reader.overlap.no-wait", ("RuntimeError",), "another waits", "failure owed"),
    row("reader.overlap.lost-wakeup", (*HANG, "not-refused"), "raced"),
    row("reader.overlap.lost-wakeup", HANG, "overlap in an eventful turn"),
    # Exceptions that come to a call that waits.
    row("reader.exception.same-turn", (*BYTES, *FAILS, *HANG), "waited", "broken in passing", "fed in passing"),
    row("reader.exception.same-turn", HANG, "waited", "broken in passing", "ended in passing"),
    row("reader.exception.over-end", (*BYTES, *FAILS), "waited", "broken in passing", "ended in passing"),
    row("reader.exception.raised", HANG, "waited", "broken in passing"),
    row("reader.exception.clear", ("stored", "wrong-answer"), "cleared"),
    # Feeding nothing.
    row("reader.feed.empty", ("empty",), "nothing owed", "fed nothing in this turn"),
    # Calls that were given up.
    row("reader.cancel.frees", ("RuntimeError",), "given up"),
    row("reader.cancel.timeout", ANY, "late"),
    row("reader.cancel.read-all", ANY, "given up read all"),
    row("reader.cancel.same-turn", ANY, "given up and fed"),
    row("reader.cancel.keeps-data", ANY, "given up over data"),
    row("reader.cancel.same-turn-end", ANY, "given up and ended"),
    row("reader.cancel.frees", HANG, "given up"),
    row("reader.cancel.keeps-data", ANY, "given up"),
    row("reader.overlap.refused", ("RuntimeError",), "overlap"),
    row("reader.overlap.refused", FAILS, "another came before", "nothing owed"),
    row("reader.overlap.refused", FAILS, "another came before", "another is endless"),
    # Calls that were over the limit, that took or that refused.
    row("reader.readuntil.overrun-repeats", ANY, "overran", "overrun owed"),
    row("reader.readuntil.overrun-keeps-data", ANY, "overran"),
    row(ENDED_BY, ANY, "odd end"),
    # What was fed, and how.
    row("reader.feed.copies", BYTES, "fed mutable", "overwritten bytes"),
    row("reader.feed.bytes-like", ANY, "fed mutable"),
    row("reader.feed.empty", ANY, "fed nothing"),
    row("reader.feed.after-end", ANY, "fed after the end"),
    row("reader.feed.wrong-type", ANY, "fed no bytes"),
    row("reader.feed.after-exception", ANY, "fed after an exception"),
    row("reader.end.twice", ANY, "ended twice"),
    row("reader.readexactly.keeps-while-waiting", ANY, "broken while readexactly waits"),
    row("reader.exception.hides-data", ANY, "raised over data"),
    row("reader.repr", (*BYTES, *FAILS), "repr"),
    row("flow.pause-error", ANY, "pause failed"),
    row("flow.unpausable", ANY, "unpausable"),
    row("flow.pause.not-within", ("refused",), "pausing fails"),
    row("reader.exception.clear", ANY, "cleared"),
    # Limits.
    row("reader.read.beyond-limit", HANG, "endless", "twice over the limit"),
    row("reader.read.beyond-limit", ("less",), "endless", "over the limit"),
    row("reader.read.beyond-limit", FAILS, "read", "wants more than the limit", "bytes owed"),
    row("reader.separators.longest", ("LimitOverrunError",), "nothing owed", "tuple"),
    row("reader.readuntil.overrun-not-early", ("LimitOverrunError",), "nothing owed"),
    row("reader.readuntil.limit", ("LimitOverrunError",), "bytes owed", "at the limit"),
    row("reader.readline.limit", ("ValueError",), "readline", "at the limit", "bytes owed"),
    row("reader.readline.limit", ("ValueError",), "readline", "at the limit", "nothing owed"),
    row("reader.iteration.overrun", ("ValueError",), "__anext__", "at the limit", "bytes owed"),
    row("reader.readuntil.eof-searched", ("IncompleteReadError",), "ended", "readuntil", "bytes owed"),
    # Several things in one turn.
    row("reader.feed.same-turn", (*HANG, *BYTES, "IncompleteReadError"), "one turn"),
    row("reader.end.wakes", HANG, "waited", "ended in passing"),
    # Bytes that were taken before, and chunks.
    row(ENDED_BY, HANG, "took", "at once"),
    row(ENDED_BY, ("other",), "took"),
    row(ENDED_BY, ("empty",), "took", "endless", "bytes owed"),
    row("reader.read.empty-means-end", ("empty",), "read", "nothing owed", "ends"),
    row("reader.feed.order", ("some",), "read", "nothing owed", "ends"),
    row("reader.feed.order", ("other", "more"), "endless"),
    row("reader.feed.order", ("other",), "read"),
    row("reader.feed.order", ("other",), "chunks"),
)


def blame(moments: Sequence[Moment], violation: Violation) -> str:
    """Return the clause that the departure belongs to; the moments lead to it, and the last of them is it."""
    state, event = moments[-1]
    clause = _reader(features(moments, violation), violation.clause)
    if not state.outbox.opened:
        return clause
    return connection.laid_to(state, clause, ended=isinstance(event, Returned | Raised))


def _reader(known: Features, plain: str) -> str:
    fitting = (one for one in ROWS if known.kind in one.kinds and one.names <= known.names)
    first = next(fitting, None)
    best = plain if first is None else first.clause or known.ended_by
    if "no limit" in known.names and best in LIMIT_CLAUSES:
        return "reader.limit.default"
    return best
