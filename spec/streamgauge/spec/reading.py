"""The reader's judge, event by event: whoever feeds it, by hand or from a transport.

What a plain call owes comes before anything else; then a stimulus changes what is known, and an observation is judged.
"""

from __future__ import annotations

from streamgauge.spec import flow, stimuli
from streamgauge.spec.alphabet import (
    Advance,
    Answered,
    Attach,
    Break,
    Call,
    Cancel,
    End,
    Event,
    Feed,
    Made,
    Overran,
    Paused,
    Quiet,
    Raised,
    Reading,
    Refused,
    Resumed,
    Returned,
    Settle,
    Stimulus,
)
from streamgauge.spec.endings import raised, returned
from streamgauge.spec.errors import ANSWERS, SWAPPED
from streamgauge.spec.outcomes import duty, owed, possibilities
from streamgauge.spec.quiescence import quiet
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import is_endless
from streamgauge.spec.state import Fails, State, limit_is_odd, settled
from streamgauge.spec.verdicts import Accepted, Violation, Wanted, raising, violation

AT_MOST = 256


def enabled(state: State, stimulus: Stimulus) -> bool:
    """Check whether `stimulus` makes sense next for a reader, and for the calls of its end that wait."""
    inbox, box = state.canonical, state.outbox
    match stimulus:
        case Feed() | End():
            return not inbox.ended
        case Break(form=form):
            if form == "none":
                return inbox.stored is not None and not inbox.pending
            return inbox.stored is None
        case Call(op=op):
            return op == state.calls + 1
        case Cancel(op=op):
            pending = inbox.find(op) or box.find(op)
            return pending is not None and not pending.cancelled
        case Attach():
            return not state.line.attached
        case Advance():
            return any(
                one.waiting and one.expires is not None and not one.expired
                for known in (inbox.pending, box.waits)
                for one in known
            )
        case Settle():
            return state.turn.stirred
        case _:
            return True


def step(state: State, event: Event) -> Accepted | Violation:
    """Judge what concerns a reader."""
    if isinstance(event, Refused):
        return _refused(state, event)
    if isinstance(event, Paused):
        return flow.paused(state, event)
    if isinstance(event, Resumed):
        return flow.resumed(state, event)
    if isinstance(event, Overran):
        return violation(state, _restless(state), "restless", event, Wanted("rest", event.budget))
    if state.due is not None:
        if not state.due.optional:
            return violation(state, state.due.clauses[0], "not-refused", event, Wanted("exception"))
        state = settled(state)
    if isinstance(event, Reading):
        after = stimuli.apply(state, event)
        return Accepted(after if len(after.inboxes) <= AT_MOST else replace(after, lenient=True), ())
    return _observed(state, event)


def _restless(state: State) -> str:
    """Return the clause of what was under way when the loop did not come to rest."""
    inbox = state.canonical
    if inbox.pending:
        return duty(inbox.pending[-1], owed(inbox.pending[-1], inbox, state))
    return state.due.clauses[0] if state.due is not None else "reader.feed.order"


def _observed(state: State, event: Event) -> Accepted | Violation:
    match event:
        case Made():
            return _made(state)
        case Returned():
            return returned(state, event)
        case Raised():
            return raised(state, event)
        case Answered():
            return _answered(state, event)
        case Quiet():
            return quiet(state)
        case _:
            raise TypeError(f"not an observation of this model: {event!r}")


def _made(state: State) -> Accepted:
    if not limit_is_odd(state):
        return Accepted(state, ())
    return Accepted(replace(state, lenient=True), ("reader.limit.type",))


def _refused(state: State, event: Refused) -> Accepted | Violation:
    due, refused = state.due, state.otherwise
    if due is None:
        clause = ANSWERS[state.question][0] if state.question in ANSWERS else "reader.at-eof.meaning"
        if state.question == "methods" and state.canonical.ended:
            clause = "reader.end.twice"  # the question feeds an end, too
        return violation(state, clause, "refused", event, Wanted("answer"), method=state.question)
    if refused is None:
        if event.problem.name == "BufferError":
            return violation(state, "reader.feed.copies", "refused", event, Wanted("no-hold-on-feed"))
        return violation(state, due.clauses[0], "refused", event, Wanted("no-exception"))
    names = due.outcome.names if isinstance(due.outcome, Fails) else ()
    if names and event.problem.name not in names:
        return violation(state, due.clauses[0], "wrong-failure", event, *map(raising, names))
    return Accepted(settled(refused), due.clauses)


def _answered(state: State, event: Answered) -> Accepted | Violation:
    if event.question in ANSWERS:
        clause, right = ANSWERS[event.question]
        if event.value not in right:
            if clause == "errors.incomplete.kind" and event.value in SWAPPED:
                clause = "errors.incomplete.constructor"
            return _wrong_answer(state, clause, event, *(Wanted("value", one) for one in right), after=state)
        return Accepted(state, (clause,))
    if event.question == "exception":
        return _exception(state, event)
    return _at_eof(state, event)


def _wrong_answer(state: State, clause: str, event: Answered, *right: Wanted, after: State | None = None) -> Violation:
    return violation(state, clause, "wrong-answer", event, *right, method=event.question, after=after)


def _exception(state: State, event: Answered) -> Accepted | Violation:
    stored = state.canonical.stored
    right = None if stored is None else stored.index
    if event.value == right:
        return Accepted(state, ("reader.exception.readable",))
    wanted = Wanted("stored" if stored else "nothing-stored")
    return _wrong_answer(state, "reader.exception.readable", event, wanted, after=state)


def _at_eof(state: State, event: Answered) -> Accepted | Violation:
    right: set[bool] = set()
    for inbox in state.inboxes:
        for one in possibilities(inbox, state):
            right.add(one.ended and not one.unread)
            if any(is_endless(pending) for pending in one.pending):
                right.add(one.ended)
    inbox = state.canonical
    if inbox.stored is not None:
        clause = "reader.at-eof.end-after-exception" if inbox.ended else "reader.at-eof.exception"
    else:
        clause = "reader.at-eof.meaning"
    if event.value not in right or not isinstance(event.value, bool):
        return _wrong_answer(state, clause, event, *(Wanted("at-eof", one) for one in sorted(right)))
    return Accepted(state, (clause, "reader.methods.kinds") if event.value and state.turn.ended else (clause,))
