"""The lines of Python that play the failing scenario of a connection up to its departure, and look whether it shows.

Events of both ends are looked at as if there were one; names tell them apart. What the transports are asked for and
what else a loop sees is compared as a whole, up to the departure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from streamgauge.conformance.explaining import as_python, reproduction
from streamgauge.conformance.explaining.connections.as_python import Manner, asked, handler, lines
from streamgauge.conformance.explaining.connections.causes import NETWORK, of_itself, parted
from streamgauge.conformance.explaining.connections.parts import Needs, patches
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
    Feed,
    Halved,
    Handled,
    Kept,
    Link,
    Listened,
    Lose,
    Made,
    On,
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
from streamgauge.spec.state import DEFAULT_LIMIT

PAIR = ("reader", "writer")


@dataclass(frozen=True, slots=True)
class Play:
    """A step of the scenario: at which end, where in the trace (None: it had no effect at once), and its exception."""

    end: int
    step: OneEnd
    place: int | None
    number: int = 0


def steps_and_look(failure: Failure, target: str) -> Iterator[str]:
    """Yield the lines: the steps before the departure, and the look at what came of them."""
    plays = _plays(failure)
    needs = wants(failure, target)
    manner = Manner(
        target, failure.scenario.limit, needs.pauses or needs.linked, needs.queues, reproduction.careful(failure)
    )
    plain = _of_one_end(failure, plays)
    yield from patches(needs)
    have: set[str] = set()
    timers = reproduction.Timers()
    for play in plays:
        if play is plays[-1] and _at_once(failure, plain, play):
            yield from _fetched(failure, plays, play, have)
            yield from _watched(play, plain, manner)
            return
        yield from _fetched(failure, plays, play, have)
        written = timers.after(play.step, lines(play.step, play.end, manner, play.number))
        refused = play.place is not None and isinstance(_answer(failure, play), Refused)
        written = reproduction.guarded(written, "refused") if refused else written
        yield from written if play is not plays[-1] else _ahead(plain, written)
        yield from _brought(play, needs)
    yield from _looked_at(plain, failure)


# ------------------------------------------------------- what was done, and how


def _plays(failure: Failure) -> list[Play]:
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
            errors += _is_error(plain)
            if isinstance(plain, OneEnd):
                found.append(Play(end, plain, at, errors))
    return found


def _is_error(event: Event) -> bool:
    match event:
        case Lose(error=str()):
            return True
        case Break(form="instance"):
            return True
        case _:
            return False


def wants(failure: Failure, target: str) -> Needs:
    """Return what the script needs of its network."""
    steps = [play.step for play in _plays(failure)]
    plain = [parted(event)[1] for event in failure.trace[: failure.at + 1]]
    link = next((step.link for step in steps if isinstance(step, Open | Accept)), Link())
    dials = [step for step in steps if isinstance(step, Dial)]
    serves = [step for step in steps if isinstance(step, Serve)]
    given: list[Options] = [step.options for step in (*dials, *serves)]
    methods = {step.method for step in steps if isinstance(step, Do)}
    questions = {step.question for step in steps if isinstance(step, Ask)}
    linked = any(isinstance(step, Open) and step.linked for step in steps)
    return Needs(
        queues=any(isinstance(step, Clog) for step in steps),
        high=link.high,
        halves="write_eof" in methods or "can_write_eof" in questions or not link.half_close,
        half_close=link.half_close,
        pauses=_pauses(failure, plain),
        pausing=link.pausing,
        aborts="abort" in methods or any(isinstance(event, Aborted) for event in plain),
        named=any(question.startswith("extra_info") for question in questions),
        linked=linked,
        serves=bool(serves),
        connects=any(isinstance(step, Open | Dial) for step in steps),
        dials=any(given)
        or isinstance(failure.observed, Dialled | Listened)
        or any(step.fate != "accepted" for step in dials),
        fate=dials[0].fate if dials else "accepted",
        by_hand=target != "asyncio",
    )


def _pauses(failure: Failure, events: list[Event]) -> bool:
    limit = failure.scenario.limit
    most = 2 * limit if isinstance(limit, int) else 2 * DEFAULT_LIMIT
    fed = sum(len(event.content) for event in events if isinstance(event, Feed))
    late = any(play.place is None for play in _plays(failure))
    return late or fed > most or any(isinstance(event, Paused | Resumed) for event in events)


def _fetched(failure: Failure, plays: list[Play], play: Play, have: set[str]) -> Iterator[str]:
    """Yield what gives names to the streams of an end when they are used first, if they came later than it did."""
    mark = "" if play.end == 1 else str(play.end)
    if f"reader{mark}" in have or not isinstance(play.step, Call | Do | Ask | Break):
        return
    have.add(f"reader{mark}")
    if any(one.end == play.end and isinstance(one.step, Open) for one in plays):
        return
    dialled = [one.step.op for one in plays if isinstance(one.step, Dial) and one.end == play.end]
    if dialled:
        yield f"reader{mark}, writer{mark} = call{dialled[0]}.result()"
    else:
        yield f"reader{mark}, writer{mark} = handled"


def _brought(play: Play, needs: Needs) -> Iterator[str]:
    """Yield what gives names to the transports that a connection brought."""
    if isinstance(play.step, Open):
        if needs.linked:
            yield "transport, transport2 = made"
            yield as_python.SETTLE
        else:
            yield "transport = asyncio.get_running_loop().transport"


def _answer(failure: Failure, play: Play) -> Event | None:
    """Return what a plain call came to, or the exception of another step."""
    own = of_itself(failure.trace)
    for place in range((play.place or 0) + 1, failure.at):
        end, event = parted(failure.trace[place])
        if place in own or end != play.end:
            continue
        if isinstance(event, Answered | Refused | Stimulus):
            return event
    return None


def _of_one_end(failure: Failure, plays: list[Play]) -> Failure:
    """Return the failure as if there were one end; the exceptions that the script knows are numbered through."""
    numbers: dict[tuple[int, int], int] = {}
    known = {play.place: play.number for play in plays if _is_error(play.step)}
    counts: dict[int, int] = {}
    events: list[Event] = []
    for place, event in enumerate(failure.trace):
        end, plain = parted(event)
        if _is_error(plain):
            counts[end] = counts.get(end, 0) + 1
            numbers[end, counts[end]] = known.get(place, 0)
        if isinstance(plain, Raised | Refused) and plain.problem.injected:
            problem = replace(plain.problem, injected=numbers.get((end, plain.problem.injected), 0))
            plain = replace(plain, problem=problem)
        events.append(plain)
    observed = failure.observed
    _, alone = parted(observed)
    seen = events[failure.at] if failure.at < len(events) and type(events[failure.at]) is type(alone) else alone
    return replace(failure, trace=tuple(events), observed=seen)


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
            kept = replace(failure, observed=Answered("kept", failure.observed.open))
            yield from reproduction.watched([], f"bool(transport{mark}.protocol.eof_received())", kept)
        case _:
            written = lines(play.step, play.end, manner, play.number)
            at = next((at for at, line in enumerate(written) if "chunk" not in line or "writer" in line), 0)
            yield from reproduction.watched(written[:at], written[at], failure, after=written[at + 1 :])


def _ahead(failure: Failure, written: list[str]) -> Iterator[str]:
    if _prompt(failure) is not None:
        yield "await asyncio.sleep(0)  # one turn of the loop: time to begin, and to end without having waited"
    else:
        yield from reproduction.ahead(failure, written)


def _prompt(failure: Failure) -> bool | None:
    """Return whether a call ought to end without suspending, or after it, if that is all that departs."""
    if isinstance(failure.observed, Returned | Raised) and failure.allowed[0].startswith("the same end, "):
        return failure.allowed[0].endswith("without suspending")
    return None


def _looked_at(failure: Failure, whole: Failure) -> Iterator[str]:
    prompt = _prompt(failure)
    match failure.observed:
        case Returned(op=op) | Raised(op=op) if prompt is not None:
            test = 'said == "still waits"' if prompt else 'said != "still waits"'
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


def _is_dial(failure: Failure, op: int) -> bool:
    return any(isinstance(event, Dial) and event.op == op for event in failure.trace)


def _seen(failure: Failure, whole: Failure) -> Iterator[str]:
    """Compare what the transports were asked for, and what else was seen, up to the departure."""
    own = of_itself(whole.trace)
    words = []
    linked = any(isinstance(event, On) for event in whole.trace)
    told = wants(whole, "").dials
    for place, event in enumerate(whole.trace[: whole.at + 1]):
        end, plain = parted(event)
        word = _word(
            plain, told=told, late=place > 0 and isinstance(plain, Refused) and not own.isdisjoint({place - 1})
        )
        name = (
            "server " if linked and end > 1 and not isinstance(plain, Handled | Listened | Dialled | Reported) else ""
        )
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
        case _:
            return "reported" if late else ""


def _options(options: Options) -> str:
    return " ".join(f"{name}={value!r}" for name, value in options)
