"""What is known of a departure: how a call departs, and what is unusual about it, its turn and what was before.

Its one idea: blame is decided from names. What led to a departure is looked at once, here, and everything odd in it
leaves its name; the table in `blame` is read with these names alone. Whatever came before bytes last left the reader as
they should has shown itself harmless, and is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from streamgauge.spec.alphabet import UNSET, Ask, Break, End, Ended, Event, Feed, Paused, Problem, Raised, Returned
from streamgauge.spec.outcomes import LEAVES_BY, matching, plain_bytes
from streamgauge.spec.refusals import is_endless
from streamgauge.spec.state import Fails, Gives, Owed, Pending, State
from streamgauge.spec.verdicts import Violation

Feature = Literal[
    # How a call departs: it hangs, or waits beside another; by which exception it ended; with how many of the bytes.
    "hang", "two wait",
    "raised", "RuntimeError", "IncompleteReadError", "LimitOverrunError", "ValueError", "stored", "another exception",
    "returned", "empty", "some", "less", "more", "other", "more than asked", "overwritten",
    # How a question is answered wrongly; a plain feed that is refused.
    "at_eof", "exception", "refused",
    # What was owed, and to which call.
    "bytes owed", "failure owed", "overrun owed", "nothing owed",
    "read", "readexactly", "readuntil", "readline", "__anext__", "endless", "ends", "tuple", "no tuple",
    "at once", "waited", "wants more than the limit", "itself given up", "itself late",
    # The turn, and calls that meet.
    "one turn", "broken in passing", "fed in passing", "ended in passing", "fed nothing now",
    "overlap", "raced", "met in an eventful turn", "another waited", "another waits", "another was first",
    "behind a cancelled",
    # How things stand, and how the last call before ended.
    "no limit", "at the limit", "over the limit", "twice over the limit", "chunks", "ended",
    "odd end", "took",
    # What was before: exceptions that ended calls, steps, pauses.
    "given up", "given up and fed", "given up and ended", "given up over data", "given up over nothing",
    "read all given up", "late", "overran", "raised over data",
    "fed mutable", "fed nothing", "fed no bytes", "fed after the end", "fed after an exception",
    "ended twice", "broken while it waits", "cleared", "repr", "pause failed", "unpausable",
]  # fmt: skip
Moment = tuple[State, Event]
OVERWRITTEN = b"\xff"
# What the bytes that such a call leaves have to confirm: that nothing else was taken, or that all was.
TAKES_JUST_THAT = (
    "reader.read.zero",
    "reader.read.zero-with-exception",
    "reader.readexactly.zero",
    "reader.readline.eof-partial",
)
REFUSALS = ("IncompleteReadError", "TypeError", "ValueError", "OverflowError")
Comparison = Literal["empty", "some", "less", "more", "other"]


def features(moments: Sequence[Moment], violation: Violation) -> tuple[frozenset[Feature], str]:
    """Return the names of what is odd about a departure, and the clause by which the last call before it ended.

    The last of the moments, each an event with how things stood before it, is the departure. Where the plain duty is
    beyond doubt there are no names.
    """
    state, event = moments[-1]
    pending = state.canonical.find(violation.call)
    match violation.kind:
        case "wrong-value" | "wrong-failure" | "early" | "hang" if pending is not None:
            answer = [one for one in violation.owed if isinstance(one, Owed)]
            if violation.kind == "hang":
                answer = [one for one in answer if not one.optional]
            how = _how(event, answer)
            about = (*_of_answer(answer), *_of_call(state, pending), *_of_bytes(state, pending, event))
        case "not-refused" if pending is not None:
            how, about = ("two wait",), ()
        case "refused" if violation.clause == "reader.feed.order":
            how, about = ("refused",), ()
        case "wrong-answer" if violation.method in ("at_eof", "exception"):
            how, about = ("at_eof" if violation.method == "at_eof" else "exception",), ()
        case _:
            how, about = (), ()
    if not how:
        return frozenset(), ""
    before, ended_by = _before(moments[:-1])
    return frozenset((*how, *about, *_of_turn(state), *before)), ended_by


# ------------------------------------------------------------- how it departs


def _how(event: Event, answer: list[Owed]) -> tuple[Feature, ...]:
    match event:
        case Returned(value=value):
            content = plain_bytes(value)
            right = (one.outcome.data for one in answer if isinstance(one.outcome, Gives))
            return () if content is None else ("returned", compared(content, next(right, None)))
        case Raised(problem=problem):
            failures = [one.outcome for one in answer if isinstance(one.outcome, Fails)]
            alike = [one for one in failures if problem.name in one.names]
            if not alike:
                return "raised", _exception(problem)
            # The right exception: of what it carries only the bytes depend on what was before.
            partial = any(one.partial not in (None, problem.partial) for one in alike)
            return ("raised", "another exception") if partial else ()
        case _:
            return ("hang",)


def _exception(problem: Problem) -> Feature:
    match problem.name:
        case _ if problem.injected:
            return "stored"
        case "RuntimeError" | "IncompleteReadError" | "LimitOverrunError" | "ValueError":
            return problem.name
        case _:
            return "another exception"


def compared(content: bytes, right: bytes | None) -> Comparison:
    """Return how the bytes that a call returned compare with those owed."""
    if not content:
        return "empty"
    if right is None:
        return "some"
    if right.startswith(content):
        return "less"
    return "more" if content.startswith(right) else "other"


# --------------------------------------------------------- the call, the turn


def _of_answer(answer: list[Owed]) -> Iterator[Feature]:
    failures = [one.outcome for one in answer if isinstance(one.outcome, Fails)]
    if not answer:
        yield "nothing owed"
    elif len(failures) < len(answer):
        yield "bytes owed"
    else:
        yield "failure owed"
    if any("LimitOverrunError" in one.names for one in failures):
        yield "overrun owed"


def _of_call(state: State, pending: Pending) -> Iterator[Feature]:
    turn, waited = state.turn, pending.waiting
    others = list(state.canonical.others(pending.op))
    yield pending.method  # type: ignore[misc]  # the methods of a reader are features
    yield "endless" if is_endless(pending) else "ends"
    yield "tuple" if pending.call.args and isinstance(pending.call.args[0], tuple) else "no tuple"
    yield "waited" if waited else "at once"
    yield from _holding(
        {
            "raced": pending.raced,
            "itself given up": pending.cancelled,
            "itself late": pending.expired,
            "another waits": any(one.waiting for one in others),
            "another was first": any(one.waiting or one.op < pending.op for one in others),
            "behind a cancelled": not waited
            and turn.overlapped
            and turn.cancelled
            and all(one.cancelled for one in others),
            "one turn": waited and turn.fed + turn.ended > 1,
            "broken in passing": waited and turn.broken,
            "fed in passing": waited and turn.fed > 0,
            "ended in passing": waited and turn.ended,
        }
    )


def _holding(held: dict[Feature, bool]) -> Iterator[Feature]:
    return (name for name, holds in held.items() if holds)


def _of_bytes(state: State, pending: Pending, event: Event) -> Iterator[Feature]:
    asked: object = (
        pending.call.args[0] if pending.call.args and not is_endless(pending) else len(state.canonical.unread)
    )
    content = (plain_bytes(event.value) or b"") if isinstance(event, Returned) else b""
    if OVERWRITTEN in content:
        yield "overwritten"
    if pending.method != "read" or not isinstance(asked, int):
        return
    if asked > state.limit:
        yield "wants more than the limit"
    if 0 < asked < len(content) and not is_endless(pending):
        yield "more than asked"


def _of_turn(state: State) -> Iterator[Feature]:
    inbox, turn, limit = state.canonical, state.turn, state.limit
    return _holding(
        {
            "overlap": state.overlaps,
            "raced": state.raced,
            "another waited": turn.waited,
            "met in an eventful turn": turn.waited and turn.overlapped and turn.eventful,
            "fed nothing now": turn.fed_nothing,
            "no limit": state.settings.limit is UNSET,
            "at the limit": len(inbox.unread) >= limit,
            "over the limit": len(inbox.unread) > limit,
            "twice over the limit": len(inbox.unread) > 2 * limit,
            "chunks": bool(inbox.cuts),
            "ended": inbox.ended,
        }
    )


# ------------------------------------------------------------- what was before


def _before(moments: Sequence[Moment]) -> tuple[set[Feature], str]:
    """Return what was odd since bytes were last taken, and the clause by which a call last ended that tells of it."""
    names: set[Feature] = set()
    ended_by = ""
    for state, event in moments:
        if isinstance(event, Ended) and (pending := state.canonical.find(event.op)) is not None:
            end = event.value if isinstance(event, Returned) else event.problem
            found = matching(state, event.op, end, raised=isinstance(event, Raised))
            by = found[0][1] if found else None
            if plain_bytes(end) or (isinstance(event, Returned) and state.canonical.ended) or (by and by.take):
                names.clear()
            telling = _telling(state, pending, event, by)
            if telling is not None:
                names.add(telling[0])
                ended_by = telling[1]
        names.update(left(state, event))
    return names, ended_by


def _telling(state: State, pending: Pending, event: Ended, by: Owed | None) -> tuple[Feature, str] | None:
    """Return the clause by which a call has ended, if what it left has to bear that out."""
    if by is None:
        # It was refused for another one.
        plain = any(not one.cancelled for one in state.canonical.others(pending.op))
        return "odd end", "reader.overlap.refused" if plain else "reader.overlap.after-cancel"
    if isinstance(event, Returned):
        content = plain_bytes(event.value) or b""
        odd = next((one for one in by.clauses if one in TAKES_JUST_THAT), "")
        if odd or not content:
            return ("odd end", odd) if odd else None
        exact = pending.method == "read" and pending.call.args == (len(content),)
        return "took", "reader.read.at-most" if exact else LEAVES_BY[pending.method]
    if event.problem.name not in REFUSALS or event.problem.injected:
        return None
    return "odd end", taken(state, event) or by.clauses[0]


def taken(state: State, event: Event) -> str:
    """Return the clause that says what an exception took with it, if it is about that alone."""
    pending = state.canonical.find(event.op) if isinstance(event, Raised) and not event.problem.injected else None
    if pending is None or not isinstance(event, Raised):
        return ""
    match pending.method, event.problem.name:
        case "readexactly", "IncompleteReadError":
            return "reader.readexactly.eof-empties"
        case "readline", "ValueError":
            ends = b"\n" in state.canonical.unread
            return "reader.readline.overrun-drops-line" if ends else "reader.readline.overrun-drops-all"
        case _:
            return ""


def left(state: State, event: Event) -> Iterator[Feature]:
    """Yield what is odd about an event, and may still matter afterwards."""
    return LEFT[type(event)](state, event) if type(event) in LEFT else iter(())


def _of_exception(state: State, event: Raised) -> Iterator[Feature]:
    pending = state.canonical.find(event.op)
    if pending is None:
        return
    problem, unread, turn = event.problem, state.canonical.unread, state.turn
    if (problem.name == "CancelledError" or problem.injected) and is_endless(pending):
        if unread or problem.name == "CancelledError":
            yield "read all given up"
    elif problem.injected and unread and not pending.waiting:
        yield "raised over data"
    if problem.name == "CancelledError":
        yield "given up"
        if turn.ended or turn.broken:
            yield "given up and ended"
        if not is_endless(pending):
            if turn.fed and pending.waiting:
                yield "given up and fed"
            yield "given up over data" if unread else "given up over nothing"
    elif problem.name == "LimitOverrunError":
        yield "overran"
    elif problem.name == "TimeoutError" and pending.expired:
        yield "late"


def _of_end(state: State, _: End) -> Iterator[Feature]:
    if state.canonical.ended:
        yield "ended twice"


def _of_break(state: State, event: Break) -> Iterator[Feature]:
    inbox = state.canonical
    if event.form == "none":
        yield "cleared"
    elif inbox.unread and any(one.waiting and one.method == "readexactly" for one in inbox.pending):
        yield "broken while it waits"


def _of_question(_: State, event: Ask) -> Iterator[Feature]:
    if event.question == "repr":
        yield "repr"


def _of_pause(state: State, _: Paused) -> Iterator[Feature]:
    if state.line.pausing != "works":
        yield "unpausable" if state.line.pausing == "unsupported" else "pause failed"


def _of_feed(state: State, feed: Feed) -> Iterator[Feature]:
    inbox = state.canonical
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


# What looks at the events that may leave something odd behind; all others leave nothing.
LEFT: dict[type, Callable[[State, Any], Iterator[Feature]]] = {
    Feed: _of_feed,
    End: _of_end,
    Break: _of_break,
    Ask: _of_question,
    Paused: _of_pause,
    Raised: _of_exception,
}
