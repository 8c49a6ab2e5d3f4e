"""The rules of chapter `connection`: how an end of a connection is made, what reaches it, and how it is lost.

The protocol between transport and reader is judged by what the reader then does: bytes that arrive are fed, the
peer's end is the end, a clean loss is the end as well, and a loss by an error is the stored exception. So a departure
from the reader's rules over a connection is laid to whatever reached this end last; the reader by itself is judged
where it is fed by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from streamgauge.spec import stimuli
from streamgauge.spec.alphabet import (
    Argument,
    Break,
    Dial,
    Dialled,
    End,
    Feed,
    Hold,
    Kept,
    Link,
    Lose,
    Open,
    Options,
    Quiet,
    Release,
)
from streamgauge.spec.records import replace
from streamgauge.spec.state import Inbox, Owed, Pending, State, limit_is_good, owing, raises, returns
from streamgauge.spec.verdicts import Accepted, Violation, Wanted, violation

HOST, PORT = "192.0.2.1", 7
PAIR = ("reader", "writer")
# The documented parameters of `create_connection`, with the defaults that need not be passed on.
KNOWN: dict[str, Argument] = {
    **dict.fromkeys(("ssl", "sock", "local_addr", "server_hostname", "ssl_handshake_timeout", "ssl_shutdown_timeout")),
    **dict.fromkeys(("happy_eyeballs_delay", "interleave")),
    **dict.fromkeys(("family", "proto", "flags"), 0),
    "all_errors": False,
}
NO_LOOP = (3, 10)


# ------------------------------------------------------------------- being made


def opened(state: State, how: str, link: Link) -> State:
    """Return the state of an end that has its transport."""
    box = replace(state.outbox, opened=how, link=link)
    line = replace(state.line, attached=1, in_charge=1, pausing=link.pausing)
    return replace(state, outbox=box, line=line)


def open_(state: State, step: Open) -> State:
    """A connection is made the way the target makes one; whether the limit will do is owed as ever."""
    due = state.due
    if due is not None and (not due.optional or state.otherwise is None):
        due = replace(due, clauses=("connection.open.pair" if due.optional else "connection.open.limit-positive",))
    return replace(opened(state, "open", step.link), due=due)


def owed_to_dial(state: State, dial: Dial) -> tuple[Owed, ...]:
    """Return how an `open_connection` may end."""
    if not limit_is_good(state):
        return (raises("connection.open.limit-positive", "ValueError"),)
    names = [name for name, _ in dial.options]
    if "loop" in names and state.settings.python >= NO_LOOP:
        return (raises("connection.open.no-loop", "TypeError"),)
    if "loop" in names:
        # A layer that accepts it warns; one that does not is ahead of its time.
        return (returns("connection.open.pair", PAIR), raises("connection.open.no-loop", "TypeError"))
    if not KNOWN.keys() >= set(names):
        return (raises("connection.open.unknown", "TypeError"),)
    match dial.fate:
        case "accepted":
            return (returns("connection.open.pair", PAIR),)
        case "refused":
            return (raises("connection.open.refused", "ConnectionRefusedError", state.breaks + 1),)
        case "unanswered":
            return ()
        case _:
            assert_never(dial.fate)


def dialled(state: State, event: Dialled) -> Accepted | Violation:
    """Judge the call of the loop's `create_connection`."""
    if not limit_is_good(state):
        clause = "connection.open.limit-positive"
        return violation(state, clause, "not-refused", event, Wanted("no-attempt"))
    dial = state.outbox.dial or Dial(0)
    refused, known = sifted(state, dial.options, KNOWN)
    if event.options != addressed(known, KNOWN):
        right = Wanted("arguments", addressed(dial.options, KNOWN))
        return violation(state, "connection.open.arguments", "wrong-value", event, right)
    if refused:
        clause = "connection.open.no-loop" if refused == ["loop"] else "connection.open.unknown"
        return violation(state, clause, "not-refused", event, Wanted("no-option", refused[0]))
    opened_now = "unanswered" if dial.fate == "unanswered" else "dialling"
    return Accepted(replace(state, outbox=replace(state.outbox, opened=opened_now)), ("connection.open.arguments",))


def sifted(state: State, options: Options, known: Mapping[str, Argument]) -> tuple[list[str], Options]:
    """Return the names that have to be refused, and the options that are known."""
    strange = [name for name, _ in options if name not in known]
    refused = [name for name in strange if name != "loop" or state.settings.python >= NO_LOOP]
    return refused, tuple(option for option in options if option[0] in known)


def given_up(state: State) -> Accepted:
    """Judge the end of an attempt that nobody answered."""
    return Accepted(replace(state, outbox=replace(state.outbox, opened="dialling")), ())


def quiet(state: State) -> Accepted | Violation:
    """Judge an attempt to connect when nothing is left to run."""
    if state.outbox.opened == "unanswered" and not state.outbox.waits:
        return violation(state, "connection.open.cancel", "missing", Quiet(), Wanted("given-up"))
    return Accepted(state)


def addressed(options: Options, known: Mapping[str, Argument]) -> Options:
    """Return the options that say something, with the address, in the order in which they are compared."""
    telling = ((name, value) for name, value in options if name not in known or value != known[name])
    return tuple(sorted((*telling, ("host", HOST), ("port", PORT)), key=lambda option: option[0]))


def wrong_dial(state: State, wait: Pending) -> str:
    """Return the clause to blame for an `open_connection` that ended otherwise than it may."""
    if wait.cancelled or not wait.owed:
        return "connection.open.cancel" if wait.cancelled else "connection.open.pair"
    return wait.owed[0].clauses[0]


# ----------------------------------------------------------- what reaches an end


def _arriving(state: State) -> State:
    """What arrives while the loop runs may find a call of this turn waiting already, or not begun yet."""

    def begun(inbox: Inbox) -> Inbox:
        return replace(inbox, pending=tuple(one.seen_waiting(state.clock) for one in inbox.pending))

    pending = state.canonical.pending
    if not state.outbox.running or len(pending) != 1 or pending[0].waiting:
        return state
    return replace(stimuli.changed(state, begun), turn=replace(state.turn, waited=True))


def fed(state: State, step: Feed) -> State:
    """Bytes from the peer: they are fed, unless the connection is lost already, or closing."""
    if state.outbox.lost:
        return _too_late(state)
    if state.outbox.closing:
        return owing(replace(state, outbox=replace(state.outbox, discarded=True)), "writer.close.discards")
    after = stimuli.apply(_arriving(state), step)
    return replace(after, outbox=replace(after.outbox, came="data"))


def ended(state: State, step: End) -> State:
    """The peer's end: it is the end of the stream, unless the connection is lost already."""
    if state.outbox.lost:
        return _too_late(state)
    after = stimuli.apply(_arriving(state), step)
    return replace(after, outbox=replace(after.outbox, came="end"))


def _too_late(state: State) -> State:
    return owing(replace(state, outbox=replace(state.outbox, came="late")), "connection.lost.ignores-late")


def lost(state: State, step: Lose) -> State:
    """The connection is lost: cleanly, which is an end, or by an error, which is stored."""
    box = state.outbox
    breaks = state.breaks + (step.error is not None)
    if box.lost:
        return owing(replace(state, breaks=breaks, outbox=replace(box, came="again")), "connection.lost.twice")
    state = _arriving(state)
    if step.error is None:
        after = state if state.canonical.ended else stimuli.apply(state, End())
        after = owing(after, "connection.lost.ends")
    else:
        after = owing(stimuli.apply(state, Break(step.error)), "connection.lost.error")
    came = "lost" if step.error is None else "broken"
    box = replace(box, lost=True, error=breaks if step.error else 0, failure=step.error or "", came=came, unsent=b"")
    return replace(after, breaks=breaks, outbox=box, line=replace(after.line, paused=False, forgotten=True))


def held(state: State, step: Hold | Release) -> State:
    """The transport holds the writer up, or lets it go on; to say so twice is its error."""
    box = state.outbox
    holds = isinstance(step, Hold)
    if box.held == holds:
        state = replace(state, outbox=replace(box, miscounted=True))
        return owing(state, "flow.write.protocol-asserts", "AssertionError", otherwise=state)
    clause = "writer.drain.held" if holds else "writer.drain.released"
    return owing(replace(state, outbox=replace(box, held=holds)), clause)


def kept(state: State, event: Kept) -> Accepted | Violation:
    """Judge what `eof_received` returned."""
    clause = "writer.write-eof.not-closing" if state.outbox.asked_half else "connection.eof.stays-open"
    if event.open or state.outbox.lost:
        return Accepted(state, () if state.outbox.lost else (clause,))
    return violation(state, clause, "wrong-answer", event, Wanted("open"), method="eof_received")
