"""How a call may have ended: the owed outcomes matched with the one that was observed.

More than one call can be ready at a time, and a call that is ready may already have taken its bytes although
its end has not been seen. `possibilities` spells these cases out; `matching` keeps the ones that explain what
was observed.
"""

from __future__ import annotations

from collections.abc import Iterator

from streamgauge.spec import reader
from streamgauge.spec.alphabet import Problem, Shaped, Value
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import is_endless
from streamgauge.spec.state import Fails, Gives, Inbox, Owed, Pending, State
from streamgauge.spec.verdicts import Wanted

FEW_BYTES = 256
# What a call of each method takes, and so what it leaves.
LEAVES_BY = {
    "read": "reader.feed.order",
    "readexactly": "reader.readexactly.count",
    "readuntil": "reader.readuntil.through-separator",
    "readline": "reader.readline.line",
    "__anext__": "reader.iteration.lines",
}
# A fault of these shows with a limit that was given, too; without one they are faults of the default.
LIMIT_CLAUSES = frozenset(
    {
        "reader.readuntil.limit",
        "reader.readuntil.overrun-unfound",
        "reader.readuntil.overrun-found",
        "reader.readuntil.overrun-not-early",
    }
)


def owed(pending: Pending, inbox: Inbox, state: State) -> tuple[Owed, ...]:
    """Return every legal way for this call to end now; none means that it must wait."""
    return reader.owed(pending, inbox, state.limit, state.settings.python)


def duty(pending: Pending, answer: tuple[Owed, ...]) -> str:
    """Return the clause that owes the call its end; while nothing is owed, the one it waits by."""
    return answer[0].clauses[0] if answer else _waits_by(pending)


def _waits_by(pending: Pending) -> str:
    """Return the clause by which the call waits: that of its unusual argument, before that of its method."""
    method, args = pending.method, pending.call.args
    if is_endless(pending):
        return "reader.read.all" if args in ((), (-1,)) else "reader.read.negative"
    if method == "readuntil" and args:
        if isinstance(args[0], tuple) or (isinstance(args[0], Shaped) and args[0].kind == "tuple-subclass"):
            return "reader.separators.tuple"
        if isinstance(args[0], Shaped):
            return "reader.readuntil.separator-bytes-like"
    return "reader.read.soon" if method == "read" else LEAVES_BY[method]


def legal(state: State, op: int) -> tuple[Owed | Wanted, ...]:
    """Return all that call `op` may do now."""
    found: dict[Owed | Wanted, None] = {}
    for inbox in state.inboxes:
        pending = inbox.find(op)
        if pending is not None:
            answer = owed(pending, inbox, state) if pending.decided is None else (pending.decided,)
            found.update(dict.fromkeys(answer))
            if all(one.optional for one in answer):
                found[Wanted("waiting")] = None
    return tuple(found)


def ready(pending: Pending, inbox: Inbox, state: State) -> bool:
    """Check whether the call has no right to wait."""
    return any(not one.optional for one in owed(pending, inbox, state))


def possibilities(inbox: Inbox, state: State, spare: int = 0) -> Iterator[Inbox]:
    """Yield the inbox, and each that results if ready calls (`spare` excepted) were already served unseen."""
    yield inbox
    for pending in inbox.pending:
        if pending.decided is None and not pending.cancelled and pending.op != spare:
            for one in owed(pending, inbox, state):
                for choice in _choices(one):
                    served = inbox.taken(choice.take).with_pending(replace(pending, decided=choice))
                    yield from possibilities(served, state, spare)


def _choices(one: Owed) -> Iterator[Owed]:
    if not (isinstance(one.outcome, Gives) and one.outcome.short):
        yield one
        return
    data = one.outcome.data
    lengths = range(len(data), 0, -1) if len(data) <= FEW_BYTES else (len(data), 1)
    for length in lengths:
        yield replace(one, outcome=Gives(data[:length]), take=length)


def matching(state: State, op: int, end: Value | Problem, *, raised: bool) -> list[tuple[Inbox, Owed]]:
    """Return each inbox, without the call, in which `op` may have ended like this, and by what it was owed."""
    return list(dict.fromkeys(found for inbox in state.inboxes for found in _in_one(state, inbox, op, end, raised)))


def _in_one(state: State, inbox: Inbox, op: int, end: Value | Problem, raised: bool) -> Iterator[tuple[Inbox, Owed]]:
    others = len(inbox.pending) > 1
    for held in possibilities(inbox, state, op) if others else (inbox,):
        pending = held.find(op)
        if pending is None:
            continue
        if pending.decided is not None:
            if _fits(pending.decided, end, raised) is not None:
                yield held.without(op), pending.decided
            continue
        for one in owed(pending, held, state):
            taken = _fits(one, end, raised)
            if taken is not None:
                yield held.without(op).taken(taken), one


def _fits(one: Owed, end: Value | Problem, raised: bool) -> int | None:
    """Return how many bytes this end takes if it is the one owed, else None."""
    outcome = one.outcome
    if isinstance(outcome, Gives):
        return None if raised else _gives(one, outcome, end)
    if not (raised and isinstance(end, Problem) and isinstance(outcome, Fails)):
        return None
    return one.take if same_failure(outcome, end) else None


def _gives(one: Owed, outcome: Gives, value: Value | Problem) -> int | None:
    content = plain_bytes(value)
    if content is None:
        return None
    if not outcome.short:
        return one.take if content == outcome.data else None
    return len(content) if content and outcome.data.startswith(content) else None


def same_failure(outcome: Fails, problem: Problem) -> bool:
    """Check whether the exception that was seen is the one owed."""
    if problem.name not in outcome.names or (outcome.injected and problem.injected != outcome.injected):
        return False
    if outcome.partial is not None and problem.partial != outcome.partial:
        return False
    if outcome.expected and problem.expected not in outcome.expected:
        return False
    return not outcome.consumed or problem.consumed in outcome.consumed


def plain_bytes(value: Value | Problem) -> bytes | None:
    """Return the bytes in `value`, also those of a bytearray or memoryview, or None."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, Shaped) and isinstance(value.content, bytes):
        return value.content
    return None
