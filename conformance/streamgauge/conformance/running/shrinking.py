"""Making a failing scenario short: steps are left out and contents cut, as long as the same clause is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.spec.alphabet import Accept, Call, Cancel, Dial, Do, Event, Feed, On, Open, Serve, Stimulus, parted

OPENING = (Open, Dial, Serve, Accept)
Steps = tuple[Stimulus, ...]
Fails = Callable[[Scenario], bool]


def shrink(scenario: Scenario, still_fails: Fails) -> Scenario:
    """Return the shortest scenario to be had by taking things away from `scenario` one at a time."""
    smaller: Scenario | None = scenario
    while smaller is not None:
        scenario = smaller
        candidates = (replace(scenario, steps=steps) for steps in simpler(scenario.steps))
        smaller = next((one for one in candidates if still_fails(one)), None)
    return scenario


def size(scenario: Scenario) -> tuple[int, int]:
    """Return how long a scenario is to a reader: its steps, then the bytes in them."""
    return len(scenario.steps), sum(_bytes(plain(step)) for step in scenario.steps)


def _bytes(step: Event) -> int:
    match step:
        case Feed(data=data, times=times):
            return len(data) * times
        case Do(args=(bytes(data),)):
            return len(data)
        case _:
            return 0


def simpler(steps: Steps) -> Iterator[Steps]:
    """Yield what is one step, some bytes or an unusual object simpler than `steps`: the end goes first."""
    for place in reversed(range(len(steps))):
        if not isinstance(plain(steps[place]), OPENING):
            yield without(steps, place)
    for place, step in enumerate(steps):
        if isinstance(step, Feed):
            for shorter in _shorter(step):
                yield (*steps[:place], shorter, *steps[place + 1 :])


def _shorter(feed: Feed) -> Iterator[Feed]:
    if feed.form in ("bytearray", "memoryview"):
        yield replace(feed, form="bytes")
    if feed.times > 1:
        yield replace(feed, times=feed.times // 2)
    for cut in range(len(feed.data)):
        yield replace(feed, data=feed.data[:cut] + feed.data[cut + 1 :])


def without(steps: Steps, place: int) -> Steps:
    """Return `steps` without one; with a call go its cancellations, and the calls after it are numbered anew."""
    gone = plain(steps[place])
    rest = steps[:place] + steps[place + 1 :]
    if not isinstance(gone, Call):
        return rest
    kept = (step for step in rest if not (isinstance(cancel := plain(step), Cancel) and cancel.op == gone.op))
    return tuple(_renumbered(step, gone.op) for step in kept)


def _renumbered(step: Stimulus, gone: int) -> Stimulus:
    match step:
        case On(event=event) if isinstance(event, Call | Cancel) and event.op > gone:
            return replace(step, event=replace(event, op=event.op - 1))
        case Call(op=op) | Cancel(op=op) if op > gone:
            return replace(step, op=op - 1)
        case _:
            return step


def plain(step: Stimulus) -> Event:
    """Return the step itself, whichever end it concerns."""
    return parted(step)[1]
