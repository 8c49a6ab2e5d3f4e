"""Shrinking takes away whatever the failure does not need, and nothing else."""

from __future__ import annotations

from streamgauge.conformance.running.shrinking import shrink, simpler, size, without
from streamgauge.conformance.scenarios.script import Scenario, check_calls
from streamgauge.spec.alphabet import Call, Cancel, End, Feed, Settle

LONG = (Call(1, "read"), Settle(), Feed(b"abc"), Call(2, "readline"), Cancel(1), Cancel(2), End(), Settle())


def test_a_scenario_shrinks_to_what_the_failure_needs() -> None:
    def fails(scenario: Scenario) -> bool:
        fed = b"".join(step.content for step in scenario.steps if isinstance(step, Feed))
        return b"c" in fed and End() in scenario.steps

    assert shrink(Scenario("long", LONG), fails).steps == (Feed(b"c"), End())


def test_a_repeated_feed_shrinks_by_halves() -> None:
    found = shrink(
        Scenario("many", (Feed(b"a", times=1000),)),
        lambda one: sum(len(s.content) for s in one.steps if isinstance(s, Feed)) >= 100,
    )
    assert found.steps[0].times < 200  # type: ignore[union-attr]  # the only step is a feed


def test_what_no_longer_fails_is_not_taken() -> None:
    assert shrink(Scenario("long", LONG), lambda _: False).steps == LONG


def test_with_a_call_go_its_cancellations_and_later_calls_move_up() -> None:
    assert without(LONG, 0) == (Settle(), Feed(b"abc"), Call(1, "readline"), Cancel(1), End(), Settle())


def test_everything_simpler_is_well_formed() -> None:
    candidates = list(simpler(LONG))
    assert len(candidates) == len(LONG) + 3
    for steps in candidates:
        check_calls(steps)


def test_size_counts_steps_before_bytes() -> None:
    short, long = Scenario("", (Feed(b"abcdef"),)), Scenario("", (Feed(b"a"), End()))
    assert size(short) < size(long)
    assert size(Scenario("", (Feed(b"a", times=3),))) == (1, 3)


def test_bytes_are_simpler_than_an_object_like_them() -> None:
    assert (Feed(b"a"),) in simpler((Feed(b"a", "memoryview"),))
