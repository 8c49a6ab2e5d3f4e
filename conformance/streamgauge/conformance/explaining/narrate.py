"""A failure as the lines of `main`: the way of the trace, and where a right way parts from it.

Its one idea: two ways are told, that of the trace and that of the reference in the same scenario; up to where they
differ they are the same lines. There, and at the departure, the program knows what is right as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product, zip_longest

from streamgauge.conformance.explaining.acting import Acting, Form, Look, Manner, listed, quoted
from streamgauge.conformance.explaining.stage import said
from streamgauge.conformance.explaining.steps import of_itself, steps_that_raise
from streamgauge.conformance.results import Failure
from streamgauge.conformance.scenarios.script import Trace
from streamgauge.spec import alphabet as ev
from streamgauge.spec.alphabet import Event, Problem, Shaped, Value, parted
from streamgauge.spec.state import Fails, Gives, Owed, Yields
from streamgauge.spec.verdicts import Wanted

PATIENCE = 3  # seconds of real time, for code that never comes back
NOTHING = "nothing"
WIDTH = 96


def main(failure: Failure, manner: Manner, right: Trace) -> list[str]:
    """Return the lines of `main`, which comes to its end if the fault shows; `right` is the trace of the reference."""
    scenario = failure.scenario
    careful = frozenset(
        number
        for trace, at in ((failure.trace, failure.at + 1), (right, len(right)))
        for number in steps_that_raise(scenario.steps, trace[:at])
    )
    wrong = Acting(manner, scenario, careful, _form(failure))
    wrong.go(failure.trace, failure.at)
    other = Acting(manner, scenario, careful, _form(failure))
    other.go(right, len(right), None if wrong.running else wrong.steps)
    ways = [*(one.words for one in other.lines if isinstance(one, Look)), (*other.words,)]
    return [*_joined(failure, wrong, ways)]


def _joined(failure: Failure, wrong: Acting, ways: list[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines; `ways` is what is seen at each look on the right way."""
    observed = parted(failure.observed)[1]
    never = isinstance(observed, ev.Overran) and observed.budget != "turns"
    right = iter(ways)
    parts = False
    guard = [f"guard = threading.Timer({PATIENCE}, os._exit, (1,))  # seconds, if it never comes back", "guard.start()"]
    lines = [*wrong.lines[: wrong.last], *guard * never, *wrong.lines[wrong.last :]]
    for line in lines:
        if isinstance(line, str):
            yield line
        elif parts or (way := next(right, line.words)) == line.words:
            yield from _look(line)
        else:
            parts = True
            same = next(at for at, (one, other) in enumerate(zip_longest(line.words, way)) if one != other)
            yield _fork([*line.words, NOTHING][: same + 1], [_instead(way, line.words)], settles=line.settles)
    if isinstance(observed, ev.Overran):
        yield from ("await exhausted()", "guard.cancel()") if never else ("await restless()",)
        return
    words = [*wrong.words, _departing(failure, wrong)]
    known = [] if parts else [_instead(way, words) for way in islice(right, 1)]
    owed = [one for one in (*known, *_owed(failure, wrong)) if one != words[-1]]
    yield _fork(words, [*dict.fromkeys(owed)] or [*failure.allowed], settles=wrong.running)


def _instead(way: Sequence[str], words: Sequence[str]) -> str:
    """Return what is seen first on another way, and on this one not at all, or at least not there."""
    if NOTHING in words:
        elsewhere = [one for one, other in zip(way, words, strict=False) if one != other]
    else:
        elsewhere = []
    return [*(one for one in way if one not in words), *elsewhere, NOTHING][0]


def _look(look: Look) -> Iterator[str]:
    if look.settles or look.words:
        yield f"await look({', '.join([*map(quoted, look.words), *['turns=0'] * (not look.settles)])})"


def _fork(words: Sequence[str], right: Sequence[str], *, settles: bool) -> str:
    """Return the line at which the program goes on if it sees these words, and ends if it sees what is right."""
    told = quoted(right[0]) if len(right) == 1 else f"({listed(right)})"
    parts = [*map(quoted, words[:-1]), f"fault={quoted(words[-1])}", f"right={told}", *["turns=0"] * (not settles)]
    line = f"await look({', '.join(parts)})"
    return line if len(line) <= WIDTH else "\n".join(["await look(", *(f"    {part}," for part in parts), ")"])


def _departing(failure: Failure, wrong: Acting) -> str:
    """Return the word of the departure: nothing is seen where something is missing, or is not refused."""
    observed = failure.trace[failure.at] if failure.at < len(failure.trace) else failure.observed
    if type(parted(observed)[1]) is not type(parted(failure.observed)[1]):
        observed = failure.observed
    end, plain = parted(observed)
    if isinstance(plain, ev.OneEnd) and failure.at not in of_itself(failure.trace):
        return NOTHING
    if isinstance(plain, ev.Lose) and plain.error is not None:
        wrong.gives(end)
    return next(wrong.words_of(observed), NOTHING)


def _owed(failure: Failure, wrong: Acting) -> Iterator[str]:
    """Yield the words of the ends that are owed to the call, each as far as it is owed."""
    violation = failure.violation
    for one in violation.owed:
        match one:
            case Owed(outcome=Gives(data=value) | Yields(value=value)) if violation.call:
                yield wrong.word(_at(failure, ev.Returned(violation.call, value)))
            case Owed(outcome=Fails() as fails):
                for name, expected, consumed in product(
                    fails.names, fails.expected or [None], fails.consumed or [None]
                ):
                    problem = Problem(name, fails.injected, fails.partial, expected, consumed)
                    raised = ev.Raised(violation.call, problem) if violation.call else ev.Refused(problem)
                    yield wrong.word(_at(failure, raised))
            case _:
                pass


def _at(failure: Failure, event: ev.Observation) -> Event:
    end = parted(failure.observed)[0]
    return ev.On(end, event) if end > 1 else event


def _form(failure: Failure) -> Form:
    """Return what has to be looked at beside how the call ends, if that is right."""
    violation = failure.violation
    if violation.kind == "late":
        return Form(violation.call, "promptly")
    wanted = [one for one in violation.owed if isinstance(one, Wanted) and one.what in ("naming", "context")]
    if not wanted:
        return Form()
    return Form(violation.call, "names" if wanted[0].what == "naming" else "origin", str(wanted[0].value))


def is_brief(failure: Failure, right: Trace) -> bool:
    """Check whether the short forms of what is said on the stage say enough for the program."""
    quiet = next((at for at, event in enumerate(right) if at >= failure.at and event == ev.Quiet()), len(right))
    events = [parted(event)[1] for event in (*failure.trace[: failure.at + 1], failure.observed, *right[:quiet])]
    raised = [one.problem for one in events if isinstance(one, ev.Raised | ev.Refused)]
    values: list[Value] = [one.value for one in events if isinstance(one, ev.Returned | ev.Answered)]
    values += [held for one in raised for held in (one.partial, one.expected, one.consumed)]
    known = not any(isinstance(one, ev.Break) for one in events) and all(one.name != "Exception" for one in raised)
    return failure.scenario.world != "network" and known and all(said(one) == repr(one) for one in values)
