"""A failure as the lines of `main`: its steps, what was seen of each, and the look at the departure.

Its one idea: the program goes the way of the trace, and the fault shows if the same is seen up to the departure and in
it. No right implementation has such a trace; one that is right, and makes use of another freedom, takes another way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from streamgauge.conformance.explaining import brief, unraised
from streamgauge.conformance.explaining.acting import Acting, Manner, like, listed
from streamgauge.conformance.explaining.noted import literal, said_by_repr, text_literal, word
from streamgauge.conformance.explaining.steps import connects, in_order, of_itself
from streamgauge.conformance.results import Failure
from streamgauge.spec.alphabet import (
    PLAIN_LINK,
    UNSET,
    Call,
    Cancel,
    Dial,
    Dialled,
    Event,
    Lose,
    OneEnd,
    Open,
    Overran,
    Paused,
    Quiet,
    Raised,
    Refused,
    Resumed,
    Settle,
    parted,
)

PATIENCE = 3  # seconds of real time, for code that never comes back


def main(failure: Failure, manner: Manner) -> list[str]:
    """Return the lines of `main`, which returns whether the fault shows."""
    limit = [] if failure.scenario.limit is UNSET else [literal(failure.scenario.limit)]
    events = list(in_order(failure.scenario.steps, failure.trace, failure.at))
    connected = connects(failure.trace) or failure.scenario.world == "network"
    fates = [step.fate for _, step in map(parted, failure.scenario.steps) if isinstance(step, Dial)]
    acting = Acting(manner, connected, (*fates, "accepted")[0], [f"limit={one}" for one in limit])
    made = manner.make(*limit)
    if connected:
        acting.lines += _network([parted(event)[1] for event, is_step in events if is_step], acting.fate)
    elif any(is_step for _, is_step in events):
        acting.lines.append(f"reader = {made[0]}({', '.join(made[1:])})")
    else:
        acting.lines.append(f"attempt({', '.join(made)})")
    after = [*(event for event, _ in events), failure.observed]
    for place, (event, is_step) in enumerate(events, 1):
        if is_step:
            answers = (one for one in after[place:] if not isinstance(one, Paused | Resumed))
            acting.step(event, refused=isinstance(next(answers, None), Refused))
        else:
            _see(event, acting)
    return [*_end(failure, acting)]


def _network(steps: list[Any], fate: str) -> Iterator[str]:
    link = next((step.link for step in steps if isinstance(step, Open)), PLAIN_LINK)
    yield f"network = Network({like(link)})"
    if fate != "accepted":
        yield f'network.fate = "{fate}"'
    if any(isinstance(step, Open) and step.linked for step in steps):
        yield "network.linked = True"


def _see(event: Event, acting: Acting) -> None:
    """Know what was seen; when nothing is left to run, the program looks whether it was just this."""
    end, plain = parted(event)
    if isinstance(plain, Quiet):
        acting.lines.append(f"await settle({listed(acting.words)})")
        acting.words.clear()
        acting.running = False
    acting.dialled = acting.dialled or isinstance(plain, Dialled)
    refused = isinstance(plain, Dialled) and acting.fate == "refused"
    if refused or (isinstance(plain, Lose) and plain.error is not None):
        acting.given(end)
    seen = word(event, acting.numbers, connected=acting.connected)
    acting.words += [seen] if seen else []


def _end(failure: Failure, acting: Acting) -> Iterator[str]:
    """Yield all the lines, with those that look at the departure."""
    observed = parted(failure.observed)[1]
    never = isinstance(observed, Overran) and observed.budget != "turns"
    yield from acting.lines[: acting.last]
    if never:
        yield f"faulthandler.dump_traceback_later({PATIENCE}, exit=True)  # exits with 1 if it never comes back"
    yield from acting.lines[acting.last :]
    if acting.running:
        yield "await turns()"
    if never:
        yield from ("faulthandler.cancel_dump_traceback_later()", "return exhausted()")
    elif isinstance(observed, Overran):
        yield "return restless()"
    else:
        words = [_departing(failure, observed, acting), *acting.words]
        expected = text_literal("; or ".join(failure.allowed))
        yield f"return look({listed(words)}, expected={expected}){_form(failure)}"


def _departing(failure: Failure, observed: Any, acting: Acting) -> str:
    """Return the word of the departure; nothing is seen where something is missing, or is not refused."""
    if isinstance(observed, OneEnd) and failure.at not in of_itself(failure.trace):
        return ""
    if isinstance(observed, Lose) and observed.error is not None:
        acting.given(parted(failure.observed)[0])
    seen = failure.trace[failure.at] if failure.at < len(failure.trace) else failure.observed
    same = type(parted(seen)[1]) is type(observed)
    return word(seen if same else failure.observed, acting.numbers, connected=acting.connected)


def _form(failure: Failure) -> str:
    """Return what else shows the fault, if an exception is right but for its message or its origin."""
    match failure.observed:
        case Raised(op=op, problem=problem) if _is_of_form(failure):
            return f" and form(call{op}.result()) == {literal((problem.message, problem.context or 'None'))}"
        case _:
            return ""


def _is_of_form(failure: Failure) -> bool:
    return failure.violation.kind == "wrong-form" and failure.violation.wants("naming", "context")


def short(failure: Failure, *, own_errors: bool) -> frozenset[tuple[ModuleType, str]]:
    """Return which short forms say enough for the program, and where they stand."""
    if connects(failure.trace) or failure.scenario.world == "network":
        return frozenset()
    events = [parted(event)[1] for event in (*failure.trace[: failure.at + 1], failure.observed)]
    names = ["settle"]
    if all(map(said_by_repr, events)) and not isinstance(failure.observed, Overran):
        raised = any(isinstance(one, Raised | Refused) for one in events)
        names += ["said"]
        names += [] if own_errors and raised else ["described"]
        names += ["start"] if not _is_of_form(failure) and not _needs_more_of_calls(events) else []
        return frozenset((brief if raised or name != "described" else unraised, name) for name in names)
    return frozenset((brief, name) for name in names)


def _needs_more_of_calls(events: Sequence[Event]) -> bool:
    """Check whether a call has a time-out, or is cancelled before it began."""
    fresh: set[int] = set()
    for one in events:
        match one:
            case Call(op=op, timeout=None):
                fresh.add(op)
            case Cancel(op=op) if op not in fresh:
                pass
            case Call() | Cancel():
                return True
            case Settle():
                fresh.clear()
            case _:
                pass
    return False
