"""A broken adapter told from a broken implementation, before anything is concluded from a whole run.

Each declared capability is tried once, in the plainest scenario that shows it. What an adapter promises is that
there is a reader, or a reader and a writer, and that what it declares is there; what these then do is the
implementation's, and the model judges it as always.
"""

from __future__ import annotations

import inspect
from asyncio import AbstractEventLoop
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, cast

from streamgauge.conformance.adapters import (
    ERRORS,
    PLAIN_METHODS,
    READ_METHODS,
    WRITE_METHODS,
    Adapter,
    AdapterFault,
    StreamLayer,
)
from streamgauge.conformance.adapters.names import Names
from streamgauge.conformance.explaining.explain import observed
from streamgauge.conformance.explaining.steps import connects
from streamgauge.conformance.explaining.words import done, seen
from streamgauge.conformance.judge import Judge
from streamgauge.conformance.results import Status
from streamgauge.conformance.running.replaying import failure, play
from streamgauge.conformance.scenarios.script import Scenario, Trace, needs
from streamgauge.conformance.target import InProcess
from streamgauge.spec.alphabet import (
    UNSET,
    Accept,
    Ask,
    Attach,
    Break,
    Call,
    Do,
    End,
    Feed,
    Made,
    Open,
    Overran,
    Quiet,
    Refused,
    Serve,
    Settings,
    Settle,
    Stimulus,
    Version,
)

Steps = tuple[Stimulus, ...]
LIMIT: Final = 4
NEWEST: Final = (3, 15)
LINE: Final = Feed(b"ab\nc")
S: Final = Settle()
READS: Final = (
    Call(1, "read", (2,)),
    Call(1, "readline"),
    Call(1, "readexactly", (2,)),
    Call(1, "readuntil"),
    Call(1, "__anext__"),
)
ROUND: Final = (Do("write", (b"ab",)), Call(1, "drain"), Do("close"), Call(2, "wait_closed"))


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
    **{call.method: ((LINE, call, S),) for call in READS},
    "feed_data": tuple((call, S, LINE, S) for call in READS),
    "feed_eof": tuple((call, S, End(), S) for call in READS),
    "at_eof": ((End(), Ask("at_eof")), (Ask("at_eof"),)),
    "exception": ((Ask("exception"),),),
    "set_exception": (
        (Break(), Ask("exception")),
        *((call, S, Break(), S) for call in READS),
    ),
    "set_transport": (*((Attach(), LINE, call, S) for call in READS), (Attach(),)),
    "IncompleteReadError": ((Ask("IncompleteReadError.constructor"),),),
    "LimitOverrunError": ((Ask("LimitOverrunError.kind"),),),
    "limit": (*((LINE, call, S) for call in READS), ()),
    "separators": ((Feed(b"ab;\n"), Call(1, "readuntil", ((b";", b"\n"),)), S),),
}

# One round over the simulated network; of its calls those are made that are declared.
ROUNDS: Final[Mapping[str, Steps]] = {
    "connection": (Open(), *(step for method in ROUND for step in (method, S))),
    "start_server": (Serve(), Accept(), S, *(step for method in ROUND for step in (method, S))),
}


def smoke(adapter: Adapter, python: Version) -> tuple[Step, ...]:
    """Try everything that `adapter` declares, by the rules of `python`, and return what came of it."""
    return tuple(_Trying(adapter, python).steps())


def verify(adapter: Adapter) -> None:
    """Raise `AdapterFault` unless `adapter` makes readers that have the methods it declares."""
    for step in _Trying(adapter, NEWEST).holding():
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
class _Kept:
    """An adapter that keeps the last reader it made, to be looked at from outside."""

    adapter: Adapter
    name: str
    capabilities: frozenset[str]
    errors: Mapping[str, type[BaseException]]
    made: Any = None

    def reader(self, loop: AbstractEventLoop, *limit: Any) -> Any:
        self.made = self.adapter.reader(loop, *limit)
        return self.made


@dataclass(slots=True)
class _KeptLayer(_Kept):
    """One that also keeps what it was given for a connection, or for a server."""

    async def connect(self, loop: AbstractEventLoop, host: str, port: int, **options: Any) -> Any:
        self.made = await cast(StreamLayer, self.adapter).connect(loop, host, port, **options)
        return self.made

    async def serve(self, loop: AbstractEventLoop, callback: Any, host: str, port: int, **options: Any) -> Any:
        def keeping(*given: Any) -> Any:
            self.made = given
            return callback(*given)

        return await cast(StreamLayer, self.adapter).serve(loop, keeping, host, port, **options)


@dataclass(slots=True)
class _Trying:
    adapter: Adapter
    python: Version
    judge: Judge = field(default_factory=Judge)
    there: set[str] = field(default_factory=set)

    def steps(self) -> Iterator[Step]:
        yield from self.holding()
        if not self.there:
            return
        yield self._judged("kinds", (Ask("methods"),))
        for name in (*READ_METHODS, *PLAIN_METHODS, *ERRORS, "limit", "separators"):
            if name in self.there:
                yield self._try(name)
        if "connection" in self.there:
            yield from self._round("connection", (Open(),), "connect(…)")
        if "start_server" in self.there:
            yield from self._round("start_server", (Serve(), Accept(), S), "serve(…)")

    def _round(self, name: str, opening: Steps, call: str) -> Iterator[Step]:
        """Yield what there is to say of a connection: whether there is one, with what is declared, and what it does."""
        kept = _KeptLayer(self.adapter, self.adapter.name, self.adapter.capabilities, self.adapter.errors)
        try:
            trace = play(InProcess(kept), Scenario("smoke", opening))
        except AdapterFault as fault:
            yield Step(name, Outcome.ADAPTER, str(fault))
            return
        wrong = _unmade(kept.made, trace)
        if wrong:
            # What is made of names is made by the implementation alone.
            whose = Outcome.IMPLEMENTATION if isinstance(self.adapter, Names) else Outcome.ADAPTER
            yield Step(name, whose, f"{call} {wrong}")
            return
        writer = kept.made[1]
        missing = [one for one in WRITE_METHODS if one in self.there and not hasattr(writer, one)]
        self.there -= set(missing)
        for one in missing:
            yield Step(one, Outcome.ADAPTER, f"is declared, but the writer has no such name: {_kind(writer)}")
        steps, number = [], 0
        for step in ROUNDS[name]:
            if isinstance(step, Do | Call) and step.method not in self.there:
                continue
            number += isinstance(step, Call)
            steps.append(replace(step, op=number) if isinstance(step, Call) else step)
        yield self._judged(name, tuple(steps))

    def holding(self) -> Iterator[Step]:
        """Yield what there is to say of the adapter alone: whether it makes a reader, and which methods are missing."""
        kept = _Kept(self.adapter, self.adapter.name, self.adapter.capabilities, self.adapter.errors)
        first = self._make(kept)
        yield first
        if first.outcome is Outcome.OK:
            methods = [name for name in (*READ_METHODS, *PLAIN_METHODS) if name in self.adapter.capabilities]
            missing = [name for name in methods if not callable(getattr(kept.made, name, None))]
            self.there = set(self.adapter.capabilities) - set(missing)
            for name in missing:
                yield Step(name, Outcome.ADAPTER, f"is declared, but the reader has no such method: {_kind(kept.made)}")

    def _make(self, kept: _Kept) -> Step:
        try:
            trace = play(InProcess(kept), Scenario("smoke", ()))
        except AdapterFault as fault:
            return Step("reader", Outcome.ADAPTER, str(fault))
        match trace:
            case (Made(),) if kept.made is None:
                return Step("reader", Outcome.ADAPTER, "reader(loop) returned None instead of a reader")
            case (Made(),) if inspect.isawaitable(kept.made):
                if inspect.iscoroutine(kept.made):
                    kept.made.close()
                return Step("reader", Outcome.ADAPTER, "reader(loop) returned an awaitable instead of a reader")
            case (Made(),):
                return Step("reader", Outcome.OK, f"reader(loop) made one: {_kind(kept.made)}")
            case _:
                # What is made of names is made by the implementation alone.
                whose = Outcome.IMPLEMENTATION if isinstance(self.adapter, Names) else Outcome.ADAPTER
                instead = " and ".join(seen(event) for event in trace if not isinstance(event, Stimulus))
                return Step("reader", whose, f"reader(loop) {instead}, and made no reader")

    def _try(self, name: str) -> Step:
        playable = [steps for steps in TRIALS[name] if needs(steps) <= self.there]
        if not playable:
            lacking = sorted(needs(TRIALS[name][0]) - self.there)
            return Step(name, Outcome.NOT_TRIED, f"to show it takes {', '.join(lacking)}")
        return self._judged(name, playable[0], limited=name == "limit")

    def _judged(self, name: str, steps: Steps, *, limited: bool = False) -> Step:
        scenario = Scenario("smoke", steps, LIMIT if limited else UNSET)
        try:
            trace = play(InProcess(self.adapter), scenario)
        except AdapterFault as fault:
            return Step(name, Outcome.ADAPTER, str(fault))
        if isinstance(trace[0], Refused):
            given = f"reader(loop, {LIMIT})" if limited else "reader(loop), the second time,"
            return Step(name, Outcome.ADAPTER, f"{given} {seen(trace[0])}")
        if isinstance(trace[-1], Overran):
            # Once is enough: what did not come to rest is not waited for again.
            self.there -= {step.method for step in steps if isinstance(step, Call)}
        judgement = self.judge.judge(Settings(scenario.limit, self.python), trace)
        if not judgement.departures:
            last = [event for event in trace if not isinstance(event, Stimulus | Quiet)][-1]
            return Step(name, Outcome.OK, FINE.get(name) or f"{_told(steps)}{seen(last, connected=connects(trace))}")
        violation = judgement.departures[0].violation
        seen_instead = observed(failure(scenario, trace, judgement.departures[0]))
        allowed = " or ".join(violation.allowed)
        sentence = f"{_told(steps)}{seen_instead}; allowed: {allowed} [{violation.clause}]"
        return Step(name, Outcome.IMPLEMENTATION, sentence)


def _told(steps: Steps) -> str:
    """Return what was done, in words that go before what was observed."""
    before = ", ".join(done(step) for step in steps if not isinstance(step, Settle))
    return f"{before}: " if before else ""


def _unmade(made: Any, trace: Trace) -> str:
    """Return what there is instead of a reader and a writer, or nothing."""
    refused = [event for event in trace if isinstance(event, Refused | Overran)]
    if refused:
        return f"{seen(refused[0])}, and made no connection"
    if isinstance(made, tuple) and len(made) == 2 and not any(one is None for one in made):
        return ""
    what = "nothing" if made is None else f"a {type(made).__name__}"
    return f"gave {what} instead of a reader and a writer"


def _kind(made: Any) -> str:
    return f"{type(made).__module__}.{type(made).__qualname__}"
