"""What an exploration counts: what was judged to the end, and what was not."""

from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.running.exploring import Explorer
from streamgauge.conformance.scenarios.exhaustive import explorations
from streamgauge.conformance.scenarios.shapes import Grid, Request, Tree
from streamgauge.conformance.target import InProcess
from streamgauge.spec.alphabet import Break, Call, Feed, Settle
from textbook import TextbookReader

TARGET = InProcess(resolve(TextbookReader))


def let_go(exploration: Grid | Tree) -> tuple[int, int]:
    """How many scenarios there were, and how many of them were not judged to the end."""
    harvest = Explorer(TARGET, (3, 13)).explore(exploration)
    return harvest.scenarios, harvest.let_go


def test_a_grid_is_judged_to_the_end() -> None:
    every = explorations("quick", TARGET.capabilities)
    grids = [one for one in every if isinstance(one, Grid)]
    assert any(one.request.endless for one in grids)
    assert {one.name: let_go(one)[1] for one in grids if let_go(one)[1]} == {}


def test_what_nobody_can_judge_is_counted() -> None:
    both = (Request("read"), Request("read", (2,)), Feed(b"a"), Break("none", "none"))
    opening = (Call(1, "read", (2,)), Settle())
    scenarios, unjudged = let_go(Tree("beside one that reads to the end", both, 2, 2, opening, 2))
    assert 0 < unjudged < scenarios
