"""Grids and trees: everything up to the bound, nothing twice, nothing that makes no sense."""

from __future__ import annotations

from itertools import product

import pytest

from streamgauge.conformance.adapters import CAPABILITIES
from streamgauge.conformance.scenarios.codec import scenario_from_line, scenario_to_line
from streamgauge.conformance.scenarios.exhaustive import READS, A, explorations
from streamgauge.conformance.scenarios.sampled import Sample, draw
from streamgauge.conformance.scenarios.script import Scenario, check_calls, needs
from streamgauge.conformance.scenarios.shapes import (
    CANCEL,
    END,
    READ,
    READ_ALL,
    SETTLE,
    Grid,
    Request,
    Tree,
    chunkings,
    coda,
    grid_scenarios,
    next_moves,
)
from streamgauge.spec.alphabet import (
    Advance,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    End,
    Feed,
    Made,
    Quiet,
    Settings,
    Settle,
    Stimulus,
)
from streamgauge.spec.model import State, start, step

METHODS = frozenset(CAPABILITIES)


def state_after(*events: object) -> State:
    state = start(Settings(2, (3, 13)))
    for event in (Made(), *events):
        answer = step(state, event)  # type: ignore[arg-type]  # events all
        assert answer.state is not None
        state = answer.state
    return state


def test_every_chunking_is_there_once() -> None:
    found = list(chunkings(b"abcd"))
    assert len(found) == len(set(found)) == 2**3
    assert all(b"".join(chunks) == b"abcd" and all(chunks) for chunks in found)
    assert list(chunkings(b"")) == [()]


def test_a_grid_has_every_content_and_no_scenario_twice() -> None:
    grid = Grid("test", Request("readline"), b"a\n", 3, 2)
    found = list(grid_scenarios(grid, METHODS))
    assert len(found) == len(set(found))
    contents = {b"".join(step.content for step in steps if isinstance(step, Feed)) for steps in found}
    assert contents == {bytes(letters) for length in range(4) for letters in product(b"a\n", repeat=length)}


def test_every_scenario_of_a_grid_is_well_formed_and_looks_at_what_is_left() -> None:
    for steps in grid_scenarios(Grid("test", Request("readline"), b"a\n", 2, 2), METHODS):
        check_calls(steps)
        assert steps[-1] == Ask("at_eof")
        assert END in steps


def test_the_coda_reads_with_what_there_is() -> None:
    assert coda(0, frozenset({"readline"})) == (End(), Settle(), Call(1, "readline"), Settle())
    assert Call(3, "readexactly", (1,)) in coda(2, frozenset({"readexactly"}))
    assert End() not in coda(0, METHODS, ended=True)


def test_the_coda_looks_behind_a_stored_exception_and_takes_nothing_before() -> None:
    clear = Break("none", "none")
    behind = (End(), Settle(), Call(1, "read", (1,)), Settle(), clear, Call(2, "read"), Settle(), Ask("at_eof"))
    assert coda(0, METHODS, stored=True) == behind
    trees = [one for one in explorations("quick", METHODS) if isinstance(one, Tree)]
    assert [one.name for one in trees if one.breaks and not one.connected] == [
        *(f"breaking {request}" for request in READS),
        "one thing after another",
        "a transport whose pausing fails",
    ]


def test_a_tree_grows_by_what_is_enabled_with_and_without_a_turn_after_it() -> None:
    tree = Tree("test", (READ, A, CANCEL, END), 2, 2)
    begun = set(next_moves(tree, state_after()))
    assert begun == {(one, *after) for one in (READ.numbered(1), A, END) for after in ((), (SETTLE,))}
    waiting = set(next_moves(tree, state_after(READ.numbered(1), Settle(), Quiet())))
    assert (Cancel(1),) in waiting
    assert not any(isinstance(moves[0], Call) for moves in waiting)


def test_a_tree_does_not_grow_where_nothing_more_can_be_judged() -> None:
    state = state_after(READ_ALL.numbered(1), Settle(), Quiet(), A)
    let_go = step(state, READ.numbered(2)).state
    assert let_go is not None
    assert let_go.lenient
    assert list(next_moves(Tree("test", (READ, A, END), 2, 2, (), 3), let_go)) == []


def test_a_tree_for_two_readers_begins_a_second_call() -> None:
    tree = Tree("test", (READ,), 2, 2, (), 2)
    assert (READ.numbered(2),) in set(next_moves(tree, state_after(READ.numbered(1), Settle(), Quiet())))


@pytest.mark.parametrize("effort", ["quick", "normal", "deep"])
def test_explorations_say_what_they_cover_and_have_names_of_their_own(effort: str) -> None:
    found = explorations(effort, METHODS)
    assert len({one.name for one in found}) == len(found)
    assert all(one.covers.startswith(("limit ", "read", "__anext__", "client and server, ")) for one in found)


def test_what_an_implementation_cannot_do_is_not_explored() -> None:
    few = frozenset({"read", "feed_data", "feed_eof", "limit"})
    assert all(one.request.method == "read" for one in explorations("quick", few) if isinstance(one, Grid))
    assert {
        step.method
        for one in explorations("quick", few)
        if isinstance(one, Tree)
        for step in one.moves
        if isinstance(step, Request)
    } == {"read"}


@pytest.mark.parametrize(
    ("step", "needed"),
    [
        (Call(1, "readuntil", ((b"a", b"b"),)), {"readuntil", "separators"}),
        (Feed(b"a"), {"feed_data"}),
        (End(), {"feed_eof"}),
        (Break(), {"set_exception"}),
        (Attach(), {"set_transport"}),
        (Ask("exception"), {"exception"}),
        (Ask("LimitOverrunError.kind"), {"LimitOverrunError"}),
        (Ask("repr"), set()),
        (Advance(1), set()),
    ],
)
def test_each_step_needs_what_it_calls(step: Stimulus, needed: set[str]) -> None:
    assert needs((step,)) == needed


def drawn(seed: int, examples: int = 60, capabilities: frozenset[str] = METHODS) -> list[Sample]:
    found: list[Sample] = []
    draw(seed, examples, capabilities, found.append)
    return found


def test_a_batch_is_drawn_from_its_seed_alone() -> None:
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_samples_are_well_formed_and_can_be_stored() -> None:
    for sample in drawn(3):
        check_calls(sample.steps)
        scenario = Scenario("sampled", sample.steps, sample.limit)
        assert scenario_from_line(scenario_to_line(scenario)) == scenario


def test_samples_ask_for_nothing_that_was_not_declared() -> None:
    few = frozenset({"readline", "feed_data", "feed_eof"})
    assert all(needs(sample.steps) <= few for sample in drawn(4, capabilities=few))
