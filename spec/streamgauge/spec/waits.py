"""The rules of chapter `writer` for calls that wait, `drain` and `wait_closed`, and of `open_connection`.

Rules: a drain waits while the transport holds it up, and raises what the reader would raise; a `wait_closed` ends
with the connection; each of them is cancelled alone. `owed` says how a call may end as things stand; what it may have
been entitled to since it was last seen waiting stays open to it.
"""

from __future__ import annotations

from streamgauge.spec import connection
from streamgauge.spec.alphabet import Call, Dial, Event, Quiet, Raised, Returned
from streamgauge.spec.records import replace
from streamgauge.spec.state import Fails, Outbox, Owed, Pending, State, Stored, Yields, beginning, raises, returns
from streamgauge.spec.verdicts import Accepted, Kind, Violation, Wanted, violation

METHODS = ("drain", "wait_closed")
CANCEL_ENDS = {
    "drain": "writer.drain.cancel-ends",
    "wait_closed": "writer.wait-closed.cancel-ends",
    "open_connection": "connection.open.cancel",
}
CANCEL_HARMLESS = {"drain": "writer.drain.cancel-harmless", "wait_closed": "writer.wait-closed.cancel-harmless"}
MISCOUNTED = "flow.write.protocol-asserts"
SECOND, UNREAD = "writer.drain.second", "writer.wait-closed.unread-harmless"
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
            return connection.owed_to_dial(state, state.outbox.dial or Dial(0))


def _drain(state: State, wait: Pending) -> tuple[Owed, ...]:
    """A drain that has only just begun."""
    box, stored = state.outbox, state.canonical.stored
    if stored is not None:
        very = _raises(stored, "writer.drain.reader-exception")
        return (very, *_instead(box, wait)) if box.error else (very,)
    if box.lost:
        return (raises("writer.drain.after-loss", "ConnectionResetError"),) if wait.lost else CLEAN
    if box.held:
        second = state.settings.python < (3, 10) and any(one.op < wait.op for one in _others(box, wait))
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
    return "writer.drain.many" if state.settings.python >= (3, 10) else SECOND


def _others(box: Outbox, wait: Pending) -> list[Pending]:
    return [one for one in box.waits if one.op != wait.op and one.method == wait.method]


# ------------------------------------------------------------------ begin, go on


def begun(state: State, step: Call | Dial) -> State:
    """Return the state with one more call that may wait."""
    box = state.outbox
    call = step if isinstance(step, Call) else Call(step.op, "open_connection")
    wait = replace(beginning(call, state.clock), closing=box.closing, lost=box.lost)
    box = replace(box, waits=(*box.waits, wait), dial=step if isinstance(step, Dial) else box.dial)
    return replace(state, calls=call.op, outbox=box)


def cancelled(state: State, op: int) -> State:
    """Return the state after call `op` was cancelled."""
    box = state.outbox
    waits = tuple(replace(one, cancelled=True) if one.op == op else one for one in box.waits)
    spoiled = {one.method for one in box.waits if one.op == op}
    return replace(state, outbox=replace(box, waits=waits, spoiled=box.spoiled | spoiled))


def advanced(state: State) -> State:
    """Return the state after the clock moved: calls that waited too long have expired."""
    box = state.outbox
    late = {one.op for one in box.waits if one.overdue(state.clock)}
    if not late:
        return state
    waits = tuple(replace(one, expired=True) if one.op in late else one for one in box.waits)
    spoiled = {one.method for one in box.waits if one.op in late}
    return replace(state, outbox=replace(box, waits=waits, spoiled=box.spoiled | spoiled))


def refreshed(state: State) -> State:
    """Return the state in which each call may also end as it may now."""
    box = state.outbox
    if not box.waits:
        return state
    return replace(state, outbox=replace(box, waits=tuple(_refreshed(state, one) for one in box.waits)))


def _refreshed(state: State, wait: Pending) -> Pending:
    box = state.outbox
    if wait.method == "drain" and box.closing and not box.lost and not wait.waiting and not wait.closing:
        wait = replace(wait, closing=True)
    return replace(wait, owed=_opened(state, wait))


def _opened(state: State, wait: Pending) -> tuple[Owed, ...]:
    """Return how the call may have ended, and may end now; once it is cancelled there is one way."""
    now = owed(state, wait)
    known = () if wait.cancelled and wait.method in METHODS else wait.owed
    return tuple(dict.fromkeys((*known, *now)))


# ------------------------------------------------------------------- the end


def ended(state: State, wait: Pending, event: Returned | Raised) -> Accepted | Violation:
    """Judge the end of a call that may wait."""
    fitting = [one for one in wait.owed if _fits(one, event)]
    if not fitting:
        kind: Kind = "early" if not wait.owed else "wrong-failure" if isinstance(event, Raised) else "wrong-value"
        return _violation(state, wait, _wrong_end(state, wait, event), kind, event, *_choices(wait.owed))
    prompt = [one for one in fitting if one.at_once in (None, event.at_once)]
    if not prompt:
        right = Wanted("at-once" if fitting[0].at_once else "suspended")
        return _violation(state, wait, fitting[0].clauses[0], "late", event, right)
    box = state.outbox
    others = _others(box, wait)
    shown = [AGAIN if box.held and prompt[0].clauses[0] == RELEASED else prompt[0].clauses[0]]
    if not wait.cancelled and not wait.expired:
        shown += [_many(state, wait.method)] if wait.waiting and others and wait.method in METHODS else []
        shown += _passed_by(box, wait)
    rest = tuple(one for one in box.waits if one.op != wait.op)
    spoiled = box.spoiled | {SECOND} if prompt[0].clauses[0] == SECOND else box.spoiled
    after = replace(state, outbox=replace(box, waits=rest, spoiled=spoiled, ended=box.ended | {wait.method}))
    if wait.method == "open_connection":
        after = replace(after, outbox=replace(after.outbox, dial=None))
        after = connection.opened(after, "dial", box.link) if isinstance(event, Returned) else after
    if wait.method == "wait_closed" and state.canonical.unread:
        shown.append(UNREAD)
    return Accepted(after, tuple(shown))


def _passed_by(box: Outbox, wait: Pending) -> list[str]:
    """Return the clauses that the right end of a call bears out besides: what happened meanwhile did no harm."""
    shown = [CANCEL_HARMLESS[wait.method]] if wait.method in box.spoiled else []
    shown += [MISCOUNTED] if box.miscounted and wait.method == "drain" else []
    before = wait.method == "wait_closed" and box.closing and not wait.closing
    return [*shown, "writer.wait-closed.before-close"] if before else shown


def _fits(way: Owed, event: Returned | Raised) -> bool:
    outcome = way.outcome
    if isinstance(event, Returned):
        return isinstance(outcome, Yields) and event.value == outcome.value
    if not isinstance(outcome, Fails) or event.problem.name not in outcome.names:
        return False
    return outcome.injected in (0, event.problem.injected)


def _wrong_end(state: State, wait: Pending, event: Returned | Raised) -> str:
    """Return the clause to blame for an end that was not open to the call."""
    box, method = state.outbox, wait.method
    if method == "open_connection":
        return connection.wrong_dial(state, wait)
    if wait.cancelled or wait.expired:
        return CANCEL_ENDS[method]
    if isinstance(event, Raised) and event.problem.name == "CancelledError":
        return CANCEL_HARMLESS[method]
    if box.held and _held_again(wait):
        return AGAIN
    now = owed(state, wait)
    if isinstance(event, Raised) and event.problem.name in ("AssertionError", "RuntimeError", "InvalidStateError"):
        if _others(box, wait):
            return _many(state, method)
        if method in box.spoiled:
            return CANCEL_HARMLESS[method]
    if now:
        return UNREAD if method == "wait_closed" and not box.error and state.canonical.unread else now[0].clauses[0]
    if method == "drain":
        if box.miscounted or SECOND in box.spoiled:
            return MISCOUNTED if box.miscounted else SECOND
        return "writer.writelines.mark" if box.gave == "writelines" else "writer.drain.held"
    return "writer.wait-closed.waits" if box.closing else "writer.wait-closed.before-close"


def quiet(state: State) -> Accepted | Violation:
    """Judge the calls that still wait when nothing is left to run."""
    box = state.outbox
    shown: list[str] = []
    for wait in box.waits:
        now = [one for one in owed(state, wait) if not one.optional]
        if now:
            return _violation(state, wait, _hang(state, wait, now[0]), "hang", Quiet(), *now)
        if wait.method == "drain":
            shown += _held(state, wait)
        elif wait.method == "wait_closed":
            shown.append("writer.wait-closed.waits" if box.closing else "writer.wait-closed.before-close")
    return Accepted(state, tuple(shown))


def _held(state: State, wait: Pending) -> list[str]:
    """Return the clauses that a drain bears out by waiting."""
    box = state.outbox
    shown = [AGAIN if _held_again(wait) else "writer.drain.held"]
    shown += ["writer.writelines.mark"] if box.gave == "writelines" else []
    shown += [MISCOUNTED] if box.miscounted else []
    shown += ["writer.drain.exception-while-waiting"] if wait.waiting and state.canonical.stored is not None else []
    return shown


def _held_again(wait: Pending) -> bool:
    return wait.waiting and any(one.clauses[0] == RELEASED for one in wait.owed)


def _hang(state: State, wait: Pending, way: Owed) -> str:
    box = state.outbox
    if wait.cancelled or wait.expired or wait.method not in METHODS:
        return way.clauses[0]
    if wait.method in box.spoiled:
        return CANCEL_HARMLESS[wait.method]
    if wait.method == "drain" and SECOND in box.spoiled:
        return SECOND
    if wait.method == "drain" and way.clauses[0] == RELEASED and (wait.again or box.miscounted):
        return AGAIN if wait.again else MISCOUNTED
    if wait.method == "wait_closed" and state.canonical.unread:
        return UNREAD
    crowded = wait.waiting and (_others(box, wait) or wait.method in box.ended)
    return _many(state, wait.method) if crowded else way.clauses[0]


def settled(box: Outbox) -> Outbox:
    """Return the outbox at the beginning of the next turn: whoever has not ended is waiting."""
    waits = tuple(replace(one, waiting=True, again=one.again or _held_again(one), owed=()) for one in box.waits)
    return replace(box, waits=waits)


# ------------------------------------------------------------- what was allowed


def _choices(owed: tuple[Owed, ...]) -> tuple[Owed | Wanted, ...]:
    return owed if any(not one.optional for one in owed) else (*owed, Wanted("waiting"))


def _violation(state: State, wait: Pending, clause: str, kind: Kind, event: Event, *owed: Owed | Wanted) -> Violation:
    return violation(state, clause, kind, event, *owed, call=wait.op, method=wait.method)
