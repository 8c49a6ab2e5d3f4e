"""In which way a trace departs: its signature, which says nothing about why.

Its one idea: two scenarios depart alike if the same call, or the same kind of event, goes wrong in the same way, and
something of the same kind was owed. Values tell faults apart that share their steps, so bytes are compared with those
owed: less, more, other, none.
"""

from __future__ import annotations

from typing import assert_never

from streamgauge.conformance.judge import Departure
from streamgauge.spec.alphabet import Quiet, Raised, Returned
from streamgauge.spec.outcomes import owed, plain_bytes
from streamgauge.spec.state import Fails, Gives, Owed, Pending, State

Signature = tuple[str, ...]


def signature(departure: Departure) -> Signature:
    """Return the kind of a departure, what it concerns, what was seen and what was owed."""
    violation, state = departure.violation, departure.before
    seen = violation.observed
    kind = type(seen).__name__
    if violation.state is not None:
        # The right thing in the wrong form: judging goes on, and the clause is beyond doubt.
        return kind, "form", violation.clause
    match seen:
        case Returned(op=op) | Raised(op=op):
            return kind, *_end(state, op, seen)
        case Quiet():
            hanging = next((one for one in state.canonical.pending if _must_end(state, one)), None)
            if hanging is not None:
                return "hang", hanging.call.method, _due(state, hanging)
            return kind, violation.clause
        case _:
            return kind, violation.clause


def _end(state: State, op: int, seen: Returned | Raised) -> tuple[str, ...]:
    pending = state.canonical.find(op)
    if pending is None:
        wait = state.outbox.find(op)
        if wait is None:
            return ("",)
        due = (wait.ways[0].error or "returns") if wait.ways else "wait"
        return wait.method, seen.problem.name if isinstance(seen, Raised) else "returned", due
    method = pending.call.method
    if isinstance(seen, Raised):
        return method, seen.problem.name, _due(state, pending)
    return method, _compared(plain_bytes(seen.value), _answer(state, pending)), _due(state, pending)


def _answer(state: State, pending: Pending) -> tuple[Owed, ...]:
    return owed(pending, state.canonical, state)


def _must_end(state: State, pending: Pending) -> bool:
    return pending.cancelled or any(not one.optional for one in _answer(state, pending))


def _due(state: State, pending: Pending) -> str:
    """Return what kind of end was owed to the call."""
    if pending.cancelled or pending.expired:
        return "given up"
    for one in _answer(state, pending):
        match one.outcome:
            case Gives():
                return "bytes"
            case Fails(names=names):
                return names[0]
            case _:
                assert_never(one.outcome)
    return "wait"


def _compared(content: bytes | None, answer: tuple[Owed, ...]) -> str:
    """Return how the bytes that were seen differ from those owed."""
    right = next((one.outcome.data for one in answer if isinstance(one.outcome, Gives)), None)
    if content is None:
        return "no bytes"
    if not content:
        return "empty"
    if right is None:
        return "some"
    if right.startswith(content):
        return "less"
    return "more" if content.startswith(right) else "other"
