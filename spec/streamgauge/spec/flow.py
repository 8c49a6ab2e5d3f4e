"""The rules of chapter `flow`, read side: when the transport is paused and resumed.

What a reader asks of its transport is observed at once, but why it did so is often known only when the turn is
over: `resume_reading` is called inside a read whose result comes later. So a pause is judged when it is seen,
and the rest when the loop goes quiet.
"""

from __future__ import annotations

from streamgauge.spec.alphabet import Paused, Quiet, Resumed
from streamgauge.spec.records import replace
from streamgauge.spec.state import Inbox, Line, State
from streamgauge.spec.verdicts import Accepted, Violation, Wanted, violation

UNPAUSED = frozenset({"flow.pause.above", "flow.transport.late", "flow.resume.not-above", "flow.resume.not-by-overrun"})
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
    wrong, shown = _judged(state, inbox)
    if wrong is None:
        return Accepted(state, shown)
    return violation(state, wrong, "missing", Quiet(), Wanted("paused" if wrong in UNPAUSED else "being-read"))


def _judged(state: State, inbox: Inbox) -> tuple[str | None, tuple[str, ...]]:
    line = state.line
    if not line.attached:
        return None, ()
    waiting = bool(inbox.pending)
    if line.paused:
        return _still_paused(state, inbox, waiting)
    if line.forgotten:
        return None, ("flow.unpausable",) if state.turn.fed and state.turn.peak > 2 * state.limit else ()
    wrong = _resumed_too_soon(state, waiting)
    if wrong is not None:
        return wrong, ()
    let_go = state.turn.resumed and _is_over(state)
    over = len(inbox.unread) > 2 * state.limit and not waiting and not state.turn.cancelled and not let_go
    if over and state.turn.fed and line.fed and line.pausing == "works":
        return "flow.transport.late" if line.late else "flow.pause.above", ()
    return None, _kept(state, inbox, waiting)


def _still_paused(state: State, inbox: Inbox, waiting: bool) -> tuple[str | None, tuple[str, ...]]:
    if waiting:
        return _waiting_clause(inbox), ()
    if state.turn.drained and len(inbox.unread) <= state.limit:
        return OWN_WORDS[state.turn.drained], ()
    shown = ["flow.pause.once"] if state.turn.fed and state.turn.held else []
    if state.turn.fed:
        shown.append("flow.pause.above")
    if state.turn.drained:
        shown.append("flow.resume.not-above")
    if state.turn.overran:
        shown.append("flow.resume.not-by-overrun")
    return None, tuple(shown)


def _waiting_clause(inbox: Inbox) -> str:
    call = inbox.pending[0].call
    endless = call.method == "read" and (not call.args or (isinstance(call.args[0], int) and call.args[0] < 0))
    return "flow.resume.read-all" if endless else "flow.resume.before-waiting"


def _resumed_too_soon(state: State, waiting: bool) -> str | None:
    turn = state.turn
    if not turn.resumed or waiting or turn.waited or turn.trough <= state.limit or _is_over(state):
        return None
    return "flow.resume.not-by-overrun" if turn.overran else "flow.resume.not-above"


def _is_over(state: State) -> bool:
    """Check whether the end, or an exception, came in this turn: a transport that was let go for that harms nobody."""
    return state.turn.ended or state.turn.broken


def _kept(state: State, inbox: Inbox, waiting: bool) -> tuple[str, ...]:
    turn = state.turn
    shown = []
    if turn.fed and len(inbox.unread) > state.limit and turn.peak <= 2 * state.limit and not waiting:
        shown.append("flow.pause.not-within")
    if turn.resumed:
        if waiting:
            shown.append(_waiting_clause(inbox))
        if turn.drained and len(inbox.unread) <= state.limit:
            shown.append(OWN_WORDS[turn.drained])
    if turn.resumed or turn.drained:
        shown.append("flow.pause.once")
    return tuple(shown)
