"""What the end of a call shows: the rules kept, or the plain duty broken."""

from __future__ import annotations

from streamgauge.spec.alphabet import UNSET, Ended, Problem, Raised, Returned
from streamgauge.spec.outcomes import LIMIT_CLAUSES, duty, legal, matching, owed, plain_bytes, possibilities
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import is_endless
from streamgauge.spec.state import Fails, Gives, Inbox, Owed, Pending, State
from streamgauge.spec.verdicts import Accepted, Judges, Kind, Violation, Wanted, violation

MANY_BYTES = 64
REFUSALS = ("TypeError", "ValueError", "OverflowError")


def returned(state: State, event: Returned) -> Accepted | Violation:
    """Judge a call that returned."""
    pending = _of(state, event.op)
    found = matching(state, event.op, event.value, raised=False)
    if not found:
        return _unowed(state, duty(pending, owed(pending, state.canonical, state)), event)
    content = plain_bytes(event.value) or b""
    after = _settled(state, found)
    if content:
        after = replace(after, turn=replace(after.turn, drained=after.turn.drained or "read"), overran=False)
    return _with_manners(state, after, event, pending, _evident(state, pending, found[0][1], content))


def _with_manners(
    state: State, after: State, event: Returned, pending: Pending, shown: tuple[str, ...]
) -> Accepted | Violation:
    """Judge how the right bytes came: as `bytes`, and without a detour."""
    if not isinstance(event.value, bytes):
        return _otherwise(state, after, event, "reader.result.bytes", Wanted("bytes"))
    return _promptly(state, after, event, pending, (*shown, "reader.result.bytes"))


def _promptly(
    state: State, after: State, event: Ended, pending: Pending, shown: tuple[str, ...]
) -> Accepted | Violation:
    """Judge whether a call that never had to wait ended without a detour; a wrong argument may take its time."""
    refused = isinstance(event, Raised) and event.problem.name in REFUSALS and not after.turn.drained
    stopped = pending.cancelled or pending.expired
    if refused or stopped or pending.waiting or len(state.canonical.pending) > 1:
        return Accepted(after, shown)
    clause = "reader.calls.at-once"
    if event.at_once:
        return Accepted(after, (*shown, clause))
    return _otherwise(state, after, event, clause, Wanted("at-once"))


def raised(state: State, event: Raised) -> Accepted | Violation:
    """Judge a call that raised."""
    pending = _of(state, event.op)
    found = matching(state, event.op, event.problem, raised=True)
    if not found:
        if event.problem.name == "RuntimeError" and _may_be_refused(state, pending):
            return _second_reader(state, event, pending)
        return _unowed(state, _failing_duty(state, pending, event.problem), event)
    by = found[0][1]
    shown = _evident(state, pending, by, b"")
    after = _aftermath(_settled(state, found), pending, by, event.problem)
    if pending.method == "readline" and event.problem.name == "ValueError":
        clause = "reader.readline.overrun-context"
        if event.problem.context != "LimitOverrunError":
            return _otherwise(state, after, event, clause, Wanted("context"))
        shown = (*shown, clause)
    return _promptly(state, after, event, pending, shown)


def _failing_duty(state: State, pending: Pending, problem: Problem) -> str:
    """Return the clause that owes the call another end than this exception, or this one with other attributes."""
    answer = owed(pending, state.canonical, state)
    for one in answer:
        if isinstance(one.outcome, Fails) and problem.name in one.outcome.names:
            return _details(state, one.clauses, one.outcome, problem)
    return duty(pending, answer)


def _details(state: State, clauses: tuple[str, ...], right: Fails, problem: Problem) -> str:
    """Return the clause that owes the exception its attributes."""
    if right.injected:
        return "reader.exception.raised"
    if right.consumed:
        consumed = problem.consumed
        known = isinstance(consumed, int) and not isinstance(consumed, bool)
        safe = known and state.limit < consumed <= right.consumed[-1]  # type: ignore[operator]  # known is an int
        if known and not safe and "reader.separators.longest" not in clauses:
            return "reader.readuntil.overrun-reconstructs"
        return next(one for one in clauses if one != "reader.readuntil.limit")
    return clauses[0] if problem.partial != right.partial else clauses[-1]


# ------------------------------------------------------------------ evidence


def _evident(state: State, pending: Pending, by: Owed, content: bytes) -> tuple[str, ...]:
    """Return the clauses that this end bears out, beside those it was owed by."""
    turn, inbox = state.turn, state.canonical
    shown = list(by.clauses)
    if pending.waiting:
        if turn.fed + turn.ended > 1:
            shown.append("reader.feed.same-turn")
        if turn.ended:
            shown.append("reader.end.wakes")
        if turn.broken and turn.fed:
            shown.append("reader.exception.same-turn")
        if pending.raced and turn.eventful and not pending.cancelled:
            shown.append("reader.overlap.lost-wakeup")
    elif isinstance(by.outcome, Gives) and any(one.waiting for one in inbox.others(pending.op)):
        shown.append("reader.overlap.no-wait")
    if pending.expires is not None and state.clock > pending.expires - (pending.call.timeout or 0):
        shown.append("reader.cancel.timeout")
    if content:
        shown += _about_bytes(state, inbox, pending, content)
    elif pending.call.method == "read" and isinstance(by.outcome, Gives) and inbox.ended:
        shown.append("reader.read.empty-means-end")
    if isinstance(by.outcome, Fails) and by.outcome.consumed:
        shown.append("reader.readuntil.overrun-reconstructs")
        if state.overran:
            shown.append("reader.readuntil.overrun-repeats")
    if state.settings.limit is UNSET and LIMIT_CLAUSES.intersection(by.clauses):
        shown.append("reader.limit.default")
    return tuple(shown)


def _about_bytes(state: State, inbox: Inbox, pending: Pending, content: bytes) -> list[str]:
    shown = []
    if inbox.cuts and len(content) > inbox.cuts[0]:
        shown.append("reader.feed.order")
    if pending.call.method == "read":
        endless = is_endless(pending)
        if len(content) > (2 * state.limit if endless else state.limit):
            shown.append("reader.read.beyond-limit")
        if pending.call.args and isinstance(pending.call.args[0], int) and 0 < pending.call.args[0] < len(inbox.unread):
            shown.append("reader.read.at-most")
    return shown


# ---------------------------------------------------------------- aftermath


def _settled(state: State, found: list[tuple[Inbox, Owed]]) -> State:
    inboxes = tuple(dict.fromkeys(inbox for inbox, _ in found))
    trough = min(state.turn.trough, *(len(inbox.unread) for inbox in inboxes))
    return replace(state, inboxes=inboxes, turn=replace(state.turn, trough=trough))


def _aftermath(after: State, pending: Pending, by: Owed, problem: Problem) -> State:
    """Say what this exception has done beside ending the call."""
    if is_endless(pending):
        after = _may_have_lost(after)
    if problem.name == "LimitOverrunError":
        return replace(after, turn=replace(after.turn, overran=True), overran=True)
    if problem.name == "ValueError" and by.take:
        return replace(after, turn=replace(after.turn, drained="line"))
    return after


def _may_have_lost(state: State) -> State:
    """A `read(-1)` that was ended from outside may have lost any beginning of what it had collected."""
    found: list[Inbox] = []
    for inbox in state.inboxes:
        size = len(inbox.unread)
        if size > MANY_BYTES:
            return replace(state, lenient=True)
        found += (inbox.taken(count) for count in range(size + 1))
    return replace(state, inboxes=tuple(dict.fromkeys(found)))


# ------------------------------------------------------------ second reader


def _may_be_refused(state: State, pending: Pending) -> bool:
    """Check whether the call may be refused because another one is, or may still be, waiting."""
    met = state.turn.overlapped and state.turn.eventful
    if pending.waiting and not met:
        return False
    if not any(state.canonical.others(pending.op)):
        return (state.turn.cancelled or pending.waiting) and not owed(pending, state.canonical, state)
    # A time-out that has expired does not keep the call from being refused before it.
    pending = replace(pending, expired=False)
    return any(
        all(one.optional for one in owed(pending, held, state))
        for inbox in state.inboxes
        for held in possibilities(inbox, state, pending.op)
    )


def _second_reader(state: State, event: Raised, pending: Pending) -> Accepted | Violation:
    others = list(state.canonical.others(pending.op))
    plain = any(not one.cancelled for one in others)
    clause = "reader.overlap.refused" if plain else "reader.overlap.after-cancel"
    if pending.waiting:
        clause = "reader.overlap.false-end"
    after = replace(state, inboxes=tuple(dict.fromkeys(one.without(event.op) for one in state.inboxes)))
    after = _may_have_lost(after) if is_endless(pending) else after
    if pending.waiting:
        return Accepted(after, (clause,))
    if not event.at_once:
        return _otherwise(state, after, event, clause, Wanted("refusal-at-once"))
    own = "readuntil" if pending.call.method in ("readline", "__anext__") else pending.call.method
    if not {own, pending.call.method} & _identifiers(event.problem.message):
        return _otherwise(state, after, event, "reader.overlap.message", Wanted("naming", own))
    return Accepted(after, (clause, "reader.overlap.message"))


def _identifiers(message: str) -> set[str]:
    """Return the names in a message, whatever stands between them."""
    return set("".join(char if char.isalnum() or char == "_" else " " for char in message).split())


# ------------------------------------------------------------------ departures


def _unowed(state: State, clause: str, event: Ended) -> Violation:
    """An end that the call was not owed."""
    answer = legal(state, event.op)
    kind: Kind = "wrong-failure" if isinstance(event, Raised) else "wrong-value"
    if all(isinstance(one, Wanted) for one in answer):
        kind = "early"
    return violation(state, clause, kind, event, *answer, call=event.op, method=_of(state, event.op).call.method)


def _otherwise(state: State, after: State, event: Ended, clause: str, right: Wanted) -> Violation:
    """The right end in another way: too late, or in the wrong form. Judging can go on."""
    kind: Kind = "late" if right.what in ("at-once", "refusal-at-once") else "wrong-form"
    method = _of(state, event.op).call.method
    return violation(state, clause, kind, event, right, call=event.op, method=method, after=after)


def _of(state: State, op: int) -> Pending:
    pending = state.canonical.find(op)
    if pending is None:
        raise ValueError(f"call {op} is not pending: the trace is not one of this scenario")
    return pending


JUDGES: Judges = {Returned: returned, Raised: raised}
