"""The reader's judge, event by event: whoever feeds it, by hand or from a transport.

What a plain call owes comes before anything else; then a stimulus changes what is known, and an observation is judged.
"""

from __future__ import annotations

from streamgauge.spec import endings, flow, quiescence, stimuli
from streamgauge.spec.alphabet import Answered, Event, Made, Overran, Refused
from streamgauge.spec.errors import ANSWERS, SWAPPED
from streamgauge.spec.outcomes import duty, owed, possibilities
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import is_endless, limit_is_odd
from streamgauge.spec.state import Fails, State, settled
from streamgauge.spec.verdicts import Accepted, Judges, Violation, Wanted, raising, violation

AT_MOST = 256


def step(state: State, event: Event) -> Accepted | Violation:
    """Judge what concerns a reader."""
    kind = type(event)
    if kind in AT_ONCE:
        return AT_ONCE[kind](state, event)
    if state.due is not None:
        if not state.due.optional:
            return violation(state, state.due.clauses[0], "not-refused", event, Wanted("exception"))
        state = settled(state)
    if kind in stimuli.STIMULI:
        after = stimuli.apply(state, event)
        return Accepted(after if len(after.inboxes) <= AT_MOST else replace(after, lenient=True))
    if kind in JUDGES:
        return JUDGES[kind](state, event)
    raise TypeError(f"not an observation of this model: {event!r}")


def _overran(state: State, event: Overran) -> Violation:
    """Judge a loop that did not come to rest: lay it to what was under way."""
    inbox, clause = state.canonical, "reader.feed.order"
    if inbox.pending:
        clause = duty(inbox.pending[-1], owed(inbox.pending[-1], inbox, state))
    elif state.due is not None:
        clause = state.due.clauses[0]
    return violation(state, clause, "restless", event, Wanted("rest", event.budget))


def _made(state: State, _: Made) -> Accepted:
    if not limit_is_odd(state):
        return Accepted(state)
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


# What judges each observation; the first ones, whatever the plain call before them owes.
AT_ONCE: Judges = {Refused: _refused, Overran: _overran, **flow.JUDGES}
JUDGES: Judges = {Made: _made, Answered: _answered, **endings.JUDGES, **quiescence.JUDGES}
