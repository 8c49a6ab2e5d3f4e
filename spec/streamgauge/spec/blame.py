"""Which clause a departure belongs to.

The first departure of a scenario is the only one that is blamed, on the most telling clause: one that the last
unusual event put to the test (a suspect) before the plain duty of the call. Whether something is a departure is
never decided here. Here are calls that returned or hang; `blame_failures` has those that raised.
"""

from __future__ import annotations

from streamgauge.spec.alphabet import Argument, Value
from streamgauge.spec.duties import (
    FED_OTHERWISE,
    broken_in_passing,
    by_default,
    duty,
    first_gives,
    in_one_turn,
    only_fails,
    waiting_duty,
)
from streamgauge.spec.outcomes import owed, plain_bytes
from streamgauge.spec.refusals import is_endless
from streamgauge.spec.state import Fails, Inbox, Owed, Pending, State

OVERWRITTEN = b"\xff"
# Suspects that speak of what becomes of the bytes only; a call that hangs is not their fault.
CONTENT_ONLY = FED_OTHERWISE | {"reader.repr"}
# What a search beyond the limit owes even where the plain limit is kept.
BEYOND_THE_LIMIT = frozenset({"reader.separators.tie", "reader.separators.limit-start"})


def wrong_value(state: State, pending: Pending, value: Value) -> str:
    """Return the clause to blame for a call that returned what it was not owed."""
    inbox = state.canonical
    answer = owed(pending, inbox, state)
    content = plain_bytes(value)
    if pending.cancelled:
        return "reader.cancel.ends"
    if content is None:
        return "reader.result.bytes" if first_gives(answer) else duty(pending, answer)
    if inbox.stored is not None or only_fails(answer):
        return _instead_of_failing(state, inbox, answer, pending, content)
    if not answer:
        return _too_early(state, pending, content)
    if pending.call.method == "read" and _too_many(pending.call.args, content):
        return "reader.read.at-most"
    return _garbled(state, inbox, pending, answer, content)


def _instead_of_failing(state: State, inbox: Inbox, answer: tuple[Owed, ...], pending: Pending, content: bytes) -> str:
    passing = broken_in_passing(state, pending)
    if passing:
        return passing
    garbled = content and not inbox.unread.startswith(content)
    if garbled and state.suspects and inbox.stored is None:
        return state.suspects[-1]
    telling = {"reader.readuntil.overrun-repeats", "reader.feed.after-exception", "reader.readexactly.eof-empties"}
    named = [one for one in state.suspects if one in telling]
    return named[-1] if named else _beyond_limit(answer[0].clauses)


def _beyond_limit(clauses: tuple[str, ...]) -> str:
    """Of the clauses of an over-limit error, return the one that says best why there should be one."""
    if BEYOND_THE_LIMIT.intersection(clauses):
        return clauses[0]
    named = (one for one in ("reader.readuntil.limit", "reader.readuntil.overrun-found") if one in clauses)
    return next(named, clauses[0])


def _too_early(state: State, pending: Pending, content: bytes) -> str:
    """The call returned although it had to wait."""
    met = state.overlaps and (pending.waiting or state.turn.waited)
    if not content and met:
        return "reader.overlap.false-end"
    if not content and state.turn.fed_nothing:
        return "reader.feed.empty"
    if state.suspects:
        return state.suspects[-1]
    if pending.call.method == "read":
        if is_endless(pending):
            return waiting_duty(pending)
        return "reader.read.empty-means-end" if not content else "reader.feed.order"
    return waiting_duty(pending)


def _garbled(state: State, inbox: Inbox, pending: Pending, answer: tuple[Owed, ...], content: bytes) -> str:
    """The call returned other bytes than it was owed."""
    suspects = list(state.suspects)
    if "reader.feed.copies" in suspects:
        return "reader.feed.copies" if OVERWRITTEN in content else "reader.feed.bytes-like"
    suspects = [one for one in suspects if one not in FED_OTHERWISE]
    if suspects:
        return suspects[-1]
    if in_one_turn(state, pending):
        return "reader.feed.same-turn"
    prefix = inbox.unread.startswith(content)
    if is_endless(pending):
        if not content and state.last:
            return state.last
        if prefix and len(inbox.unread) > state.limit:
            return "reader.read.beyond-limit"
        return answer[0].clauses[0] if prefix else state.last or "reader.feed.order"
    in_order = prefix or content.startswith(inbox.unread)
    if in_order or (pending.call.method != "read" and not inbox.cuts and not state.last):
        return first_gives(answer) or answer[0].clauses[0]
    return state.last or "reader.feed.order"


def hang(state: State, inbox: Inbox, pending: Pending) -> str:
    """Return the clause to blame for a call that still waits although it has no right to."""
    return by_default(state, _hang(state, inbox, pending))


def _hang(state: State, inbox: Inbox, pending: Pending) -> str:
    answer = tuple(one for one in owed(pending, inbox, state) if not one.optional)
    clauses = answer[0].clauses
    turn = state.turn
    if pending.cancelled:
        return "reader.cancel.ends"
    if state.raced or (turn.waited and turn.overlapped and turn.eventful):
        return "reader.overlap.lost-wakeup"
    if turn.broken and pending.waiting:
        return "reader.exception.same-turn" if turn.fed or turn.ended else "reader.exception.raised"
    if is_endless(pending) and len(inbox.unread) > 2 * state.limit:
        return "reader.read.beyond-limit"
    named = [one for one in state.suspects if one not in CONTENT_ONLY]
    if named:
        over = isinstance(answer[0].outcome, Fails) and "reader.readuntil.overrun-repeats" in named
        return "reader.readuntil.overrun-repeats" if over else named[-1]
    if FED_OTHERWISE.intersection(state.suspects):
        return "reader.feed.bytes-like"
    if turn.ended and pending.waiting and not inbox.unread:
        return "reader.end.wakes"
    if in_one_turn(state, pending):
        return "reader.feed.same-turn"
    if turn.ended and pending.waiting:
        return "reader.end.wakes"
    return (not pending.waiting and state.last) or clauses[0]


def refusal(state: State, clause: str) -> str:
    """Return the clause to blame for a plain call that was refused, where `clause` is its plain duty."""
    if clause != "reader.feed.order":
        return clause
    if state.line.pausing == "fails":
        # The feed let an error of the transport through, which nobody had to ask.
        return "flow.pause.not-within"
    return state.suspects[-1] if state.suspects else clause


def both_wait(state: State) -> str:
    """Return the clause to blame when two calls wait side by side."""
    return "reader.overlap.lost-wakeup" if state.raced else "reader.overlap.refused"


def restless(state: State) -> str:
    """Return the clause to blame when the implementation does not come to rest."""
    inbox = state.canonical
    if not inbox.pending:
        return state.due.clauses[0] if state.due is not None else "reader.feed.order"
    pending = inbox.pending[-1]
    answer = owed(pending, inbox, state)
    return duty(pending, answer)


def _too_many(args: tuple[Argument, ...], content: bytes) -> bool:
    first = args[0] if args else -1
    return isinstance(first, int) and 0 < first < len(content)
