"""The rules for calls of a writer that wait, as traces that keep them and traces that break them."""

from __future__ import annotations

from typing import Any

import pytest

from streamgauge.spec.alphabet import (
    Advance,
    Answered,
    Break,
    Call,
    Cancel,
    Dial,
    Dialled,
    Do,
    Feed,
    Hold,
    Lose,
    Quiet,
    Release,
    Returned,
    Settle,
    Wrote,
)
from streamgauge.spec.model import enabled
from traces import ADDRESS, CLOSE, OPEN, PAIR, QUIET, after, allowed, broken, raised, shown, write

S = Settle()
DRAIN, AGAIN, THIRD = Call(1, "drain"), Call(2, "drain"), Call(3, "drain")
BEFORE = "writer.wait-closed.before-close"
CLOSED, LATER = Call(1, "wait_closed"), Call(2, "wait_closed")
HELD = (*OPEN, Hold())
WAITING = (*HELD, DRAIN, *QUIET)
TWO = (*HELD, DRAIN, AGAIN, *QUIET)
RESET = Lose("ConnectionResetError")
BROKEN = Lose("BrokenPipeError")


def done(op: int = 1, *, at_once: bool = False) -> Returned:
    return Returned(op, None, at_once)


# drain while nothing stands in its way.


def test_a_drain_of_an_open_connection_returns_at_once() -> None:
    assert shown(*OPEN, DRAIN, S, done(at_once=True)) == {"writer.drain.at-once"}
    assert broken(*OPEN, DRAIN, S, done()) == "writer.drain.at-once"
    assert allowed(*OPEN, DRAIN, S, done()) == ("the same outcome, without suspending",)
    assert broken(*OPEN, DRAIN, *QUIET) == "writer.drain.at-once"
    assert broken(*OPEN, DRAIN, S, Returned(1, b"", at_once=True)) == "writer.drain.at-once"
    assert broken(*OPEN, DRAIN, S, raised(1, "ConnectionResetError")) == "writer.drain.at-once"


# drain while writing is held.


def test_a_held_drain_waits_until_the_transport_lets_go() -> None:
    assert shown(*WAITING) == {"writer.drain.held"}
    assert broken(*HELD, DRAIN, S, done(at_once=True)) == "writer.drain.held"
    assert allowed(*HELD, DRAIN, S, done()) == ("keeps waiting",)
    assert shown(*WAITING, Release(), S, done()) == {"writer.drain.released"}
    assert broken(*WAITING, Release(), *QUIET) == "writer.drain.released"
    assert broken(*WAITING, S, done()) == "writer.drain.held"


def test_after_writelines_a_drain_waits_as_after_a_write() -> None:
    given = (*OPEN, Do("writelines", ((b"ab",),)), Wrote(b"ab"), Hold(), Answered("writelines", None))
    assert shown(*given, DRAIN, *QUIET) == {"writer.drain.held", "writer.writelines.mark"}
    assert broken(*given, DRAIN, S, done(at_once=True)) == "writer.writelines.mark"


def test_a_release_that_is_taken_back_in_the_same_turn_wakes_or_not() -> None:
    again = (*WAITING, Release(), Hold(), S)
    assert shown(*again, done()) == {"writer.drain.held-again"}
    assert shown(*again, Quiet()) == {"writer.drain.held-again"}
    assert shown(*again, Quiet(), Release(), S, done()) == {"writer.drain.released"}


def test_a_drain_that_began_before_the_hold_may_end_as_if_there_was_none() -> None:
    shown(*OPEN, DRAIN, Hold(), S, done(at_once=True))
    shown(*OPEN, DRAIN, Hold(), *QUIET)


def test_a_second_hold_in_a_turn_is_to_blame_for_what_it_spoils() -> None:
    again = (*WAITING, Release(), Hold(), S)
    assert broken(*again, raised(1, "OSError")) == "writer.drain.held-again"
    assert broken(*again, Quiet(), Release(), *QUIET) == "writer.drain.held-again"


def test_a_transport_that_loses_count_holds_and_lets_go_all_the_same() -> None:
    twice = (*HELD, Hold(), DRAIN)
    assert shown(*twice, *QUIET) == {"writer.drain.held", "flow.write.protocol-asserts"}
    assert broken(*twice, S, done()) == "flow.write.protocol-asserts"
    assert broken(*twice, *QUIET, Release(), *QUIET) == "flow.write.protocol-asserts"
    assert "flow.write.protocol-asserts" in shown(*twice, *QUIET, Release(), S, done())


def test_many_drains_wait_and_are_released_together() -> None:
    assert shown(*TWO, Release(), S, done(2)) == {"writer.drain.released", "writer.drain.many"}
    assert broken(*TWO, Release(), S, done(1), Quiet()) == "writer.drain.many"
    assert broken(*HELD, DRAIN, *QUIET, AGAIN, S, raised(2, "AssertionError")) == "writer.drain.many"


def test_one_drain_alone_has_nothing_to_assert() -> None:
    assert broken(*WAITING, S, raised(1, "AssertionError")) == "writer.drain.held"


def test_in_older_versions_a_second_drain_may_be_refused() -> None:
    second = (*WAITING, AGAIN, S)
    assert shown(*second, raised(2, "AssertionError"), python=(3, 9)) == {"writer.drain.second"}
    shown(*second, Quiet(), python=(3, 9))
    gone = (*second, raised(2, "AssertionError"))
    assert broken(*gone, done(1), python=(3, 9)) == "writer.drain.second"
    assert broken(*gone, Quiet(), Release(), *QUIET, python=(3, 9)) == "writer.drain.second"
    assert allowed(*second, done(2), python=(3, 9)) == ("raises AssertionError", "keeps waiting")


# drain and exceptions of the reader.


def test_a_drain_raises_what_the_reader_holds() -> None:
    held = (*OPEN, Break("OSError"), DRAIN, S)
    assert shown(*held, raised(1, "OSError", 1, at_once=True)) == {"writer.drain.reader-exception"}
    assert broken(*held, raised(1, "OSError")) == "writer.drain.reader-exception"
    assert allowed(*held, done()) == ("raises the very OSError that was set",)
    assert broken(*HELD, Break("OSError"), DRAIN, *QUIET) == "writer.drain.reader-exception"


def test_an_exception_class_is_raised_as_an_instance_and_stop_iteration_as_a_runtime_error() -> None:
    shown(*OPEN, Break("OSError", "class"), DRAIN, S, raised(1, "OSError"))
    shown(*OPEN, Break("StopIteration"), DRAIN, S, raised(1, "RuntimeError"))


def test_an_exception_may_end_a_drain_that_waits_or_leave_it_waiting() -> None:
    broke = (*WAITING, Break("OSError"), S)
    assert shown(*broke, raised(1, "OSError", 1)) == {"writer.drain.exception-while-waiting"}
    shown(*broke, Quiet(), Release(), S, done())
    assert allowed(*broke, done()) == ("raises the very OSError that was set", "keeps waiting")
    shown(*WAITING, Release(), Break("OSError"), S, raised(1, "OSError", 1))
    shown(*broke, Quiet(), Lose(), S, raised(1, "OSError", 1))


# drain and the end of the connection.


def test_after_the_loss_a_drain_raises_reset() -> None:
    gone = (*OPEN, Lose(), DRAIN, S)
    assert shown(*gone, raised(1, "ConnectionResetError", at_once=True)) == {"writer.drain.after-loss"}
    assert broken(*gone, done()) == "writer.drain.after-loss"
    assert broken(*gone, Quiet()) == "writer.drain.after-loss"


def test_a_drain_of_a_closing_connection_lets_others_run_first() -> None:
    closing = (*OPEN, *write(b"a"), *CLOSE, DRAIN, S)
    assert shown(*closing, done()) == {"writer.drain.closing-yields"}
    assert broken(*closing, done(at_once=True)) == "writer.drain.closing-yields"
    assert allowed(*closing, done(at_once=True)) == ("the same end, after letting others run once",)
    shown(*closing, Lose(), raised(1, "ConnectionResetError"))
    shown(*closing, Lose(), done())


def test_a_drain_of_a_closing_connection_may_wait_for_the_loss_and_no_longer() -> None:
    closing = (*OPEN, *CLOSE, DRAIN, *QUIET)
    shown(*closing, S, done())
    shown(*closing, *QUIET, Lose(), S, raised(1, "ConnectionResetError"))
    assert broken(*closing, Lose(), *QUIET) == "writer.drain.clean-loss"


def test_a_drain_whose_connection_is_closed_before_it_runs_is_one_of_a_closing_connection() -> None:
    closing = (*OPEN, DRAIN, *CLOSE, *QUIET)
    shown(*closing, RESET, S, raised(1, "ConnectionResetError"))
    shown(*OPEN, DRAIN, *CLOSE, S, done(at_once=True))


def test_a_drain_that_is_held_while_closing_waits_for_the_loss() -> None:
    closing = (*HELD, *CLOSE, DRAIN, S)
    assert broken(*closing, done()) == "writer.drain.held"
    shown(*closing, Quiet(), BROKEN, S, raised(1, "BrokenPipeError", 1))
    shown(*closing, Quiet(), BROKEN, S, raised(1, "ConnectionResetError"))


def test_a_loss_by_an_error_ends_every_drain_that_waits_by_that_error() -> None:
    lost = (*TWO, BROKEN, S)
    assert shown(*lost, raised(2, "BrokenPipeError", 1)) == {"writer.drain.lost-while-waiting", "writer.drain.many"}
    assert broken(*lost, raised(1, "ConnectionResetError")) == "writer.drain.lost-while-waiting"
    assert broken(*lost, raised(1, "BrokenPipeError")) == "writer.drain.lost-while-waiting"
    assert broken(*WAITING, BROKEN, *QUIET) == "writer.drain.lost-while-waiting"


def test_an_earlier_exception_does_not_stand_for_the_loss() -> None:
    lost = (*WAITING, Break("OSError"), *QUIET, BROKEN, S)
    shown(*lost, raised(1, "BrokenPipeError", 2))
    assert broken(*lost, raised(1, "BrokenPipeError", 1)) == "writer.drain.lost-while-waiting"
    assert broken(*lost, done()) == "writer.drain.lost-while-waiting"


def test_a_reset_while_a_closing_drain_yields_is_told_either_way() -> None:
    reset = (*OPEN, *CLOSE, DRAIN, S, RESET)
    shown(*reset, raised(1, "ConnectionResetError"))
    shown(*reset, raised(1, "ConnectionResetError", 1))
    shown(*reset, done())
    assert broken(*OPEN, *CLOSE, RESET, DRAIN, S, raised(1, "ConnectionResetError")) == "writer.drain.reader-exception"


def test_a_clean_loss_ends_a_drain_either_way() -> None:
    lost = (*WAITING, Lose(), S)
    for end in (done(), raised(1, "ConnectionResetError")):
        assert shown(*lost, end) == {"writer.drain.clean-loss"}
    assert broken(*lost, Quiet()) == "writer.drain.clean-loss"
    assert broken(*lost, raised(1, "OSError")) == "writer.drain.clean-loss"


# Cancelling.


@pytest.mark.parametrize("also", [(), (Release(),), (Lose(),)])
@pytest.mark.parametrize("first", [True, False])
def test_a_cancelled_drain_ends_so_whatever_else_happens_in_the_turn(also: Any, first: bool) -> None:
    steps = (*also, Cancel(1)) if first else (Cancel(1), *also)
    assert shown(*WAITING, *steps, S, raised(1, "CancelledError")) == {"writer.drain.cancel-ends"}
    assert broken(*WAITING, *steps, S, done()) == "writer.drain.cancel-ends"
    assert broken(*WAITING, *steps, *QUIET) == "writer.drain.cancel-ends"


def test_a_cancelled_drain_changes_nothing_for_others() -> None:
    gone = (*TWO, Cancel(1), S, raised(1, "CancelledError"))
    assert broken(*gone, raised(2, "CancelledError")) == "writer.drain.cancel-harmless"
    assert broken(*gone, raised(2, "InvalidStateError")) == "writer.drain.cancel-harmless"
    assert broken(*gone, Quiet(), Release(), *QUIET) == "writer.drain.cancel-harmless"
    expected = {"writer.drain.released", "writer.drain.cancel-harmless"}
    assert shown(*gone, Quiet(), Release(), S, done(2)) == expected
    shown(*gone, Quiet(), THIRD, *QUIET, Release(), S, done(3))


def test_a_time_out_ends_a_drain_that_still_waits() -> None:
    timed = (*HELD, Call(1, "drain", (), 5), *QUIET, Advance(4), *QUIET, Advance(1))
    assert shown(*timed, S, raised(1, "TimeoutError")) == {"writer.drain.cancel-ends"}
    assert broken(*timed, S, done()) == "writer.drain.cancel-ends"
    assert broken(*timed, *QUIET) == "writer.drain.cancel-ends"
    assert broken(*timed[:-1], S, raised(1, "TimeoutError")) == "writer.drain.held"
    shown(*HELD, Call(1, "drain", (), 0), S, raised(1, "TimeoutError"))


def test_time_may_pass_for_nobody() -> None:
    assert shown(*WAITING, Advance(9)) == set()
    assert shown(*OPEN, Advance(9)) == set()


# wait_closed.


def test_wait_closed_waits_for_the_loss() -> None:
    assert shown(*OPEN, CLOSED, *QUIET) == {"writer.wait-closed.before-close"}
    assert shown(*OPEN, *CLOSE, CLOSED, *QUIET) == {"writer.wait-closed.waits"}
    assert broken(*OPEN, CLOSED, S, done(at_once=True)) == "writer.wait-closed.before-close"
    assert broken(*OPEN, *CLOSE, CLOSED, S, done()) == "writer.wait-closed.waits"
    waiting = (*OPEN, *CLOSE, CLOSED, S)
    assert shown(*waiting, Lose(), done()) == {"writer.wait-closed.returns"}
    assert broken(*waiting, Lose(), Quiet()) == "writer.wait-closed.returns"
    assert broken(*waiting, Lose(), raised(1, "OSError")) == "writer.wait-closed.returns"


def test_wait_closed_returns_again_and_again() -> None:
    gone = (*OPEN, *CLOSE, Lose(), CLOSED, S, done())
    assert shown(*gone, LATER, S, done(2, at_once=True)) == {"writer.wait-closed.again"}
    assert broken(*gone, LATER, *QUIET) == "writer.wait-closed.again"


def test_the_loss_ends_many() -> None:
    two = (*OPEN, CLOSED, LATER, *QUIET, *CLOSE, Lose(), S, done(2))
    assert shown(*two) == {"writer.wait-closed.returns", "writer.wait-closed.many", BEFORE}
    assert broken(*two, Quiet()) == "writer.wait-closed.many"


def test_the_error_of_the_loss_is_raised_each_time() -> None:
    lost = (*OPEN, CLOSED, *QUIET, BROKEN, S)
    assert shown(*lost, raised(1, "BrokenPipeError", 1)) == {"writer.wait-closed.error", BEFORE}
    assert broken(*lost, done()) == "writer.wait-closed.error"
    assert broken(*lost, raised(1, "BrokenPipeError")) == "writer.wait-closed.error"
    shown(*lost, raised(1, "BrokenPipeError", 1), LATER, S, raised(2, "BrokenPipeError", 1))
    shown(*OPEN, Break("OSError"), *CLOSE, Lose(), CLOSED, S, done())


def test_a_cancelled_wait_closed_ends_and_harms_no_other() -> None:
    two = (*OPEN, CLOSED, LATER, *QUIET, Cancel(1), S)
    ended = (*two, raised(1, "CancelledError"))
    assert shown(*ended) == {"writer.wait-closed.cancel-ends"}
    assert broken(*two, done(1)) == "writer.wait-closed.cancel-ends"
    assert broken(*two, Quiet()) == "writer.wait-closed.cancel-ends"
    assert broken(*ended, raised(2, "CancelledError")) == "writer.wait-closed.cancel-harmless"
    assert broken(*ended, Quiet(), Lose(), *QUIET) == "writer.wait-closed.cancel-harmless"
    later = (*ended, Quiet(), Lose(), S, done(2))
    assert shown(*later) == {"writer.wait-closed.returns", "writer.wait-closed.cancel-harmless", BEFORE}


def test_unread_bytes_keep_nobody_from_being_closed() -> None:
    gone = (*OPEN, Feed(b"a"), *CLOSE, CLOSED, S, Lose())
    assert shown(*gone, done()) == {"writer.wait-closed.returns", "writer.wait-closed.unread-harmless"}
    assert broken(*gone, raised(1, "OSError")) == "writer.wait-closed.unread-harmless"
    assert broken(*gone, Quiet()) == "writer.wait-closed.unread-harmless"


# open_connection waits, too.


def test_an_attempt_waits_for_the_network_and_ends_by_a_cancellation() -> None:
    hanging = (Dial(1, (), "unanswered"), S, Dialled(ADDRESS), Quiet())
    assert shown(*hanging) == set()
    assert broken(*hanging, S, Returned(1, PAIR)) == "connection.open.pair"
    assert shown(*hanging, Cancel(1), S, raised(1, "CancelledError")) == {"connection.open.cancel"}
    assert broken(*hanging, Cancel(1), *QUIET) == "connection.open.cancel"
    assert broken(*hanging, Cancel(1), S, raised(1, "TimeoutError")) == "connection.open.cancel"


def test_an_attempt_that_succeeds_returns_a_pair() -> None:
    dialled = (Dial(1), S, Dialled(ADDRESS))
    assert shown(*dialled, Returned(1, PAIR)) == {"connection.open.pair"}
    assert broken(*dialled, Returned(1, ("writer", "reader"))) == "connection.open.pair"
    assert allowed(*dialled, Quiet()) == ("returns a reader and a writer",)
    shown(*dialled, Returned(1, PAIR), *write(b"a"))


# What makes sense next.


def test_a_call_is_cancelled_once_and_time_passes_for_who_waits() -> None:
    state = after((*HELD, Call(1, "drain", (), 5)))
    assert enabled(state, Cancel(1))
    assert not enabled(state, Advance(5))
    assert not enabled(state, Cancel(2))
    waiting = after((*HELD, Call(1, "drain", (), 5), *QUIET))
    assert enabled(waiting, Advance(5))
    assert not enabled(after((*HELD, Call(1, "drain", (), 5), *QUIET, Cancel(1))), Cancel(1))
