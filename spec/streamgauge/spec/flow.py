"""The rules of chapter `flow`, read side: when the transport is paused and resumed.

What a reader asks of its transport is observed at once, but why it did so is often known only when the turn is
over: `resume_reading` is called inside a read whose result comes later. So a pause is judged when it is seen,
and the rest when the loop goes quiet.
"""

from __future__ import annotations

from streamgauge.spec.records import replace
from streamgauge.spec.state import Inbox, State, suspecting

OWN_WORDS = {"line": "flow.resume.readline", "read": "flow.resume.at-limit"}


def paused(state: State, transport: int) -> tuple[State, str | None, tuple[str, ...]]:
    """Judge a `pause_reading`: the state after it, the clause it violates if any, and those it shows kept."""
    line = state.line
    changed = replace(line, paused=line.pausing == "works", forgotten=line.pausing == "unsupported", late=False)
    after = replace(state, line=changed)
    if line.pausing != "works":
        after = suspecting(after, "flow.unpausable" if changed.forgotten else "flow.pause-error")
    if transport != line.in_charge:
        return after, "flow.transport.second", ()
    if line.forgotten:
        return after, "flow.unpausable", ()
    if line.paused:
        return after, "flow.pause.once", ()
    if state.turn.peak <= 2 * state.limit:
        return after, "flow.pause.not-within", ()
    if line.attached > 1:
        return after, None, ("flow.transport.second",)
    return after, None, ("flow.transport.late",) if line.late else ()


def resumed(state: State, transport: int) -> tuple[State, str | None, tuple[str, ...]]:
    """Judge a `resume_reading`, as far as it can be judged before the turn is over."""
    line = state.line
    after = replace(state, line=replace(line, paused=False), turn=replace(state.turn, resumed=True))
    if transport != line.in_charge:
        return after, "flow.transport.second", ()
    if line.paused:
        return after, None, ()
    return after, "flow.pause-error" if line.pausing == "fails" else "flow.pause.once", ()


def quiet(state: State, inbox: Inbox) -> tuple[str | None, tuple[str, ...]]:
    """Judge the turn that is over: the clause that was violated, if any, and those that were kept."""
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
    """Tell whether the end, or an exception, came in this turn: a transport that was let go for that harms nobody."""
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
