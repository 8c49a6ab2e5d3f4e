"""The rules of chapter `connection`: how an end of a connection is made, what reaches it, and how it is lost.

The protocol between transport and reader is judged by what the reader then does: bytes that arrive are fed, the
peer's end is the end, a clean loss is the end as well, and a loss by an error is the stored exception. So a departure
from the reader's rules over a connection is laid to whatever reached this end last; the reader by itself is judged
where it is fed by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from streamgauge.spec import alphabet as ev
from streamgauge.spec import stimuli
from streamgauge.spec.clauses import in_force
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import limit_is_good
from streamgauge.spec.state import (
    STREAMS,
    Inbox,
    Owed,
    State,
    owing,
    raises,
    returns,
    sending,
    settled,
    silenced,
)
from streamgauge.spec.verdicts import Accepted, Judges, Stimuli, Violation, Wanted, violation

HOST, PORT = "192.0.2.1", 7
PAIR = ("reader", "writer")


@dataclass(frozen=True, slots=True)
class Passing:
    """What is passed on to a method of the loop: its documented parameters, with the defaults that need not be given.

    The clauses are those of the arguments, and of unknown ones.
    """

    known: Mapping[str, ev.Argument]
    arguments: str
    unknown: str


CONNECTING = Passing(
    {
        **dict.fromkeys(("ssl", "sock", "local_addr", "server_hostname", "happy_eyeballs_delay", "interleave")),
        **dict.fromkeys(("ssl_handshake_timeout", "ssl_shutdown_timeout")),
        **dict.fromkeys(("family", "proto", "flags"), 0),
        "all_errors": False,
    },
    "connection.open.arguments",
    "connection.open.unknown",
)
PAIRED = returns("connection.open.pair", PAIR)
NO_LOOP = "connection.open.no-loop"


# ------------------------------------------------------------------- being made


def opened(state: State, how: str, link: ev.Link) -> State:
    """Return the state of an end that has its transport."""
    line = replace(state.line, attached=1, in_charge=1, pausing=link.pausing)
    return replace(sending(state, opened=how, link=link), line=line)


def open_(state: State, step: ev.Open) -> State:
    """A connection is made the way the target makes one; whether the limit will do is owed as ever."""
    due = state.due
    if due is not None and (not due.optional or state.otherwise is None):
        due = replace(due, clauses=("connection.open.pair" if due.optional else "connection.open.limit-positive",))
    return replace(opened(state, "open", step.link), due=due)


def owed_to_dial(state: State) -> tuple[Owed, ...]:
    """Return how an `open_connection` may end."""
    if not limit_is_good(state):
        return (raises("connection.open.limit-positive", "ValueError"),)
    dial = state.outbox.dial
    names = {name for name, _ in dial.options}
    if "loop" in names:
        refused = raises(NO_LOOP, "TypeError")
        # Before, a layer that accepts it warns; one that does not is ahead of its time.
        return (refused,) if in_force(NO_LOOP, state.settings.python) else (PAIRED, refused)
    if names - CONNECTING.known.keys():
        return (raises("connection.open.unknown", "TypeError"),)
    if dial.fate == "refused":
        return (raises("connection.open.refused", "ConnectionRefusedError", state.breaks + 1),)
    return (PAIRED,) if dial.fate == "accepted" else ()


def dialled(state: State, event: ev.Dialled) -> Accepted | Violation:
    """Judge the call of the loop's `create_connection`."""
    if not limit_is_good(state):
        clause = "connection.open.limit-positive"
        return violation(state, clause, "not-refused", event, Wanted("no-attempt"))
    dial = state.outbox.dial
    after = sending(state, opened="unanswered" if dial.fate == "unanswered" else "dialling")
    wrong = wrongly_passed(state, event, event.options, dial.options, CONNECTING)
    return wrong or Accepted(after, (CONNECTING.arguments,))


def wrongly_passed(
    state: State, event: ev.Event, passed: ev.Options, given: ev.Options, rules: Passing
) -> Violation | None:
    """Return the departure if what was passed to the loop is not what was given, or if that has to be refused."""
    strange = [name for name, _ in given if name not in rules.known]
    if passed != _addressed([option for option in given if option[0] not in strange], rules):
        right = Wanted("arguments", _addressed(given, rules))
        return violation(state, rules.arguments, "wrong-value", event, right)
    refused = [name for name in strange if name != "loop" or in_force(NO_LOOP, state.settings.python)]
    if not refused:
        return None
    clause = NO_LOOP if refused == ["loop"] else rules.unknown
    return violation(state, clause, "not-refused", event, Wanted("no-option", refused[0]))


def _addressed(options: Sequence[tuple[str, ev.Argument]], rules: Passing) -> ev.Options:
    """Return the options that say something, with the address, in the order in which they are compared."""
    known = rules.known
    telling = ((name, value) for name, value in options if name not in known or value != known[name])
    return tuple(sorted((*telling, ("host", HOST), ("port", PORT)), key=lambda option: option[0]))


# ----------------------------------------------------------- what reaches an end


def _arriving(state: State) -> State:
    """What arrives while the loop runs may find a call of this turn waiting already, or not begun yet."""

    def begun(inbox: Inbox) -> Inbox:
        return replace(inbox, pending=tuple(one.seen_waiting(state.clock) for one in inbox.pending))

    pending = state.canonical.pending
    if not state.outbox.running or len(pending) != 1 or pending[0].waiting:
        return state
    return replace(stimuli.changed(state, begun), turn=replace(state.turn, waited=True))


def fed(state: State, step: ev.Feed) -> State:
    """Bytes from the peer: they are fed, unless the connection is lost already, or closing."""
    if state.outbox.lost:
        return _too_late(state)
    if state.outbox.closing:
        return owing(sending(state, discarded=True), "writer.close.discards")
    return sending(stimuli.apply(_arriving(state), step), came="data")


def ended(state: State, step: ev.End) -> State:
    """The peer's end: it is the end of the stream, unless the connection is lost already."""
    return _too_late(state) if state.outbox.lost else sending(stimuli.apply(_arriving(state), step), came="end")


def _too_late(state: State) -> State:
    return owing(sending(state, came="late"), "connection.lost.ignores-late")


def lost(state: State, step: ev.Lose) -> State:
    """The connection is lost: cleanly, which is an end, or by an error, which is stored."""
    breaks = state.breaks + (step.error is not None)
    if state.outbox.lost:
        return owing(replace(sending(state, came="again"), breaks=breaks), "connection.lost.twice")
    state = _arriving(state)
    if step.error is None:
        after = state if state.canonical.ended else stimuli.apply(state, ev.End())
        after, clause = sending(after, came="lost"), "connection.lost.ends"
    else:
        after = stimuli.apply(state, ev.Break(step.error))
        after, clause = sending(after, came="broken", error=breaks, failure=step.error), "connection.lost.error"
    return owing(silenced(replace(sending(after, lost=True, unsent=b""), breaks=breaks)), clause)


def held(state: State, step: ev.Hold | ev.Release) -> State:
    """The transport holds the writer up, or lets it go on; to say so twice is its error."""
    holds = isinstance(step, ev.Hold)
    if state.outbox.held == holds:
        state = sending(state, miscounted=True)
        return owing(state, "flow.write.protocol-asserts", "AssertionError", otherwise=state)
    return owing(sending(state, held=holds), "writer.drain.held" if holds else "writer.drain.released")


def kept(state: State, event: ev.Kept) -> Accepted | Violation:
    """Judge what `eof_received` returned."""
    state = settled(state)
    clause = "writer.write-eof.not-closing" if state.outbox.asked_half else "connection.eof.stays-open"
    if event.open or state.outbox.lost:
        return Accepted(state, () if state.outbox.lost else (clause,))
    return violation(state, clause, "wrong-answer", event, Wanted("open"), method="eof_received")


def unopened(state: State, _: object) -> bool:
    """Check whether nothing has made a connection yet."""
    return not state.outbox.opened


def _delivers(state: State, _: object) -> bool:
    return state.outbox.opened in STREAMS and not state.outbox.closing


def _may_hold(state: State, step: ev.Hold | ev.Release) -> bool:
    return state.outbox.held == isinstance(step, ev.Release) and not state.outbox.lost


def _clogged(state: State, step: ev.Clog | ev.Unclog) -> State:
    return sending(state, clogged=isinstance(step, ev.Clog) or step.count is not None)


# What each stimulus needs to make sense, and what it changes; what judges each observation.
STIMULI: Stimuli = {
    ev.Open: (unopened, open_),
    ev.Feed: (_delivers, fed),
    ev.End: (_delivers, ended),
    ev.Lose: (_delivers, lost),
    ev.Hold: (_may_hold, held),
    ev.Release: (_may_hold, held),
    ev.Clog: (lambda state, _: not state.outbox.clogged, _clogged),
    ev.Unclog: (lambda state, _: state.outbox.clogged, _clogged),
}
JUDGES: Judges = {ev.Dialled: dialled, ev.Kept: kept}
