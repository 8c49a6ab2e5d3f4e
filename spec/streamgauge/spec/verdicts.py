"""The two answers of the model."""

from __future__ import annotations

from dataclasses import dataclass

from streamgauge.spec.alphabet import Event
from streamgauge.spec.state import State


@dataclass(frozen=True, slots=True)
class Accepted:
    """The event is legal: the state after it, and the clauses that it bears out."""

    state: State
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """The event breaks `clause`: what was allowed instead, what was seen, and why that is a departure.

    `state` is where judging can go on, or None if the departure leaves too much in doubt.
    """

    clause: str
    allowed: tuple[str, ...]
    observed: Event
    because: str
    state: State | None = None
