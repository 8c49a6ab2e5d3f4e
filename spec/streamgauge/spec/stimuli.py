"""What each stimulus changes, and what the plain call behind it owes at once.

Feeding, ending and breaking are plain calls: they are done, or they raise, before anything else happens. What
they may or must raise is left in `State.due`; the observation that follows settles it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from streamgauge.spec.alphabet import Advance, Ask, Attach, Break, Call, Cancel, End, Feed, Reading, Settle
from streamgauge.spec.outcomes import possibilities
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import is_endless
from streamgauge.spec.state import Inbox, State, Stored, beginning, owing, suspecting


def apply(state: State, stimulus: Reading) -> State:
    """Return the state after `stimulus`, before anything was observed."""
    stirred = state if state.turn.stirred else replace(state, turn=replace(state.turn, stirred=True))
    return _forgiving(_applied(stirred, stimulus))


def _forgiving(state: State) -> State:
    """A `read(-1)` beside another call: nobody can tell which of the two has which bytes.

    Only if it comes last, and nothing else happens in the turn, is it plain that it will be refused.
    """
    inbox = state.canonical
    if len(inbox.pending) < 2 or not inbox.unread or not any(map(is_endless, inbox.pending)):
        return state
    *others, last = inbox.pending
    plain = not last.waiting and all(one.waiting and not is_endless(one) for one in others)
    return state if plain and not state.turn.eventful else replace(state, lenient=True)


def _applied(state: State, stimulus: Reading) -> State:
    match stimulus:  # what comes most often first
        case Settle():
            return state
        case Feed():
            return _feed(state, stimulus)
        case End():
            return _end(state)
        case Break():
            return _break(state, stimulus)
        case Call():
            return _call(state, stimulus)
        case Cancel(op=op):
            return _cancel(state, op)
        case Attach():
            return _attach(state, stimulus)
        case Ask(question=question):
            return replace(state, question=question)
        case Advance(seconds=seconds):
            return _advance(state, seconds)
        case _:
            assert_never(stimulus)


def changed(state: State, change: Callable[[Inbox], Inbox]) -> State:
    """Return the state with `change` made in every inbox there may be."""
    first, *others = state.inboxes
    after = tuple(dict.fromkeys(map(change, state.inboxes))) if others else (change(first),)
    return replace(state, inboxes=after)


# ------------------------------------------------------------------ feeding


def _feed(state: State, feed: Feed) -> State:
    content = feed.content
    if feed.form in ("none", "zero"):
        after = suspecting(state, "reader.feed.wrong-type")
        return owing(after, "reader.feed.wrong-type", otherwise=after)
    if state.canonical.ended:
        clause = "reader.feed.after-end"
        return owing(state, clause, must=True, otherwise=suspecting(state, clause))
    if feed.form == "str":
        clause = "reader.feed.wrong-type"
        after = suspecting(state, clause)
        names = ("TypeError",) if content else ()
        return owing(after, clause, *names, must=bool(content), otherwise=after)
    if not content:
        turn = replace(state.turn, fed_nothing=True)
        return owing(suspecting(replace(state, turn=turn), "reader.feed.empty"), "reader.feed.empty")
    before, state = state, _stored_bytes(state, content)
    match feed.form:
        case "bytes":
            return _fed(state, "reader.feed.order")
        case "list":
            clause = "reader.feed.wrong-type"
            return owing(suspecting(state, clause), clause, otherwise=suspecting(before, clause))
        case _:
            state = suspecting(state, "reader.feed.bytes-like", "reader.feed.copies")
            return _fed(state, "reader.feed.bytes-like")


def _stored_bytes(state: State, content: bytes) -> State:
    state = before_change(state, ("readuntil", "readline", "__anext__"))
    line = replace(state.line, fed=state.line.attached > 0, late=state.line.late and _over(state))
    state = changed(state, lambda inbox: inbox.fed(content))
    if state.canonical.stored is not None:
        state = suspecting(state, "reader.feed.after-exception")
    peak = max(state.turn.peak, *(len(inbox.unread) for inbox in state.inboxes))
    turn = replace(state.turn, fed=min(state.turn.fed + 1, 2), peak=peak)
    return replace(state, turn=turn, line=line)


def _over(state: State) -> bool:
    """Check whether so much may be unread that the transport has to be paused."""
    return max(len(inbox.unread) for inbox in state.inboxes) > 2 * state.limit


def _fed(state: State, plain: str) -> State:
    """Return the state in which the feed that is done owes no exception, unless its transport cannot be paused."""
    over = state.turn.peak > 2 * state.limit
    if state.line.pausing == "fails" and over:
        clause = "flow.pause-error"
        return owing(state, clause, "RuntimeError", otherwise=suspecting(state, clause))
    if state.line.forgotten or (state.line.pausing == "unsupported" and over):
        return owing(state, "flow.unpausable")
    return owing(state, plain if state.canonical.stored is None else "reader.feed.after-exception")


def before_change(state: State, methods: tuple[str, ...]) -> State:
    """Return the state in which calls of `methods` that are ready may have been served before what comes now."""
    ready = any(
        pending.waiting and not pending.cancelled and pending.call.method in methods
        for pending in state.canonical.pending
    )
    if not ready or not (state.turn.fed or state.turn.ended or state.turn.broken):
        return state
    found = (one for inbox in state.inboxes for one in possibilities(inbox, state))
    return replace(state, inboxes=tuple(dict.fromkeys((*state.inboxes, *found))))


# ---------------------------------------------------------- end, exception


def _end(state: State) -> State:
    if state.canonical.ended:
        return owing(suspecting(state, "reader.end.twice"), "reader.end.twice")
    state = before_change(state, ("readuntil", "readline", "__anext__"))
    state = changed(state, lambda inbox: replace(inbox, ended=True))
    return owing(replace(state, turn=replace(state.turn, ended=True)), "reader.end.wakes")


def _break(state: State, source: Break) -> State:
    before = replace(state, breaks=state.breaks + 1)
    if source.form == "none":
        if before.canonical.pending:
            # What a call that waits makes of no exception is nobody's business.
            return replace(before, lenient=True)
        state = changed(before, lambda inbox: replace(inbox, stored=None))
        # Whatever hid the bytes, or came behind them, is suspected before the clearing itself.
        state = replace(state, suspects=("reader.exception.clear", *state.suspects[-3:]))
        return owing(state, "reader.exception.clear", otherwise=before)
    state = before_change(before, ("read", "readexactly", "readuntil", "readline", "__anext__"))
    mark = Stored(before.breaks, source)
    state = changed(state, lambda inbox: replace(inbox, stored=mark))
    state = replace(state, turn=replace(state.turn, broken=True))
    waiting = [one.call.method for one in state.canonical.pending if one.waiting]
    if state.canonical.unread and "readexactly" in waiting:
        state = suspecting(state, "reader.readexactly.keeps-while-waiting")
    if source.error == "StopIteration":
        refused = replace(before, lenient=True)
        return owing(state, "reader.exception.stop-iteration", "TypeError", otherwise=refused)
    if source.form == "class":
        return owing(state, "reader.exception.class", otherwise=before)
    return owing(state, "reader.exception.raised")


# ------------------------------------------------------------------- calls


def _call(state: State, call: Call) -> State:
    overlaps = bool(state.canonical.pending)
    pending = beginning(call, state.clock)
    state = changed(state, lambda inbox: inbox.with_pending(pending))
    turn = replace(
        state.turn, overlapped=state.turn.overlapped or overlaps, expired=state.turn.expired or pending.expired
    )
    return replace(state, calls=call.op, turn=turn, overlaps=state.overlaps or overlaps)


def _cancel(state: State, op: int) -> State:
    def mark(inbox: Inbox) -> Inbox:
        pending = inbox.find(op)
        return inbox if pending is None else inbox.with_pending(replace(pending, cancelled=True))

    if state.canonical.find(op) is None:
        return state
    undecided = tuple(inbox for inbox in state.inboxes if (one := inbox.find(op)) and one.decided is None)
    state = changed(replace(state, inboxes=undecided), mark)
    return replace(state, turn=replace(state.turn, cancelled=True))


def _advance(state: State, seconds: int) -> State:
    clock = state.clock + seconds

    def expire(inbox: Inbox) -> Inbox:
        for one in (one for one in inbox.pending if one.overdue(clock)):
            inbox = inbox.with_pending(replace(one, expired=True))
        return inbox

    state = changed(state, expire)
    expired = any(one.expired for one in state.canonical.pending)
    return replace(state, clock=clock, turn=replace(state.turn, expired=state.turn.expired or expired))


# --------------------------------------------------------------- transport


def _attach(state: State, attach: Attach) -> State:
    line = state.line
    number = line.attached + 1
    unread = len(state.canonical.unread)
    if not line.attached:
        late = unread > 2 * state.limit
        line = replace(line, attached=1, in_charge=1, pausing=attach.pausing, late=late)
        turn = replace(state.turn, peak=max(state.turn.peak, unread))
        return owing(replace(state, line=line, turn=turn), "flow.transport.late")
    refused = replace(state, line=replace(line, attached=number))
    taken = replace(line, attached=number, in_charge=number, pausing=attach.pausing, paused=False, forgotten=False)
    return owing(replace(state, line=taken), "flow.transport.second", otherwise=refused)
