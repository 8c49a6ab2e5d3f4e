"""Long and odd scenarios, drawn by Hypothesis: the only place that knows it.

Hypothesis serves as a source of variety; what it finds is shrunk as data, like every other scenario. A batch is
drawn from its seed alone, so the same command draws the same scenarios.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from streamgauge.conformance.scenarios.script import needs
from streamgauge.conformance.scenarios.shapes import SETTLE, coda, parting
from streamgauge.spec.alphabet import (
    Accept,
    Advance,
    Argument,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    Clog,
    Do,
    End,
    Feed,
    Link,
    Lose,
    Open,
    Serve,
    Settle,
    Shaped,
    Stimulus,
    Unclog,
)

MOST_STEPS = 24

Steps = tuple[Stimulus, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One drawn scenario: the limit (bytes) and the steps."""

    limit: int
    steps: Steps


def draw(batch: int, examples: int, capabilities: frozenset[str], take: Callable[[Sample], None]) -> None:
    """Draw `examples` scenarios of what an implementation can do, and hand each to `take`.

    Half of them are of a reader that is fed by hand and half of connections, where both can be played.
    """
    strategies = []
    if {"feed_data", "feed_eof"} <= capabilities:
        strategies.append(samples(capabilities))
    if {"connection", "write"} <= capabilities:
        strategies.append(connections(capabilities))
    for strategy in strategies:
        _draw(batch, examples // len(strategies), strategy, take)


def _draw(batch: int, examples: int, strategy: st.SearchStrategy[Sample], take: Callable[[Sample], None]) -> None:
    @seed(batch)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def each(sample: Sample) -> None:
        take(sample)

    each()


SEPARATORS: tuple[Argument, ...] = (b"\n", b"\r\n", b"ab", b"aba", b"--end--")
TUPLES: tuple[Argument, ...] = ((b"\n", b"\r\n"), (b"b", b"abc"), (b"ab", b"b", b"bab"), (b"$", b"a" * 7))
ODD_SEPARATORS: tuple[Argument, ...] = (b"", Shaped("bytearray", b"\n"), Shaped("memoryview", b"ab"), None, 7)
LETTERS = b"ab\r\n$-"


@cache  # Putting strategies together takes longer than drawing from them.
def _calls(capabilities: frozenset[str]) -> st.SearchStrategy[tuple[str, tuple[Argument, ...]]]:
    """Return a strategy for a method and its arguments."""
    separators = (*SEPARATORS, *ODD_SEPARATORS, *(TUPLES if "separators" in capabilities else ()))
    counts = st.integers(-2, 40)
    arguments: dict[str, st.SearchStrategy[tuple[Argument, ...]]] = {
        "read": st.one_of(st.just(()), st.tuples(counts)),
        "readexactly": st.tuples(counts),
        "readuntil": st.one_of(st.just(()), st.tuples(st.sampled_from(separators))),
        "readline": st.just(()),
        "__anext__": st.just(()),
    }
    present = [method for method in arguments if method in capabilities]
    return st.sampled_from(present).flatmap(lambda method: st.tuples(st.just(method), arguments[method]))


@cache
def _chunks() -> st.SearchStrategy[bytes]:
    letters = st.lists(st.sampled_from(LETTERS), max_size=12).map(bytes)
    return st.one_of(letters, st.integers(1, 50).map(lambda size: (b"ab" * size)[:size]), st.just(b"\n"))


@st.composite
def samples(pick: st.DrawFn, capabilities: frozenset[str]) -> Sample:
    """Draw a scenario: most of its steps are ordinary, calls may overlap, and everything may share a turn."""
    limit = pick(st.integers(1, 20))
    calls, chunks = _calls(capabilities), _chunks()
    steps: list[Stimulus] = []
    count = 0
    ended = stored = False
    if "set_transport" in capabilities and pick(st.booleans()):
        steps.append(Attach(pick(st.sampled_from(("works", "works", "works", "unsupported", "fails")))))
    for kind in pick(st.lists(st.sampled_from(KINDS), max_size=MOST_STEPS)):
        step: Stimulus | None = None
        match kind:
            case "feed" if not ended:
                step = Feed(pick(chunks), pick(st.sampled_from(FORMS)))
            case "call":
                count += 1
                method, args = pick(calls)
                step = Call(count, method, args, pick(st.sampled_from(TIMEOUTS)))
            case "cancel" if count:
                step = Cancel(pick(st.integers(1, count)))
            case "end":
                step, ended = End(), True
            case "break" if not stored:
                step, stored = Break(), True
            case "ask":
                step = Ask("at_eof")
            case "advance":
                step = Advance(1)
            case "settle":
                step = SETTLE
            case _:
                pass  # nothing of the kind makes sense any more
        if step is not None and needs((step,)) <= capabilities:
            steps.append(step)
    steps += [Settle(), *coda(count, capabilities, ended=ended)]
    return Sample(limit, tuple(steps))


@st.composite
def connections(pick: st.DrawFn, capabilities: frozenset[str]) -> Sample:
    """Draw a scenario of one end of a connection, which was dialled or accepted."""
    link = Link(pick(st.integers(0, 12)))
    steps: list[Stimulus] = [Open(link), SETTLE]
    if "start_server" in capabilities and pick(st.booleans()):
        steps = [Serve("coroutine"), Accept(link), SETTLE]
    count = 0
    ended = lost = False
    drawn = _connected(capabilities)
    for kind in pick(st.lists(st.sampled_from(CONNECTED_KINDS), max_size=MOST_STEPS)):
        step: Stimulus | None = None
        match kind:
            case "feed" | "end" | "lose" if ended or lost:
                pass  # nothing comes after that
            case "end":
                step, ended = End(), True
            case "lose":
                step, lost = Lose(pick(st.sampled_from((None, "ConnectionResetError", "OSError")))), True
            case "call" | "wait" if kind in drawn:
                count += 1
                method, args = pick(drawn[kind])
                step = Call(count, method, args, pick(st.sampled_from(TIMEOUTS)))
            case "cancel" if count:
                step = Cancel(pick(st.integers(1, count)))
            case _ if kind in drawn:
                step = pick(drawn[kind])
            case _:
                pass  # nothing of the kind makes sense yet
        if step is not None and needs((steps[0], step)) <= capabilities:
            steps.append(step)
    return Sample(pick(st.integers(1, 20)), (*steps, SETTLE, *parting(count, capabilities)))


@cache
def _connected(capabilities: frozenset[str]) -> dict[str, st.SearchStrategy[Any]]:
    """Return a strategy for each kind of step of a connection."""
    given_away = st.one_of(_chunks(), st.builds(Shaped, st.sampled_from(("bytearray", "memoryview")), _chunks()))
    several = st.lists(given_away, max_size=4).map(tuple)
    waits = [one for one in ("drain", "wait_closed") if one in capabilities]
    reads = {"read", "readexactly", "readuntil", "readline", "__anext__"} & capabilities
    strategies: dict[str, st.SearchStrategy[Any]] = {
        "feed": st.builds(Feed, _chunks().filter(bool)),
        "write": st.builds(lambda data: Do("write", (data,)), given_away),
        "writelines": st.builds(
            lambda kind, parts: Do("writelines", (Shaped(kind, parts),)),
            st.sampled_from(("list", "generator")),
            several,
        ),
        "do": st.sampled_from((Do("write_eof"), Do("close"), Do("close"))),
        "clog": st.just(Clog()),
        "unclog": st.builds(Unclog, st.one_of(st.none(), st.integers(0, 9))),
        "ask": st.just(Ask("is_closing")),
        "advance": st.just(Advance(1)),
        "settle": st.just(SETTLE),
        "wait": st.sampled_from([(one, ()) for one in waits]) if waits else st.nothing(),
        "call": _calls(capabilities) if reads else st.nothing(),
    }
    return {kind: strategy for kind, strategy in strategies.items() if not strategy.is_empty}


CONNECTED_KINDS = (
    *("feed",) * 3,
    *("write",) * 5,
    *("wait",) * 4,
    *("call",) * 3,
    *("settle",) * 7,
    *("clog", "unclog", "cancel") * 2,
    *("writelines", "do", "end", "lose", "ask", "advance"),
)
KINDS = ("feed",) * 5 + ("call",) * 5 + ("settle",) * 6 + ("cancel",) * 2 + ("end", "break", "ask", "advance")
FORMS = ("bytes", "bytes", "bytes", "bytearray", "memoryview")
TIMEOUTS = (None, None, None, None, None, 1)
