"""One end of a connection, event by event: questions about it, what makes sense next, and blame."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from streamgauge.spec import end, reading, stimuli
from streamgauge.spec.alphabet import (
    Advance,
    Answered,
    Ask,
    Attach,
    Call,
    Cancel,
    Clog,
    Closed,
    Dial,
    Dialled,
    Do,
    End,
    Feed,
    Halved,
    Hold,
    Kept,
    Link,
    Lose,
    Made,
    Observation,
    OneEnd,
    Open,
    Overran,
    Problem,
    Refused,
    Release,
    Returned,
    Serve,
    Settings,
    Settle,
    Stimulus,
    Unclog,
)
from streamgauge.spec.blame import BY_LIMIT, MEETING, SEARCHING
from streamgauge.spec.clauses import by_id
from streamgauge.spec.model import enabled, start
from traces import ADDRESS, CLOSE, OPEN, PAIR, QUIET, after, broken, serving, shown

HALF = (Do("write_eof"), Halved(), Answered("write_eof", None))
ABORTED = (Do("abort"), Answered("abort", None))


def refused(name: str) -> Refused:
    return Refused(Problem(name))


# Questions.


@pytest.mark.parametrize(
    ("before", "right", "clause"),
    [
        ((), False, "writer.is-closing.half-open"),
        ((End(), Kept(open=True)), False, "writer.is-closing.half-open"),
        (HALF, False, "writer.write-eof.not-closing"),
        (CLOSE, True, "writer.close.marks"),
        ((*CLOSE, Lose()), True, "writer.close.marks"),
        ((Lose(),), True, "writer.is-closing.lost"),
        ((Lose("OSError"),), True, "writer.is-closing.lost"),
    ],
)
def test_a_writer_knows_whether_it_is_closing(before: Any, right: bool, clause: str) -> None:
    ask = (*OPEN, *before, Ask("is_closing"))
    assert shown(*ask, Answered("is_closing", right)) == {clause}
    for wrong in (not right, None, 1):
        assert broken(*ask, Answered("is_closing", wrong)) == clause
    assert broken(*ask, refused("AttributeError")) == clause


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("extra_info", "writer.extra-info.passes"),
        ("extra_info_default", "writer.extra-info.default"),
        ("transport", "writer.transport"),
        ("writer_methods", "writer.methods.kinds"),
        ("can_write_eof", "writer.write-eof.can"),
    ],
)
def test_each_question_has_one_right_answer(question: str, clause: str) -> None:
    ask = (*OPEN, Ask(question))
    assert shown(*ask, Answered(question, True)) == {clause}
    assert broken(*ask, Answered(question, False)) == clause
    assert broken(*ask, refused("OSError")) == clause


def test_a_writer_says_whether_it_can_half_close() -> None:
    ask = (Open(Link(half_close=False)), Made(), Ask("can_write_eof"))
    assert shown(*ask, Answered("can_write_eof", False)) == {"writer.write-eof.can"}
    assert broken(*ask, Answered("can_write_eof", True)) == "writer.write-eof.can"


def test_a_question_about_the_reader_that_raises_is_laid_to_the_connection() -> None:
    assert broken(*OPEN, Ask("at_eof"), refused("OSError")) == "connection.data.feeds"


def test_a_departure_from_a_question_leaves_no_doubt() -> None:
    state = after(OPEN)
    assert state.outbox.opened == "open"
    assert broken(*OPEN, Ask("transport"), Answered("transport", None)) == "writer.transport"


# What never rests.


def test_what_never_rests_is_laid_to_what_came_last() -> None:
    assert broken(*OPEN, Feed(b"a"), Overran("turns")) == "connection.data.feeds"
    assert broken(*OPEN, End(), Kept(open=True), Overran("turns")) == "connection.eof.feeds"


# What makes sense next.

SERVED, BUSY = serving(), (*OPEN, Clog())
GONE = (*OPEN, *CLOSE, Lose())
NEXT: list[tuple[Any, Stimulus, bool]] = [
    ((), Open(), True),
    ((), Serve(), True),
    ((), Dial(1), True),
    ((), Do("close"), False),
    ((), Hold(), True),
    (OPEN, Open(), False),
    (OPEN, Do("close"), True),
    (OPEN, Feed(b"a"), True),
    (OPEN, Lose(), True),
    (OPEN, Clog(), True),
    (OPEN, Unclog(), False),
    (OPEN, Hold(), True),
    (OPEN, Release(), False),
    (OPEN, Ask("is_closing"), True),
    (OPEN, Call(1, "drain"), True),
    (OPEN, Call(2, "drain"), False),
    (OPEN, Attach(), False),
    (OPEN, Advance(1), False),
    (OPEN, Cancel(1), False),
    ((*OPEN, *QUIET), Settle(), False),
    (BUSY, Clog(), False),
    (BUSY, Unclog(3), True),
    ((*BUSY, Unclog(3)), Unclog(), True),
    ((*BUSY, Unclog()), Unclog(), False),
    ((*OPEN, Hold()), Hold(), False),
    ((*OPEN, Hold()), Release(), True),
    ((*OPEN, *CLOSE), Feed(b"a"), False),
    ((*OPEN, *CLOSE), Do("write", (b"a",)), True),
    ((*OPEN, End()), Feed(b"a"), False),
    (GONE, Lose(), False),
    (GONE, Hold(), False),
    (GONE, Ask("is_closing"), True),
    ((Dial(1, (), "unanswered"), Settle()), Do("close"), False),
    ((Dial(1, (), "unanswered"), Settle()), Call(2, "read"), False),
    ((Dial(1, (), "unanswered"), Settle()), Cancel(1), True),
    ((Dial(1), Settle(), Dialled(ADDRESS), Returned(1, PAIR)), Do("close"), True),
    (SERVED, Do("close"), True),
    (SERVED[:-1], Do("close"), False),
    (SERVED[:-1], Call(1, "read"), False),
    (SERVED[:-1], Ask("at_eof"), False),
    (SERVED[:-1], Feed(b"a"), True),
]


@pytest.mark.parametrize(("before", "stimulus", "makes_sense"), NEXT)
def test_only_what_makes_sense_comes_next(before: Any, stimulus: Stimulus, makes_sense: bool) -> None:
    assert enabled(after(before), stimulus) is makes_sense


def test_of_a_reader_alone_no_connection_can_be_asked_for_anything() -> None:
    fresh = start(Settings(4))
    assert not enabled(fresh, Do("close"))
    assert not enabled(fresh, Lose())
    assert enabled(fresh, Feed(b"a"))
    assert enabled(fresh, Attach())


def test_a_call_that_is_closed_from_inside_is_told_in_the_same_turn() -> None:
    assert shown(*OPEN, Do("close"), Closed(), Answered("close", None)) == {"writer.methods.kinds"}


def test_the_clauses_that_blame_knows_by_their_sections_are_there() -> None:
    sections = [{by_id()[clause].section for clause in clauses} for clauses in (MEETING, SEARCHING)]
    assert sections == [{"Overlapping calls", "Cancellation"}, {"readuntil(separator)", "readline"}]
    assert by_id().keys() >= BY_LIMIT


def test_each_event_has_its_rule() -> None:
    rules = (end.STIMULI, end.JUDGES, stimuli.STIMULI, reading.AT_ONCE, reading.JUDGES)
    assert set().union(*rules) == {*get_args(OneEnd), *get_args(Observation)}
