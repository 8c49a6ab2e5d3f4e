"""Long and odd scenarios, drawn by Hypothesis: the only place that knows it.

Hypothesis serves as a source of variety; what it finds is calmed as data, like every other scenario. A batch is
drawn from its seed alone, so the same command draws the same scenarios.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from streamgauge.conformance.scenarios.script import needs
from streamgauge.conformance.scenarios.shapes import (
    AT_EOF,
    ATTACH,
    BREAK,
    CLOG,
    CLOSE,
    END,
    IS_CLOSING,
    LOSSES,
    SECOND,
    SETTLE,
    WRITE_EOF,
    Steps,
    cancel,
    coda,
    opened,
    parting,
    served,
    write,
    writelines,
)
from streamgauge.spec import alphabet as ev
from streamgauge.spec.alphabet import Argument, Link, Shaped, Stimulus

MOST_STEPS = 24


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


def warm() -> None:
    """Draw once for nothing: before its first draw Hypothesis looks through all objects, and now there are few."""
    _draw(0, 1, st.builds(Sample, st.just(1), st.just(())), lambda _: None)


# ------------------------------------------------------------- what is drawn

# How each kind of step is drawn: a step, or a method and its arguments.
Drawing = Mapping[str, Callable[[st.DrawFn], Any]]

# How often each kind of step is drawn, of a bare reader and of a connection.
KINDS = ("feed",) * 5 + ("call",) * 5 + ("settle",) * 6 + ("cancel",) * 2 + ("end", "break", "ask", "advance")
CONNECTED_KINDS = (
    *("feed",) * 3,
    *("write",) * 5,
    *("wait",) * 4,
    *("call",) * 3,
    *("settle",) * 7,
    *("clog", "unclog", "cancel") * 2,
    *("writelines", "do", "end", "lose", "ask", "advance"),
)
# What makes no sense any more after a kind of step.
AFTER = {"end": {"feed"}, "break": {"break"}}
CONNECTED_AFTER = {"end": {"feed", "end", "lose"}, "lose": {"feed", "end", "lose"}}

SEPARATORS: tuple[Argument, ...] = (b"\n", b"\r\n", b"ab", b"aba", b"--end--")
TUPLES: tuple[Argument, ...] = ((b"\n", b"\r\n"), (b"b", b"abc"), (b"ab", b"b", b"bab"), (b"$", b"a" * 7))
ODD_SEPARATORS: tuple[Argument, ...] = (b"", Shaped("bytearray", b"\n"), Shaped("memoryview", b"ab"), None, 7)
LETTERS = b"ab\r\n$-"
FORMS = ("bytes", "bytes", "bytes", "bytearray", "memoryview")
PAUSING = ("works", "works", "works", "unsupported", "fails")
TIMEOUTS = (None, None, None, None, None, 1)


@cache  # Putting strategies together takes longer than drawing from them.
def _calls(capabilities: frozenset[str]) -> st.SearchStrategy[tuple[str, tuple[Argument, ...]]]:
    """Return a strategy for a method that reads, and its arguments."""
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
    if not present:
        return st.nothing()
    return st.sampled_from(present).flatmap(lambda method: st.tuples(st.just(method), arguments[method]))


@cache
def _chunks() -> st.SearchStrategy[bytes]:
    letters = st.lists(st.sampled_from(LETTERS), max_size=12).map(bytes)
    return st.one_of(letters, st.integers(1, 50).map(lambda size: (b"ab" * size)[:size]), st.just(b"\n"))


@cache
def _of_reader(capabilities: frozenset[str]) -> Drawing:
    """Return how each kind of step of a bare reader is drawn."""
    return {
        "feed": lambda pick: ev.Feed(pick(_chunks()), pick(st.sampled_from(FORMS))),
        "call": lambda pick: pick(_calls(capabilities)),
        "end": lambda _: END,
        "break": lambda _: BREAK,
        "ask": lambda _: AT_EOF,
        "advance": lambda _: SECOND,
        "settle": lambda _: SETTLE,
    }


@cache
def _of_connection(capabilities: frozenset[str]) -> Drawing:
    """Return how each kind of step of a connection is drawn."""
    given_away = st.one_of(_chunks(), st.builds(Shaped, st.sampled_from(("bytearray", "memoryview")), _chunks()))
    several = st.lists(given_away, max_size=4).map(tuple)
    waits = [one for one in ("drain", "wait_closed") if one in capabilities]
    strategies: dict[str, st.SearchStrategy[Any]] = {
        "feed": st.builds(ev.Feed, _chunks().filter(bool)),
        "write": st.builds(lambda data: write(data)[0], given_away),
        "writelines": st.builds(writelines, st.sampled_from(("list", "generator")), several),
        "do": st.sampled_from((WRITE_EOF, CLOSE, CLOSE)),
        "clog": st.just(CLOG),
        "unclog": st.builds(ev.Unclog, st.one_of(st.none(), st.integers(0, 9))),
        "ask": st.just(IS_CLOSING),
        "advance": st.just(SECOND),
        "settle": st.just(SETTLE),
        "wait": st.sampled_from([(one, ()) for one in waits]) if waits else st.nothing(),
        "call": _calls(capabilities),
    }
    return {
        **{kind: partial(_pick, strategy) for kind, strategy in strategies.items() if not strategy.is_empty},
        "end": lambda _: END,
        "lose": lambda pick: pick(st.sampled_from(LOSSES)),
    }


def _pick(strategy: st.SearchStrategy[Any], pick: st.DrawFn) -> Any:
    return pick(strategy)


# ----------------------------------------------------------------- scenarios


@st.composite
def samples(pick: st.DrawFn, capabilities: frozenset[str]) -> Sample:
    """Draw a scenario of a bare reader: most steps are ordinary, calls may overlap, and everything may share a turn."""
    limit = pick(st.integers(1, 20))
    opening: Steps = ()
    if "set_transport" in capabilities and pick(st.booleans()):
        opening = (ATTACH[pick(st.sampled_from(PAUSING))],)
    steps, count = _grown(pick, opening, _Growth(KINDS, AFTER, _of_reader(capabilities)), capabilities)
    return Sample(limit, (*steps, SETTLE, *coda(count, capabilities, ended=END in steps)))


@st.composite
def connections(pick: st.DrawFn, capabilities: frozenset[str]) -> Sample:
    """Draw a scenario of one end of a connection, which was dialled or accepted."""
    link = Link(pick(st.integers(0, 12)))
    opening: Steps = (*opened(link), SETTLE)
    if "start_server" in capabilities and pick(st.booleans()):
        opening = (*served(link), SETTLE)
    growth = _Growth(CONNECTED_KINDS, CONNECTED_AFTER, _of_connection(capabilities))
    steps, count = _grown(pick, opening, growth, capabilities)
    return Sample(pick(st.integers(1, 20)), (*steps, SETTLE, *parting(count, capabilities)))


@dataclass(frozen=True, slots=True)
class _Growth:
    """The kinds of steps, those that make no sense any more after one, and how each is drawn."""

    kinds: Sequence[str]
    after: Mapping[str, set[str]]
    drawing: Drawing


def _grown(pick: st.DrawFn, opening: Steps, growth: _Growth, capabilities: frozenset[str]) -> tuple[Steps, int]:
    """Return the opening with steps after it, as far as they make sense where they stand, and the number of calls."""
    steps = [*opening]
    count = 0
    over: set[str] = set()
    for kind in pick(st.lists(st.sampled_from(growth.kinds), max_size=MOST_STEPS)):
        step: Stimulus
        if kind == "cancel" and count:
            step = cancel(pick(st.integers(1, count)))
        elif kind not in growth.drawing or kind in over:
            continue
        elif kind in ("call", "wait"):
            count += 1
            method, args = growth.drawing[kind](pick)
            step = ev.Call(count, method, args, pick(st.sampled_from(TIMEOUTS)))
        else:
            step = growth.drawing[kind](pick)
        over |= growth.after.get(kind, set())
        if needs((*opening[:1], step)) <= capabilities:
            steps.append(step)
    return tuple(steps), count
