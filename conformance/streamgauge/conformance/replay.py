"""One scenario, played once more and looked at closely: its trace beside what the model knew at each step."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from streamgauge.conformance.adapters import Adapter
from streamgauge.conformance.driver import Driver
from streamgauge.conformance.judge import Departure, Judge
from streamgauge.conformance.running import budget
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.spec.alphabet import OF_BOTH, On, Settings, Version, parted
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


def replay(adapter: Adapter, scenario: Scenario, python: Version) -> Replay:
    """Play and judge `scenario` on `adapter`. Raises `AdapterFault` if that breaks."""
    trace = play(adapter, scenario)
    settings = Settings(scenario.limit, python)
    judge = Judge()
    judgement = judge.judge(settings, trace)
    states = _states(judge, settings, trace)
    return Replay(adapter.name, scenario, python, trace, states, judgement.departures, judge.named(judgement.evidence))


def _states(judge: Judge, settings: Settings, trace: Trace) -> tuple[State | None, ...]:
    if not any(isinstance(event, On) for event in trace):
        return tuple(judge.states(settings, trace))
    found: list[State | None] = [None] * len(trace)
    for end in (1, 2):
        concerning = [(place, plain) for place, (whose, plain) in enumerate(map(parted, trace)) if whose in (0, end)]
        states = judge.states(settings, [plain for _, plain in concerning])
        for (place, plain), state in zip(concerning, states, strict=False):
            found[place] = None if type(plain) in OF_BOTH else state
    return tuple(found)


def play(adapter: Adapter, scenario: Scenario) -> Trace:
    """Return the trace of one scenario, within a budget and without warnings.

    Raises `AdapterFault`, and `Interrupted` on Ctrl-C, which the implementation cannot catch as its own.
    """
    with warnings.catch_warnings(), budget.interruptible(), budget.watched() as watch:
        warnings.simplefilter("ignore")
        return budget.play(Driver(adapter), scenario, watch)
