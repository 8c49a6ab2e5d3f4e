"""The judge: a verdict is a function of the trace, and asking twice gives the same answer."""

from __future__ import annotations

import pytest

from streamgauge.conformance import judge as module
from streamgauge.conformance.judge import Judge
from streamgauge.spec.alphabet import Call, End, Event, Feed, Made, Quiet, Returned, Settings, Settle, Shaped

RULES = Settings(4, (3, 13))
READ = Call(1, "read", (2,))
RIGHT: tuple[Event, ...] = (Made(), Feed(b"abc"), READ, Settle(), Returned(1, b"ab", at_once=True), Quiet())


def test_a_legal_trace_bears_out_clauses() -> None:
    judge = Judge()
    judgement = judge.judge(RULES, RIGHT)
    assert judgement.departures == ()
    assert "reader.read.at-most" in judge.named(judgement.evidence)
    assert judge.judge(RULES, RIGHT) == judgement


def test_a_departure_says_where_and_ends_the_judging() -> None:
    wrong = (*RIGHT[:4], Returned(1, b"abc", at_once=True), Quiet(), End(), End())
    judgement = Judge().judge(RULES, wrong)
    assert [(one.at, one.violation.clause) for one in judgement.departures] == [(4, "reader.read.at-most")]


def test_a_departure_that_leaves_no_doubt_does_not_end_the_judging() -> None:
    trace = (
        *RIGHT[:4],
        Returned(1, Shaped("bytearray", b"ab"), at_once=True),
        Quiet(),
        Call(2, "read", (9,)),
        Settle(),
        Quiet(),
    )
    clauses = [one.violation.clause for one in Judge().judge(RULES, trace).departures]
    assert clauses == ["reader.result.bytes", "reader.read.soon"]


def test_each_clause_is_blamed_once_a_trace() -> None:
    again = (
        Feed(b"d"),
        Call(2, "read", (2,)),
        Settle(),
        Returned(2, Shaped("bytearray", b"cd"), at_once=True),
        Quiet(),
    )
    trace = (*RIGHT[:4], Returned(1, Shaped("bytearray", b"ab"), at_once=True), Quiet(), *again)
    assert len(Judge().judge(RULES, trace).departures) == 1


def test_the_state_before_an_event_can_be_had() -> None:
    state = Judge().judge(RULES, RIGHT, 4).state
    assert state is not None
    assert state.canonical.unread == b"abc"
    assert Judge().judge(RULES, RIGHT, 99).state is None


def test_the_states_along_a_trace_end_where_it_departs() -> None:
    judge = Judge()
    assert [state.canonical.unread for state in judge.states(RULES, RIGHT)][-1] == b"c"
    assert len(judge.states(RULES, (*RIGHT[:4], Quiet(), End()))) == 4


def test_a_full_memory_is_emptied_and_nothing_else_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Judge()
    first = judge.judge(RULES, RIGHT)
    monkeypatch.setattr(module, "MOST_NODES", 0)
    assert judge.judge(Settings(6, (3, 13)), RIGHT).departures == ()
    assert judge.judge(RULES, RIGHT) == first
