"""Traces written by hand, put to the model: what the last event breaks, or bears out, after others that are legal."""

from __future__ import annotations

from typing import Any

from streamgauge.spec import words
from streamgauge.spec.alphabet import (
    Accept,
    Answered,
    Closed,
    Do,
    Event,
    Handled,
    Listened,
    Made,
    Open,
    Problem,
    Quiet,
    Raised,
    Serve,
    Settings,
    Settle,
    Version,
    Wrote,
)
from streamgauge.spec.blame import blame
from streamgauge.spec.connection import HOST, PORT
from streamgauge.spec.features import Moment
from streamgauge.spec.model import Accepted, State, Violation, start, step

ADDRESS = (("host", HOST), ("port", PORT))
OPEN: tuple[Event, ...] = (Open(), Made())
QUIET: tuple[Event, ...] = (Settle(), Quiet())
CLOSE: tuple[Event, ...] = (Do("close"), Closed(), Answered("close", None))
PAIR = ("reader", "writer")


def write(data: bytes) -> tuple[Event, ...]:
    """A write that is handed over at once."""
    return (Do("write", (data,)), Wrote(data), Answered("write", None))


def serving(handler: Any = "plain") -> tuple[Event, ...]:
    """A server of which the handler was called for a peer."""
    return (Serve(handler), Listened(ADDRESS), Answered("server", True), Accept(), Settle(), Handled(PAIR))


def raised(op: int, name: str, injected: int = 0, *, at_once: bool = False) -> Raised:
    """The end of a call by an exception."""
    return Raised(op, Problem(name, injected), at_once)


def after(events: tuple[Event, ...], limit: Any = 4, python: Version = (3, 13)) -> State:
    """The state after events that are all legal."""
    state = start(Settings(limit, python))
    for event in events:
        answer = step(state, event)
        assert isinstance(answer, Accepted), (event, answer)
        state = answer.state
    return state


def broken(*events: Event, limit: Any = 4, python: Version = (3, 13)) -> str:
    """The clause that the last event breaks."""
    return blame(*departure(*events, limit=limit, python=python))


def departure(*events: Event, limit: Any = 4, python: Version = (3, 13)) -> tuple[list[Moment], Violation]:
    """What led to the last event, each with how things stood before it, and what the model says of that event."""
    state, moments = start(Settings(limit, python)), list[Moment]()
    for event in events[:-1]:
        moments.append((state, event))
        answer = step(state, event)
        assert isinstance(answer, Accepted), (event, answer)
        state = answer.state
    answer = step(state, events[-1])
    assert isinstance(answer, Violation), answer
    return [*moments, (state, events[-1])], answer


def allowed(*events: Event, limit: Any = 4, python: Version = (3, 13)) -> tuple[str, ...]:
    """What was allowed instead of the last event."""
    answer = step(after(events[:-1], limit, python), events[-1])
    assert isinstance(answer, Violation), answer
    return words.allowed(answer)


def shown(*events: Event, limit: Any = 4, python: Version = (3, 13)) -> set[str]:
    """The clauses that the last event bears out."""
    answer = step(after(events[:-1], limit, python), events[-1])
    assert isinstance(answer, Accepted), answer
    return set(answer.clauses)
