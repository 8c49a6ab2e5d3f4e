"""The lines of Python that play the failing scenario of a connection up to its departure, and look whether it shows.

Events of both ends are looked at as if there were one; names tell them apart. What the transports are asked for and
what else a loop sees is compared as a whole, up to the departure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from streamgauge.conformance.explaining import as_python, reproduction
from streamgauge.conformance.explaining.connections.as_python import Manner, asked, handler, lines
from streamgauge.conformance.explaining.connections.causes import Play, is_error, of_itself, parted, plays
from streamgauge.conformance.explaining.connections.needs import REACHING, wants
from streamgauge.conformance.explaining.connections.parts import patches
from streamgauge.conformance.results import Failure
from streamgauge.spec.alphabet import (
    Aborted,
    Accept,
    Answered,
    Ask,
    Break,
    Call,
    Clog,
    Closed,
    Dial,
    Dialled,
    Do,
    End,
    Event,
    Halved,
    Handled,
    Kept,
    Listened,
    Lose,
    Made,
    OneEnd,
    Open,
    Options,
    Overran,
    Paused,
    Quiet,
    Raised,
    Refused,
    Reported,
    Resumed,
    Returned,
    Serve,
    Settle,
    Stimulus,
    Wrote,
)

WAITS = ("drain", "wait_closed", "open_connection")
ENDING = ("write_eof", "close", "abort")
PAIR = ("reader", "writer")
OF_THE_LOOP = Handled | Listened | Dialled | Reported


def steps_and_look(failure: Failure, target: str) -> Iterator[str]:
    """Yield the lines: the steps before the departure, and the look at what came of them."""
    steps = plays(failure)
    needs = wants(failure, target)
    manner = Manner(
        target, failure.scenario.limit, needs.pauses or needs.linked, needs.queues, reproduction.careful(failure)
    )
    plain = _of_one_end(failure, steps)
    yield from patches(needs)
    have: set[str] = set()
    timers = reproduction.Timers()
    for play in steps:
        if play is steps[-1] and _at_once(failure, plain, play):
            yield from _fetched(steps, play, have)
            yield from _watched(play, plain, manner)
            return
        yield from _fetched(steps, play, have)
        written = timers.after(play.step, lines(play.step, play.end, manner, play.number))
        refused = _may_be_refused(steps, play) or isinstance(_answer(failure, play), Refused)
        written = reproduction.guarded(written, "refused") if refused else written
        yield from written if play is not steps[-1] else _ahead(plain, written)
        if isinstance(play.step, Open) and needs.linked:
            yield as_python.SETTLE
    yield from _looked_at(plain, failure)


def _fetched(steps: list[Play], play: Play, have: set[str]) -> Iterator[str]:
    """Yield what gives names to the streams and the transport of an end, when they are used first."""
    mark = "" if play.end == 1 else str(play.end)
    by = next((one.step for one in steps if one.end == play.end and isinstance(one.step, Open | Dial)), None)
    accepted = [one.end for one in steps if isinstance(one.step, Accept)]
    if f"transport{mark}" not in have and _reaches(play.step):
        have.add(f"transport{mark}")
        if by is not None or (mark and play.end not in accepted):
            yield f"transport{mark} = made[{play.end - 1}]"
    if f"reader{mark}" not in have and isinstance(play.step, Call | Do | Ask | Break):
        have.add(f"reader{mark}")
        match by:
            case Open():
                pass
            case Dial(op=op):
                yield f"reader{mark}, writer{mark} = call{op}.result()"
            case _:
                at = 2 * accepted.index(play.end) if len(accepted) > 1 else 0
                yield f"reader{mark}, writer{mark} = handled{f'[{at}:{at + 2}]' if len(accepted) > 1 else ''}"


def _reaches(step: OneEnd) -> bool:
    return isinstance(step, REACHING) or step == Ask("transport")


def _may_be_refused(steps: list[Play], play: Play) -> bool:
    """Tell whether some targets refuse a plain call that others accept, or may do so where the fault does not show."""
    if not isinstance(play.step, Do):
        return False
    before = (one.step for one in steps[: steps.index(play)])
    late = any(isinstance(step, Lose) or (isinstance(step, Do) and step.method in ENDING) for step in before)
    return late or play is steps[-1] or not all(isinstance(one, bytes) for one in play.step.args)


def _answer(failure: Failure, play: Play) -> Event | None:
    """Return what a plain call came to, or the exception of another step."""
    if play.place is None:
        return None
    own = of_itself(failure.trace)
    for place in range(play.place + 1, failure.at):
        end, event = parted(failure.trace[place])
        if place in own or end != play.end:
            continue
        if isinstance(event, Answered | Refused | Stimulus):
            return event
    return None


def _of_one_end(failure: Failure, steps: list[Play]) -> Failure:
    """Return the failure as if there were one end; the exceptions that the script knows are numbered through."""
    numbers: dict[tuple[int, int], int] = {}
    known = {play.place: play.number for play in steps if is_error(play.step)}
    counts: dict[int, int] = {}
    events: list[Event] = []
    for place, event in enumerate(failure.trace):
        end, plain = parted(event)
        if is_error(plain):
            counts[end] = counts.get(end, 0) + 1
            numbers[end, counts[end]] = known.get(place, 0)
        if isinstance(plain, Raised | Refused) and plain.problem.injected:
            problem = replace(plain.problem, injected=numbers.get((end, plain.problem.injected), 0))
            plain = replace(plain, problem=problem)
        events.append(plain)
    observed = failure.observed
    _, alone = parted(observed)
    seen = events[failure.at] if failure.at < len(events) and type(events[failure.at]) is type(alone) else alone
    return replace(failure, trace=tuple(events), violation=replace(failure.violation, observed=seen))


# ----------------------------------------------------------- what came of it


def _at_once(failure: Failure, plain: Failure, play: Play) -> bool:
    """Tell whether what departs came of the last step itself."""
    if isinstance(play.step, Settle | Clog):
        return False
    if isinstance(play.step, Open | Serve):
        return isinstance(plain.observed, Made | Refused | Answered)
    return isinstance(plain.observed, Refused | Answered | Kept | Stimulus) and failure.at not in of_itself(
        failure.trace
    )


def _watched(play: Play, failure: Failure, manner: Manner) -> Iterator[str]:
    """Do the last step, and look at what it answers or raises."""
    mark = "" if play.end == 1 else str(play.end)
    match play.step:
        case Ask(question=question):
            *before, expression = asked(question, mark)
            yield from reproduction.watched(before, expression, failure)
        case Open():
            yield from reproduction.watched([], f"await {manner.connect()}", failure)
        case Serve():
            yield from handler(play.step.handler)
            yield from reproduction.watched([], f"await {manner.serve(play.step)} is servers", failure)
        case End() if isinstance(failure.observed, Kept):
            seen = Answered("kept", failure.observed.open)
            kept = replace(failure, violation=replace(failure.violation, observed=seen))
            yield from reproduction.watched([], f"bool(transport{mark}.protocol.eof_received())", kept)
        case _:
            written = lines(play.step, play.end, manner, play.number)
            at = next((at for at, line in enumerate(written) if line.startswith(f"writer{mark}.")), 0)
            yield from reproduction.watched(written[:at], written[at], failure, after=written[at + 1 :])


def _ahead(failure: Failure, written: list[str]) -> Iterator[str]:
    if _prompt(failure) is not None:
        yield "await asyncio.sleep(0)  # one turn of the loop: time to begin, and to end without having waited"
    else:
        yield from reproduction.ahead(failure, written)


def _prompt(failure: Failure) -> bool | None:
    """Return whether a call ought to end without suspending, or after it, if that is all that departs."""
    if failure.violation.method in WAITS and failure.violation.wants("at-once", "suspended"):
        return failure.suspended
    return None


def _looked_at(failure: Failure, whole: Failure) -> Iterator[str]:
    prompt = _prompt(failure)
    match failure.observed:
        case Returned(op=op) | Raised(op=op) if prompt is not None:
            yield f"early, _ = ending(call{op})"
            yield as_python.SETTLE
            test = f'early {"==" if prompt else "!="} "still waits" and {_same_end(failure)}'
            yield from reproduction.ending(op, test, failure)
        case Returned(op=op, value=value) if _is_dial(failure, op):
            right = "" if value == PAIR else " and len(value) != 2"
            yield from reproduction.ending(op, f'said.startswith("returned"){right}', failure)
        case Returned() | Raised() | Overran():
            yield from reproduction.looked_at(failure)
        case Quiet() if failure.stuck is not None:
            yield from reproduction.looked_at(failure)
        case _:
            yield from _seen(failure, whole)


def _same_end(failure: Failure) -> str:
    """Return the condition that a call came to the end that departs only by its moment."""
    if isinstance(failure.observed, Raised):
        return as_python.is_problem("value", failure.observed.problem)
    return 'said.startswith("returned")'


def _is_dial(failure: Failure, op: int) -> bool:
    return any(isinstance(event, Dial) and event.op == op for event in failure.trace)


def _seen(failure: Failure, whole: Failure) -> Iterator[str]:
    """Compare what the transports were asked for, and what else was seen, up to the departure."""
    own = of_itself(whole.trace)
    words = []
    needs = wants(whole, "")
    accepted = [end for end, event in map(parted, whole.trace) if isinstance(event, Accept)]
    named = {2: "server "} if needs.linked else {accepted[0]: "first "} if len(accepted) > 1 else {}
    for place, event in enumerate(whole.trace[: whole.at + 1]):
        end, plain = parted(event)
        word = _word(
            plain, told=needs.dials, late=place > 0 and isinstance(plain, Refused) and not own.isdisjoint({place - 1})
        )
        name = "" if isinstance(plain, OF_THE_LOOP) else named.get(end, "")
        words += [name + word] if word else []
    seen = "[" + ", ".join(map(as_python.literal, words)) + "]"
    part = "seen" if isinstance(failure.observed, Quiet) else f"seen[:{len(words)}]"
    yield from reproduction.verdict(failure, '"got:     ", seen', f"{part} == {seen}")


def _word(event: Event, *, told: bool, late: bool) -> str:
    match event:
        case Wrote(data=data):
            return f"write {data!r}"
        case Halved():
            return "write_eof"
        case Closed():
            return "close"
        case Aborted():
            return "abort"
        case Paused():
            return "pause_reading"
        case Resumed():
            return "resume_reading"
        case Handled():
            return "handler"
        case Reported():
            return "reported"
        case Dialled(options=options) if told:
            return f"create_connection {_options(options)}"
        case Listened(options=options) if told:
            return f"create_server {_options(options)}"
        case Kept(open=False):
            return "eof_received False"
        case Refused() if late:
            return "reported"
        case _:
            return ""


def _options(options: Options) -> str:
    return " ".join(f"{name}={value!r}" for name, value in options)
