"""What the script of a failure needs of its network, found by what its scenario does."""

from __future__ import annotations

from dataclasses import dataclass

from streamgauge.conformance.explaining.connections.causes import parted, plays
from streamgauge.conformance.results import Failure
from streamgauge.spec.alphabet import (
    Aborted,
    Accept,
    Ask,
    Clog,
    Dial,
    Dialled,
    Do,
    End,
    Event,
    Fate,
    Feed,
    Hold,
    Link,
    Listened,
    Lose,
    Open,
    Paused,
    Release,
    Resumed,
    Serve,
    Unclog,
)
from streamgauge.spec.state import DEFAULT_LIMIT

REACHING = Feed | End | Hold | Release | Lose | Clog | Unclog


@dataclass(frozen=True, slots=True)
class Needs:
    """What a script needs of its network.

    `queues`: a peer that stops taking bytes; `unclogs`: one that goes on; `halves`: `write_eof`; `pauses`:
    `pause_reading`, which does what `pausing` says; `aborts`: `abort`; `named`: the name of the peer; `linked`: two
    ends; `several`: two connections of one server; `reached`: steps that reach for the transport; `serves`: a server;
    `connects`: connections; `dials`: options, or connections that come to nothing; `by_hand`: targets without the
    helpers.
    """

    queues: bool = False
    unclogs: bool = False
    high: int = 8
    halves: bool = False
    half_close: bool = True
    pauses: bool = False
    pausing: str = "works"
    aborts: bool = False
    named: bool = False
    linked: bool = False
    several: bool = False
    reached: bool = False
    serves: bool = False
    connects: bool = True
    dials: bool = False
    fate: Fate = "accepted"
    by_hand: bool = False


def wants(failure: Failure, target: str) -> Needs:
    """Return what the script needs of its network."""
    steps = [play.step for play in plays(failure)]
    plain = [parted(event)[1] for event in failure.trace[: failure.at + 1]]
    link = next((step.link for step in steps if isinstance(step, Open | Accept)), Link())
    dials = [step for step in steps if isinstance(step, Dial)]
    serves = [step for step in steps if isinstance(step, Serve)]
    given = [*(step.options for step in dials), *(step.options for step in serves)]
    methods = {step.method for step in steps if isinstance(step, Do)}
    questions = {step.question for step in steps if isinstance(step, Ask)}
    linked = any(isinstance(step, Open) and step.linked for step in steps)
    return Needs(
        queues=any(isinstance(step, Clog | Unclog) for step in steps),
        unclogs=any(isinstance(step, Unclog) for step in steps),
        high=link.high,
        halves="write_eof" in methods or "can_write_eof" in questions or not link.half_close,
        half_close=link.half_close,
        pauses=_pauses(failure, plain),
        pausing=link.pausing,
        aborts="abort" in methods or any(isinstance(event, Aborted) for event in plain),
        named=any(question.startswith("extra_info") for question in questions),
        linked=linked,
        several=sum(isinstance(step, Accept) for step in steps) > 1,
        reached=any(isinstance(step, REACHING) or step == Ask("transport") for step in steps),
        serves=bool(serves),
        connects=any(isinstance(step, Open | Dial) for step in steps),
        dials=any(given)
        or isinstance(parted(failure.observed)[1], Dialled | Listened)
        or any(step.fate != "accepted" for step in dials),
        fate=dials[0].fate if dials else "accepted",
        by_hand=target != "asyncio",
    )


def _pauses(failure: Failure, events: list[Event]) -> bool:
    limit = failure.scenario.limit
    most = 2 * limit if isinstance(limit, int) else 2 * DEFAULT_LIMIT
    fed = sum(len(event.content) for event in events if isinstance(event, Feed))
    late = any(play.place is None for play in plays(failure))
    return late or fed > most or any(isinstance(event, Paused | Resumed) for event in events)
