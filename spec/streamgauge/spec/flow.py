"""The rules of chapter `flow`, read side: when the transport is paused and resumed.

What a reader asks of its transport is observed at once, but why it did so is often known only when the turn is
over: `resume_reading` is called inside a read whose result comes later. So a pause is judged when it is seen,
and the rest when the loop goes quiet.
"""

from __future__ import annotations

from collections.abc import Iterator

from streamgauge.spec.alphabet import Paused, Resumed
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import is_endless
from streamgauge.spec.state import Inbox, Line, State
from streamgauge.spec.verdicts import Accepted, Judges, Violation, Wanted, missing, violation

OWN_WORDS = {"line": "flow.resume.readline", "read": "flow.resume.at-limit"}


def paused(state: State, event: Paused) -> Accepted | Violation:
    """Judge a `pause_reading`."""
    line = state.line
    changed = replace(line, paused=line.pausing == "works", forgotten=line.pausing == "unsupported", late=False)
    after = _with(state, changed)
    wrong = _not_to_pause(state, event)
    if wrong:
        return violation(state, wrong, "undue", event, Wanted("no-pause"), after=after)
    if line.attached > 1:
        return Accepted(after, ("flow.transport.second",))
    return Accepted(after, ("flow.transport.late",) if line.late else ())


def _not_to_pause(state: State, event: Paused) -> str:
    """Return the clause by which the transport is not to be paused now, if there is one."""
    line = state.line
    if event.transport != line.in_charge:
        return "flow.transport.second"
    if line.forgotten:
        return "flow.unpausable"
    if line.paused:
        return "flow.pause.once"
    return "flow.pause.not-within" if state.turn.peak <= 2 * state.limit else ""


def resumed(state: State, event: Resumed) -> Accepted | Violation:
    """Judge a `resume_reading`, as far as it can be judged before the turn is over."""
    line = state.line
    after = replace(_with(state, replace(line, paused=False)), turn=replace(state.turn, resumed=True))
    if line.paused and event.transport == line.in_charge:
        return Accepted(after)
    clause = "flow.pause-error" if line.pausing == "fails" else "flow.pause.once"
    clause = clause if event.transport == line.in_charge else "flow.transport.second"
    return violation(state, clause, "undue", event, Wanted("no-resume"), after=after)


def _with(state: State, line: Line) -> State:
    """Return the state with another line: what a transport saw happened, even if the call around it is refused."""
    refused = state.otherwise
    if refused is not None:
        refused = replace(refused, line=replace(refused.line, paused=line.paused, forgotten=line.forgotten))
    return replace(state, line=line, otherwise=refused)


def quiet(state: State, inbox: Inbox) -> Accepted | Violation:
    """Judge the turn that is over, if this is how things are inside."""
    line = state.line
    if not line.attached:
        return Accepted(state)
    wrong = _still_paused(state, inbox) if line.paused else "" if line.forgotten else _unpaused(state, inbox)
    if wrong:
        return missing(state, wrong, "being-read" if line.paused else "paused")
    return Accepted(state, tuple(_kept(state, inbox)))


def _still_paused(state: State, inbox: Inbox) -> str:
    """Return the clause by which the transport is not to be paused any more, if there is one."""
    if inbox.pending:
        return _waiting_clause(inbox)
    return OWN_WORDS[state.turn.drained] if state.turn.drained and len(inbox.unread) <= state.limit else ""


def _unpaused(state: State, inbox: Inbox) -> str:
    """Return the clause by which the transport has to be paused, if there is one."""
    line, turn = state.line, state.turn
    # The end, or an exception, came in this turn: a transport that was let go for that harms nobody.
    over = turn.ended or turn.broken
    if inbox.pending or (turn.resumed and over):
        return ""
    if turn.resumed and not turn.waited and turn.trough > state.limit:
        return "flow.resume.not-by-overrun" if turn.overran else "flow.resume.not-above"
    full = len(inbox.unread) > 2 * state.limit and not turn.cancelled
    if full and turn.fed and line.fed and line.pausing == "works":
        return "flow.transport.late" if line.late else "flow.pause.above"
    return ""


def _waiting_clause(inbox: Inbox) -> str:
    """Return the clause by which the transport is read for a call that waits."""
    return "flow.resume.read-all" if is_endless(inbox.pending[0]) else "flow.resume.before-waiting"


def _kept(state: State, inbox: Inbox) -> Iterator[str]:
    """Yield the clauses that a turn bears out in which nothing was wrong."""
    line, turn, unread = state.line, state.turn, len(inbox.unread)
    if line.paused:
        if turn.fed:
            yield "flow.pause.above"
            if turn.held:
                yield "flow.pause.once"
        if turn.drained:
            yield "flow.resume.not-above"
        if turn.overran:
            yield "flow.resume.not-by-overrun"
    elif line.forgotten:
        if turn.fed and turn.peak > 2 * state.limit:
            yield "flow.unpausable"
    else:
        if turn.fed and unread > state.limit and turn.peak <= 2 * state.limit and not inbox.pending:
            yield "flow.pause.not-within"
        if turn.resumed and inbox.pending:
            yield _waiting_clause(inbox)
        if turn.resumed and turn.drained and unread <= state.limit:
            yield OWN_WORDS[turn.drained]
        if turn.resumed or turn.drained:
            yield "flow.pause.once"


JUDGES: Judges = {Paused: paused, Resumed: resumed}
