"""Legal outcomes in words, for the people who read a violation."""

from __future__ import annotations

from typing import assert_never

from streamgauge.spec.outcomes import owed
from streamgauge.spec.state import Fails, Gives, Inbox, Owed, Pending, State

LONG = 60


def allowed(state: State, op: int) -> tuple[str, ...]:
    """Return what call `op` may do now, a sentence for each choice."""
    found: list[str] = []
    for inbox in state.inboxes:
        pending = inbox.find(op)
        if pending is not None:
            found += _choices(pending, inbox, state)
    return tuple(dict.fromkeys(found))


def _choices(pending: Pending, inbox: Inbox, state: State) -> list[str]:
    if pending.decided is not None:
        return [outcome(pending.decided)]
    answer = owed(pending, inbox, state)
    words = [outcome(one) for one in answer]
    return words if any(not one.optional for one in answer) else [*words, "keeps waiting"]


def outcome(one: Owed) -> str:
    """Return the outcome as the end of the sentence "the call …"."""
    match one.outcome:
        case Gives(data=data, short=True) if len(data) > 1:
            return f"returns {shown(data)} or a shorter beginning of it, not empty"
        case Gives(data=data):
            return f"returns {shown(data)}"
        case Fails() as failure:
            return _failure(failure)
        case _:
            assert_never(one.outcome)


def _failure(failure: Fails) -> str:
    text = "raises " + " or ".join(failure.names)
    if failure.injected:
        text = f"raises the very {failure.names[0]} that was set"
    if failure.partial is not None:
        text += f", partial {shown(failure.partial)}"
    if failure.expected:
        text += f", expected {' or '.join(map(repr, failure.expected))}"
    if failure.consumed:
        text += f", consumed {' or '.join(map(str, failure.consumed))}"
    return text


def shown(data: bytes) -> str:
    """Return bytes as a literal, cut in the middle if long."""
    if len(data) <= LONG:
        return repr(data)
    return f"{data[:20]!r}…{data[-20:]!r} ({len(data)} bytes)"
