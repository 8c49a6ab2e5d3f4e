"""The rules for how a connection is made, what reaches it, and how it is lost, as traces that keep and break them."""

from __future__ import annotations

from typing import Any

import pytest

from streamgauge.spec.alphabet import (
    Aborted,
    Answered,
    Ask,
    Break,
    Call,
    Cancel,
    Dial,
    Dialled,
    Do,
    End,
    Event,
    Feed,
    Halved,
    Hold,
    Kept,
    Link,
    Lose,
    Made,
    Open,
    Paused,
    Problem,
    Quiet,
    Refused,
    Release,
    Resumed,
    Returned,
    Settle,
    Shaped,
)
from traces import ADDRESS, CLOSE, OPEN, PAIR, QUIET, after, allowed, broken, raised, serving, shown

S = Settle()
READ = Call(1, "read")
HALF = (Do("write_eof"), Halved(), Answered("write_eof", None))
RESET = Lose("ConnectionResetError")


def refused(name: str) -> Refused:
    return Refused(Problem(name))


def got(data: bytes, op: int = 1, *, at_once: bool = True) -> Returned:
    return Returned(op, data, at_once)


# Being had.


def test_a_connection_with_a_bad_limit_is_refused() -> None:
    shown(Open(), refused("ValueError"), limit=0)
    assert broken(Open(), Made(), limit=0) == "connection.open.limit-positive"
    assert broken(Open(), refused("TypeError"), limit=0) == "connection.open.limit-positive"
    assert broken(Open(), refused("OSError")) != ""


def test_a_connection_with_a_limit_of_another_type_may_be_refused() -> None:
    assert shown(Open(), refused("TypeError"), limit=None) == {"reader.limit.type"}


def test_an_attempt_with_a_bad_limit_asks_for_nothing() -> None:
    clause = "connection.open.limit-positive"
    assert shown(Dial(1), S, raised(1, "ValueError", at_once=True), limit=-1) == {clause}
    assert broken(Dial(1), S, Dialled(ADDRESS), limit=0) == clause
    assert broken(Dial(1), S, Returned(1, PAIR), limit=0) == clause


@pytest.mark.parametrize("end", [raised(1, "TypeError"), Returned(1, PAIR), raised(1, "ValueError")])
def test_what_a_limit_of_another_type_does_is_free(end: Any) -> None:
    for limit in (None, Shaped("float", "1.5"), "4"):
        assert shown(Dial(1), S, end, limit=limit) == set()


def test_the_loop_is_asked_with_the_arguments_that_were_given() -> None:
    dial = Dial(1, (("flags", 3), ("local_addr", ("a", 1))))
    right: Any = (("flags", 3), *ADDRESS[:1], ("local_addr", ("a", 1)), *ADDRESS[1:])
    assert shown(dial, S, Dialled(right)) == {"connection.open.arguments"}
    for wrong in (ADDRESS, (*right, ("ssl", True)), right[1:], (("flags", 4), *right[1:])):
        assert broken(dial, S, Dialled(wrong)) == "connection.open.arguments"
    assert broken(*OPEN, Dialled(right)) == "connection.open.arguments"


def test_what_is_the_default_anyway_need_not_be_passed_on() -> None:
    dial = Dial(1, (("flags", 0), ("ssl", None), ("family", 2)))
    assert shown(dial, S, Dialled((("family", 2), *ADDRESS))) == {"connection.open.arguments"}


@pytest.mark.parametrize(
    ("name", "clause"), [("colour", "connection.open.unknown"), ("loop", "connection.open.no-loop")]
)
def test_an_unknown_argument_is_refused_and_not_swallowed(name: str, clause: str) -> None:
    dial = Dial(1, ((name, 1),))
    assert shown(dial, S, raised(1, "TypeError", at_once=True)) == {clause}
    assert broken(dial, S, Returned(1, PAIR)) == clause
    assert broken(dial, S, Dialled(ADDRESS)) == clause
    assert broken(dial, S, raised(1, "ValueError")) == clause


def test_what_the_network_raises_comes_out() -> None:
    dialled = (Dial(1, (), "refused"), S, Dialled(ADDRESS))
    assert shown(*dialled, raised(1, "ConnectionRefusedError", 1)) == {"connection.open.refused"}
    assert broken(*dialled, raised(1, "ConnectionRefusedError")) == "connection.open.refused"
    assert broken(*dialled, raised(1, "OSError")) == "connection.open.refused"
    assert broken(*dialled, Quiet()) == "connection.open.refused"


@pytest.mark.parametrize("python", [(3, 8), (3, 9)])
def test_before_the_loop_left_the_arguments_it_may_be_given_or_refused(python: Any) -> None:
    dial = Dial(1, (("loop", "it"),))
    shown(dial, S, raised(1, "TypeError"), python=python)
    shown(dial, S, Dialled(ADDRESS), Returned(1, PAIR), python=python)
    assert broken(dial, S, raised(1, "ValueError"), python=python) == "connection.open.pair"


def test_an_attempt_is_given_up_with_its_call() -> None:
    gone = (Dial(1, (), "unanswered"), S, Dialled(ADDRESS), Quiet(), Cancel(1), S)
    ended = raised(1, "CancelledError")
    shown(*gone, Aborted(), ended, Quiet())
    assert broken(*gone, ended, Quiet()) == "connection.open.cancel"


def test_a_protocol_that_raises_when_it_gets_its_transport_does_not_feed() -> None:
    assert broken(Dial(1), S, Dialled(ADDRESS), refused("OSError")) == "connection.made.transport"


# Data and end.


def test_bytes_that_arrive_are_fed() -> None:
    fed = (*OPEN, Feed(b"ab"), READ, S)
    assert "connection.data.feeds" in shown(*OPEN, Feed(b"ab"), Call(1, "read", (2,)), S, got(b"ab"))
    assert broken(*OPEN, Feed(b"ab"), Call(1, "read", (2,)), S, got(b"ba")) == "connection.data.feeds"
    assert broken(*fed, got(b"ab")) == "connection.data.feeds"
    assert broken(*OPEN, Feed(b"ab"), refused("AssertionError")) == "connection.data.feeds"


def test_after_the_end_was_sent_what_arrives_is_still_fed() -> None:
    assert "writer.write-eof.reading-goes-on" in shown(*OPEN, *HALF, Feed(b"a"), Call(1, "read", (1,)), S, got(b"a"))
    assert broken(*OPEN, *HALF, Feed(b"a"), Call(1, "read", (1,)), *QUIET) == "writer.write-eof.reading-goes-on"
    assert broken(*OPEN, *HALF, READ, *QUIET, End(), *QUIET) == "writer.write-eof.reading-goes-on"


def test_what_a_peer_sends_before_the_handler_reads_is_not_lost() -> None:
    early = (*serving("coroutine"), Feed(b"a"), Call(1, "read", (1,)), S)
    assert "server.callback.early-data" in shown(*early, got(b"a"))
    assert broken(*early, Quiet()) == "server.callback.early-data"
    assert broken(*serving("plain"), Feed(b"a"), Call(1, "read", (1,)), *QUIET) == "connection.data.feeds"


def test_the_peers_end_is_the_end_and_keeps_the_transport_open() -> None:
    ended = (*OPEN, READ, *QUIET, Feed(b"a"), End())
    assert "connection.eof.feeds" in shown(*ended, Kept(open=True), S, got(b"a", at_once=False))
    assert broken(*ended, Kept(open=True), *QUIET) == "connection.eof.feeds"
    assert broken(*ended, Kept(open=False)) == "connection.eof.stays-open"
    assert broken(*ended, refused("OSError")) == "connection.eof.feeds"


def test_the_transport_is_paused_and_resumed_by_the_reader() -> None:
    full = (*OPEN, Feed(b"123456789"))
    paused = (*full, Paused(), *QUIET)
    assert "connection.made.transport" in shown(*paused)
    taken = (*paused, Call(1, "read", (9,)), S)
    assert "connection.made.transport" in shown(*taken, Resumed(), got(b"123456789"), Quiet())
    assert broken(*full, *QUIET) == "connection.made.transport"
    assert broken(*OPEN, Paused()) == "connection.made.transport"
    assert broken(Open(Link(pausing="fails")), Made(), Resumed()) == "connection.made.transport"


def test_a_read_of_everything_keeps_the_transport_going() -> None:
    paused = (*OPEN, Feed(b"123456789"), Paused(), *QUIET)
    kept = shown(*paused, READ, S, Resumed(), Quiet())
    assert {"connection.made.transport", "connection.data.feeds"} <= kept
    assert broken(*paused, READ, *QUIET) == "connection.made.transport"


def test_the_limit_is_that_of_the_reader() -> None:
    long = (Feed(b"123456789\n"), Paused(), Call(1, "readuntil"), S)
    overrun = raised(1, "LimitOverrunError", at_once=True)
    assert broken(*OPEN, *long, got(b"123456789\n")) == "connection.open.limit"
    assert broken(*serving(), *long, got(b"123456789\n")) == "server.start.limit"
    right = Problem("LimitOverrunError", consumed=9)
    assert "connection.open.limit" in shown(*OPEN, *long, type(overrun)(1, right, at_once=True))
    assert "server.start.limit" in shown(*serving(), *long, type(overrun)(1, right, at_once=True))


# What comes while the loop runs.


@pytest.mark.parametrize("at_once", [True, False])
def test_a_call_of_this_turn_may_wait_already_when_something_arrives(at_once: bool) -> None:
    shown(*OPEN, Call(1, "read", (1,)), S, Feed(b"a"), got(b"a", at_once=at_once), Quiet())
    shown(*OPEN, READ, S, End(), Kept(open=True), got(b"", at_once=at_once), Quiet())
    shown(*OPEN, READ, *CLOSE, S, Lose(), got(b"", at_once=at_once), Quiet())
    shown(*OPEN, READ, S, RESET, raised(1, "ConnectionResetError", 1, at_once=at_once), Quiet())


def test_a_call_that_had_all_before_the_loop_ran_ends_at_once() -> None:
    assert broken(*OPEN, Feed(b"a"), Call(1, "read", (1,)), S, got(b"a", at_once=False)) == "connection.data.feeds"


def test_a_call_that_waits_with_a_time_out_when_something_arrives_has_it_still() -> None:
    state = after((*OPEN, Call(1, "readexactly", (2,), 5), S, Feed(b"a")))
    assert [one.expires for one in state.canonical.pending] == [5]


# Loss.


def test_a_clean_loss_is_the_end() -> None:
    lost = (*OPEN, READ, *QUIET, Feed(b"a"), Lose())
    assert "connection.lost.ends" in shown(*lost, S, got(b"a", at_once=False))
    assert broken(*lost, *QUIET) == "connection.lost.ends"
    assert broken(*lost, refused("OSError")) == "connection.lost.ends"
    assert "connection.lost.ends" in shown(*OPEN, End(), Kept(open=True), Lose(), READ, S, got(b""))


def test_after_its_own_close_a_reader_gets_what_is_unread_and_then_the_end() -> None:
    waiting = (*OPEN, READ, *QUIET, *CLOSE, Lose(), S)
    assert "writer.close.ends-reading" in shown(*waiting, got(b"", at_once=False))
    assert broken(*waiting, Quiet()) == "writer.close.ends-reading"
    unread = (*OPEN, Feed(b"ab"), *CLOSE, Lose(), Call(1, "read", (1,)), S)
    assert "writer.close.unread-stays" in shown(*unread, got(b"a"))
    assert broken(*unread, got(b"")) == "writer.close.unread-stays"


def test_a_loss_by_an_error_is_raised_and_hides_what_is_unread() -> None:
    lost = (*OPEN, RESET, READ, S)
    assert "connection.lost.error" in shown(*lost, raised(1, "ConnectionResetError", 1, at_once=True))
    assert broken(*lost, got(b"")) == "connection.lost.error"
    assert broken(*lost, raised(1, "ConnectionResetError", at_once=True)) == "connection.lost.error"
    assert broken(*OPEN, RESET, refused("OSError")) == "connection.lost.error"
    hidden = (*OPEN, Feed(b"a"), RESET, READ, S)
    assert "connection.lost.hides-data" in shown(*hidden, raised(1, "ConnectionResetError", 1, at_once=True))
    assert broken(*hidden, got(b"a")) == "connection.lost.hides-data"


def test_a_loss_by_an_error_goes_before_the_end() -> None:
    ended = (*OPEN, End(), Kept(open=True), *QUIET, RESET, READ, S)
    assert "connection.lost.error-after-end" in shown(*ended, raised(1, "ConnectionResetError", 1, at_once=True))
    assert broken(*ended, got(b"")) == "connection.lost.error-after-end"


def test_a_second_loss_changes_nothing() -> None:
    twice = (*OPEN, Lose(), RESET, READ, S)
    assert "connection.lost.twice" in shown(*twice, got(b""))
    assert broken(*twice, raised(1, "ConnectionResetError", 1)) == "connection.lost.twice"
    assert broken(*OPEN, Lose(), RESET, refused("OSError")) == "connection.lost.twice"
    assert broken(*OPEN, RESET, Lose(), READ, S, got(b"")) == "connection.lost.twice"


def test_what_comes_after_the_loss_changes_nothing() -> None:
    late = (*OPEN, Lose(), Feed(b"a"), READ, S)
    assert "connection.lost.ignores-late" in shown(*late, got(b""))
    assert broken(*late, got(b"a")) == "connection.lost.ignores-late"
    assert broken(*OPEN, Lose(), Feed(b"a"), refused("AssertionError")) == "connection.lost.ignores-late"
    assert shown(*OPEN, RESET, End(), Kept(open=False)) == set()


def test_the_transport_may_be_closed_by_the_answer_to_an_end_that_came_too_late() -> None:
    assert after((*OPEN, Lose(), End(), Kept(open=False))).canonical.ended


# Holding.


@pytest.mark.parametrize("steps", [(Hold(), Hold()), (Release(),), (Hold(), Release(), Release())])
def test_a_transport_that_loses_count_may_be_told_so_or_not(steps: tuple[Event, ...]) -> None:
    assert shown(*OPEN, *steps, refused("AssertionError")) == {"flow.write.protocol-asserts"}
    assert broken(*OPEN, *steps, refused("OSError")) == "flow.write.protocol-asserts"
    held = sum(isinstance(step, Hold) for step in steps) > sum(isinstance(step, Release) for step in steps)
    assert after((*OPEN, *steps, *QUIET)).outbox.held is held


def test_holding_and_releasing_raise_nothing() -> None:
    assert broken(*OPEN, Hold(), refused("OSError")) == "writer.drain.held"
    assert broken(*OPEN, Hold(), Release(), refused("OSError")) == "writer.drain.released"


# An exception that was set by hand.


def test_an_exception_can_be_set_over_a_connection_as_well() -> None:
    broke = (*OPEN, Break("OSError"), READ, S)
    shown(*broke, raised(1, "OSError", 1, at_once=True))
    assert allowed(*broke, got(b""))[0].startswith("raises the very OSError")


def test_the_end_of_a_stream_can_be_asked_for() -> None:
    assert "connection.data.feeds" not in shown(*OPEN, Ask("at_eof"), Answered("at_eof", False))
    assert broken(*OPEN, End(), Kept(open=True), Ask("at_eof"), Answered("at_eof", False)) == "connection.eof.feeds"


def test_what_connection_made_raises_while_connecting_is_a_departure() -> None:
    dialled = (Dial(1), S, Dialled(ADDRESS))
    assert broken(*dialled, refused("ValueError")) == "connection.made.transport"


def test_a_limit_of_an_odd_type_is_free_over_a_connection_too() -> None:
    assert after((Open(), Made()), limit=Shaped("float", "1.5")).lenient
