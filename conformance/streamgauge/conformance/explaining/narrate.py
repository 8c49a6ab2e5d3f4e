"""A failure as the lines of `main`: the way of the trace, and where a right way parts from it.

Its one idea: two ways are told, that of the trace and that of the reference in the same scenario; up to where they
differ they are the same lines. There, and at the departure, the program knows what is right as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product

from streamgauge.conformance.explaining.acting import Acting, Form, Look, Manner, called, quoted
from streamgauge.conformance.explaining.stage import names, said
from streamgauge.conformance.explaining.timeline import of_itself, steps_that_raise
from streamgauge.conformance.results import Failure
from streamgauge.conformance.scenarios.script import Trace
from streamgauge.spec import alphabet as ev
from streamgauge.spec.alphabet import Problem, Value, parted
from streamgauge.spec.state import Fails, Gives, Owed, Yields
from streamgauge.spec.verdicts import Wanted

PATIENCE = 3  # seconds of real time, for code that never comes back
NOTHING = "nothing"
WIDTH = 96
TURNS = ("for _ in range(50):", "    await asyncio.sleep(0)")
EXHAUSTED = (*TURNS, "guard.cancel()", 'if "MemoryError" not in str(seen):', "    os._exit(0)")
LEFT = 'vars(asyncio.get_running_loop())["_ready"]'
RESTLESS = (*TURNS, f"if not {LEFT}:  # private, and there is no other way to ask", "    os._exit(0)")


def main(failure: Failure, manner: Manner, right: Trace) -> Iterator[str]:
    """Yield the lines of `main`, which comes to its end if the fault shows; `right` is the trace of the reference."""
    scenario, observed = failure.scenario, parted(failure.observed)[1]
    both = (failure.trace[: failure.at + 1], right)
    careful = frozenset(number for trace in both for number in steps_that_raise(scenario.steps, trace))
    wrong = Acting(scenario, manner, careful, _form(failure)).go(failure.trace, failure.at)
    most = None if wrong.running else wrong.steps
    other = Acting(scenario, manner, careful, _form(failure)).go(right, len(right), most)
    ways = iter([*(one.words for one in other.lines if isinstance(one, Look)), (*other.words,)])
    never = isinstance(observed, ev.Overran) and observed.budget != "turns"
    guard = [f"guard = threading.Timer({PATIENCE}, os._exit, (1,))  # seconds, if it never comes back", "guard.start()"]
    parts = False
    for line in [*wrong.lines[: wrong.last], *guard * never, *wrong.lines[wrong.last :]]:
        if isinstance(line, str):
            yield line
        elif parts or (way := next(ways, line.words)) == line.words:
            yield from [_look(line.words, settles=line.settles)] * (line.settles or bool(line.words))
        else:
            parts = True
            words = [*line.words, NOTHING]
            same = next(at for at, (one, this) in enumerate(zip(words, [*way, NOTHING], strict=False)) if one != this)
            yield _look(words[:same], words[same], [_instead(way, line.words)], settles=line.settles)
    if isinstance(observed, ev.Overran):
        yield from RESTLESS if observed.budget == "turns" else EXHAUSTED
        return
    fault = _departing(failure, wrong)
    known = [] if parts else [_instead(way, [*wrong.words, fault]) for way in islice(ways, 1)]
    owed = [*dict.fromkeys(one for one in (*known, *_owed(failure, wrong)) if one != fault)]
    yield _look(wrong.words, fault, owed or failure.allowed, settles=wrong.running)


def _instead(way: Sequence[str], words: Sequence[str]) -> str:
    """Return what is seen first on another way, and not at all on this one; or else not there."""
    elsewhere = [one for one, this in zip(way, words, strict=False) if one != this and NOTHING in words]
    return [*(one for one in way if one not in words), *elsewhere, NOTHING][0]


def _look(words: Sequence[str], fault: str = "", right: Sequence[str] = (), *, settles: bool) -> str:
    """Return the line at which the program looks: whether it saw these words, and then the fault or what is right."""
    told = quoted(right[0]) if len(right) == 1 else f"({', '.join(map(quoted, right))})"
    parts = [
        *map(quoted, words),
        *[f"fault={quoted(fault)}", f"right={told}"] * bool(fault),
        *["turns=0"] * (not settles),
    ]
    line = f"await {called('look', *parts)}"
    return line if len(line) <= WIDTH else "\n".join(["await look(", *(f"    {part}," for part in parts), ")"])


def _departing(failure: Failure, wrong: Acting) -> str:
    """Return the word of the departure: nothing is seen where something is missing, or is not refused."""
    observed = failure.trace[failure.at] if failure.at < len(failure.trace) else failure.observed
    if type(parted(observed)[1]) is not type(parted(failure.observed)[1]):
        observed = failure.observed
    if isinstance(parted(observed)[1], ev.OneEnd) and failure.at not in of_itself(failure.trace):
        return NOTHING
    wrong.gives(observed)
    return next(wrong.words_of(observed), NOTHING)


def _owed(failure: Failure, wrong: Acting) -> Iterator[str]:
    """Yield the words of the ends that are owed to the call, or to the step, each as far as it is owed."""
    call, end = failure.violation.call, parted(failure.observed)[0]
    ends: list[ev.Observation] = []
    for outcome in (one.outcome for one in failure.violation.owed if isinstance(one, Owed)):
        match outcome:
            case Gives(data=value) | Yields(value=value):
                ends += [ev.Returned(call, value)] * (call > 0)
            case Fails(injected=injected, partial=partial):
                for name, expected, consumed in product(
                    outcome.names, outcome.expected or [None], outcome.consumed or [None]
                ):
                    problem = Problem(name, injected, partial, expected, consumed)
                    ends.append(ev.Raised(call, problem) if call else ev.Refused(problem))
    for one in ends:
        yield [*wrong.words_of(ev.On(end, one) if end > 1 else one)][-1]


def _form(failure: Failure) -> Form:
    """Return what has to be looked at beside how the call ends, if that is right."""
    call = failure.violation.call
    if failure.violation.kind == "late":
        return Form(call, ("promptly",), lambda end: ["at once" if end.at_once else "not at once"])
    for one in failure.violation.owed:
        match one:
            case Wanted("naming", str() as name):
                wrapper = ("formed", called("functools.partial", "names", quoted(name)))
                return Form(call, wrapper, lambda end: [names(name, Exception(one.message)) for one in _raised(end)])
            case Wanted("context"):
                wrapper = ("formed", "origin")
                return Form(call, wrapper, lambda end: [f"came of {one.context or 'NoneType'}" for one in _raised(end)])
            case _:
                pass
    return Form()


def _raised(end: ev.Ended) -> list[Problem]:
    return [end.problem] if isinstance(end, ev.Raised) else []


def says_little(failure: Failure, right: Trace) -> bool:
    """Check whether everything that is seen, on either way up to where they part, has a `repr` that says it."""
    quiet = next((at for at, event in enumerate(right) if at >= failure.at and event == ev.Quiet()), len(right))
    events = [parted(event)[1] for event in (*failure.trace[: failure.at + 1], failure.observed, *right[:quiet])]
    raised = [one.problem for one in events if isinstance(one, ev.Raised | ev.Refused)]
    values: list[Value] = [one.value for one in events if isinstance(one, ev.Returned | ev.Answered)]
    values += [held for one in raised for held in (one.partial, one.expected, one.consumed)]
    return all(one.name != "Exception" for one in raised) and all(said(one) == repr(one) for one in values)
