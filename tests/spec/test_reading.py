"""The model of a reader, where no scenario leads: what it was never told of, and what it refuses to judge."""

from __future__ import annotations

from typing import Any

import pytest

from streamgauge.spec.alphabet import (
    UNSET,
    Answered,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    End,
    Feed,
    Made,
    Overran,
    Problem,
    Quiet,
    Raised,
    Refused,
    Returned,
    Settings,
    Settle,
    Shaped,
    Wrote,
)
from streamgauge.spec.model import enabled, step
from streamgauge.spec.outcomes import legal, matching
from streamgauge.spec.reader import owed
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import stored
from streamgauge.spec.search import overlaps_itself
from streamgauge.spec.state import Gives, Inbox, Owed, Pending, State, Stored
from traces import after, broken, raised, shown

S = Settle()
MADE = (Made(),)
CLEAR = Break("none", "none")


def test_what_is_no_observation_of_a_reader_is_refused() -> None:
    with pytest.raises(TypeError, match="not an observation of this model"):
        step(after(MADE), Wrote(b"a"))


def test_the_end_of_a_call_that_was_never_made_is_refused() -> None:
    for end in (Returned(7, b""), raised(7, "OSError")):
        with pytest.raises(ValueError, match="call 7 is not pending"):
            step(after(MADE), end)


def test_a_method_that_no_reader_has_is_refused() -> None:
    with pytest.raises(ValueError, match="no method 'peek'"):
        step(after((*MADE, Call(1, "peek"))), Returned(1, b""))


@pytest.mark.parametrize("limit", [None, "4", Shaped("float", "1.5")])
def test_a_limit_of_another_type_is_refused_or_nothing_more_is_said(limit: Any) -> None:
    assert shown(Made(), limit=limit) == {"reader.limit.type"}
    assert shown(Made(), Call(1, "read"), S, Returned(1, b"nonsense"), limit=limit) == set()
    shown(Refused(Problem("TypeError")), limit=limit)
    assert broken(Refused(Problem("OSError")), limit=limit) == "reader.limit.type"


def test_a_limit_is_positive_and_may_be_left_out() -> None:
    assert broken(Made(), limit=0) == "reader.limit.positive"
    shown(Refused(Problem("ValueError")), limit=0)
    assert shown(Made(), limit=UNSET) == set()


def test_an_exception_is_set_once_and_cleared_if_nobody_waits() -> None:
    broke = (*MADE, Break())
    assert enabled(after(MADE), Break())
    assert not enabled(after(broke), Break())
    assert enabled(after(broke), CLEAR)
    assert not enabled(after(MADE), CLEAR)
    assert not enabled(after((*broke, Call(1, "read"))), CLEAR)


def test_the_stored_exception_can_be_asked_for() -> None:
    ask = (*MADE, Break(), Ask("exception"))
    assert shown(*ask, Answered("exception", 1)) == {"reader.exception.readable"}
    assert broken(*ask, Answered("exception", None)) == "reader.exception.readable"
    assert broken(*ask[:2], CLEAR, Ask("exception"), Answered("exception", 1)) == "reader.exception.clear"
    assert broken(*MADE, Ask("exception"), Answered("exception", 0)) == "reader.exception.readable"


def test_an_exception_that_was_cleared_long_ago_is_raised_by_nobody() -> None:
    cleared = (*MADE, Feed(b"ab"), Break(), CLEAR)
    read = (Call(1, "read", (1,)), S)
    assert broken(*cleared, *read, raised(1, "ConnectionResetError", 1, at_once=True)) == "reader.exception.clear"
    later = (*cleared, *read, Returned(1, b"a", at_once=True), Quiet(), Call(2, "read", (1,)), S)
    assert broken(*later, raised(2, "ConnectionResetError", 1, at_once=True)) == "reader.read.soon"


def test_a_float_is_refused_while_an_exception_is_stored() -> None:
    call = (*MADE, Break(), Call(1, "readexactly", (Shaped("float", "1.5"),)), S)
    assert "reader.readexactly.wrong-type" in shown(*call, raised(1, "TypeError", at_once=True))
    assert broken(*call, Returned(1, b"", at_once=True)) == "reader.readexactly.wrong-type"


def test_what_is_asked_for_and_raises_is_told_by_its_question() -> None:
    assert broken(*MADE, Ask("repr"), Refused(Problem("OSError"))) == "reader.repr"
    assert broken(*MADE, Ask("at_eof"), Refused(Problem("OSError"))) == "reader.at-eof.meaning"


def test_the_shape_of_a_reader_is_asked_after_its_end() -> None:
    assert broken(*MADE, End(), Ask("methods"), Refused(Problem("OSError"))) == "reader.end.twice"


def test_attributes_the_other_way_round_are_laid_to_the_constructor() -> None:
    swapped = Answered("IncompleteReadError.kind", (True, 5, b"ab"))
    assert broken(*MADE, Ask("IncompleteReadError.kind"), swapped) == "errors.incomplete.constructor"


def test_a_cancelled_call_that_does_not_end_is_one_that_cannot_be_cancelled() -> None:
    assert broken(*MADE, Call(1, "read"), S, Quiet(), Cancel(1), S, Quiet()) == "reader.cancel.ends"


def test_a_second_call_is_refused_at_once() -> None:
    late = Raised(2, Problem("RuntimeError", message="read() called while another one waits"))
    assert broken(*MADE, Call(1, "read"), S, Quiet(), Call(2, "read"), S, late) == "reader.overlap.refused"


def test_what_never_rests_is_a_departure() -> None:
    assert broken(*MADE, Call(1, "read"), S, Overran("turns")).startswith("reader.")


def test_an_inbox_that_does_not_know_a_call_says_nothing_of_it() -> None:
    state = after((*MADE, Feed(b"a"), Call(1, "read", (1,))))
    both = replace(state, inboxes=(Inbox(b"z"), *state.inboxes))
    assert [inbox.unread for inbox, _ in matching(both, 1, b"a", raised=False)] == [b""]
    assert [one.outcome for one in legal(both, 1) if isinstance(one, Owed)] == [Gives(b"a", short=True)]
    assert legal(State(Settings(4), 4), 1) == ()


@pytest.mark.parametrize("method", ["read", "readexactly", "readuntil", "readline", "__anext__"])
@pytest.mark.parametrize("unread", [b"", b"a", b"ab\ncdefgh"])
@pytest.mark.parametrize("ended", [True, False])
def test_with_an_exception_stored_every_call_has_an_end(method: str, unread: bytes, ended: bool) -> None:
    numbers: list[Any] = [
        0,
        1,
        5,
        -1,
        2**63,
        "a",
        None,
        *(Shaped("float", one) for one in ("-1.0", "0.0", "1.5", "2.0")),
    ]
    separators: list[Any] = [b"\n", b"", (b"a", b"b"), (), 5, "a", None, Shaped("bytearray", b"a")]
    given = {"read": numbers, "readexactly": numbers, "readuntil": separators}.get(method, [])
    inbox = Inbox(unread, (), ended, Stored(1, Break()))
    for args in ((), *((one,) for one in given)) if method != "readexactly" else tuple((one,) for one in given):
        for python in ((3, 11), (3, 15)):
            assert owed(Pending(1, Call(1, method, args)), inbox, 4, python)


def test_an_exception_that_is_not_stored_cannot_be_owed() -> None:
    with pytest.raises(ValueError, match="no exception is stored"):
        stored(Inbox())


def test_what_is_not_there_overlaps_nothing() -> None:
    assert not overlaps_itself(b"aa", b"ba")
    assert overlaps_itself(b"aba", b"ababa")


# Two calls at a time.

FIRST_OF_TWO = (*MADE, Call(1, "read", (2,)), S, Quiet(), Call(2, "read", (2,)), Feed(b"a"), S)


def test_a_call_that_finds_its_bytes_taken_does_not_end_as_if_cut_short() -> None:
    assert broken(*FIRST_OF_TWO, raised(1, "IncompleteReadError")) == "reader.overlap.false-end"


def test_a_call_that_finds_its_bytes_taken_may_be_refused() -> None:
    taken = Returned(2, b"a", at_once=True)
    assert "reader.overlap.false-end" in shown(*FIRST_OF_TWO, taken, raised(1, "RuntimeError"))


def test_a_read_of_everything_may_hold_what_at_eof_would_tell_of() -> None:
    waiting = (*MADE, Call(1, "read"), S, Quiet(), Feed(b"a"), Ask("at_eof"))
    assert "reader.at-eof.meaning" in shown(*waiting, Answered("at_eof", False))


def test_a_short_line_that_is_called_too_long_is_no_matter_of_the_limit() -> None:
    line = (*MADE, Feed(b"a\n"), Call(1, "readline"), S)
    assert broken(*line, raised(1, "ValueError"), limit=8) == "reader.readline.line"


def test_a_feed_that_lets_out_an_error_of_a_transport_it_had_no_reason_to_pause_is_blamed_for_that() -> None:
    assert broken(Made(), Attach("fails"), Feed(b"a"), Refused(Problem("RuntimeError"))) == "flow.pause.not-within"


@pytest.mark.parametrize(("size", "lenient"), [(64, False), (65, True)])
def test_of_many_bytes_that_a_cancelled_read_of_everything_held_nobody_asks_any_more(
    size: int, *, lenient: bool
) -> None:
    cancelled = (*MADE, Feed(b"a" * size), Call(1, "read"), S, Quiet(), Cancel(1), S, raised(1, "CancelledError"))
    assert after(cancelled).lenient is lenient
