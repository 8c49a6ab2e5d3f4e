"""The lines of Python that play a failing scenario up to its departure, and look whether that shows again.

Only the departure is looked at: `said` tells what came of the call, or of the plain step, that departed; `value` is
what it returned, or the exception that it raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from streamgauge.conformance.explaining import as_python
from streamgauge.conformance.results import Failure
from streamgauge.conformance.scenarios.script import Trace
from streamgauge.spec.alphabet import (
    Advance,
    Answered,
    Ask,
    Attach,
    Break,
    Call,
    End,
    Event,
    Feed,
    Overran,
    Paused,
    Quiet,
    Raised,
    Reading,
    Refused,
    Resumed,
    Returned,
    Settle,
    Shaped,
    Stimulus,
)

ELSEWHERE = 'print("this reader refuses what was accepted where the fault was found: it cannot show here")'
AWAITED = frozenset({"IncompleteReadError", "LimitOverrunError", "CancelledError", "StopAsyncIteration"})
Risk = Literal["", "refused", "accepted"]
PATIENCE = 3  # seconds of real time, for code that never comes back; nothing else takes time


def steps_and_look(failure: Failure) -> Iterator[str]:
    """Yield the lines: the steps before the departure, and the look at what came of them."""
    before = failure.trace[: failure.at]
    made = as_python.construction(failure.scenario.limit)
    steps = [event for event in before if isinstance(event, Reading)]
    if not steps:
        yield from watched([], made, failure)
        return
    yield f"reader = {made}"
    last = len(steps) - 1
    for number, (step, (lines, risk)) in enumerate(zip(steps, _written(before, careful(failure)), strict=True)):
        if number == last and isinstance(failure.observed, Refused | Answered | Stimulus):
            yield from _watched_step(step, lines, failure)
            return
        kept = guarded(lines, risk) if risk else lines
        yield from kept if number < last else ahead(failure, kept)
    yield from looked_at(failure)


def careful(failure: Failure) -> bool:
    """Tell whether a call may have raised before there was anything to await, as wrong arguments can make it."""
    said = (event for event in failure.trace if isinstance(event, Raised) and event.at_once)
    return any(one.problem.name not in AWAITED and not one.problem.injected for one in said)


@dataclass(slots=True)
class Timers:
    """When the time-outs of calls are due: a call has its time from the moment at which it began to run."""

    clock: int = 0
    due: dict[int, int] = field(default_factory=dict)
    fresh: list[Call] = field(default_factory=list)

    def after(self, step: Stimulus, lines: list[str]) -> list[str]:
        """Return the lines of a step, which are those that let time-outs expire if it lets time go by."""
        match step:
            case Call(timeout=int() as seconds) if seconds:
                self.fresh.append(step)
            case Settle():
                self.due.update({call.op: self.clock + (call.timeout or 0) for call in self.fresh})
                self.fresh.clear()
            case Advance(seconds=seconds):
                self.clock += seconds
                late = [op for op, moment in self.due.items() if moment <= self.clock]
                self.due = {op: moment for op, moment in self.due.items() if op not in late}
                return [f"expire(timer{op})" for op in late]
            case _:
                pass
        return lines


def _written(before: Trace, careful: bool) -> Iterator[tuple[list[str], Risk]]:
    """Yield the lines of each step, and whether it was refused, or may be refused by other readers."""
    counts = {Break: 0, Attach: 0}
    timers = Timers()
    failing = False
    for at, step in enumerate(before):
        if not isinstance(step, Reading):
            continue
        if isinstance(step, Break | Attach):
            counts[type(step)] += 1
            failing = failing or (isinstance(step, Attach) and step.pausing == "fails")
        lines = as_python.lines(step, counts.get(type(step), 0), careful=careful)
        lines = timers.after(step, lines)
        refused = isinstance(_answer(before[at + 1 :]), Refused)
        may_be = failing or counts[Attach] > 1 or _differs(step)
        plain = isinstance(step, Feed | End | Break | Attach)
        yield lines, "refused" if refused else "accepted" if may_be and plain else ""


def _answer(after: Trace) -> Event | None:
    """Return what came at once of the step before `after`, but for what the transport was asked."""
    return next((event for event in after if not isinstance(event, Paused | Resumed)), None)


def _differs(step: Stimulus) -> bool:
    """Tell whether some readers may refuse what others accept."""
    match step:
        case Feed(form=form):
            return form not in ("bytes", "bytearray", "memoryview")
        case Break(error=error, form=form):
            return form == "class" or error == "StopIteration"
        case _:
            return False


def guarded(lines: list[str], risk: Risk) -> list[str]:
    """Return the lines so that an exception does not end the script: it was seen, or this reader goes another way."""
    inner = [f"    {line}" for line in lines]
    if risk == "refused":
        return ["with contextlib.suppress(Exception):", *inner]
    return ["try:", *inner, "except Exception:", f"    {ELSEWHERE}", "    return False"]


def ahead(failure: Failure, lines: list[str]) -> Iterator[str]:
    """Yield the last step, with whatever it takes to survive it."""
    match failure.observed:
        case _ if failure.suspended:
            yield "await asyncio.sleep(0)  # one turn of the loop: time to begin, and to end without having waited"
        case Overran(budget="turns"):
            yield from lines
        case Overran():
            yield f"faulthandler.dump_traceback_later({PATIENCE}, exit=True)  # exits with 1 if it never comes back"
            yield from lines
            yield "faulthandler.cancel_dump_traceback_later()"
        case _:
            yield from lines


# ---------------------------------------------------------- what came of it


def _watched_step(step: Stimulus, lines: list[str], failure: Failure) -> Iterator[str]:
    match failure.observed:
        case Answered(question="methods", value=Shaped(content=str() as said)):
            yield from _method(said, failure)
        case _ if isinstance(step, Ask):
            *before, expression = as_python.QUESTIONS[step.question]
            yield from watched(before, expression, failure)
        case _:
            yield from watched(lines[:-1], lines[-1], failure)


def watched(lines: Iterable[str], expression: str, failure: Failure, *, after: Iterable[str] = ()) -> Iterator[str]:
    """Do what answers, or raises, at once."""
    yield "try:"
    yield from (f"    {line}" for line in (*lines, f"value = {expression}", *after))
    yield '    said = f"returned {value!r}"'
    yield "except BaseException as error:"
    yield '    said, value = f"raised {error!r}", error'
    match failure.observed:
        case Refused(problem=problem):
            test = as_python.is_problem("value", problem)
        case Answered(question="exception", value=int() as number):
            others = "".join(f" and value is not error{other + 1}" for other in range(_breaks(failure)))
            test = f"value is error{number}" if number else f"value is not None{others}"
        case Answered(value=value):
            test = as_python.equals("value", value)
        case _:
            test = "not isinstance(value, BaseException)"
    yield from verdict(failure, '"got:     ", said', test)


def _breaks(failure: Failure) -> int:
    return sum(isinstance(one, Break) and one.form == "instance" for one in failure.trace[: failure.at])


def _method(told: str, failure: Failure) -> Iterator[str]:
    """Ask of one method whether what it gives can be awaited."""
    method = told.partition(" ")[0]
    args = "0" if method in ("read", "readexactly") else ""
    yield f"value = reader.{method}({args})"
    yield 'said = "can be awaited" if inspect.isawaitable(value) else "cannot be awaited"'
    yield 'getattr(value, "close", int)()  # it is not going to be awaited'
    wrong = "cannot be awaited" if told.endswith("not awaitable") else "can be awaited"
    yield from verdict(failure, f'"got:      what {method} gives", said', f'said == "{wrong}"')


def looked_at(failure: Failure) -> Iterator[str]:
    """Look at what the calls and the transport have come to."""
    match failure.observed:
        case Returned(op=op) | Raised(op=op) if failure.suspended:
            yield from ending(op, 'said == "still waits"', failure)
        case Returned(op=op, value=None):
            yield from ending(op, 'said == "returned None"', failure)
        case Returned(op=op, value=value):
            yield from ending(op, as_python.equals("value", value), failure)
        case Raised(op=op, problem=problem):
            exact = failure.clause.endswith((".message", "-context"))
            test = as_python.is_problem("value", problem, breaks=_breaks(failure), message=exact)
            yield from ending(op, test, failure)
        case Quiet() if failure.stuck is not None:
            yield from ending(failure.stuck, 'said == "still waits"', failure)
        case Overran(budget="turns"):
            yield "restless = bool(asyncio.get_running_loop()._ready)  # private, and there is no other way to ask"
            yield from verdict(failure, '"got:      the loop came to rest:", not restless', "restless")
        case Overran():
            yield from _came_back(failure)
        case _:
            yield from _transport(failure)


def _came_back(failure: Failure) -> Iterator[str]:
    """Look at what comes back after all: a call that found no more memory shows the fault, too."""
    calls = [event.op for event in failure.trace[: failure.at] if isinstance(event, Call)]
    if calls:
        yield from ending(calls[-1], "isinstance(value, MemoryError)", failure)
    else:
        yield from verdict(failure, '"got:      it came back"', "False")


def ending(op: int, test: str, failure: Failure) -> Iterator[str]:
    """Look at how call `op` ended."""
    yield f"said, value = ending(call{op})"
    yield from verdict(failure, f'"got:      call {op}", said', test)


def _as_before(event: Event) -> Iterator[str]:
    """Yield the condition that a call ended as it did when the failure was found, since there may be choices."""
    match event:
        case Returned(op=op, value=bytes() as value):
            yield f"ending(call{op})[1] == {as_python.literal(value)}"
        case Raised(op=op, problem=problem):
            yield as_python.is_problem(f"ending(call{op})[1]", problem, attributes=False)
        case _:
            pass


def _transport(failure: Failure) -> Iterator[str]:
    """Look at what the transport was asked for, up to the departure."""
    asked = [event for event in failure.trace[: failure.at + 1] if isinstance(event, Paused | Resumed)]
    words = [f"{'pause' if isinstance(event, Paused) else 'resume'} {event.transport}" for event in asked]
    seen = "[" + ", ".join(f'"{word}"' for word in words) + "]"
    part = "asked" if isinstance(failure.observed, Quiet) else f"asked[:{len(words)}]"
    yield from verdict(failure, '"got:      the transport was asked for", asked', f"{part} == {seen}")


def verdict(failure: Failure, got: str, test: str) -> Iterator[str]:
    """Print what is expected, and what the arguments `got` tell; end with whether the departure, `test`, shows."""
    before = [condition for event in failure.trace[: failure.at] for condition in _as_before(event)]
    test = " and ".join([*before, test])
    expected = as_python.literal(f"expected: {'; or '.join(failure.allowed)}")
    yield f"print({expected})"
    yield f"print({got})"
    if failure.clause == "reader.cancel.ends" and isinstance(failure.observed, Quiet):
        yield "sys.stdout.flush()"
        yield f"os._exit({test})  # a call that does not end when it is cancelled would keep the loop for ever"
    else:
        yield f"return {test}"
