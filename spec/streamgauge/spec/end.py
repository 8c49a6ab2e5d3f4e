"""One end of a connection, event by event: the reader's rules, and those of the sending half around them.

What reaches the end is put to the reader as if it were fed by hand; what the end does to its transport is judged
against what was given. The second end of a connection is judged in the same way, by itself. Which rule an event meets
is a table, made of those of the chapters.
"""

from __future__ import annotations

from streamgauge.spec import alphabet as ev
from streamgauge.spec import connection, reading, server, stimuli, waits, writer
from streamgauge.spec.blame import borne_out
from streamgauge.spec.records import replace
from streamgauge.spec.state import State, sending, settled
from streamgauge.spec.verdicts import Accepted, Violation, Wanted, violation

STIMULI = {**connection.STIMULI, **writer.STIMULI, **waits.STIMULI, **server.STIMULI}
JUDGES = {**connection.JUDGES, **writer.JUDGES, **server.JUDGES}
RIGHT = {
    "extra_info": "writer.extra-info.passes",
    "extra_info_default": "writer.extra-info.default",
    "transport": "writer.transport",
    "writer_methods": "writer.methods.kinds",
    "can_write_eof": "writer.write-eof.can",
}
QUESTIONS = (*RIGHT, "is_closing")


def enabled(state: State, stimulus: ev.Stimulus) -> bool:
    """Check whether `stimulus` makes sense next at an end of a connection; what only concerns its reader does."""
    kind = type(stimulus)
    if kind in STIMULI:
        return STIMULI[kind][0](state, stimulus)
    return kind in (ev.Cancel, ev.Advance, ev.Settle) or writer.is_there(state, stimulus)


def step(state: State, event: ev.Event) -> Accepted | Violation:
    """Judge one event of an end."""
    answer = _step(state, event)
    if isinstance(answer, Violation):
        return answer
    return replace(answer, state=waits.refreshed(answer.state))


def _step(state: State, event: ev.Event) -> Accepted | Violation:
    kind = type(event)
    if kind in STIMULI:
        # Whatever else follows, the plain call before it was not refused; what makes the connection is still under way.
        before = state if kind is ev.Open else settled(state)
        return Accepted(STIMULI[kind][1](stimuli.stirred(before), event))
    if kind in JUDGES:
        return JUDGES[kind](state, event)
    match event:
        case ev.Call(method="drain" | "wait_closed"):
            return Accepted(waits.begun(stimuli.stirred(settled(state)), event))
        case ev.Cancel(op=op) if state.outbox.find(op) is not None:
            return Accepted(waits.cancelled(stimuli.stirred(settled(state)), op))
        case _ if isinstance(event, ev.Ended) and (wait := state.outbox.find(event.op)) is not None:
            return waits.ended(settled(state), wait, event)
        case ev.Refused():
            return _refused(state, event)
        case ev.Answered():
            return _answered(state, event)
        case ev.Settle():
            return _read(sending(settled(state), running=True), event)
        case ev.Quiet():
            return _quiet(settled(state), event)
        case _:
            return _read(state, event)


def _read(state: State, event: ev.Event) -> Accepted | Violation:
    """Judge what concerns the reader, and lay what it bears out to the connection as well."""
    answer = reading.step(state, event)
    if isinstance(answer, Violation):
        return answer
    if isinstance(event, ev.Ended | ev.Quiet):
        return replace(answer, clauses=(*answer.clauses, *borne_out(state, answer.clauses)))
    if state.clock != answer.state.clock:
        return replace(answer, state=waits.advanced(answer.state))
    return answer


def _quiet(state: State, event: ev.Quiet) -> Accepted | Violation:
    answer = _read(state, event)
    if isinstance(answer, Violation):
        return answer
    shown = answer.clauses
    for judge in (writer.quiet, waits.quiet, server.quiet):
        said = judge(state)
        if isinstance(said, Violation):
            return said
        shown = (*shown, *said.clauses)
    return Accepted(replace(answer.state, outbox=waits.settled(answer.state.outbox)), shown)


# --------------------------------------------------------------- plain answers


def _refused(state: State, event: ev.Refused) -> Accepted | Violation:
    box, problem = state.outbox, event.problem
    if box.doing:
        return writer.refused(state, event, problem)
    if box.opened == "serve":
        return server.not_started(state, event, problem)
    if state.due is None and problem.name == "BufferError":
        return violation(state, "writer.write.copies", "refused", event, Wanted("no-hold"))
    if state.due is None and state.question in QUESTIONS:
        clause = _about(state, state.question)
        return violation(state, clause, "refused", event, Wanted("answer"), method=state.question)
    if box.opened == "dialling":
        return violation(state, "connection.made.transport", "refused", event, Wanted("no-failure"))
    return reading.step(state, event)


def _answered(state: State, event: ev.Answered) -> Accepted | Violation:
    box, question, value = state.outbox, event.question, event.value
    if box.doing and question == box.doing:
        return writer.returned(state, event, value)
    state = settled(state)
    if question == "server":
        return server.started(state, event, value)
    if question not in QUESTIONS:
        return _read(state, event)
    clause, right = _about(state, question), {"is_closing": box.closing, "can_write_eof": box.link.half_close}
    wanted = right.get(question, True)
    if value is wanted:
        return Accepted(state, (clause,))
    return violation(state, clause, "wrong-answer", event, Wanted("value", wanted), method=question, after=state)


def _about(state: State, question: str) -> str:
    """Return the clause that a question puts to the test."""
    box = state.outbox
    if question in RIGHT:
        return RIGHT[question]
    if box.asked_close:
        return "writer.close.marks"
    if box.closing:
        return "writer.is-closing.lost"
    return "writer.write-eof.not-closing" if box.asked_half else "writer.is-closing.half-open"
