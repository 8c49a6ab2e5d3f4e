"""Which clause a call that raised what it was not owed belongs to."""

from __future__ import annotations

from streamgauge.spec.alphabet import Problem, Value
from streamgauge.spec.duties import (
    AT_EOF,
    FED_OTHERWISE,
    MEETING,
    broken_in_passing,
    duty,
    first_argument,
    first_gives,
    in_one_turn,
    suspect_or,
    waiting_duty,
)
from streamgauge.spec.outcomes import owed
from streamgauge.spec.refusals import is_endless
from streamgauge.spec.state import Fails, Gives, Inbox, Owed, Pending, State

# What an over-limit error is owed by that says nothing of its form.
FORMLESS = frozenset({"reader.readuntil.default", "reader.readuntil.separator-bytes-like", "reader.readuntil.limit"})
# Where the separator is there, an early end is one that nobody has searched.
SEARCHED = frozenset({"reader.readuntil.eof-searched", "reader.readuntil.overrun-found"})


def wrong_failure(state: State, pending: Pending, problem: Problem) -> str:
    """Return the clause to blame for a call that raised what it was not owed."""
    inbox = state.canonical
    answer = owed(pending, inbox, state)
    if _behind_a_cancelled(state, pending) and not answer:
        return "reader.overlap.after-cancel"
    timed_out = pending.expired and not pending.cancelled
    if timed_out or problem.name == "TimeoutError":
        return "reader.cancel.timeout"
    if pending.cancelled or problem.name == "CancelledError":
        return "reader.cancel.ends"
    passing = broken_in_passing(state, pending)
    if passing and inbox.stored is not None:
        return passing
    if pending.waiting and state.overlaps and problem.name == "IncompleteReadError":
        return "reader.overlap.false-end"
    failure = next((one for one in answer if isinstance(one.outcome, Fails)), None)
    if failure is not None and isinstance(failure.outcome, Fails) and problem.name in failure.outcome.names:
        return _wrong_details(state, failure, failure.outcome, problem)
    if problem.name == "RuntimeError" and not _only_stop(inbox):
        return _unwanted_refusal(state, pending, answer)
    if inbox.stored is None and problem.injected:
        return _late_exception(state, answer, pending)
    return _undue_failure(state, pending, answer, failure, problem.name)


def _undue_failure(state: State, pending: Pending, answer: tuple[Owed, ...], failure: Owed | None, name: str) -> str:
    """The call raised an exception of a kind that it was not owed at all."""
    inbox, method = state.canonical, pending.call.method
    if not pending.waiting and _in_the_way(state, pending, answer):
        return "reader.overlap.refused"
    if method == "read" and first_gives(answer) and _beyond_limit(state, inbox, pending):
        return "reader.read.beyond-limit"
    if name == "LimitOverrunError" and failure is None:
        return _false_overrun(state, pending, answer)
    if name == "ValueError" and failure is None and method in ("readline", "__anext__"):
        return _false_value_error(state, pending, answer)
    if name == "IncompleteReadError" and not inbox.ended and not answer:
        return suspect_or(state, AT_EOF[method])
    if name == "IncompleteReadError" and any(SEARCHED.intersection(one.clauses) for one in answer) and inbox.ended:
        return "reader.readuntil.eof-searched"
    if failure is not None and "reader.readuntil.overrun-repeats" in state.suspects:
        return "reader.readuntil.overrun-repeats"
    if in_one_turn(state, pending) and name == "IncompleteReadError":
        return "reader.feed.same-turn"
    return _of_the_feed(state) or suspect_or(state, duty(pending, answer))


def _in_the_way(state: State, pending: Pending, answer: tuple[Owed, ...]) -> bool:
    """Check whether the call is to be refused for another one, which waits or came before it in the same turn."""
    others = [one for one in state.canonical.others(pending.op) if one.waiting or one.op < pending.op]
    return bool(others) and (not answer or any(map(is_endless, others)))


def _false_value_error(state: State, pending: Pending, answer: tuple[Owed, ...]) -> str:
    """A line was called too long that is not: by one byte or so, or out of hand."""
    if state.suspects:
        return _of_the_feed(state) or state.suspects[-1]
    if len(state.canonical.unread) < state.limit:
        return duty(pending, answer)
    return "reader.readline.limit" if pending.call.method == "readline" else "reader.iteration.overrun"


def _of_the_feed(state: State) -> str | None:
    """Return the clause on bytes-like objects if such an object was the last unusual thing."""
    return "reader.feed.bytes-like" if state.suspects and state.suspects[-1] in FED_OTHERWISE else None


def _behind_a_cancelled(state: State, pending: Pending) -> bool:
    """Check whether the call began in the turn in which another one was cancelled, and nobody else waits."""
    began = not pending.waiting and not pending.cancelled and state.turn.overlapped and state.turn.cancelled
    return began and all(one.cancelled for one in state.canonical.others(pending.op))


def _beyond_limit(state: State, inbox: Inbox, pending: Pending) -> bool:
    first = first_argument(pending)
    wanted = len(inbox.unread) if is_endless(pending) else first
    return isinstance(wanted, int) and wanted > state.limit


def _wrong_details(state: State, failure: Owed, outcome: Fails, problem: Problem) -> str:
    """The right exception with the wrong attributes, or another object than the stored one."""
    if outcome.injected:
        return "reader.exception.raised"
    if outcome.partial is not None and problem.partial != outcome.partial:
        return suspect_or(state, failure.clauses[0])
    if outcome.expected and problem.expected not in outcome.expected:
        return failure.clauses[-1]
    return _wrong_consumed(state, failure, problem.consumed)


def _wrong_consumed(state: State, failure: Owed, consumed: Value) -> str:
    outcome = failure.outcome
    known = isinstance(consumed, int) and not isinstance(consumed, bool)
    safe = isinstance(outcome, Fails) and known and state.limit < consumed <= outcome.consumed[-1]  # type: ignore[operator]  # known is an int
    several = "reader.separators.longest" in failure.clauses
    if safe or several or not known:
        return next(one for one in failure.clauses if one not in FORMLESS)
    return "reader.readuntil.overrun-reconstructs"


def _unwanted_refusal(state: State, pending: Pending, answer: tuple[Owed, ...]) -> str:
    """RuntimeError although nobody, or nobody in the way, is waiting."""
    waiting = any(one.waiting for one in state.canonical.others(pending.op))
    if waiting and answer:
        return "reader.overlap.no-wait"
    named = [one for one in state.suspects if one in MEETING]
    if named:
        content = ("reader.cancel.keeps-data", "reader.cancel.same-turn", "reader.cancel.read-all")
        return "reader.cancel.frees" if named[-1] in content else named[-1]
    if state.overlaps:
        return "reader.overlap.refused"
    return suspect_or(state, duty(pending, answer))


def _late_exception(state: State, answer: tuple[Owed, ...], pending: Pending) -> str:
    if "reader.exception.clear" in state.suspects:
        return "reader.exception.clear"
    return suspect_or(state, answer[0].clauses[0] if answer else waiting_duty(pending))


def _false_overrun(state: State, pending: Pending, answer: tuple[Owed, ...]) -> str:
    if not answer:
        several = pending.call.args and isinstance(pending.call.args[0], tuple)
        return suspect_or(state, "reader.separators.longest" if several else "reader.readuntil.overrun-not-early")
    first = answer[0]
    beyond = isinstance(first.outcome, Gives) and len(first.outcome.data) > state.limit
    if "reader.readuntil.limit" in first.clauses or (beyond and not state.suspects):
        return "reader.readuntil.limit"
    return suspect_or(state, first.clauses[0])


def _only_stop(inbox: Inbox) -> bool:
    return inbox.stored is not None and inbox.stored.source.error == "StopIteration"
