"""Who did what in the trace of a connection: a step of its scenario, or the network of its own accord.

The network does things while the loop runs, while a connection is made, in the midst of a plain call that hands it
bytes, and when its peer takes some: whatever reaches an end at such a time is its own doing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from streamgauge.conformance.results import Failure
from streamgauge.conformance.scenarios.script import Trace
from streamgauge.spec.alphabet import (
    Accept,
    Answered,
    Break,
    Dial,
    Do,
    End,
    Event,
    Feed,
    Hold,
    Lose,
    Made,
    On,
    OneEnd,
    Open,
    Quiet,
    Refused,
    Release,
    Serve,
    Settle,
    Stimulus,
    Unclog,
)

NETWORK = Feed | End | Hold | Release | Lose


def parted(event: Event) -> tuple[int, Event]:
    """Return which end an event concerns, and the event by itself."""
    return (event.end, event.event) if isinstance(event, On) else (1, event)


def connects(trace: Trace) -> bool:
    """Tell whether the trace is that of a connection, or of a server."""
    return bool(trace) and isinstance(parted(trace[0])[1], Open | Dial | Serve)


def names_of_ends(trace: Trace) -> tuple[str, ...]:
    """Return what two ends are called: those of one connection, or two connections of a server."""
    if not any(isinstance(one, On) for one in trace):
        return ()
    if any(isinstance(one, Open) for one in trace):
        return ("client", "server")
    return ("second", "first") if isinstance(trace[0], On) else ("first", "second")


def of_itself(trace: Trace) -> frozenset[int]:
    """Return the places of stimuli that no step asked for."""
    return frozenset(_own(trace)) if connects(trace) else frozenset()


def _own(trace: Trace) -> Iterator[int]:
    running = False
    under_way: tuple[int, Event] | None = None
    before = 0, False
    for place, (end, event) in enumerate(map(parted, trace)):
        busy = running or under_way is not None
        relieved = isinstance(event, Release) and before == (end, True)
        if relieved or (busy and isinstance(event, NETWORK | Accept)):
            yield place
        elif isinstance(event, Open | Serve | Do):
            under_way = end, event
        elif under_way is not None and end == under_way[0] and _ends(event, under_way[1]):
            under_way = None
        running = isinstance(event, Settle) or (running and not isinstance(event, Quiet))
        before = end, isinstance(event, Unclog)


def _ends(event: Event, doing: Event) -> bool:
    match doing:
        case Open():
            return isinstance(event, Made | Refused)
        case Serve():
            return isinstance(event, Refused) or (isinstance(event, Answered) and event.question == "server")
        case _:
            return isinstance(event, Answered | Refused)


@dataclass(frozen=True, slots=True)
class Play:
    """A step of the scenario: at which end, where in the trace (None: it had no effect at once), and its exception."""

    end: int
    step: OneEnd
    place: int | None
    number: int = 0


def plays(failure: Failure) -> list[Play]:
    """Return the steps that were done before the departure, those without an effect among them."""
    own = of_itself(failure.trace)
    left = list(failure.scenario.steps)
    found: list[Play] = []
    errors = 0
    for place, event in enumerate(failure.trace[: failure.at]):
        if place in own or not isinstance(event, Stimulus):
            continue
        skipped = []
        while left and left[0] != event and isinstance(parted(left[0])[1], NETWORK) and event in left:
            skipped.append(left.pop(0))
        if left and left[0] == event:
            left.pop(0)
        for step, at in (*((one, None) for one in skipped), (event, place)):
            end, plain = parted(step)
            errors += is_error(plain)
            if isinstance(plain, OneEnd):
                found.append(Play(end, plain, at, errors))
    return found


def is_error(event: Event) -> bool:
    """Tell whether an event gives an exception to an end."""
    match event:
        case Lose(error=str()):
            return True
        case Break(form="instance"):
            return True
        case _:
            return False
