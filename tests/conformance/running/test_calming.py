"""Calming replaces what is odd by what is usual and leaves out what the departure does not need, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from streamgauge.conformance.running.calming import calm, calmer, without
from streamgauge.conformance.scenarios.plainness import oddities, plainness
from streamgauge.conformance.scenarios.script import Scenario, check_calls
from streamgauge.spec.alphabet import (
    UNSET,
    Accept,
    Advance,
    Ask,
    Call,
    Cancel,
    Do,
    End,
    Feed,
    Link,
    On,
    Open,
    Serve,
    Settle,
    Shaped,
    Stimulus,
)

LONG = (Call(1, "read"), Settle(), Feed(b"abc"), Call(2, "readline"), Cancel(1), Cancel(2), End(), Settle())


def of(*steps: Stimulus, limit: int | None = 1000) -> Scenario:
    return Scenario("it", steps, UNSET if limit is None else limit)


def always(_: Scenario) -> bool:
    return True


def having(*wanted: Callable[[Stimulus], bool]) -> Callable[[Scenario], bool]:
    """Departs as long as there are such steps."""
    return lambda one: all(any(want(step) for step in one.steps) for want in wanted)


def is_a(*kinds: type) -> Callable[[Stimulus], bool]:
    return lambda step: isinstance(step, kinds)


def test_a_scenario_is_left_with_what_the_departure_needs() -> None:
    def departs(scenario: Scenario) -> bool:
        fed = b"".join(step.content for step in scenario.steps if isinstance(step, Feed))
        return b"c" in fed and End() in scenario.steps

    assert calm(of(*LONG), departs).steps == (Feed(b"c"), End())


def test_what_no_longer_departs_is_not_taken() -> None:
    assert calm(of(*LONG), lambda _: False).steps == LONG


def test_after_so_many_plays_the_scenario_stays_as_it_is() -> None:
    plays: list[Scenario] = []

    def departs(scenario: Scenario) -> bool:
        plays.append(scenario)
        return False

    calm(of(*LONG), departs, 5)
    assert len(plays) == 5


def test_of_a_long_scenario_halves_go_first() -> None:
    plays: list[Scenario] = []

    def departs(scenario: Scenario) -> bool:
        plays.append(scenario)
        return any(isinstance(step, End) for step in scenario.steps)

    steps = (*(Feed(b"a"), Settle()) * 50, End())
    assert calm(of(*steps), departs).steps == (End(),)
    assert len(plays) < 50


@pytest.mark.parametrize(
    ("odd", "usual", "departs"),
    [
        (
            of(Call(1, "read"), Feed(b"a"), Settle()),
            of(Call(1, "read"), Settle(), Feed(b"a")),
            lambda one: len([step for step in one.steps if not isinstance(step, Settle)]) == 2,
        ),
        (of(Feed(b"a"), Settle(), Feed(b"b")), of(Feed(b"ab")), lambda one: b"".join(fed(one)) == b"ab"),
        (of(Feed(b"a"), Feed(b"a")), of(Feed(b"a", times=2)), lambda one: b"".join(fed(one)) == b"aa"),
        (of(Feed(b"a", "memoryview")), of(Feed(b"a")), having(is_a(Feed))),
        (
            of(Call(1, "read", timeout=3), Settle(), Advance(3), Settle()),
            of(Call(1, "read"), Settle(), Cancel(1), Settle()),
            lambda one: is_given_up(one) and one.steps[-1] == Settle(),
        ),
        (of(Call(1, "read", (True,))), of(Call(1, "read", (1,))), having(is_a(Call))),
        (
            of(Feed(b"a"), Call(1, "readuntil", ((b"a", b"b"),))),
            of(Feed(b"a"), Call(1, "readuntil", (b"a",))),
            lambda one: (
                b"a" in fed(one) and any(isinstance(step, Call) and step.method == "readuntil" for step in one.steps)
            ),
        ),
        (of(Call(1, "read", (2**40,))), of(Call(1, "read", (65536,))), having(is_a(Call))),
        (of(Call(1, "__anext__")), of(Call(1, "read", (65536,))), having(is_a(Call))),
        (of(Call(1, "readexactly", (3,))), of(Call(1, "read", (3,))), having(is_a(Call))),
        (of(Feed(b"ab"), limit=None), of(Feed(b"ab"), limit=65536), lambda one: b"".join(fed(one)) == b"ab"),
        (of(Feed(b"ab"), limit=1), of(Feed(b"ab"), limit=8), lambda one: b"".join(fed(one)) == b"ab"),
        (
            of(Open(Link(high=1)), Do("writelines", (Shaped("list", (b"a", b"b")),))),
            of(Open(), Do("write", (b"ab",))),
            having(is_a(Open), is_a(Do)),
        ),
        (
            of(Open(), Do("write", (Shaped("bytearray", b"a"),))),
            of(Open(), Do("write", (b"a",))),
            having(is_a(Open), is_a(Do)),
        ),
        (of(Open(), Feed(b"a"), Call(1, "read")), of(Feed(b"a"), Call(1, "read")), having(is_a(Feed), is_a(Call))),
        (
            of(Serve("lambda"), Accept(), On(2, Accept()), On(2, Feed(b"a")), Settle()),
            of(Serve(), Accept(), Feed(b"a"), Settle()),
            lambda one: one.steps[-1:] == (Settle(),) and has_a_connection(one),
        ),
    ],
)
def test_what_is_odd_becomes_what_is_usual(odd: Scenario, usual: Scenario, departs: Callable[[Scenario], bool]) -> None:
    assert departs(odd)
    found = calm(odd, departs)
    assert (found.steps, found.limit) == (usual.steps, usual.limit)


def is_given_up(scenario: Scenario) -> bool:
    timed = any(isinstance(step, Call) and step.timeout for step in scenario.steps)
    return any(isinstance(step, Cancel) or (timed and isinstance(step, Advance)) for step in scenario.steps)


def fed(scenario: Scenario) -> list[bytes]:
    return [step.content for step in scenario.steps if isinstance(step, Feed)]


def has_a_connection(scenario: Scenario) -> bool:
    steps = [step.event if isinstance(step, On) else step for step in scenario.steps]
    return all(any(isinstance(step, kind) for step in steps) for kind in (Serve, Accept, Feed))


def test_no_feed_is_ever_cut_to_nothing() -> None:
    (feed,) = calm(of(Open(), Feed(b"abc")), having(is_a(Feed))).steps
    assert isinstance(feed, Feed)
    assert len(feed.content) == 1


def test_with_a_call_go_its_cancellations_and_later_calls_move_up() -> None:
    assert without(LONG, 0) == (Settle(), Feed(b"abc"), Call(1, "readline"), Cancel(1), End(), Settle())


def test_every_move_leads_to_a_scenario_that_is_well_formed() -> None:
    for one in calmer(of(*LONG, Call(3, "readuntil", ((b"a", b"b"),), timeout=1), Settle(), Advance(1))):
        check_calls(one.steps)


def test_odd_things_count_before_steps_and_steps_before_bytes() -> None:
    plain, odd = of(Feed(b"a"), Settle(), Call(1, "read"), Settle()), of(Feed(b"a"), Ask("repr"))
    assert plainness(plain) < plainness(odd)
    assert plainness(of(Feed(b"abcdef"))) < plainness(of(Feed(b"a"), End()))
    assert plainness(of(Feed(b"a", times=3))) == (0, 1, 3, 0)


def test_no_limit_is_odder_than_a_small_one_and_an_ample_one_is_not_odd() -> None:
    none, small, ample = (oddities(of(Feed(b"ab"), limit=limit)) for limit in (None, 7, 8))
    assert none.total() > small.total() > ample.total() == 0
