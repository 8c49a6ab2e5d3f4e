"""The judge: a verdict is a function of the trace, and asking twice gives the same answer."""

from __future__ import annotations

import pytest

from streamgauge.conformance import judge as module
from streamgauge.conformance.judge import Judge
from streamgauge.spec.alphabet import (
    Accept,
    Answered,
    Ask,
    Call,
    Do,
    End,
    Event,
    Feed,
    Handled,
    Listened,
    Made,
    On,
    Open,
    Overran,
    Quiet,
    Returned,
    Serve,
    Settings,
    Settle,
    Shaped,
    Wrote,
)
from streamgauge.spec.connection import HOST, PORT

RULES = Settings(4, (3, 13))
READ = Call(1, "read", (2,))
RIGHT: tuple[Event, ...] = (Made(), Feed(b"abc"), READ, Settle(), Returned(1, b"ab", at_once=True), Quiet())


def test_a_legal_trace_bears_out_clauses() -> None:
    judge = Judge()
    judgement = judge.judge(RULES, RIGHT)
    assert judgement.departures == ()
    assert "reader.read.at-most" in judge.named(judgement.evidence)
    assert judge.judge(RULES, RIGHT).evidence == judgement.evidence


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
    assert clauses == ["reader.result.bytes", "reader.read.at-most"]


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


def test_a_departure_says_in_which_turn_and_at_which_end() -> None:
    wrong = (*RIGHT, Call(2, "read", (2,)), Settle(), Returned(2, b"x", at_once=True), Quiet())
    assert [(one.end, one.turn) for one in Judge().judge(RULES, wrong).departures] == [(1, 2)]
    there = (*LINKED, THERE, On(2, End()))
    assert [(one.end, one.turn) for one in Judge().judge(RULES, there).departures] == [(2, 2)]


def test_event_by_event_it_shows_the_same_as_at_once() -> None:
    judge = Judge()
    for trace in (RIGHT, (*RIGHT[:4], Quiet(), End()), (*LINKED[:9], HERE, THERE)):
        whole, cursor = judge.judge(RULES, trace), judge.begin(RULES)
        added = [departure for event in trace for departure in cursor.take(event)]
        assert tuple(added) == cursor.departures == whole.departures
        assert (cursor.evidence, cursor.over) == (whole.evidence, whole.over)


def test_a_cursor_knows_how_things_stand_until_it_is_over() -> None:
    cursor = Judge().begin(RULES)
    cursor.follow(RIGHT[:4])
    assert [state.canonical.unread for state in cursor.states] == [b"abc"]
    cursor.take(Quiet())
    known = cursor.departures
    assert cursor.over
    assert (cursor.take(Quiet()), cursor.departures) == ((), known)


@pytest.mark.parametrize("before", [True, 1])
@pytest.mark.parametrize(("answer", "departs"), [(True, False), (1, True)])
def test_what_was_judged_before_has_no_say_though_it_is_equal(before: int, answer: int, departs: bool) -> None:
    judge = Judge()
    _, last = (
        judge.judge(Settings(), (Made(), End(), Ask("at_eof"), Answered("at_eof", one))) for one in (before, answer)
    )
    assert bool(last.departures) is departs


def test_a_full_memory_is_emptied_and_nothing_else_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Judge()
    first = judge.judge(RULES, RIGHT).evidence
    monkeypatch.setattr(module, "MOST_NODES", 0)
    assert judge.judge(Settings(6, (3, 13)), RIGHT).departures == ()
    assert judge.judge(RULES, RIGHT).evidence == first


# Two ends.

LINKED: tuple[Event, ...] = (
    On(2, Serve()),
    On(2, Listened((("host", HOST), ("port", PORT)))),
    On(2, Answered("server", True)),
    Open(linked=True),
    On(2, Accept()),
    On(2, Handled(("reader", "writer"))),
    Made(),
    Do("write", (b"a",)),
    Wrote(b"a"),
    Answered("write", None),
    Settle(),
    On(2, Feed(b"a")),
    Quiet(),
)
HERE, THERE = Answered("write", Shaped("awaitable", "Future")), On(2, Handled(("reader", "writer")))


def departures(*trace: Event) -> list[tuple[int, str]]:
    return [(one.at, one.violation.clause) for one in Judge().judge(RULES, trace).departures]


def test_each_end_is_judged_by_itself_and_a_quiet_loop_is_for_both() -> None:
    judge = Judge()
    judgement = judge.judge(RULES, LINKED)
    assert judgement.departures == ()
    assert {"server.callback.once", "writer.write.order"} <= set(judge.named(judgement.evidence))
    assert departures(*LINKED[:5], *LINKED[6:]) == [(11, "server.callback.once")]


def test_the_departure_of_either_end_stands_where_it_happened() -> None:
    assert departures(*LINKED[:9], HERE, *LINKED[10:]) == [(9, "writer.methods.kinds")]
    assert departures(*LINKED, THERE, On(2, End())) == [(13, "server.callback.once")]


def test_only_the_first_departure_of_two_ends_counts() -> None:
    assert departures(*LINKED[:9], HERE, THERE) == [(9, "writer.methods.kinds")]
    assert departures(*LINKED[:9], THERE, HERE) == [(9, "server.callback.once")]


def test_what_never_rests_is_laid_to_both_ends() -> None:
    assert {at for at, _ in departures(*LINKED[:-1], Overran("turns"))} == {12}
