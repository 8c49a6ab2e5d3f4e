"""The rules of chapter `writer` for calls that wait, `drain` and `wait_closed`, and of `open_connection`.

Rules: a drain waits while the transport holds it up, and raises what the reader would raise; a `wait_closed` ends
with the connection; each of them is cancelled alone. `owed` says how a call may end as things stand; what it may have
been entitled to since it was last seen waiting stays open to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from streamgauge.spec import connection
from streamgauge.spec.alphabet import Beginning, Call, Dial, Ended, Quiet, Raised
from streamgauge.spec.clauses import in_force
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import limit_is_odd
from streamgauge.spec.state import (
    Fails,
    Outbox,
    Owed,
    Pending,
    State,
    Stored,
    Yields,
    beginning,
    raises,
    returns,
    sending,
)
from streamgauge.spec.verdicts import Accepted, Kind, Stimuli, Violation, Wanted, missing, violation

METHODS = ("drain", "wait_closed")
CANCEL_ENDS = {
    "drain": "writer.drain.cancel-ends",
    "wait_closed": "writer.wait-closed.cancel-ends",
    "open_connection": "connection.open.cancel",
}
CANCEL_HARMLESS = {"drain": "writer.drain.cancel-harmless", "wait_closed": "writer.wait-closed.cancel-harmless"}
MISCOUNTED = "flow.write.protocol-asserts"
MANY, SECOND, UNREAD = "writer.drain.many", "writer.drain.second", "writer.wait-closed.unread-harmless"
RELEASED, AGAIN = "writer.drain.released", "writer.drain.held-again"


# -------------------------------------------------------------- the right end


def owed(state: State, wait: Pending) -> tuple[Owed, ...]:
    """Return how the call may end as things stand; unless one of them is not optional, it may go on waiting."""
    if wait.cancelled:
        return (raises(CANCEL_ENDS[wait.method], "CancelledError"),)
    if wait.expired:
        return (raises(CANCEL_ENDS[wait.method], "TimeoutError"),)
    match wait.method:
        case "drain":
            return _held_up(state, wait) if wait.waiting else _drain(state, wait)
        case "wait_closed":
            return _closed(state, wait)
        case _:
            return connection.owed_to_dial(state)


def _drain(state: State, wait: Pending) -> tuple[Owed, ...]:
    """A drain that has only just begun."""
    box, stored = state.outbox, state.canonical.stored
    if stored is not None:
        very = _raises(stored, "writer.drain.reader-exception")
        return (very, *_instead(box, wait)) if box.error else (very,)
    if box.lost:
        return (raises("writer.drain.after-loss", "ConnectionResetError"),) if wait.lost else CLEAN
    if box.held:
        second = in_force(SECOND, state.settings.python) and any(one.op < wait.op for one in _others(box, wait))
        return (raises(SECOND, "AssertionError", optional=True),) if second else ()
    if box.closing:
        return (returns("writer.drain.closing-yields", optional=True, at_once=False),)
    return (returns("writer.drain.at-once", at_once=True),)


def _held_up(state: State, wait: Pending) -> tuple[Owed, ...]:
    """A drain that was seen waiting; one that was called while closing owes its end only to the loss."""
    box, stored = state.outbox, state.canonical.stored
    if box.lost and box.error:
        return (raises("writer.drain.lost-while-waiting", box.failure, box.error), *_instead(box, wait))
    broken = () if stored is None else (_raises(stored, "writer.drain.exception-while-waiting", optional=True),)
    if box.lost:
        return (*CLEAN, *broken)
    return broken if box.held else (returns(RELEASED, optional=wait.closing), *broken)


def _raises(stored: Stored, clause: str, *, optional: bool = False) -> Owed:
    """Return the end by the stored exception: its very object, if it is one that a coroutine can raise."""
    source = stored.source
    if source.error == "StopIteration":
        return raises(clause, "RuntimeError", optional=optional)
    return raises(clause, source.error, stored.index if source.form == "instance" else 0, optional=optional)


def _instead(box: Outbox, wait: Pending) -> tuple[Owed, ...]:
    """Whoever began to drain while the connection was closing need not be told why it was lost."""
    told = box.lost and wait.closing and not wait.lost
    return (raises("writer.drain.lost-while-waiting", "ConnectionResetError"),) if told else ()


CLEAN = (returns("writer.drain.clean-loss"), raises("writer.drain.clean-loss", "ConnectionResetError"))


def _closed(state: State, wait: Pending) -> tuple[Owed, ...]:
    box = state.outbox
    if not box.lost:
        return ()
    clause = "writer.wait-closed.again" if wait.lost else "writer.wait-closed.returns"
    if box.error:
        return (raises("writer.wait-closed.error", box.failure, box.error),)
    return (returns(clause),)


def _many(state: State, method: str) -> str:
    """Return the clause that lets several calls of a method wait at a time."""
    if method == "wait_closed":
        return "writer.wait-closed.many"
    return MANY if in_force(MANY, state.settings.python) else SECOND


def _others(box: Outbox, wait: Pending) -> list[Pending]:
    return [one for one in box.waits if one.op != wait.op and one.method == wait.method]


# ------------------------------------------------------------------ begin, go on


def begun(state: State, step: Beginning) -> State:
    """Return the state with one more call that may wait."""
    box = state.outbox
    call = step if isinstance(step, Call) else Call(step.op, "open_connection")
    wait = replace(beginning(call, state.clock), closing=box.closing, lost=box.lost)
    return replace(sending(state, waits=(*box.waits, wait)), calls=call.op)


def dialling(state: State, step: Dial) -> State:
    """Return the state with an attempt to connect."""
    return replace(sending(begun(state, step), dial=step, opened="dialling"), lenient=limit_is_odd(state))


def cancelled(state: State, op: int) -> State:
    """Return the state after call `op` was cancelled."""
    return _spoiled(state, {op}, cancelled=True)


def advanced(state: State) -> State:
    """Return the state after the clock moved: calls that waited too long have expired."""
    late = {one.op for one in state.outbox.waits if one.overdue(state.clock)}
    return _spoiled(state, late, expired=True) if late else state


def _spoiled(state: State, ops: set[int], **how: bool) -> State:
    box = state.outbox
    waits = tuple(replace(one, **how) if one.op in ops else one for one in box.waits)
    return sending(state, waits=waits, spoiled=box.spoiled | {one.method for one in waits if one.op in ops})


def refreshed(state: State) -> State:
    """Return the state in which each call may also end as it may now."""
    waits = state.outbox.waits
    return sending(state, waits=tuple(_refreshed(state, one) for one in waits)) if waits else state


def _refreshed(state: State, wait: Pending) -> Pending:
    box = state.outbox
    if wait.method == "drain" and box.closing and not box.lost and not wait.waiting and not wait.closing:
        wait = replace(wait, closing=True)
    # Once it is cancelled there is one way.
    known = () if wait.cancelled and wait.method in METHODS else wait.owed
    return replace(wait, owed=tuple(dict.fromkeys((*known, *owed(state, wait)))))


# ------------------------------------------------------------------- the end


def ended(state: State, wait: Pending, event: Ended) -> Accepted | Violation:
    """Judge the end of a call that may wait."""
    box, problem = state.outbox, event.problem if isinstance(event, Raised) else None
    fitting = [one for one in wait.owed if _fits(one, event)]
    if not fitting:
        kind: Kind = "early" if not wait.owed else "wrong-value" if problem is None else "wrong-failure"
        choices: tuple[Owed | Wanted, ...] = wait.owed
        if all(one.optional for one in wait.owed):
            choices = (*choices, Wanted("waiting"))
        clause = _wrong_end(state, wait, "" if problem is None else problem.name)
        return violation(state, clause, kind, event, *choices, call=wait.op, method=wait.method)
    right = next((one for one in fitting if one.at_once in (None, event.at_once)), None)
    if right is None:
        clause, better = fitting[0].clauses[0], Wanted("at-once" if fitting[0].at_once else "suspended")
        return violation(state, clause, "late", event, better, call=wait.op, method=wait.method)
    by = right.clauses[0]
    rest = tuple(one for one in box.waits if one.op != wait.op)
    spoiled = box.spoiled | {SECOND} if by == SECOND else box.spoiled
    after = sending(state, waits=rest, spoiled=spoiled, ended=box.ended | {wait.method})
    if wait.method == "open_connection" and problem is None:
        after = connection.opened(after, "dial", box.link)
    return Accepted(after, (AGAIN if box.held and by == RELEASED else by, *_passed_by(state, wait)))


def _passed_by(state: State, wait: Pending) -> Iterator[str]:
    """Yield the clauses that the right end of a call bears out besides: what happened meanwhile did no harm."""
    box, method = state.outbox, wait.method
    if not wait.cancelled and not wait.expired:
        if wait.waiting and method in METHODS and _others(box, wait):
            yield _many(state, method)
        if method in box.spoiled:
            yield CANCEL_HARMLESS[method]
        if box.miscounted and method == "drain":
            yield MISCOUNTED
        if method == "wait_closed" and box.closing and not wait.closing:
            yield "writer.wait-closed.before-close"
    if method == "wait_closed" and state.canonical.unread:
        yield UNREAD


def _fits(way: Owed, event: Ended) -> bool:
    outcome = way.outcome
    if not isinstance(event, Raised):
        return isinstance(outcome, Yields) and event.value == outcome.value
    if not isinstance(outcome, Fails) or event.problem.name not in outcome.names:
        return False
    return outcome.injected in (0, event.problem.injected)


def _wrong_end(state: State, wait: Pending, error: str) -> str:
    """Return the clause to blame for an end that was not open to the call; `error` is what it raised."""
    box, method = state.outbox, wait.method
    if wait.cancelled or wait.expired:
        return CANCEL_ENDS[method]
    if method == "open_connection":
        return wait.owed[0].clauses[0] if wait.owed else "connection.open.pair"
    if error == "CancelledError":
        return CANCEL_HARMLESS[method]
    if box.held and _held_again(wait):
        return AGAIN
    if error in ("AssertionError", "RuntimeError", "InvalidStateError"):
        if _others(box, wait):
            return _many(state, method)
        if method in box.spoiled:
            return CANCEL_HARMLESS[method]
    now = owed(state, wait)
    if now:
        return UNREAD if method == "wait_closed" and not box.error and state.canonical.unread else now[0].clauses[0]
    if method == "wait_closed":
        return _before(box)
    if box.miscounted or SECOND in box.spoiled:
        return MISCOUNTED if box.miscounted else SECOND
    return "writer.writelines.mark" if box.gave == "writelines" else "writer.drain.held"


def _before(box: Outbox) -> str:
    """Return the clause by which `wait_closed` waits for the loss."""
    return "writer.wait-closed.waits" if box.closing else "writer.wait-closed.before-close"


# -------------------------------------------------------------------- quiet


def quiet(state: State) -> Accepted | Violation:
    """Judge the calls that still wait when nothing is left to run, and the attempt for which no call waits any more."""
    box = state.outbox
    if box.opened == "unanswered" and not box.waits:
        return missing(state, "connection.open.cancel", "given-up")
    shown: list[str] = []
    for wait in box.waits:
        now = [one for one in owed(state, wait) if not one.optional]
        if now:
            clause = _hang(state, wait, now[0].clauses[0])
            return violation(state, clause, "hang", Quiet(), *now, call=wait.op, method=wait.method)
        if wait.method == "drain":
            shown += _held(state, wait)
        elif wait.method == "wait_closed":
            shown.append(_before(box))
    return Accepted(state, tuple(shown))


def _held(state: State, wait: Pending) -> Iterator[str]:
    """Yield the clauses that a drain bears out by waiting."""
    box = state.outbox
    yield AGAIN if _held_again(wait) else "writer.drain.held"
    if box.gave == "writelines":
        yield "writer.writelines.mark"
    if box.miscounted:
        yield MISCOUNTED
    if wait.waiting and state.canonical.stored is not None:
        yield "writer.drain.exception-while-waiting"


def _held_again(wait: Pending) -> bool:
    return wait.waiting and any(one.clauses[0] == RELEASED for one in wait.owed)


def _hang(state: State, wait: Pending, clause: str) -> str:
    """Return the clause to blame for a call that still waits, though it should have ended by `clause`."""
    box, method = state.outbox, wait.method
    if wait.cancelled or wait.expired or method not in METHODS:
        return clause
    if method in box.spoiled:
        return CANCEL_HARMLESS[method]
    if method == "drain" and SECOND in box.spoiled:
        return SECOND
    if clause == RELEASED and (wait.again or box.miscounted):
        return AGAIN if wait.again else MISCOUNTED
    if method == "wait_closed" and state.canonical.unread:
        return UNREAD
    crowded = wait.waiting and (_others(box, wait) or method in box.ended)
    return _many(state, method) if crowded else clause


def settled(box: Outbox) -> Outbox:
    """Return the outbox at the beginning of the next turn: whoever has not ended is waiting."""
    waits = tuple(replace(one, waiting=True, again=one.again or _held_again(one), owed=()) for one in box.waits)
    return replace(box, waits=waits, running=False)


# What a stimulus needs to make sense, and what it changes.
STIMULI: Stimuli = {Dial: (connection.unopened, dialling)}
