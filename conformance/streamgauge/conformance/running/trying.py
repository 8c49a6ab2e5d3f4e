"""A broken adapter told from a broken implementation, before anything is concluded from a whole run.

Each declared capability is tried once, in the plainest scenario that shows it. What an adapter promises is that
there is a reader, or a reader and a writer, and that what it declares is there; what these then do is the
implementation's, and the model judges it as always.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from streamgauge.conformance.adapters import (
    ERRORS,
    PLAIN_METHODS,
    READ_METHODS,
    AdapterFault,
)
from streamgauge.conformance.explaining.explain import observed
from streamgauge.conformance.explaining.words import done, seen
from streamgauge.conformance.judge import Judge
from streamgauge.conformance.playing.budget import interruptible
from streamgauge.conformance.results import Failure, Status
from streamgauge.conformance.running.replaying import play
from streamgauge.conformance.scenarios import shapes
from streamgauge.conformance.scenarios.script import ARGUMENTS, Scenario, Trace, connects, needs
from streamgauge.conformance.scenarios.shapes import SETTLE, Request, Steps
from streamgauge.conformance.target import Look, Target
from streamgauge.spec import alphabet as ev
from streamgauge.spec import words
from streamgauge.spec.alphabet import UNSET, Settings, Stimulus, Version

LIMIT: Final = 4
NEWEST: Final = (3, 15)
FED, PARTED = shapes.feed(b"ab\nc", b"ab;\n")
READS: Final = tuple(one.numbered(1) for one in (shapes.READ, shapes.LINE, shapes.EXACTLY, shapes.UNTIL, shapes.NEXT))
(WRITTEN,) = shapes.write(b"ab")
ROUND: Final[tuple[Stimulus | Request, ...]] = (WRITTEN, shapes.DRAIN, shapes.CLOSE, shapes.WAIT_CLOSED)


class Outcome(StrEnum):
    """What a step says, and of whom."""

    OK = "ok"
    ADAPTER = "adapter"
    IMPLEMENTATION = "implementation"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried: a capability, or the reader itself; and one sentence on what came of it."""

    name: str
    outcome: Outcome
    sentence: str


# What is seen of these says little to people.
FINE: Final = {
    "kinds": "what is to be awaited can be, and what is to be plain is plain",
    "IncompleteReadError": "can be made, and has its attributes",
    "LimitOverrunError": "can be made, and has its attributes",
}

# For each capability what shows it, the first of which is tried that needs nothing that is not there.
TRIALS: Final[Mapping[str, tuple[Steps, ...]]] = {
    **{call.method: ((FED, call, SETTLE),) for call in READS},
    "feed_data": tuple((call, SETTLE, FED, SETTLE) for call in READS),
    "feed_eof": tuple((call, SETTLE, shapes.END, SETTLE) for call in READS),
    "at_eof": ((shapes.END, shapes.AT_EOF), (shapes.AT_EOF,)),
    "exception": ((ev.Ask("exception"),),),
    "set_exception": (
        (shapes.BREAK, ev.Ask("exception")),
        *((call, SETTLE, shapes.BREAK, SETTLE) for call in READS),
    ),
    "set_transport": (*((shapes.ATTACH["works"], FED, call, SETTLE) for call in READS), (shapes.ATTACH["works"],)),
    "IncompleteReadError": ((ev.Ask("IncompleteReadError.constructor"),),),
    "LimitOverrunError": ((ev.Ask("LimitOverrunError.kind"),),),
    "limit": (*((FED, call, SETTLE) for call in READS), ()),
    "separators": ((PARTED, Request("readuntil", ((b";", b"\n"),)).numbered(1), SETTLE),),
}

SERVED: Final = (*shapes.served(handler="plain"), SETTLE)
# One round over the simulated network; of its calls those are made that are declared.
ROUNDS: Final[Mapping[str, tuple[Stimulus | Request, ...]]] = {
    "connection": (*shapes.opened(), *(step for method in ROUND for step in (method, SETTLE))),
    "start_server": (*SERVED, *(step for method in ROUND for step in (method, SETTLE))),
}


def smoke(target: Target, python: Version) -> tuple[Step, ...]:
    """Try everything that `target` declares, by the rules of `python`, and return what came of it."""
    return tuple(_Trying(target, python).steps())


def verify(target: Target) -> None:
    """Raise `AdapterFault` unless `target` makes readers that have the methods it declares."""
    for step in _Trying(target, NEWEST).holding():
        if step.outcome is Outcome.ADAPTER:
            subject = "" if step.name == "reader" else f"{step.name} "
            raise AdapterFault(f"{subject}{step.sentence}")


def status(steps: tuple[Step, ...]) -> int:
    """Return the exit status: that of a broken adapter, which comes first, or of a broken implementation."""
    outcomes = {step.outcome for step in steps}
    if Outcome.ADAPTER in outcomes:
        return Status.SUITE_FAULT
    return Status.DEPARTS if Outcome.IMPLEMENTATION in outcomes else Status.CONFORMS


@dataclass(slots=True)
class _Trying:
    target: Target
    python: Version
    judge: Judge = field(default_factory=Judge)
    there: set[str] = field(default_factory=set)

    def steps(self) -> Iterator[Step]:
        yield from self.holding()
        if not self.there:
            return
        yield self._judged("kinds", (ev.Ask("methods"),))
        for name in (*READ_METHODS, *PLAIN_METHODS, *ERRORS, "limit", "separators"):
            if name in self.there:
                yield self._try(name)
        if "connection" in self.there:
            yield from self._round("connection", shapes.opened(), "connect(…)")
        if "start_server" in self.there:
            yield from self._round("start_server", SERVED, "serve(…)")

    def _round(self, name: str, opening: Steps, call: str) -> Iterator[Step]:
        """Yield what there is to say of a connection: whether there is one, with what is declared, and what it does."""
        try:
            trace, look = self._look(opening)
        except AdapterFault as fault:
            yield Step(name, Outcome.ADAPTER, str(fault))
            return
        refused = [event for event in trace if isinstance(event, ev.Refused | ev.Overran)]
        if refused or look.instead:
            instead = f"{seen(refused[0])}, and made no connection" if refused else _unmade(look)
            yield Step(name, _whose(look), f"{call} {instead}")
            return
        missing = [one for one in look.lacking if one in self.there]
        self.there -= set(missing)
        for one in missing:
            yield Step(one, Outcome.ADAPTER, f"is declared, but the writer has no such name: {look.kinds[1]}")
        steps: Steps = ()
        number = 1
        for move in ROUNDS[name]:
            step = move.numbered(number) if isinstance(move, Request) else move
            if needs((step,)) <= self.there:
                steps = (*steps, step)
                number += step is not move
        yield self._judged(name, steps)

    def holding(self) -> Iterator[Step]:
        """Yield what there is to say of the adapter alone: whether it makes a reader, and which methods are missing."""
        try:
            trace, look = self._look(())
        except AdapterFault as fault:
            yield Step("reader", Outcome.ADAPTER, str(fault))
            return
        if not isinstance(trace[0], ev.Made):
            instead = " and ".join(seen(event) for event in trace if not isinstance(event, Stimulus))
            yield Step("reader", _whose(look), f"reader(loop) {instead}, and made no reader")
        elif look.instead:
            yield Step("reader", Outcome.ADAPTER, f"reader(loop) returned {look.instead} instead of a reader")
        else:
            yield Step("reader", Outcome.OK, f"reader(loop) made one: {look.kinds[0]}")
            self.there = set(self.target.capabilities) - set(look.lacking)
            for name in look.lacking:
                yield Step(name, Outcome.ADAPTER, f"is declared, but the reader has no such method: {look.kinds[0]}")

    def _look(self, opening: Steps) -> tuple[Trace, Look]:
        with interruptible():
            return self.target.look(Scenario("smoke", opening))

    def _try(self, name: str) -> Step:
        playable = [steps for steps in TRIALS[name] if needs(steps) <= self.there]
        if not playable:
            lacking = sorted(needs(TRIALS[name][0]) - self.there)
            return Step(name, Outcome.NOT_TRIED, f"to show it takes {', '.join(lacking)}")
        return self._judged(name, playable[0], limited=name == "limit")

    def _judged(self, name: str, steps: Steps, *, limited: bool = False) -> Step:
        scenario = Scenario("smoke", steps, LIMIT if limited else UNSET)
        try:
            trace = play(self.target, scenario)
        except AdapterFault as fault:
            return Step(name, Outcome.ADAPTER, str(fault))
        if isinstance(trace[0], ev.Refused):
            given = f"reader(loop, {LIMIT})" if limited else "reader(loop), the second time,"
            return Step(name, Outcome.ADAPTER, f"{given} {seen(trace[0])}")
        if isinstance(trace[-1], ev.Overran):
            # Once is enough: what did not come to rest is not waited for again.
            self.there -= needs(steps) & ARGUMENTS.keys()
        judgement = self.judge.judge(Settings(scenario.limit, self.python), trace)
        if not judgement.departures:
            last = [event for event in trace if not isinstance(event, Stimulus | ev.Quiet)][-1]
            return Step(name, Outcome.OK, FINE.get(name) or f"{_told(steps)}{seen(last, connected=connects(trace))}")
        violation = judgement.departures[0].violation
        seen_instead = observed(Failure.of(scenario, trace, judgement.departures[0]))
        allowed = " or ".join(words.allowed(violation))
        sentence = f"{_told(steps)}{seen_instead}; allowed: {allowed} [{violation.clause}]"
        return Step(name, Outcome.IMPLEMENTATION, sentence)


def _told(steps: Steps) -> str:
    """Return what was done, in words that go before what was observed."""
    before = ", ".join(done(step) for step in steps if step != SETTLE)
    return f"{before}: " if before else ""


def _unmade(look: Look) -> str:
    return f"gave {look.instead} instead of a reader and a writer"


def _whose(look: Look) -> Outcome:
    """What is made of names is made by the implementation alone."""
    return Outcome.IMPLEMENTATION if look.by_names else Outcome.ADAPTER
