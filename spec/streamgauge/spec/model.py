"""The waist of the product: `start`, `enabled`, `step`.

The model is a relation. `step` answers `Accepted` with the next state and the clauses that the event bears out,
or `Violation` with the plain duty that it breaks; what led to it is for `blame` to look at. Where the documents leave
a choice every legal outcome is accepted, and what was observed settles the choice. A violation that leaves no doubt
about how things stand carries the state to go on from; otherwise the scenario is over.
"""

from __future__ import annotations

from streamgauge.spec import end, reading, stimuli
from streamgauge.spec.alphabet import OPENING, UNSET, Event, Settings, Stimulus
from streamgauge.spec.records import replace
from streamgauge.spec.state import DEFAULT_LIMIT, State, owing
from streamgauge.spec.verdicts import Accepted, Violation

__all__ = ["Accepted", "State", "Violation", "enabled", "start", "step"]


def start(settings: Settings) -> State:
    """Return what is known before anything was observed; the first event says how construction went."""
    limit = settings.limit
    if limit is UNSET:
        return owing(State(settings, DEFAULT_LIMIT), "reader.limit.default")
    if isinstance(limit, int):
        plain = State(settings, limit)
        over = replace(plain, lenient=True) if limit <= 0 else None
        return owing(plain, "reader.limit.positive", "ValueError", must=limit <= 0, otherwise=over)
    plain = State(settings, DEFAULT_LIMIT)
    return owing(plain, "reader.limit.type", "TypeError", "ValueError", otherwise=replace(plain, lenient=True))


def enabled(state: State, stimulus: Stimulus) -> bool:
    """Check whether `stimulus` makes sense next: scenarios made of such stimuli test no nonsense."""
    connected = bool(state.outbox.opened) or type(stimulus) not in stimuli.STIMULI
    return (not connected or end.enabled(state, stimulus)) and stimuli.enabled(state, stimulus)


def step(state: State, event: Event) -> Accepted | Violation:
    """Judge one event of a trace in `state`; of a connection with two ends, one that concerns this end."""
    if state.lenient:
        return Accepted(state, ())
    if state.outbox.opened or type(event) in OPENING:
        return end.step(state, event)
    return reading.step(state, event)
