"""The waist of the product: `start`, `enabled`, `step`.

The model is a relation. `step` answers `Accepted` with the next state and the clauses that the event bears out,
or `Violation` with the clause that it breaks. Where the documents leave a choice every legal outcome is
accepted, and what was observed settles the choice. A violation that leaves no doubt about how things stand
carries the state to go on from; otherwise the scenario is over.
"""

from __future__ import annotations

from streamgauge.spec import blame, flow, network, stimuli
from streamgauge.spec.alphabet import (
    UNSET,
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
    Settings,
    Settle,
    Stimulus,
)
from streamgauge.spec.endings import raised, returned
from streamgauge.spec.errors import ANSWERS, SWAPPED
from streamgauge.spec.outcomes import is_endless, possibilities
from streamgauge.spec.quiescence import quiet
from streamgauge.spec.records import replace
from streamgauge.spec.state import DEFAULT_LIMIT, Due, State, suspecting
from streamgauge.spec.verdicts import Accepted, Violation, Wanted, raising, violation

__all__ = ["Accepted", "State", "Violation", "enabled", "start", "step"]

AT_MOST = 256


def start(settings: Settings) -> State:
    """Return what is known before anything was observed; the first event tells how construction went."""
    limit = settings.limit
    if limit is UNSET:
        return State(settings, DEFAULT_LIMIT, due=Due("reader.limit.default", must=False))
    if isinstance(limit, int):
        over = State(settings, limit, lenient=True)
        due = Due(
            "reader.limit.positive", must=limit <= 0, otherwise=over if limit <= 0 else None, names=("ValueError",)
        )
        return State(settings, limit, due=due)
    refused = State(settings, DEFAULT_LIMIT, lenient=True)
    due = Due("reader.limit.type", must=False, otherwise=refused, names=("TypeError", "ValueError"))
    return State(settings, DEFAULT_LIMIT, due=due)


def enabled(state: State, stimulus: Stimulus) -> bool:
    """Tell whether `stimulus` makes sense next: scenarios made of such stimuli test no nonsense."""
    box = state.outbox
    if (box.opened or not isinstance(stimulus, Reading)) and not network.enabled(state, stimulus):
        return False
    inbox = state.canonical
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
    """Judge one event of a trace in `state`; of a connection with two ends, one that concerns this end."""
    if state.lenient:
        return Accepted(state, ())
    if state.outbox.opened or isinstance(event, network.OPENING):
        return network.step(state, event, _reading)
    return _reading(state, event)


def _reading(state: State, event: Event) -> Accepted | Violation:
    """Judge what concerns a reader."""
    if isinstance(event, Refused):
        return _refused(state, event)
    if isinstance(event, Paused | Resumed):
        return _flow(state, event)
    if isinstance(event, Overran):
        return violation(state, blame.restless(state), "restless", event, Wanted("rest", event.budget))
    if state.due is not None:
        if state.due.must:
            return violation(state, state.due.clause, "not-refused", event, Wanted("exception"))
        state = replace(state, due=None)
    if isinstance(event, Reading):
        after = stimuli.apply(state, event)
        return Accepted(after if len(after.inboxes) <= AT_MOST else replace(after, lenient=True), ())
    return _observed(state, event)


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
    limit = state.settings.limit
    if limit is UNSET or isinstance(limit, int):
        return Accepted(state, ())
    return Accepted(replace(state, lenient=True), ("reader.limit.type",))


def _refused(state: State, event: Refused) -> Accepted | Violation:
    due = state.due
    if due is None:
        clause = ANSWERS[state.question][0] if state.question in ANSWERS else "reader.at-eof.meaning"
        if state.question == "methods" and state.canonical.ended:
            clause = "reader.end.twice"  # the question feeds an end, too
        return violation(state, clause, "refused", event, Wanted("answer"), method=state.question)
    if due.otherwise is None:
        if event.problem.name == "BufferError":
            return violation(state, "reader.feed.copies", "refused", event, Wanted("no-hold-on-feed"))
        return violation(state, blame.refusal(state, due.clause), "refused", event, Wanted("no-exception"))
    if due.names and event.problem.name not in due.names:
        return violation(state, due.clause, "wrong-failure", event, *map(raising, due.names))
    return Accepted(replace(due.otherwise, due=None), (due.clause,))


def _flow(state: State, event: Paused | Resumed) -> Accepted | Violation:
    judge = flow.paused if isinstance(event, Paused) else flow.resumed
    after, wrong, shown = judge(state, event.transport)
    due = after.due
    if due is not None and due.otherwise is not None:
        # What the transport saw happened, whether or not the call around it is refused.
        line = replace(due.otherwise.line, paused=after.line.paused, forgotten=after.line.forgotten)
        after = replace(after, due=replace(due, otherwise=replace(due.otherwise, line=line)))
    if wrong is None:
        return Accepted(after, shown)
    right = Wanted("no-pause" if isinstance(event, Paused) else "no-resume")
    return violation(state, wrong, "undue", event, right, after=after)


def _answered(state: State, event: Answered) -> Accepted | Violation:
    if event.question in ANSWERS:
        clause, right = ANSWERS[event.question]
        if event.value not in right:
            if clause == "errors.incomplete.kind" and event.value in SWAPPED:
                clause = "errors.incomplete.constructor"
            return _wrong_answer(state, clause, event, *(Wanted("value", one) for one in right), after=state)
        after = suspecting(state, clause) if event.question == "repr" else state
        return Accepted(after, (clause,))
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
    named = "reader.exception.clear" if "reader.exception.clear" in state.suspects else "reader.exception.readable"
    return _wrong_answer(state, named, event, Wanted("stored" if stored else "nothing-stored"), after=state)


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
        named = [one for one in state.suspects if one != "reader.feed.copies"]
        return _wrong_answer(
            state, named[-1] if named else clause, event, *(Wanted("at-eof", one) for one in sorted(right))
        )
    shown = [one for one in state.suspects if one in TELLING]
    if event.value and state.turn.ended:
        shown.append("reader.methods.kinds")
    return Accepted(state, (clause, *shown))


# What at_eof() shows as well as a call does.
TELLING = frozenset(
    {
        "reader.feed.empty",
        "reader.feed.after-end",
        "reader.feed.wrong-type",
        "reader.end.twice",
        "reader.readexactly.eof-empties",
        "reader.readline.eof-partial",
    }
)
