"""Long and odd scenarios, drawn by Hypothesis: the only place that knows it.

Hypothesis serves as a source of variety; what it finds is shrunk as data, like every other scenario. A batch is
drawn from its seed alone, so the same command draws the same scenarios.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from streamgauge.conformance.scenarios.needs import needs
from streamgauge.conformance.scenarios.shapes import SETTLE, coda
from streamgauge.spec.alphabet import (
    Advance,
    Argument,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    End,
    Feed,
    Settle,
    Shaped,
    Stimulus,
)

MOST_STEPS = 24

Steps = tuple[Stimulus, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One drawn scenario: the limit (bytes) and the steps."""

    limit: int
    steps: Steps


def draw(batch: int, examples: int, capabilities: frozenset[str], take: Callable[[Sample], None]) -> None:
    """Draw `examples` scenarios of what an implementation can do, and hand each to `take`."""

    @seed(batch)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(samples(capabilities))
    def each(sample: Sample) -> None:
        take(sample)

    each()


SEPARATORS: tuple[Argument, ...] = (b"\n", b"\r\n", b"ab", b"aba", b"--end--")
TUPLES: tuple[Argument, ...] = ((b"\n", b"\r\n"), (b"b", b"abc"), (b"ab", b"b", b"bab"), (b"$", b"a" * 7))
ODD_SEPARATORS: tuple[Argument, ...] = (b"", Shaped("bytearray", b"\n"), Shaped("memoryview", b"ab"), None, 7)
LETTERS = b"ab\r\n$-"


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


KINDS = ("feed",) * 5 + ("call",) * 5 + ("settle",) * 6 + ("cancel",) * 2 + ("end", "break", "ask", "advance")
FORMS = ("bytes", "bytes", "bytes", "bytearray", "memoryview")
TIMEOUTS = (None, None, None, None, None, 1)
