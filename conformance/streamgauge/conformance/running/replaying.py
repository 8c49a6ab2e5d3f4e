"""One scenario, played once more and looked at closely: its trace beside what the model knew at each step."""

from __future__ import annotations

from dataclasses import dataclass

from streamgauge.conformance.judge import Departure, Judge
from streamgauge.conformance.playing.budget import interruptible
from streamgauge.conformance.results import Failure
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.conformance.target import Target
from streamgauge.spec.alphabet import Advance, Event, On, Overran, Quiet, Settings, Settle, Version
from streamgauge.spec.state import State

OF_BOTH = (Quiet, Settle, Advance, Overran)


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
    judgement = judge.judge(settings, trace)
    states = _states(judge, settings, trace)
    return Replay(target.name, scenario, python, trace, states, judgement.departures, judge.named(judgement.evidence))


def _states(judge: Judge, settings: Settings, trace: Trace) -> tuple[State | None, ...]:
    if not any(isinstance(event, On) for event in trace):
        return tuple(judge.states(settings, trace))
    found: list[State | None] = [None] * len(trace)
    for end in (1, 2):
        concerning = [(place, plain) for place, (whose, plain) in enumerate(map(_parted, trace)) if whose in (0, end)]
        states = judge.states(settings, [plain for _, plain in concerning])
        for (place, plain), state in zip(concerning, states, strict=False):
            found[place] = None if isinstance(plain, OF_BOTH) else state
    return tuple(found)


def _parted(event: Event) -> tuple[int, Event]:
    """Return which end an event concerns (0: both), and the event by itself."""
    if isinstance(event, On):
        return event.end, event.event
    return (0 if isinstance(event, OF_BOTH) else 1), event


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


def play(target: Target, scenario: Scenario) -> Trace:
    """Return the trace of one scenario.

    Raises `AdapterFault`, and `Interrupted` on Ctrl-C, which the implementation cannot catch as its own.
    """
    with interruptible():
        return target.play(scenario)
