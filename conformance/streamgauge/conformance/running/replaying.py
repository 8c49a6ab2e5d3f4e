"""One scenario, played once more and looked at closely: its trace beside what the model knew at each step."""

from __future__ import annotations

from dataclasses import dataclass

from streamgauge.conformance.judge import Departure, Judge
from streamgauge.conformance.playing.budget import interruptible
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.conformance.target import Target
from streamgauge.spec.alphabet import Settings, Version, parted
from streamgauge.spec.state import State


@dataclass(frozen=True, slots=True)
class Replay:
    """A scenario and what it showed by the rules of `python`: the departures, and the clauses that it bore out.

    `states` are the model's after each event, as far as it could follow; where there are two ends of a connection, each
    is that of the end which the event concerns, and there is none where it concerns both.
    """

    target: str
    scenario: Scenario
    python: Version
    trace: Trace
    states: tuple[State | None, ...]
    departures: tuple[Departure, ...]
    borne_out: tuple[str, ...]


def replay(target: Target, scenario: Scenario, python: Version) -> Replay:
    """Play and judge `scenario` on `target`. Raises `AdapterFault` if that breaks."""
    trace = play(target, scenario)
    settings = Settings(scenario.limit, python)
    judge = Judge()
    judgement = judge.begin(settings)
    states: list[State | None] = []
    of_two = any(parted(event)[0] > 1 for event in trace)
    for event in trace:
        judgement.take(event)
        if judgement.over:
            break
        whose = parted(event)[0]
        states.append(None if of_two and not whose else judgement.states[max(whose, 1) - 1])
    shown = judge.named(judgement.evidence)
    return Replay(target.name, scenario, python, trace, tuple(states), judgement.departures, shown)


def play(target: Target, scenario: Scenario) -> Trace:
    """Return the trace of one scenario.

    Raises `AdapterFault`, and `Interrupted` on Ctrl-C, which the implementation cannot catch as its own.
    """
    with interruptible():
        return target.play(scenario)
