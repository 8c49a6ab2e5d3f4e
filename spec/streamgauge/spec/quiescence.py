"""What a quiet loop shows: a call that still waits has nothing to wait for but the outside world."""

from __future__ import annotations

from streamgauge.spec import flow
from streamgauge.spec.alphabet import Quiet
from streamgauge.spec.outcomes import duty, legal, owed, ready
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import is_endless
from streamgauge.spec.state import Inbox, Pending, State, Turn
from streamgauge.spec.verdicts import Accepted, Judges, Violation, raising, violation


def quiet(state: State, event: Quiet) -> Accepted | Violation:
    """Judge a loop that has nothing left to run."""
    resting = tuple(inbox for inbox in state.inboxes if _at_rest(state, inbox))
    if not resting:
        return _restless(state, event)
    answers = [flow.quiet(state, inbox) for inbox in resting]
    for inbox, answer in zip(resting, answers, strict=True):
        if isinstance(answer, Accepted):
            after = _next_turn(replace(state, inboxes=resting), inbox)
            return Accepted(after, (*answer.clauses, *_evident(state, inbox)))
    return replace(answers[-1], state=_next_turn(replace(state, inboxes=resting), resting[0]))


def _at_rest(state: State, inbox: Inbox) -> bool:
    pending = inbox.pending
    if any(one.decided is not None or one.cancelled for one in pending):
        return False
    if len(pending) < 2:
        return not any(ready(one, inbox, state) for one in pending)
    return _side_by_side(state, inbox)


def _side_by_side(state: State, inbox: Inbox) -> bool:
    """Two calls may wait together only if they met while one of them was being woken."""
    if not state.turn.eventful and not all(one.waiting for one in inbox.pending):
        return False
    return not all(ready(one, inbox, state) for one in inbox.pending)


def _restless(state: State, event: Quiet) -> Violation:
    inbox = state.canonical
    stuck = next((one for one in inbox.pending if one.cancelled or ready(one, inbox, state)), None)
    if stuck is None:
        last, clause, right = inbox.pending[-1], "reader.overlap.refused", raising("RuntimeError")
        return violation(state, clause, "not-refused", event, right, call=last.op, method=last.method)
    due = tuple(one for one in owed(stuck, inbox, state) if not one.optional)
    answer = legal(state, stuck.op)
    return violation(state, duty(stuck, due), "hang", event, *answer, call=stuck.op, method=stuck.method)


def _next_turn(state: State, inbox: Inbox) -> State:
    was = state.turn
    race = was.overlapped and was.eventful

    def seen_waiting(one: Pending) -> Pending:
        return one if one.waiting else one.seen_waiting(state.clock, raced=race)

    inboxes = tuple(
        replace(one, pending=tuple(map(seen_waiting, one.pending))) if one.pending else one for one in state.inboxes
    )
    sizes = [len(one.unread) for one in inboxes]
    raced = bool(inbox.pending) and (state.raced or (race and was.waited))
    turn = Turn(peak=max(sizes), trough=min(sizes), waited=bool(inbox.pending), held=state.line.paused)
    return replace(state, inboxes=tuple(dict.fromkeys(inboxes)), turn=turn, raced=raced, question="")


def _evident(state: State, inbox: Inbox) -> tuple[str, ...]:
    if not inbox.pending:
        return ()
    pending, turn = inbox.pending[0], state.turn
    shown: list[str] = []
    if turn.fed_nothing and not turn.fed and pending.waiting:
        shown.append("reader.feed.empty")
    if not pending.waiting and len(inbox.pending) == 1 and turn.overlapped and turn.cancelled:
        # It waits as if alone, behind a call that was cancelled in this very turn.
        shown.append("reader.overlap.after-cancel")
    if any(_found_nothing(one, inbox) for one in inbox.pending) and turn.fed:
        shown.append("reader.overlap.false-end")
    if pending.call.method == "read" and not inbox.unread and not is_endless(pending):
        shown.append("reader.read.empty-means-end")
    if inbox.unread and is_endless(pending) and pending.call.args in ((), (-1,)):
        shown.append("reader.read.all")
    if pending.call.method == "readuntil" and len(inbox.unread) > state.limit:
        several = pending.call.args and isinstance(pending.call.args[0], tuple)
        shown.append("reader.separators.longest" if several else "reader.readuntil.overrun-not-early")
    return tuple(shown)


def _found_nothing(pending: Pending, inbox: Inbox) -> bool:
    """Check whether a `read(n)` that waited before still waits, because another call took the bytes."""
    return pending.waiting and pending.call.method == "read" and not is_endless(pending) and not inbox.unread


JUDGES: Judges = {Quiet: quiet}
