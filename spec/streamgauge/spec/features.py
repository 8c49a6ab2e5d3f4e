"""What is known of a departure of a reader: how it departs, and what is unusual about the call, the turn and what was before.

Its one idea: blame is decided from names. Each moment that led to the departure is looked at once, here, and leaves the
names of what was odd about it; the table in `blame` is read with these alone. What came before bytes last left the
reader as they should has shown itself harmless, and is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streamgauge.spec.alphabet import (
    UNSET,
    Answered,
    Ask,
    Attach,
    Break,
    End,
    Event,
    Feed,
    Paused,
    Problem,
    Quiet,
    Raised,
    Refused,
    Returned,
    Shaped,
)
from streamgauge.spec.outcomes import matching, owed, plain_bytes
from streamgauge.spec.refusals import is_endless
from streamgauge.spec.state import Fails, Gives, Inbox, Owed, Pending, State
from streamgauge.spec.verdicts import Violation

Moment = tuple[State, Event]
OVERWRITTEN = b"\xff"
TELLING_ERRORS = (
    "RuntimeError",
    "IncompleteReadError",
    "LimitOverrunError",
    "ValueError",
    "CancelledError",
    "TimeoutError",
)
# What the bytes that such a call leaves behind have to confirm: that nothing else was taken, or that all was.
TAKES_JUST_THAT = (
    "reader.read.zero",
    "reader.read.zero-with-exception",
    "reader.readexactly.zero",
    "reader.readline.eof-partial",
)


@dataclass(frozen=True, slots=True)
class Features:
    """The kind of a departure, the names of what is unusual, and the clause by which the last odd call ended."""

    kind: str
    names: frozenset[str]
    ended_by: str = ""


def features(moments: Sequence[Moment], violation: Violation) -> Features:
    """Return what is known of the departure that the last of the moments is."""
    state, event = moments[-1]
    names = dict.fromkeys(_of_turn(state))
    before, ended_by = _before(moments[:-1])
    names |= dict.fromkeys(before)
    pending = state.canonical.find(violation.call)
    kind = violation.kind
    if pending is not None and violation.kind not in ("late", "wrong-form"):
        answer = owed(pending, state.canonical, state)
        if isinstance(event, Quiet):
            answer = tuple(one for one in answer if not one.optional)
        kind = _kind(event, answer)
        names |= dict.fromkeys(_of_call(state, pending, answer, event))
    elif isinstance(event, Answered) and event.question == "at_eof" and isinstance(event.value, bool):
        kind = "at_eof"
    elif isinstance(event, Refused):
        names |= dict.fromkeys(("refused",))
    return Features(kind, frozenset(names), ended_by)


# ----------------------------------------------------------- how it departs


def _kind(event: Event, answer: tuple[Owed, ...]) -> str:
    match event:
        case Returned(value=value):
            right = next((one.outcome.data for one in answer if isinstance(one.outcome, Gives)), None)
            return _compared(plain_bytes(value), right)
        case Raised(problem=problem):
            return _raised(problem, answer)
        case _:
            return "hangs"


def _compared(content: bytes | None, right: bytes | None) -> str:
    if content is None:
        return "no bytes"
    if not content:
        return "empty"
    if right is None:
        return "some"
    if right.startswith(content):
        return "less"
    return "more" if content.startswith(right) else "other"


def _raised(problem: Problem, answer: tuple[Owed, ...]) -> str:
    if any(isinstance(one.outcome, Fails) and problem.name in one.outcome.names for one in answer):
        partial = any(
            isinstance(one.outcome, Fails) and one.outcome.partial not in (None, problem.partial) for one in answer
        )
        return "partial" if partial else "details"
    if problem.injected:
        return "stored"
    return problem.name if problem.name in TELLING_ERRORS else "strange"


# ------------------------------------------------------- the call, the turn


def _of_call(state: State, pending: Pending, answer: tuple[Owed, ...], event: Event) -> Iterator[str]:
    inbox, turn = state.canonical, state.turn
    yield pending.method
    first = pending.call.args[0] if pending.call.args else None
    yield "endless" if is_endless(pending) else "ends"
    if isinstance(first, tuple) or (isinstance(first, Shaped) and isinstance(first.content, tuple)):
        yield "tuple"
    if not answer:
        yield "nothing owed"
    elif all(isinstance(one.outcome, Fails) for one in answer):
        yield "failure owed"
        if any("LimitOverrunError" in one.outcome.names for one in answer if isinstance(one.outcome, Fails)):
            yield "overrun owed"
    else:
        yield "bytes owed"
    if pending.cancelled:
        yield "itself given up"
    if pending.expired:
        yield "itself late"
    yield from _of_others(state, pending)
    if not pending.waiting:
        yield "at once"
    else:
        yield "waited"
        if turn.fed + turn.ended > 1:
            yield "one turn"
        if turn.broken:
            yield "broken in passing"
            if turn.fed:
                yield "fed in passing"
        if turn.ended:
            yield "ended in passing"
    if isinstance(event, Returned):
        content = plain_bytes(event.value) or b""
        yield from _of_content(state, pending, content)
    elif isinstance(event, Raised):
        wanted = len(inbox.unread) if is_endless(pending) else first
        if pending.method == "read" and isinstance(wanted, int) and wanted > state.limit:
            yield "wants more than the limit"


def _of_others(state: State, pending: Pending) -> Iterator[str]:
    others = list(state.canonical.others(pending.op))
    if any(one.waiting for one in others):
        yield "another waits"
    if any(one.waiting or one.op < pending.op for one in others):
        yield "another came before"
        if any(map(is_endless, others)):
            yield "another is endless"
    if all(one.cancelled for one in others) and state.turn.overlapped and state.turn.cancelled and not pending.waiting:
        yield "behind a cancelled"


def _of_content(state: State, pending: Pending, content: bytes) -> Iterator[str]:
    inbox = state.canonical
    if OVERWRITTEN in content:
        yield "overwritten bytes"
    if not inbox.unread.startswith(content) and not content.startswith(inbox.unread):
        yield "out of order"
    elif not inbox.unread.startswith(content):
        yield "beyond what is there"
    first = pending.call.args[0] if pending.call.args else -1
    if pending.method == "read" and isinstance(first, int) and 0 < first < len(content):
        yield "more than asked"


def _of_turn(state: State) -> Iterator[str]:
    inbox, turn = state.canonical, state.turn
    if state.overlaps:
        yield "overlap"
    if state.raced:
        yield "raced"
    if turn.waited and turn.overlapped and turn.eventful:
        yield "overlap in an eventful turn"
    if turn.waited:
        yield "waited in this turn"
    if turn.fed_nothing:
        yield "fed nothing in this turn"
    if state.settings.limit is UNSET:
        yield "no limit"
    if len(inbox.unread) > state.limit:
        yield "over the limit"
    if len(inbox.unread) > 2 * state.limit:
        yield "twice over the limit"
    if len(inbox.unread) >= state.limit:
        yield "at the limit"
    if inbox.cuts:
        yield "chunks"
    if inbox.ended:
        yield "ended"
    if inbox.unread:
        yield "unread"
    if inbox.stored is not None:
        yield "stored exception"
    if state.line.pausing == "fails":
        yield "pausing fails"


# ----------------------------------------------------------- what was before


def _before(moments: Sequence[Moment]) -> tuple[tuple[str, ...], str]:
    """Return what was odd since bytes were last returned, and the clause by which the last odd call ended."""
    names: dict[str, None] = {}
    ended_by = ""
    for state, event in moments:
        inbox = state.canonical
        match event:
            case Returned(op=op, value=value) | Raised(op=op, problem=value) if inbox.find(op) is not None:
                content = plain_bytes(value) if isinstance(event, Returned) else None
                by = _by(state, event)
                if content or (isinstance(event, Returned) and inbox.ended):
                    names.clear()
                    ended_by = ""
                if content:
                    names["took"] = None
                    ended_by = _took(pending=inbox.find(op), content=content)
                for name in _of_end(state, inbox, event, content):
                    if name == "cut short" or name == "line dropped":
                        names.clear()
                    names[name] = None
                clause = _telling(state, event, by)
                if clause:
                    ended_by = clause
                    names["odd end"] = None
            case Feed():
                names |= dict.fromkeys(_of_feed(inbox, event))
            case _:
                names |= dict.fromkeys(_of_step(state, event))
    return tuple(names), ended_by


LEAVES_BY = {
    "read": "reader.feed.order",
    "readexactly": "reader.readexactly.count",
    "readuntil": "reader.readuntil.through-separator",
    "readline": "reader.readline.line",
    "__anext__": "reader.iteration.lines",
}


def _took(pending: Pending, content: bytes) -> str:
    if pending.method == "read" and pending.call.args == (len(content),):
        return "reader.read.at-most"
    return LEAVES_BY[pending.method]


def _by(state: State, event: Returned | Raised) -> Owed | None:
    raised = isinstance(event, Raised)
    found = matching(state, event.op, event.problem if isinstance(event, Raised) else event.value, raised=raised)
    return found[0][1] if found else None


def _telling(state: State, event: Returned | Raised, by: Owed | None) -> str:
    """Return the clause by which a call ended, if the bytes that it left have to bear it out."""
    if isinstance(event, Returned):
        return next((one for one in by.clauses if one in TAKES_JUST_THAT), "") if by is not None else ""
    match event.problem.name:
        case "IncompleteReadError":
            pending = state.canonical.find(event.op)
            exactly = pending is not None and pending.method == "readexactly"
            return "reader.readexactly.eof-empties" if exactly else "reader.readuntil.eof"
        case "ValueError" if by is not None and by.take:
            if by.clauses[0] != "reader.readline.overrun":
                return by.clauses[0]
            ends = b"\n" in state.canonical.unread
            return "reader.readline.overrun-drops-line" if ends else "reader.readline.overrun-drops-all"
        case "TypeError" | "ValueError" | "OverflowError" if by is not None:
            return by.clauses[0]
        case "RuntimeError" if by is None:
            others = list(state.canonical.others(event.op))
            plain = any(not one.cancelled for one in others)
            return "reader.overlap.refused" if plain else "reader.overlap.after-cancel"
        case _:
            return ""


def _of_end(state: State, inbox: Inbox, event: Returned | Raised, content: bytes | None) -> Iterator[str]:
    pending = inbox.find(event.op)
    assert pending is not None
    if isinstance(event, Returned):
        return
    match event.problem.name:
        case "CancelledError":
            yield "given up"
            if is_endless(pending):
                yield "given up read all"
            elif state.turn.fed and pending.waiting:
                yield "given up and fed"
            if state.turn.ended or state.turn.broken:
                yield "given up and ended"
            if inbox.unread:
                yield "given up over data"
        case "TimeoutError" if pending.expired:
            yield "late"
        case "LimitOverrunError":
            yield "overran"
        case "IncompleteReadError":
            yield "cut short"
        case "ValueError" if pending.method in ("readline", "__anext__"):
            yield "line dropped"
        case _:
            if event.problem.injected and inbox.unread:
                if is_endless(pending):
                    yield "given up read all"
                elif not pending.waiting:
                    yield "raised over data"


def _of_feed(inbox: Inbox, feed: Feed) -> Iterator[str]:
    if inbox.ended:
        yield "fed after the end"
    elif feed.form not in ("bytes", "bytearray", "memoryview"):
        yield "fed no bytes"
    elif not feed.content:
        yield "fed nothing"
    else:
        if feed.form != "bytes":
            yield "fed mutable"
        if inbox.stored is not None:
            yield "fed after an exception"


def _of_step(state: State, event: Event) -> Iterator[str]:
    inbox = state.canonical
    match event:
        case End() if inbox.ended:
            yield "ended twice"
        case Break(form="none"):
            yield "cleared"
        case Break():
            if inbox.unread and any(one.waiting and one.method == "readexactly" for one in inbox.pending):
                yield "broken while readexactly waits"
        case Ask(question="repr"):
            yield "repr"
        case Attach():
            yield "transport"
        case Paused() if state.line.pausing != "works":
            yield "unpausable" if state.line.pausing == "unsupported" else "pause failed"
        case _:
            return
