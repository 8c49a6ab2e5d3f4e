"""One end of a connection, event by event: the reader's rules, and those of the sending half around them.

What reaches the end is put to the reader as if it were fed by hand; what the end does to its transport is judged
against what was given. The second end of a connection is judged in the same way, by itself.
"""

from __future__ import annotations

from typing import assert_never

from streamgauge.spec import connection, reading, server, waits, writer
from streamgauge.spec.alphabet import (
    Aborted,
    Accept,
    Advance,
    Answered,
    Call,
    Cancel,
    Clog,
    Closed,
    Conclude,
    Dial,
    Dialled,
    Do,
    End,
    Event,
    Feed,
    Halved,
    Handled,
    Hold,
    Kept,
    Listened,
    Lose,
    Made,
    Open,
    Quiet,
    Raised,
    Refused,
    Release,
    Reported,
    Returned,
    Serve,
    Settle,
    Stimulus,
    Unclog,
    Wrote,
)
from streamgauge.spec.blame import borne_out
from streamgauge.spec.records import replace
from streamgauge.spec.state import Outbox, State, limit_is_good, limit_is_odd, settled
from streamgauge.spec.verdicts import Accepted, Violation, Wanted, violation

STREAMS = ("open", "dial", "accept")
OPENING = (Open, Dial, Serve, Accept)
RIGHT = {
    "extra_info": "writer.extra-info.passes",
    "extra_info_default": "writer.extra-info.default",
    "transport": "writer.transport",
    "writer_methods": "writer.methods.kinds",
    "can_write_eof": "writer.write-eof.can",
}
QUESTIONS = (*RIGHT, "is_closing")


def step(state: State, event: Event) -> Accepted | Violation:
    """Judge one event of an end."""
    answer = _step(state, event)
    if isinstance(answer, Violation):
        return answer
    return replace(answer, state=waits.refreshed(answer.state))


def _step(state: State, event: Event) -> Accepted | Violation:
    match event:
        case Open() | Dial() | Serve() | Accept() | Conclude() | Do() | Clog() | Unclog() | Hold() | Release() | Lose():
            return Accepted(_applied(_undue(state, event), event), ())
        case Feed():
            return Accepted(connection.fed(_undue(state, event), event), ())
        case End():
            return Accepted(connection.ended(_undue(state, event), event), ())
        case Call(method="drain" | "wait_closed"):
            return Accepted(waits.begun(_stirred(_undue(state, event)), event), ())
        case Cancel(op=op) if state.outbox.find(op) is not None:
            return Accepted(waits.cancelled(_stirred(_undue(state, event)), op), ())
        case Returned(op=op) | Raised(op=op) if (wait := state.outbox.find(op)) is not None:
            return waits.ended(_undue(state, event), wait, event)
        case Refused():
            return _refused(state, event)
        case Answered():
            return _answered(state, event)
        case Settle():
            running = replace(_undue(state, event), outbox=replace(state.outbox, running=True))
            return _observed(running, event)
        case Quiet():
            return _quiet(_undue(state, event), event)
        case _:
            return _observed(state, event)


def _undue(state: State, event: Event) -> State:
    """Whatever else follows, the plain call before it was not refused; an opening is still under way."""
    return state if isinstance(event, OPENING) else settled(state)


def _stirred(state: State) -> State:
    return state if state.turn.stirred else replace(state, turn=replace(state.turn, stirred=True))


def _applied(
    state: State,
    event: Open | Dial | Serve | Accept | Conclude | Do | Clog | Unclog | Hold | Release | Lose,
) -> State:
    state = _stirred(state)
    match event:
        case Open():
            return connection.open_(state, event)
        case Dial():
            begun = waits.begun(settled(state), event)
            return replace(begun, outbox=replace(begun.outbox, opened="dialling"), lenient=limit_is_odd(state))
        case Serve():
            return replace(server.served(state, event), lenient=limit_is_odd(state))
        case Accept():
            return server.accepted(state, event)
        case Conclude():
            return server.concluded(state, event)
        case Do():
            return writer.called(state, event)
        case Hold() | Release():
            return connection.held(state, event)
        case Lose():
            return connection.lost(state, event)
        case Clog():
            return replace(state, outbox=replace(state.outbox, clogged=True))
        case Unclog(count=count):
            return replace(state, outbox=replace(state.outbox, clogged=count is not None))
        case _:
            assert_never(event)


def _observed(state: State, event: Event) -> Accepted | Violation:
    match event:
        case Wrote():
            return writer.wrote(state, event)
        case Aborted() if state.outbox.opened == "unanswered":
            return connection.given_up(state)
        case Halved():
            return writer.halved(state, event)
        case Closed() | Aborted():
            return writer.closed(state, event)
        case Kept():
            return connection.kept(settled(state), event)
        case Dialled():
            return connection.dialled(state, event)
        case Listened():
            return server.listened(state, event)
        case Handled():
            return server.handled(state, event)
        case Reported():
            return server.reported(state, event)
        case Made():
            return reading.step(state, event)
        case _:
            return _read(state, event)


def _read(state: State, event: Event) -> Accepted | Violation:
    """Judge what concerns the reader, and lay what it bears out to the connection as well."""
    answer = reading.step(state, event)
    if isinstance(answer, Violation):
        return answer
    if isinstance(event, Returned | Raised):
        return replace(answer, clauses=(*answer.clauses, *borne_out(state, answer.clauses)))
    if state.clock != answer.state.clock:
        return replace(answer, state=waits.advanced(answer.state))
    return answer


# --------------------------------------------------------------- plain answers


def _refused(state: State, event: Refused) -> Accepted | Violation:
    box = state.outbox
    if box.doing is not None:
        return writer.refused(state, event)
    if box.opened == "serve":
        return _not_served(state, event)
    if state.due is None and event.problem.name == "BufferError":
        return violation(state, "writer.write.copies", "refused", event, Wanted("no-hold"))
    if state.due is None and state.question in QUESTIONS:
        clause = _about(state, state.question)
        return violation(state, clause, "refused", event, Wanted("answer"), method=state.question)
    if box.opened == "dialling":
        return violation(state, "connection.made.transport", "refused", event, Wanted("no-failure"))
    return reading.step(state, event)


def _not_served(state: State, event: Refused) -> Accepted | Violation:
    """The server could not be started."""
    hosting = state.outbox.hosting
    over = replace(state, lenient=True)
    if hosting is not None and server.unknown_options(hosting) and event.problem.name == "TypeError":
        return Accepted(over, ("server.start.unknown",))
    if not limit_is_good(state) and event.problem.name == "ValueError":
        return Accepted(over, ("server.bad-limit",))
    clause = "server.start.arguments" if limit_is_good(state) else "server.bad-limit"
    return violation(state, clause, "refused", event, Wanted("server"), method="start_server")


def _answered(state: State, event: Answered) -> Accepted | Violation:
    box = state.outbox
    if box.doing is not None and event.question == box.doing.method:
        return writer.returned(state, event)
    state = settled(state)
    if event.question == "server":
        return server.answered(state, event)
    if event.question in QUESTIONS:
        right = {"is_closing": box.closing, "can_write_eof": box.link.half_close}.get(event.question, True)
        return _right(state, event, value=right, clause=_about(state, event.question))
    return _read(state, event)


def _about(state: State, question: str) -> str:
    """Return the clause that a question puts to the test."""
    return RIGHT[question] if question in RIGHT else _about_closing(state)


def _right(state: State, event: Answered, *, value: bool, clause: str) -> Accepted | Violation:
    if event.value is value:
        return Accepted(state, (clause,))
    right = Wanted("value", value)
    return violation(state, clause, "wrong-answer", event, right, method=event.question, after=state)


def _about_closing(state: State) -> str:
    box = state.outbox
    if box.asked_close:
        return "writer.close.marks"
    if box.closing:
        return "writer.is-closing.lost"
    return "writer.write-eof.not-closing" if box.asked_half else "writer.is-closing.half-open"


# -------------------------------------------------------------------- enabled


def enabled(state: State, stimulus: Stimulus) -> bool:
    """Check whether `stimulus` makes sense next at an end of a connection; what only concerns its reader does."""
    box = state.outbox
    match stimulus:
        case Open() | Dial() | Serve():
            return not box.opened
        case Accept():
            return box.opened == "serve"
        case Conclude():
            hosting = box.hosting
            called = hosting is not None and hosting.handled > 0 and hosting.handler in server.TASKS
            return called and hosting is not None and hosting.concluded is None
        case Feed() | End() | Lose():
            return box.opened in STREAMS and not box.closing
        case Clog():
            return not box.clogged
        case Unclog():
            return box.clogged
        case Hold():
            return not box.held and not box.lost
        case Release():
            return box.held and not box.lost
        case Cancel() | Advance() | Settle():
            return True
        case _:
            return _is_there(box)


def _is_there(box: Outbox) -> bool:
    """Check whether there are a reader and a writer to be asked for something."""
    return box.opened in STREAMS and (box.hosting is None or box.hosting.handled > 0)


# ---------------------------------------------------------------------- quiet


def _quiet(state: State, event: Quiet) -> Accepted | Violation:
    answer = reading.step(state, event)
    if isinstance(answer, Violation):
        return answer
    shown = (*answer.clauses, *borne_out(state, answer.clauses))
    for judge in (writer.quiet, connection.quiet, waits.quiet, server.quiet):
        said = judge(state)
        if isinstance(said, Violation):
            return said
        shown = (*shown, *said.clauses)
    return Accepted(replace(answer.state, outbox=_rested(answer.state.outbox)), shown)


def _rested(box: Outbox) -> Outbox:
    return replace(waits.settled(box) if box.waits else box, running=False)
