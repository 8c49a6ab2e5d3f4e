"""In a whole run a fault is named after its own clause: no neighbour hides it, and none is dragged in."""

from __future__ import annotations

from typing import Any

import pytest

import faulty
from streamgauge.conformance import Verdict, check
from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.running.exploring import Corpus, Explorer, Unit
from streamgauge.conformance.running.tally import Plan, Tally
from streamgauge.conformance.scenarios import corpus, exhaustive
from streamgauge.conformance.scenarios.exhaustive import A
from streamgauge.conformance.scenarios.shapes import READ, READ_ALL, SETTLE, Grid, Tree
from streamgauge.conformance.target import InProcess
from streamgauge.spec.clauses import load
from textbook import TextbookReader

# Several targets, one after the other.
pytestmark = pytest.mark.usefixtures("warm_judge")

NEWEST = (3, 13)


def named(fault: faulty.Fault) -> str:
    return str(fault.reader.__name__)


@pytest.mark.parametrize("fault", faulty.FAULTY, ids=named)
def test_no_clause_blocks_the_one_that_a_faulty_reader_breaks(
    fault: faulty.Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The scenarios written for the clause are enough, or else the whole corpus, or else what breaks to a bound.
    adapter, python = resolve(fault.reader), fault.rules
    explorer, own = (
        Explorer(InProcess(adapter), python),
        tuple(one for one in corpus.load() if one.clause == fault.blamed),
    )
    tally = Tally(Plan("it", python, "quick", 0, (1, 1), adapter.capabilities, load()), [Corpus()])
    with monkeypatch.context() as patched:
        patched.setattr(corpus, "load", lambda: own)
        tally.add(0, explorer.explore(Corpus()))
    if not tally.harvests[0].found:
        tally.add(0, explorer.explore(Corpus()))
    if not tally.harvests[0].found:
        every = exhaustive.explorations("quick", adapter.capabilities)
        breaking = [one for one in every if isinstance(one, Tree) and one.breaks and not one.connected]
        tally.work += breaking
        for number, unit in enumerate(breaking, 1):
            tally.add(number, explorer.explore(unit))
    for key, found in tally.finds().items():
        tally.calmed(key, explorer.calmed(found))
    assert tally.results().of(fault.blamed).verdict is Verdict.FAIL


@pytest.mark.slow
@pytest.mark.usefixtures("nearer")
@pytest.mark.parametrize("reader", [faulty.DefaultOneLess, faulty.EndToldOnce, faulty.EmptyAfterLast])
def test_a_fault_in_what_is_documented_does_not_hide_behind_a_lesser_one(reader: Any) -> None:
    assert check(reader, effort="quick", python=NEWEST, jobs=1).status() == 1


@pytest.mark.slow
@pytest.mark.usefixtures("nearer")
@pytest.mark.parametrize(
    "reader",
    [
        faulty.LimitIsExcluded,
        faulty.KeepsTheObject,
        faulty.PausesAtTwice,
        faulty.OverlongStays,
        faulty.CancelDropsBytes,
    ],
)
def test_a_fault_in_what_is_merely_customary_is_not_laid_to_what_is_documented(reader: Any) -> None:
    results = check(reader, effort="quick", python=NEWEST, jobs=1)
    assert (results.status(), results.status(strict=True)) == (0, 1)


def test_scenarios_that_could_not_be_judged_to_the_end_are_counted_as_such() -> None:
    """A `read()` beside another call makes the model let go; the grid's second one comes when the first has ended."""
    adapter = resolve(TextbookReader)
    units: tuple[Unit, ...] = (
        Tree("read() beside read(2)", (READ, A), 2, 2, (READ_ALL.numbered(1), SETTLE), 2),
        Grid("contents", READ_ALL, b"ab", 2, 1),
    )
    tally = Tally(Plan("it", NEWEST, "quick", 0, (1, 1), adapter.capabilities, ()), list(units))
    explorer = Explorer(InProcess(adapter), NEWEST)
    for number, unit in enumerate(units):
        tally.add(number, explorer.explore(unit))
    beside, contents = tally.results().bounds
    assert 0 < beside.let_go < beside.scenarios
    assert contents.let_go == 0 < contents.scenarios


@pytest.mark.parametrize(
    ("interrupted", "verdict", "reason"),
    [
        (True, Verdict.INCONCLUSIVE, "the run ended before its turn"),
        (False, Verdict.NOT_EXERCISED, "no scenario of this run exercised it"),
    ],
)
def test_what_the_simulated_network_would_have_shown_waits_for_no_other_world(
    *, interrupted: bool, verdict: Verdict, reason: str
) -> None:
    clauses = tuple(clause for clause in load() if clause.id == "writer.drain.many")
    tally = Tally(
        Plan("it", NEWEST, "quick", 0, (1, 1), frozenset({"drain", "connection", "write"}), clauses), [Corpus()]
    )
    tally.interrupted = interrupted
    (one,) = tally.results().clauses
    assert (one.verdict, one.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("name", "capabilities", "lacking"),
    [
        ("writer.drain.many", {"drain", "connection"}, "write"),
        ("reader.readline.limit", {"readline", "feed_data", "feed_eof", "read"}, "limit"),
        ("reader.readline.limit", {"readline", "feed_eof", "read"}, "feed_data"),
    ],
)
def test_a_clause_whose_scenarios_need_what_is_not_declared_says_so(
    name: str, capabilities: set[str], lacking: str
) -> None:
    clauses = tuple(clause for clause in load() if clause.id == name)
    (one,) = Tally(Plan("it", NEWEST, "quick", 0, (1, 1), frozenset(capabilities), clauses), []).results().clauses
    said = f"its scenarios need what is not declared: {lacking}"
    assert (one.verdict, one.reason) == (Verdict.NOT_EXERCISED, said)
