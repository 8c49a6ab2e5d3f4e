"""How plain a scenario is: what is odd in it, then its steps, then its bytes.

Odd is whatever an implementation may get wrong for its own sake: a cancellation, a time-out, a stored exception, an
unusual object, a limit that is near or missing, two things in one turn while a call may wait. Each has a name, so that
two scenarios can be compared by what is odd in them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.spec import alphabet as ev
from streamgauge.spec.alphabet import PLAIN_LINK, Argument, Event, Shaped, Unset

USUAL_HANDLERS = ("plain", "coroutine")
LEAVING = ("close", "abort")
BESIDES = ("abort", "writelines")
HUGE = 2**31
Plainness = tuple[int, int, int, int]
# Each does what those before it do, and more.
BY_EASE = ("read", "readexactly", "readuntil", "readline", "__anext__")
# A limit of four times all that is fed is not in anybody's way.
AMPLE = 4


def plainness(scenario: Scenario) -> Plainness:
    """Return how far a scenario is from the plainest: odd things, steps, bytes, and how much its methods do."""
    steps = [plain(step) for step in scenario.steps]
    return oddities(scenario).total(), len(steps), sum(map(bytes_of, steps)), sum(map(_does, steps))


def _does(step: Event) -> int:
    return BY_EASE.index(step.method) if isinstance(step, ev.Call) and step.method in BY_EASE else 0


def oddities(scenario: Scenario) -> Counter[str]:
    """Return what is odd in a scenario, by name, and how often."""
    named = (*_limit(scenario), *_crowded(scenario), *_out_of_place(scenario), *_steps(scenario))
    return Counter(filter(None, named))


def _steps(scenario: Scenario) -> Iterator[str]:
    for step in scenario.steps:
        if isinstance(step, ev.On):
            yield "a second end"
        yield from _odd(plain(step))


def _limit(scenario: Scenario) -> Iterator[str]:
    limit = scenario.limit
    if isinstance(limit, Unset):
        # Above all the other limits: it is the one thing that cannot be told from a limit that is given.
        yield from ("limit", "no limit")
    elif not isinstance(limit, int) or limit < ample(scenario):
        yield "limit"


def ample(scenario: Scenario) -> int:
    """Return a limit that is in nobody's way (bytes)."""
    return max(1, AMPLE * sum(bytes_of(step) for step in scenario.steps))


def _crowded(scenario: Scenario) -> Iterator[str]:
    """Yield a name for everything that happens in one turn with what came before, while a call may wait."""
    called = False
    for before, after in pairwise(scenario.steps):
        called = called or _may_wait(plain(before))
        if called and not isinstance(before, ev.Settle) and not isinstance(after, ev.Settle):
            yield "one turn"


def _may_wait(step: Event) -> bool:
    """Check whether something may wait, or be on its way, after this step."""
    return isinstance(step, ev.Beginning) or (isinstance(step, ev.Do) and step.method in LEAVING)


def _out_of_place(scenario: Scenario) -> Iterator[str]:
    """Yield a name for every call that nobody would make there."""
    fed = left = 0
    for step in map(plain, scenario.steps):
        fed += bytes_of(step)
        left += isinstance(step, ev.Lose) or (isinstance(step, ev.Do) and step.method in LEAVING)
        match step:
            case ev.Call(method="wait_closed") if not left:
                # Odder than the close that it lacks.
                yield from ("loss", "wait_closed before close")
            case ev.Call(method="readuntil", args=(tuple(several),)) if any(
                fed < len(one) for one in several if isinstance(one, bytes)
            ):
                yield "separator longer than all that is there"
            case _:
                continue


def _odd(step: Event) -> Iterator[str]:
    match step:
        case ev.Feed(data=data, form=form):
            yield from (*_unless(form == "bytes", f"feed {form}"), *_unless(bool(data), "feed nothing"))
        case ev.Call(args=args, timeout=timeout):
            yield from map(_kind, args)
            yield from ("given up", "time-out") if timeout is not None else ()
        case ev.Cancel():
            yield "given up"
        case ev.Break(form=form):
            yield from ("exception", *_unless(form == "instance", f"exception {form}"))
        case ev.Ask(question=question):
            yield f"ask {question}"
        case ev.Attach(pausing=pausing):
            yield from ("transport", *_unless(pausing == "works", "pausing"))
        case _:
            yield from _odd_of_connections(step)


def _odd_of_connections(step: Event) -> Iterator[str]:
    match step:
        case ev.Do(method=method, args=args):
            yield from map(_kind, args)
            yield from (*_unless(method not in LEAVING, "loss"), *_unless(method not in BESIDES, method))
        case ev.Lose(error=error):
            yield from ("loss", *_unless(error is None, "exception"))
        case ev.Open(link=link, linked=linked):
            yield from ("connection", *_unless(not linked, "peer"), *_unless(link == PLAIN_LINK, "link"))
        case ev.Accept(link=link):
            yield from ("connection", *_unless(link == PLAIN_LINK, "link"))
        case ev.Dial(options=options):
            yield from ("connection", *_unless(not options, "options"))
        case ev.Serve(handler=handler, options=options):
            yield from ("server", *_unless(not options, "options"), *_unless(handler in USUAL_HANDLERS, "handler"))
        case ev.Hold() | ev.Release():
            yield "hold"
        case _:
            return


def _unless(usual: bool, name: str) -> tuple[str, ...]:  # reads as a sentence
    return () if usual else (name,)


def _kind(argument: Argument) -> str:
    """Return the name of what is odd about an argument; an empty one if nothing is."""
    match argument:
        case bool():
            return "argument bool"
        case int() if argument >= HUGE:
            return "argument huge"
        case tuple():
            return "argument tuple"
        case Shaped(kind=kind):
            return f"argument {kind}"
        case _:
            return ""


def bytes_of(step: Event) -> int:
    """Return how many bytes a step brings."""
    match plain(step):
        case ev.Feed(data=data, times=times):
            return len(data) * times
        case ev.Do(args=(bytes(data),)):
            return len(data)
        case _:
            return 0


def plain(step: Event) -> Event:
    """Return the step itself, whichever end it concerns."""
    return step.event if isinstance(step, ev.On) else step
