"""Who did what in a trace: a step of its scenario, or the network of its own accord.

The network does things while the loop runs, while a connection is made, in the midst of a plain call that hands it
bytes, and when its peer takes some: whatever reaches an end at such a time is its own doing.
"""

from __future__ import annotations

from collections.abc import Iterator

from streamgauge.conformance.scenarios.script import Trace
from streamgauge.spec import alphabet as ev
from streamgauge.spec.alphabet import Event, Stimulus, parted

NETWORK = ev.Feed | ev.End | ev.Hold | ev.Release | ev.Lose


def connects(trace: Trace) -> bool:
    """Check whether the trace is that of a connection, or of a server."""
    return bool(trace) and isinstance(parted(trace[0])[1], ev.Open | ev.Dial | ev.Serve)


def names_of_ends(trace: Trace) -> tuple[str, ...]:
    """Return what two ends are called: those of one connection, or two connections of a server."""
    if not any(isinstance(one, ev.On) for one in trace):
        return ()
    if any(isinstance(one, ev.Open) for one in trace):
        return ("client", "server")
    return ("second", "first") if isinstance(trace[0], ev.On) else ("first", "second")


def of_itself(trace: Trace) -> frozenset[int]:
    """Return the places of stimuli that no step asked for."""
    return frozenset(_own(trace)) if connects(trace) else frozenset()


def _own(trace: Trace) -> Iterator[int]:
    running = False
    under_way: tuple[int, Event] | None = None
    before = 0, False
    for place, (end, event) in enumerate(map(parted, trace)):
        busy = running or under_way is not None
        relieved = isinstance(event, ev.Release) and before == (end, True)
        if relieved or (busy and isinstance(event, NETWORK | ev.Accept)):
            yield place
        elif isinstance(event, ev.Open | ev.Serve | ev.Do):
            under_way = end, event
        elif under_way is not None and end == under_way[0] and _ends(event, under_way[1]):
            under_way = None
        running = isinstance(event, ev.Settle) or (running and not isinstance(event, ev.Quiet))
        before = end, isinstance(event, ev.Unclog)


def _ends(event: Event, doing: Event) -> bool:
    match doing:
        case ev.Open():
            return isinstance(event, ev.Made | ev.Refused)
        case ev.Serve():
            return isinstance(event, ev.Refused) or (isinstance(event, ev.Answered) and event.question == "server")
        case _:
            return isinstance(event, ev.Answered | ev.Refused)


def in_order(steps: tuple[Stimulus, ...], trace: Trace, at: int) -> Iterator[tuple[Event, bool]]:
    """Yield the steps up to the place `at` and what was seen of them, each with whether it is a step.

    A step that has no effect at once, as bytes for a paused transport, is not in the trace: it comes before the next
    one that is. Raises `ValueError` if the trace is that of other steps.
    """
    own = of_itself(trace)
    left = list(steps)
    for place, event in enumerate(trace[:at]):
        if place in own or not isinstance(parted(event)[1], ev.OneEnd):
            yield event, False
            continue
        while left and left[0] != event and isinstance(parted(left[0])[1], NETWORK) and event in left:
            yield left.pop(0), True
        if event not in left[:1]:
            raise ValueError("its trace does not follow the steps of its scenario")
        yield left.pop(0), True
        if isinstance(parted(event)[1], NETWORK) and connects(trace):
            yield event, False  # that it reached the protocol is seen as well


def steps_that_raise(steps: tuple[Stimulus, ...], trace: Trace) -> Iterator[int]:
    """Yield the numbers of the steps that raised at once; 0 is what was done before the first of them."""
    number = 0
    for event, is_step in in_order(steps, trace, len(trace)):
        number += is_step
        if isinstance(parted(event)[1], ev.Refused):
            yield number
