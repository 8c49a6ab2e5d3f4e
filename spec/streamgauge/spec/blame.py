"""Which clause a departure belongs to.

The first departure of a scenario is the only one that is blamed, on the most telling clause: one that the last
unusual event put to the test (a suspect) before the plain duty of the call. Whether something is a departure is
never decided here.
"""

from __future__ import annotations

from streamgauge.spec.alphabet import Argument, Problem, Value
from streamgauge.spec.outcomes import is_endless, owed, plain_bytes
from streamgauge.spec.state import Fails, Gives, Inbox, Owed, Pending, State

DUTY = {
    "read": "reader.read.soon",
    "readexactly": "reader.readexactly.count",
    "readuntil": "reader.readuntil.through-separator",
    "readline": "reader.readline.line",
    "__anext__": "reader.iteration.lines",
}
AT_EOF = {
    "read": "reader.read.empty-means-end",
    "readexactly": "reader.readexactly.eof",
    "readuntil": "reader.readuntil.eof",
    "readline": "reader.readline.eof-partial",
    "__anext__": "reader.iteration.lines",
}
OVERWRITTEN = b"\xff"
# Suspects that speak of what becomes of the bytes only; a call that hangs is not their fault.
CONTENT_ONLY = frozenset({"reader.feed.copies", "reader.feed.bytes-like", "reader.repr"})


def wrong_value(state: State, pending: Pending, value: Value) -> str:
    """Return the clause to blame for a call that returned what it was not owed."""
    inbox = state.canonical
    answer = owed(pending, inbox, state)
    content = plain_bytes(value)
    if pending.cancelled:
        return "reader.cancel.ends"
    if content is None:
        return "reader.result.bytes" if _first_gives(answer) else _duty(pending, answer)
    if inbox.stored is not None or _only_fails(answer):
        return _instead_of_failing(state, inbox, answer, pending, content)
    if not answer:
        return _too_early(state, pending, content)
    if pending.call.method == "read" and _too_many(pending.call.args, content):
        return "reader.read.at-most"
    return _garbled(state, inbox, pending, answer, content)


def _instead_of_failing(state: State, inbox: Inbox, answer: tuple[Owed, ...], pending: Pending, content: bytes) -> str:
    if _broken_in_passing(state, pending):
        return "reader.exception.same-turn"
    garbled = content and not inbox.unread.startswith(content)
    if garbled and state.suspects and inbox.stored is None:
        return state.suspects[-1]
    telling = {"reader.readuntil.overrun-repeats", "reader.feed.after-exception", "reader.readexactly.eof-empties"}
    named = [one for one in state.suspects if one in telling]
    return named[-1] if named else answer[0].clauses[0]


def _broken_in_passing(state: State, pending: Pending) -> bool:
    """Tell whether the exception came to a waiting call together with bytes or the end."""
    return state.turn.broken and (state.turn.fed > 0 or state.turn.ended) and pending.waiting


def _too_early(state: State, pending: Pending, content: bytes) -> str:
    """The call returned although it had to wait."""
    if not content and (state.overlaps or state.turn.overlapped):
        return "reader.overlap.false-end"
    if not content and state.turn.fed_nothing:
        return "reader.feed.empty"
    if state.suspects:
        return state.suspects[-1]
    if pending.call.method == "read":
        if is_endless(pending):
            return "reader.read.all" if _first(pending) == -1 else "reader.read.negative"
        return "reader.read.empty-means-end" if not content else "reader.feed.order"
    return DUTY[pending.call.method]


def _garbled(state: State, inbox: Inbox, pending: Pending, answer: tuple[Owed, ...], content: bytes) -> str:
    """The call returned other bytes than it was owed."""
    suspects = list(state.suspects)
    copies = {"reader.feed.copies", "reader.feed.bytes-like"}
    if "reader.feed.copies" in suspects:
        return "reader.feed.copies" if OVERWRITTEN in content else "reader.feed.bytes-like"
    suspects = [one for one in suspects if one not in copies]
    if suspects:
        return suspects[-1]
    if _in_one_turn(state, pending):
        return "reader.feed.same-turn"
    prefix = inbox.unread.startswith(content)
    if is_endless(pending):
        if prefix and len(inbox.unread) > state.limit:
            return "reader.read.beyond-limit"
        return answer[0].clauses[0] if prefix else state.last or "reader.feed.order"
    in_order = prefix or content.startswith(inbox.unread)
    if in_order or (pending.call.method != "read" and not inbox.cuts and not state.last):
        return _first_gives(answer) or answer[0].clauses[0]
    return state.last or "reader.feed.order"


def _in_one_turn(state: State, pending: Pending) -> bool:
    """Tell whether the call waited, and several chunks, or a chunk and the end, came in one turn."""
    return pending.waiting and state.turn.fed + state.turn.ended > 1


def wrong_failure(state: State, pending: Pending, problem: Problem) -> str:
    """Return the clause to blame for a call that raised what it was not owed."""
    inbox = state.canonical
    answer = owed(pending, inbox, state)
    if _behind_a_cancelled(state, pending) and not answer:
        return "reader.overlap.after-cancel"
    timed_out = pending.expired and not pending.cancelled
    if timed_out or problem.name == "TimeoutError":
        return "reader.cancel.timeout"
    if pending.cancelled or problem.name == "CancelledError":
        return "reader.cancel.ends"
    if _broken_in_passing(state, pending) and inbox.stored is not None:
        return "reader.exception.same-turn"
    if pending.waiting and state.overlaps and problem.name == "IncompleteReadError":
        return "reader.overlap.false-end"
    failure = next((one for one in answer if isinstance(one.outcome, Fails)), None)
    if failure is not None and isinstance(failure.outcome, Fails) and problem.name in failure.outcome.names:
        return _wrong_details(state, failure, failure.outcome, problem)
    if problem.name == "RuntimeError" and not _only_stop(inbox):
        return _unwanted_refusal(state, pending, answer)
    if inbox.stored is None and problem.injected:
        return _late_exception(state, answer, pending)
    return _undue_failure(state, pending, answer, failure, problem.name)


def _undue_failure(state: State, pending: Pending, answer: tuple[Owed, ...], failure: Owed | None, name: str) -> str:
    """The call raised an exception of a kind that it was not owed at all."""
    inbox, method = state.canonical, pending.call.method
    if not answer and not pending.waiting and any(one.waiting for one in inbox.others(pending.op)):
        return "reader.overlap.refused"
    if method == "read" and _first_gives(answer) and _beyond_limit(state, inbox, pending):
        return "reader.read.beyond-limit"
    if name == "LimitOverrunError" and failure is None:
        return _false_overrun(state, pending, answer)
    if name == "ValueError" and failure is None and method in ("readline", "__anext__"):
        return "reader.readline.limit" if method == "readline" else "reader.iteration.lines"
    if name == "IncompleteReadError" and not inbox.ended and not answer:
        return _suspect_or(state, AT_EOF[method])
    if name == "IncompleteReadError" and any("reader.readuntil.eof-searched" in one.clauses for one in answer):
        return "reader.readuntil.eof-searched"
    if failure is not None and "reader.readuntil.overrun-repeats" in state.suspects:
        return "reader.readuntil.overrun-repeats"
    if _in_one_turn(state, pending) and name == "IncompleteReadError":
        return "reader.feed.same-turn"
    return _suspect_or(state, _duty(pending, answer))


def _behind_a_cancelled(state: State, pending: Pending) -> bool:
    """Tell whether the call began in the turn in which another one was cancelled, and nobody else waits."""
    began = not pending.waiting and not pending.cancelled and state.turn.overlapped and state.turn.cancelled
    return began and all(one.cancelled for one in state.canonical.others(pending.op))


def _beyond_limit(state: State, inbox: Inbox, pending: Pending) -> bool:
    first = _first(pending)
    wanted = len(inbox.unread) if is_endless(pending) else first
    return isinstance(wanted, int) and wanted > state.limit


def _wrong_details(state: State, failure: Owed, outcome: Fails, problem: Problem) -> str:
    """The right exception with the wrong attributes, or another object than the stored one."""
    if outcome.injected:
        return "reader.exception.raised"
    if outcome.partial is not None and plain_bytes(problem.partial) != outcome.partial:
        return _suspect_or(state, failure.clauses[0])
    if outcome.expected and problem.expected not in outcome.expected:
        return failure.clauses[-1]
    return _wrong_consumed(state, failure, problem.consumed)


def _wrong_consumed(state: State, failure: Owed, consumed: Value) -> str:
    outcome = failure.outcome
    known = isinstance(consumed, int) and not isinstance(consumed, bool)
    safe = isinstance(outcome, Fails) and known and state.limit < consumed <= outcome.consumed[-1]  # type: ignore[operator]  # known is an int
    several = "reader.separators.longest" in failure.clauses
    return _form(failure) if safe or several or not known else "reader.readuntil.overrun-reconstructs"


def _form(failure: Owed) -> str:
    return next((one for one in failure.clauses if "overrun" in one or "separators" in one), failure.clauses[0])


def _unwanted_refusal(state: State, pending: Pending, answer: tuple[Owed, ...]) -> str:
    """RuntimeError although nobody, or nobody in the way, is waiting."""
    waiting = any(one.waiting for one in state.canonical.others(pending.op))
    if waiting and answer:
        return "reader.overlap.no-wait"
    named = [one for one in state.suspects if one.startswith(("reader.cancel", "reader.overlap"))]
    if named:
        content = ("reader.cancel.keeps-data", "reader.cancel.same-turn", "reader.cancel.read-all")
        return "reader.cancel.frees" if named[-1] in content else named[-1]
    if state.overlaps:
        return "reader.overlap.refused"
    return _suspect_or(state, _duty(pending, answer))


def _late_exception(state: State, answer: tuple[Owed, ...], pending: Pending) -> str:
    if "reader.exception.clear" in state.suspects:
        return "reader.exception.clear"
    return _suspect_or(state, answer[0].clauses[0] if answer else DUTY[pending.call.method])


def _false_overrun(state: State, pending: Pending, answer: tuple[Owed, ...]) -> str:
    if not answer:
        several = pending.call.args and isinstance(pending.call.args[0], tuple)
        return _suspect_or(state, "reader.separators.longest" if several else "reader.readuntil.overrun-not-early")
    clauses = answer[0].clauses
    limit = "reader.readuntil.limit"
    return limit if limit in clauses else _suspect_or(state, clauses[0])


def hang(state: State, inbox: Inbox, pending: Pending) -> str:
    """Return the clause to blame for a call that still waits although it has no right to."""
    answer = tuple(one for one in owed(pending, inbox, state) if not one.optional)
    clauses = answer[0].clauses
    turn = state.turn
    if pending.cancelled:
        return "reader.cancel.ends"
    if state.raced or (turn.overlapped and turn.eventful):
        return "reader.overlap.lost-wakeup"
    if turn.broken and pending.waiting:
        return "reader.exception.same-turn" if turn.fed or turn.ended else "reader.exception.raised"
    if is_endless(pending) and not pending.waiting and len(inbox.unread) > 2 * state.limit:
        return "reader.read.beyond-limit"
    named = [one for one in state.suspects if one not in CONTENT_ONLY]
    if named:
        over = isinstance(answer[0].outcome, Fails) and "reader.readuntil.overrun-repeats" in named
        return "reader.readuntil.overrun-repeats" if over else named[-1]
    if turn.ended and pending.waiting and not inbox.unread:
        return "reader.end.wakes"
    if _in_one_turn(state, pending):
        return "reader.feed.same-turn"
    return "reader.end.wakes" if turn.ended and pending.waiting else clauses[0]


def both_wait(state: State) -> str:
    """Return the clause to blame when two calls wait side by side."""
    return "reader.overlap.lost-wakeup" if state.raced else "reader.overlap.refused"


def restless(state: State) -> str:
    """Return the clause to blame when the implementation does not come to rest."""
    inbox = state.canonical
    if not inbox.pending:
        return state.due.clause if state.due is not None else "reader.feed.order"
    pending = inbox.pending[-1]
    answer = owed(pending, inbox, state)
    return answer[0].clauses[0] if answer else DUTY[pending.call.method]


def _first(pending: Pending) -> Argument:
    return pending.call.args[0] if pending.call.args else -1


def _too_many(args: tuple[Argument, ...], content: bytes) -> bool:
    first = args[0] if args else -1
    return isinstance(first, int) and 0 < first < len(content)


def _first_gives(answer: tuple[Owed, ...]) -> str | None:
    return next((one.clauses[0] for one in answer if isinstance(one.outcome, Gives)), None)


def _only_fails(answer: tuple[Owed, ...]) -> bool:
    return bool(answer) and all(isinstance(one.outcome, Fails) for one in answer)


def _only_stop(inbox: Inbox) -> bool:
    return inbox.stored is not None and inbox.stored.source.error == "StopIteration"


def _duty(pending: Pending, answer: tuple[Owed, ...]) -> str:
    return answer[0].clauses[0] if answer else DUTY[pending.call.method]


def _suspect_or(state: State, clause: str) -> str:
    return state.suspects[-1] if state.suspects else clause
