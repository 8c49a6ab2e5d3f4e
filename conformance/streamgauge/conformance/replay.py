"""One scenario, played once more and looked at closely: its trace beside what the model knew at each step."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from streamgauge.conformance.adapters import Adapter
from streamgauge.conformance.driver import Driver
from streamgauge.conformance.judge import Departure, Judge
from streamgauge.conformance.results import Failure
from streamgauge.conformance.running import budget
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.spec.alphabet import Settings, Version
from streamgauge.spec.state import State


@dataclass(frozen=True, slots=True)
class Replay:
    """A scenario and what it showed by the rules of `python`: the departures, and the clauses that it bore out.

    `states` are the model's after each event, as far as it could follow.
    """

    target: str
    scenario: Scenario
    python: Version
    trace: Trace
    states: tuple[State, ...]
    departures: tuple[Departure, ...]
    borne_out: tuple[str, ...]


def replay(adapter: Adapter, scenario: Scenario, python: Version) -> Replay:
    """Play and judge `scenario` on `adapter`. Raises `AdapterFault` if that breaks."""
    trace = play(adapter, scenario)
    settings = Settings(scenario.limit, python)
    judge = Judge()
    judgement = judge.judge(settings, trace)
    states = tuple(judge.states(settings, trace))
    return Replay(adapter.name, scenario, python, trace, states, judgement.departures, judge.named(judgement.evidence))


def failure(scenario: Scenario, trace: Trace, departure: Departure) -> Failure:
    """Return a departure in the form in which a whole run reports it."""
    violation = departure.violation
    return Failure(
        violation.clause,
        scenario,
        trace,
        departure.at,
        violation.allowed,
        violation.observed,
        violation.because,
        scenarios=1,
    )


def play(adapter: Adapter, scenario: Scenario) -> Trace:
    """Return the trace of one scenario, within a budget and without warnings.

    Raises `AdapterFault`, and `Interrupted` on Ctrl-C, which the implementation cannot catch as its own.
    """
    with warnings.catch_warnings(), budget.interruptible(), budget.watched() as watch:
        warnings.simplefilter("ignore")
        return budget.play(Driver(adapter), scenario, watch)
