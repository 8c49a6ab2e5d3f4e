"""Calming a scenario: what is odd in it is replaced by what is usual, and what it does not need is left out.

Its one idea: each move beside leaving out is a control experiment. What still departs in the same way without the odd
thing does not depart because of it. Rules: a move is made only if the scenario gets plainer (`plainness`) and still
departs with the same signature; nothing is made that the world never does, so no feed is cut to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from streamgauge.conformance.scenarios.plainness import HUGE, USUAL_HANDLERS, ample, plain, plainness
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.spec import alphabet as ev
from streamgauge.spec.alphabet import Argument, Shaped, Stimulus, Unset
from streamgauge.spec.state import DEFAULT_LIMIT

MOST_PLAYS = 3_000
HALVES_FROM = 16
Steps = tuple[Stimulus, ...]
StillDeparts = Callable[[Scenario], bool]


def calm(scenario: Scenario, still_departs: StillDeparts, most_plays: int = MOST_PLAYS) -> Scenario:
    """Return the plainest scenario that moves lead to from `scenario`, one after the other, if each still departs.

    After `most_plays` plays it is left as it is.
    """
    tried = {(scenario.steps, scenario.limit)}
    best = plainness(scenario)
    found: Scenario | None = scenario
    while found is not None:
        scenario, found = found, None
        for one in calmer(scenario):
            key = (one.steps, one.limit)
            if key in tried or (value := plainness(one)) >= best:
                continue
            if len(tried) > most_plays:
                return scenario
            tried.add(key)
            if still_departs(one):
                found, best = one, value
                break
    return scenario


def calmer(scenario: Scenario) -> Iterator[Scenario]:
    """Yield what one move makes of a scenario: the moves that change most go first."""
    steps = scenario.steps
    if len(steps) > HALVES_FROM:
        yield from (replace(scenario, steps=rest) for rest in _halves(steps))
    yield from _limits(scenario)
    for rest in (
        *_by_hand(steps),
        *_without_an_end(steps),
        *_one_less(steps),
        *_usual(steps),
        *_settled(steps),
        *_joined(steps),
    ):
        yield replace(scenario, steps=rest)
    for rest in _shorter(steps):
        yield replace(scenario, steps=rest)


# -------------------------------------------------------------- leaving out


def _halves(steps: Steps) -> Iterator[Steps]:
    """Yield the steps without their second half, their first, each quarter, and so on."""
    size = len(steps) // 2
    while size > 1:
        for begin in reversed(range(0, len(steps), size)):
            rest = steps
            for place in reversed(range(begin, min(begin + size, len(steps)))):
                rest = without(rest, place)
            yield rest
        size //= 2


def _one_less(steps: Steps) -> Iterator[Steps]:
    """Yield the steps without one of them, from the end."""
    for place in reversed(range(len(steps))):
        yield without(steps, place)


def _by_hand(steps: Steps) -> Iterator[Steps]:
    """Yield what is left without a connection: a reader that is fed by hand."""
    rest = steps
    for place in reversed(range(len(steps))):
        if type(plain(steps[place])) in ev.OPENING:
            rest = without(rest, place)
    if rest != steps:
        yield rest


def _without_an_end(steps: Steps) -> Iterator[Steps]:
    """Yield what is left of two connections without either of them."""
    if not any(isinstance(step, ev.On) for step in steps):
        return
    for gone in (2, 1):
        rest = steps
        for place in reversed(range(len(steps))):
            step = steps[place]
            mine = (
                step.end if isinstance(step, ev.On) else 0 if isinstance(step, ev.Serve | ev.Settle | ev.Advance) else 1
            )
            if mine == gone:
                rest = without(rest, place)
        if gone == 1:
            rest = tuple(step.event if isinstance(step, ev.On) else step for step in rest)  # type: ignore[misc]  # a step of an end is a step
        yield rest


def without(steps: Steps, place: int) -> Steps:
    """Return `steps` without one; with a call go its cancellations, and the calls after it are numbered anew."""
    gone = plain(steps[place])
    rest = steps[:place] + steps[place + 1 :]
    if not isinstance(gone, ev.Beginning):
        return rest
    kept = (step for step in rest if not (isinstance(cancel := plain(step), ev.Cancel) and cancel.op == gone.op))
    return tuple(_renumbered(step, gone.op) for step in kept)


def _renumbered(step: Stimulus, gone: int) -> Stimulus:
    match step:
        case ev.On(event=event) if isinstance(event, ev.Call | ev.Cancel) and event.op > gone:
            return replace(step, event=replace(event, op=event.op - 1))
        case ev.Call(op=op) | ev.Cancel(op=op) | ev.Dial(op=op) if op > gone:
            return replace(step, op=op - 1)
        case _:
            return step


# --------------------------------------------------------- control experiments


def _limits(scenario: Scenario) -> Iterator[Scenario]:
    """Yield the scenario with the default limit given, or with a limit that is in nobody's way."""
    limit = scenario.limit
    if isinstance(limit, Unset):
        yield replace(scenario, limit=DEFAULT_LIMIT)
    elif isinstance(limit, int) and limit > 0:
        yield replace(scenario, limit=ample(scenario))


def _usual(steps: Steps) -> Iterator[Steps]:
    """Yield the steps with something unusual replaced."""
    for place, step in enumerate(steps):
        for usual in _as_usual(step):
            yield (*steps[:place], usual, *steps[place + 1 :])
    yield from _given_up_plainly(steps)


def _as_usual(step: Stimulus) -> Iterator[Stimulus]:
    match step:
        case ev.On(event=event):
            yield from (replace(step, event=usual) for usual in _as_usual(event))  # type: ignore[arg-type]  # steps of an end are stimuli
        case ev.Feed(form="bytearray" | "memoryview"):
            yield replace(step, form="bytes")
        case ev.Call(args=args):
            if args:
                yield from (replace(step, args=(usual, *args[1:])) for usual in _usual_arguments(args[0]))
            yield from _by_easier(step)
        case ev.Do(method="writelines", args=(Shaped(content=tuple(parts)),)):
            yield ev.Do("write", (b"".join(one for one in parts if isinstance(one, bytes)),))
        case ev.Do(args=(Shaped(kind="bytearray" | "memoryview", content=bytes(data)), *rest)):
            yield replace(step, args=(data, *rest))
        case ev.Open() | ev.Accept() if step.link != type(step)().link:
            yield replace(step, link=type(step)().link)
        case ev.Dial(options=options) if options:
            yield replace(step, options=())
        case ev.Serve(handler=handler, options=options):
            if options:
                yield replace(step, options=())
            if handler not in USUAL_HANDLERS:
                yield replace(step, handler="plain")
        case _:
            return


def _by_easier(call: ev.Call) -> Iterator[ev.Call]:
    """Yield the call of a method that does less of the same: if that goes wrong as well, this one only follows."""
    match call.method:
        case "__anext__":
            yield replace(call, method="readline")
        case "readline":
            yield replace(call, method="readuntil")
        case "readuntil":
            yield replace(call, method="read", args=(DEFAULT_LIMIT,))
        case "readexactly":
            yield replace(call, method="read")
        case _:
            return


def _usual_arguments(argument: Argument) -> Iterator[Argument]:
    match argument:
        case bool():
            yield int(argument)
        case int() if argument >= HUGE:
            yield DEFAULT_LIMIT
        case tuple() | Shaped(content=tuple()):
            items = argument if isinstance(argument, tuple) else argument.content
            yield from (one for one in items if isinstance(one, bytes) and one)
        case Shaped(content=bytes(data)) if data:
            yield data
        case _:
            return


def _given_up_plainly(steps: Steps) -> Iterator[Steps]:
    """Yield the steps with a time-out replaced by a cancellation, where the clock moves."""
    late = [place for place, step in enumerate(steps) if isinstance(step, ev.Advance)]
    for place, step in enumerate(steps):
        call = plain(step)
        if not isinstance(call, ev.Call) or call.timeout is None:
            continue
        in_time = replace(call, timeout=None)
        timeless = (*steps[:place], _on(step, in_time), *steps[place + 1 :])
        yield timeless
        for then in late:
            if then > place:
                yield (*timeless[:then], _on(step, ev.Cancel(call.op)), *timeless[then + 1 :])


def _on(step: Stimulus, event: ev.Call | ev.Cancel | ev.Feed) -> Stimulus:
    """Return `event` at the end of the connection that `step` concerns."""
    return replace(step, event=event) if isinstance(step, ev.On) else event


def _settled(steps: Steps) -> Iterator[Steps]:
    """Yield the steps with the loop left to itself between two of them."""
    for place in range(1, len(steps)):
        if not isinstance(steps[place - 1], ev.Settle) and not isinstance(steps[place], ev.Settle):
            yield (*steps[:place], ev.Settle(), *steps[place:])


def _joined(steps: Steps) -> Iterator[Steps]:
    """Yield the steps with two feeds made one, though the loop was left to itself between them."""
    for place, first in enumerate(steps):
        rest = steps[place + 1 :]
        rest = rest[1:] if rest[:1] == (ev.Settle(),) else rest
        one, other = plain(first), plain(rest[0]) if rest else None
        if (
            isinstance(one, ev.Feed)
            and isinstance(other, ev.Feed)
            and one.form == other.form
            and type(first) is type(rest[0])
        ):
            yield (*steps[:place], _on(first, _together(one, other)), *rest[1:])


def _together(one: ev.Feed, other: ev.Feed) -> ev.Feed:
    if one.data == other.data:
        return replace(one, times=one.times + other.times)
    return replace(one, data=one.content + other.content, times=1)


# ------------------------------------------------------------------- bytes


def _shorter(steps: Steps) -> Iterator[Steps]:
    """Yield the steps with fewer bytes in one feed; never with none."""
    for place, step in enumerate(steps):
        feed = plain(step)
        if isinstance(feed, ev.Feed):
            for shorter in _cut(feed):
                yield (*steps[:place], _on(step, shorter), *steps[place + 1 :])


def _cut(feed: ev.Feed) -> Iterator[ev.Feed]:
    less = feed.times // 2
    while less:
        yield replace(feed, times=feed.times - less)
        less //= 2
    if len(feed.data) > HALVES_FROM:
        half = len(feed.data) // 2
        yield replace(feed, data=feed.data[:half])
        yield replace(feed, data=feed.data[half:])
    if len(feed.data) > 1:
        for cut in range(len(feed.data)):
            yield replace(feed, data=feed.data[:cut] + feed.data[cut + 1 :])
