"""The plain duty of each call, and what both halves of the blame ask about a departure."""

from __future__ import annotations

from streamgauge.spec.alphabet import UNSET, Argument, Shaped
from streamgauge.spec.clauses import load
from streamgauge.spec.refusals import is_endless
from streamgauge.spec.state import Fails, Gives, Owed, Pending, State

DUTY = {
    "read": "reader.read.soon",
    "readexactly": "reader.readexactly.count",
    "readuntil": "reader.readuntil.through-separator",
    "readline": "reader.readline.line",
    "__anext__": "reader.iteration.lines",
}
AT_EOF = {
    "read": "reader.read.empty-means-end",
    "readexactly": "reader.readexactly.eof",
    "readuntil": "reader.readuntil.eof",
    "readline": "reader.readline.eof-partial",
    "__anext__": "reader.iteration.lines",
}


# A fault of these shows with a limit that was given, too; without one they are faults of the default.
LIMIT_CLAUSES = frozenset(
    {
        "reader.readuntil.limit",
        "reader.readuntil.overrun-unfound",
        "reader.readuntil.overrun-found",
        "reader.readuntil.overrun-not-early",
    }
)


def _of(*sections: str) -> frozenset[str]:
    """Return the clauses of these sections of chapter `reader`."""
    return frozenset(one.id for one in load() if one.chapter == "reader" and one.section in sections)


MEETING = _of("Overlapping calls", "Cancellation")
SEARCHING = _of("readuntil(separator)", "readline")
# Suspects that speak of the bytes of one feed, and of the object that held them.
FED_OTHERWISE = frozenset({"reader.feed.copies", "reader.feed.bytes-like"})


def duty(pending: Pending, answer: tuple[Owed, ...]) -> str:
    """Return the clause that owes the call what it did not get; while nothing is owed, the one it waits by."""
    return answer[0].clauses[0] if answer else waiting_duty(pending)


def waiting_duty(pending: Pending) -> str:
    """Return the clause by which the call waits: that of its unusual argument, before that of its method."""
    method, first = pending.call.method, first_argument(pending)
    if is_endless(pending):
        return "reader.read.all" if first == -1 else "reader.read.negative"
    if method == "readuntil" and isinstance(first, tuple):
        return "reader.separators.tuple"
    if method == "readuntil" and isinstance(first, Shaped):
        several = first.kind == "tuple-subclass"
        return "reader.separators.tuple" if several else "reader.readuntil.separator-bytes-like"
    return DUTY[method]


def by_default(state: State, clause: str) -> str:
    """Return the clause of the default limit where no limit was given, and `clause` is about the limit."""
    return "reader.limit.default" if state.settings.limit is UNSET and clause in LIMIT_CLAUSES else clause


def suspect_or(state: State, clause: str) -> str:
    """Return the clause that the last unusual event put to the test, or `clause` if there was none."""
    return state.suspects[-1] if state.suspects else clause


def first_argument(pending: Pending) -> Argument:
    """Return the first argument of the call; without one, that of a plain `read`."""
    return pending.call.args[0] if pending.call.args else -1


def first_gives(answer: tuple[Owed, ...]) -> str | None:
    """Return the clause that owes bytes, if any are owed."""
    return next((one.clauses[0] for one in answer if isinstance(one.outcome, Gives)), None)


def only_fails(answer: tuple[Owed, ...]) -> bool:
    """Check whether all that is owed is an exception."""
    return bool(answer) and all(isinstance(one.outcome, Fails) for one in answer)


def in_one_turn(state: State, pending: Pending) -> bool:
    """Check whether the call waited, and several chunks, or a chunk and the end, came in one turn."""
    return pending.waiting and state.turn.fed + state.turn.ended > 1


def broken_in_passing(state: State, pending: Pending) -> str:
    """Return the clause of an exception that came to a waiting call together with bytes or the end, if one did."""
    if not (state.turn.broken and pending.waiting):
        return ""
    if state.turn.fed:
        return "reader.exception.same-turn"
    return "reader.exception.over-end" if state.turn.ended else ""
