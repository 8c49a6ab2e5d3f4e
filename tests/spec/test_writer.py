"""The rules for plain calls of a writer, as traces that keep them and traces that break them."""

from __future__ import annotations

from typing import Any

import pytest

from streamgauge.spec.alphabet import (
    Aborted,
    Accept,
    Answered,
    Call,
    Closed,
    Do,
    End,
    Feed,
    Halved,
    Kept,
    Link,
    Listened,
    Lose,
    Made,
    Open,
    Problem,
    Quiet,
    Refused,
    Returned,
    Serve,
    Settle,
    Shaped,
    Wrote,
)
from streamgauge.spec.writer import owed
from traces import ADDRESS, CLOSE, OPEN, QUIET, after, allowed, broken, serving, shown, write

DONE = Answered("write", None)
PLAIN = "writer.methods.kinds"
TWO = Do("writelines", ((b"a", b"b"),))
HALF = (Do("write_eof"), Halved(), Answered("write_eof", None))
ABORT = (Do("abort"), Aborted(), Answered("abort", None))
NO_HALF = (Open(Link(half_close=False)), Made())
AWAITABLE = Shaped("awaitable", "Future")


def refused(name: str) -> Refused:
    return Refused(Problem(name))


# What is given is handed over, whole and in order.


def test_bytes_may_be_handed_over_inside_the_call_or_until_the_loop_is_quiet() -> None:
    assert shown(*OPEN, *write(b"ab")) == {"writer.write.order", PLAIN}
    assert shown(*OPEN, Do("write", (b"ab",)), DONE, Wrote(b"a"), Wrote(b"b")) == {"writer.write.order"}
    assert shown(*OPEN, Do("write", (b"a",)), DONE, Settle(), Wrote(b"a"), Quiet()) == set()


def test_writes_may_be_handed_over_together() -> None:
    assert shown(*OPEN, Do("write", (b"a",)), DONE, TWO, Answered("writelines", None), Wrote(b"aab")) == {
        "writer.write.order",
        "writer.writelines.iterable",
    }


@pytest.mark.parametrize("data", [b"b", b"abc", b"ba"])
def test_other_bytes_than_those_given_break_the_order(data: bytes) -> None:
    assert broken(*OPEN, Do("write", (b"ab",)), Wrote(data)) == "writer.write.order"
    assert allowed(*OPEN, Do("write", (b"ab",)), Wrote(data)) == ("writes b'ab', or a beginning of it",)


def test_bytes_that_nobody_gave_break_the_order() -> None:
    assert broken(*OPEN, Wrote(b"a")) == "writer.write.order"
    assert allowed(*OPEN, *write(b"a"), Wrote(b"a")) == ("writes nothing",)


def test_what_is_kept_back_breaks_the_order_when_the_loop_is_quiet() -> None:
    assert broken(*OPEN, Do("write", (b"a",)), DONE, *QUIET) == "writer.write.order"


@pytest.mark.parametrize("kind", ["bytearray", "memoryview"])
def test_buffers_amount_to_their_bytes_and_are_copied(kind: str) -> None:
    step = Do("write", (Shaped(kind, b"ab"),))
    assert shown(*OPEN, step, DONE, Wrote(b"ab")) == {"writer.write.bytes-like", "writer.write.copies"}
    assert broken(*OPEN, step, DONE, Wrote(b"\xff\xff")) == "writer.write.copies"
    assert broken(*OPEN, step, DONE, Wrote(b"zz")) == "writer.write.bytes-like"
    assert broken(*OPEN, step, Wrote(b"ab"), DONE, refused("BufferError")) == "writer.write.copies"


def test_of_an_empty_write_nothing_reaches_the_transport() -> None:
    assert shown(*OPEN, Do("write", (b"",)), DONE) == {"writer.write.empty", PLAIN}
    assert broken(*OPEN, Do("write", (b"",)), Wrote(b"a")) == "writer.write.empty"
    assert broken(*OPEN, Do("write", (b"",)), refused("ValueError")) == "writer.write.empty"


@pytest.mark.parametrize("given", ["a", None, 5, Shaped("list", (b"a",)), Shaped("float", "1.5")])
def test_what_is_no_bytes_is_refused(given: Any) -> None:
    step = Do("write", (given,))
    assert shown(*OPEN, step, refused("TypeError")) == {"writer.write.wrong-type"}
    assert broken(*OPEN, step, DONE) == "writer.write.wrong-type"
    assert broken(*OPEN, step, refused("ValueError")) == "writer.write.wrong-type"
    assert broken(*OPEN, step, refused("TypeError"), Wrote(b"a")) == "writer.write.wrong-type"
    assert shown(*OPEN, step, refused("TypeError"), *write(b"a")) >= {"writer.write.order"}


@pytest.mark.parametrize("method", ["write", "writelines", "write_eof", "close", "abort"])
def test_a_plain_call_gives_nothing_to_be_awaited(method: str) -> None:
    step = Do(method, (b"",) if method.startswith("write") and method != "write_eof" else ())
    assert broken(*OPEN, step, Answered(method, AWAITABLE)) == "writer.methods.kinds"
    shown(*OPEN, step, Answered(method, 5))


def test_there_is_no_other_plain_call() -> None:
    with pytest.raises(ValueError, match="drain is no plain call"):
        owed(after(OPEN).outbox, "drain", ())


# writelines.


@pytest.mark.parametrize("kind", ["list", "generator"])
def test_an_iterable_amounts_to_its_elements(kind: str) -> None:
    step = Do("writelines", (Shaped(kind, (b"a", b"b")),))
    done = Answered("writelines", None)
    assert shown(*OPEN, step, Wrote(b"a"), Wrote(b"b"), done) == {"writer.writelines.iterable", PLAIN}
    assert broken(*OPEN, step, Wrote(b"b")) == "writer.writelines.iterable"
    assert broken(*OPEN, step, refused("TypeError")) == "writer.writelines.iterable"


def test_empty_elements_add_nothing() -> None:
    step = Do("writelines", ((b"", b"a", b""),))
    assert "writer.writelines.empty-elements" in shown(*OPEN, step, Wrote(b"a"), Answered("writelines", None))
    assert broken(*OPEN, step, refused("ValueError")) == "writer.writelines.empty-elements"


def test_buffers_among_the_elements_are_copied() -> None:
    step = Do("writelines", ((b"a", Shaped("bytearray", b"b")),))
    assert "writer.write.copies" in shown(*OPEN, step, Wrote(b"ab"), Answered("writelines", None))
    assert broken(*OPEN, step, Answered("writelines", None), Wrote(b"a\xff")) == "writer.write.copies"


@pytest.mark.parametrize("given", [(), Shaped("exhausted", (b"a",)), Shaped("list", ()), Shaped("generator", b"")])
def test_nothing_at_all_may_be_given(given: Any) -> None:
    step = Do("writelines", (given,))
    assert shown(*OPEN, step, Answered("writelines", None)) == {"writer.writelines.nothing", PLAIN}
    assert broken(*OPEN, step, refused("AssertionError")) == "writer.writelines.nothing"
    assert broken(*OPEN, step, Wrote(b"a")) == "writer.writelines.nothing"


def test_one_bad_element_spoils_the_call_and_nothing_of_it_is_handed_over() -> None:
    step = Do("writelines", ((b"a", 3),))
    assert shown(*OPEN, step, refused("TypeError")) == {"writer.writelines.bad-element"}
    assert broken(*OPEN, step, Answered("writelines", None)) == "writer.writelines.bad-element"
    assert broken(*OPEN, step, Wrote(b"a")) == "writer.writelines.bad-element"


def test_what_is_kept_back_after_the_end_of_the_peer_takes_the_connection_for_closed() -> None:
    for step in (Do("write", (b"a",)), TWO):
        kept = (*OPEN, End(), Kept(open=True), step, Answered(step.method, None))
        assert broken(*kept, *QUIET) == "writer.is-closing.half-open"


# Half closing.


def test_the_end_follows_the_bytes() -> None:
    assert shown(*OPEN, *write(b"a"), *HALF[:2]) == {"writer.write-eof.after-data"}
    late = (*OPEN, Do("write", (b"a",)), DONE, Do("write_eof"), Answered("write_eof", None))
    assert shown(*late, Wrote(b"a"), Halved()) == {"writer.write-eof.after-data"}
    assert broken(*late, Halved()) == "writer.write-eof.after-data"
    assert broken(*late, Wrote(b"a"), *QUIET) == "writer.write-eof.after-data"
    assert broken(*OPEN, Halved()) == "writer.write-eof.after-data"
    assert broken(*OPEN, Do("write_eof"), refused("OSError")) == "writer.write-eof.after-data"
    assert broken(*OPEN, Do("write", (b"",)), Halved()) == "writer.write.empty"


def test_whoever_closes_may_end_the_sending_half_first() -> None:
    assert shown(*OPEN, Do("close"), Halved()) == set()
    assert shown(*OPEN, Do("close"), Answered("close", None), Halved()) == set()


def test_a_call_that_closes_the_connection_unasked_is_to_blame() -> None:
    assert broken(*OPEN, Do("write", (b"a",)), Wrote(b"a"), Closed()) == "writer.write.order"


def test_the_transport_may_be_told_the_end_twice() -> None:
    assert shown(*OPEN, *HALF, *HALF[:2]) == {"writer.write-eof.after-data"}
    assert shown(*OPEN, *HALF, *HALF) == {"writer.write-eof.twice", PLAIN}
    assert shown(*OPEN, *HALF, Do("write_eof"), Answered("write_eof", None)) == {"writer.write-eof.twice", PLAIN}
    assert broken(*OPEN, *HALF, Do("write_eof"), refused("RuntimeError")) == "writer.write-eof.twice"


def test_the_end_of_a_closing_connection_changes_nothing() -> None:
    assert shown(*OPEN, *CLOSE, Do("write_eof"), Answered("write_eof", None)) == {"writer.write-eof.twice", PLAIN}
    assert not after((*OPEN, *CLOSE, Do("write_eof"), Answered("write_eof", None))).outbox.asked_half


@pytest.mark.parametrize("data", [b"a", b""])
def test_nothing_can_be_given_behind_the_end(data: bytes) -> None:
    for step in (Do("write", (data,)), Do("writelines", ((data,),))):
        assert shown(*OPEN, *HALF, step, refused("RuntimeError")) == {"writer.write-eof.write-refused"}
        assert broken(*OPEN, *HALF, step, Answered(step.method, None)) == "writer.write-eof.write-refused"
        assert broken(*OPEN, *HALF, step, Wrote(b"a")) == "writer.write-eof.write-refused"
        assert broken(*OPEN, *HALF, step, refused("TypeError")) == "writer.write-eof.write-refused"


def test_behind_the_end_what_is_no_bytes_is_refused_for_either_reason() -> None:
    for step in (Do("write", ("a",)), Do("writelines", ((b"a", 5),))):
        shown(*OPEN, *HALF, step, refused("RuntimeError"))
        shown(*OPEN, *HALF, step, refused("TypeError"))


def test_a_transport_that_cannot_half_close_says_so_and_goes_on() -> None:
    assert shown(*NO_HALF, Do("write_eof"), refused("NotImplementedError")) == {"writer.write-eof.unsupported"}
    shown(*NO_HALF, Do("write_eof"), refused("NotImplementedError"), *write(b"a"))
    assert broken(*NO_HALF, Do("write_eof"), Answered("write_eof", None)) == "writer.write-eof.unsupported"
    assert broken(*NO_HALF, Do("write_eof"), refused("OSError")) == "writer.write-eof.unsupported"
    shown(*NO_HALF, *CLOSE, Do("write_eof"), refused("NotImplementedError"))
    shown(*NO_HALF, *CLOSE, Do("write_eof"), Answered("write_eof", None))


def test_nothing_closes_a_connection_because_it_is_half_closed() -> None:
    assert broken(*OPEN, Do("write_eof"), Closed()) == "writer.write-eof.not-closing"
    assert broken(*OPEN, *HALF, Closed()) == "writer.write-eof.not-closing"
    assert broken(*OPEN, *HALF, End(), Closed()) == "writer.write-eof.not-closing"
    assert broken(*OPEN, End(), Closed()) == "connection.eof.stays-open"
    assert broken(*OPEN, Closed()) == "connection.made.transport"
    assert broken(*OPEN, Aborted()) == "connection.made.transport"


# close and abort.


def test_a_close_flushes_what_was_given() -> None:
    assert shown(*OPEN, *write(b"a"), Do("close"), Closed()) == {"writer.close.flushes"}
    late = (*OPEN, Do("write", (b"a",)), DONE, Do("close"))
    assert shown(*late, Wrote(b"a"), Closed()) == {"writer.close.flushes"}
    assert shown(*late, Answered("close", None), Wrote(b"a"), Settle(), Closed(), Quiet()) == set()
    assert broken(*late, Closed()) == "writer.close.flushes"
    assert broken(*late, Answered("close", None), *QUIET) == "writer.close.flushes"
    assert broken(*late, Answered("close", None), Wrote(b"a"), *QUIET) == "writer.close.flushes"
    assert broken(*late, Wrote(b"a"), Aborted()) == "writer.close.flushes"
    assert broken(*OPEN, Do("close"), refused("OSError")) == "writer.close.flushes"


def test_a_close_may_be_repeated_before_and_after_the_loss() -> None:
    assert shown(*OPEN, *CLOSE, Do("close"), Answered("close", None)) == {"writer.close.twice", PLAIN}
    assert shown(*OPEN, *CLOSE, *CLOSE) == {"writer.close.twice", PLAIN}
    assert shown(*OPEN, Lose(), Do("close"), Answered("close", None)) == {"writer.close.twice", PLAIN}
    assert broken(*OPEN, *CLOSE, Do("close"), refused("OSError")) == "writer.close.twice"


def test_what_a_lost_transport_is_told_is_nobodys_business() -> None:
    for event in (Closed(), Aborted(), Wrote(b"a")):
        assert shown(*OPEN, Lose(), event) == set()
        assert shown(*OPEN, *CLOSE, Lose(), event) == set()


def test_what_is_given_after_the_close_goes_nowhere() -> None:
    for gone in (CLOSE, ABORT, (Lose(),)):
        for step in (Do("write", (b"a",)), Do("writelines", ((b"a",),)), Do("write", (b"",))):
            assert "writer.close.write-dropped" in shown(*OPEN, *gone, step, Answered(step.method, None))
            assert broken(*OPEN, *gone, step, refused("RuntimeError")) == "writer.close.write-dropped"
        shown(*OPEN, *gone, Do("write", ("a",)), refused("TypeError"))
        shown(*OPEN, *gone, Do("write", ("a",)), DONE)


def test_a_transport_that_was_closed_drops_what_it_is_handed() -> None:
    assert shown(*OPEN, *CLOSE, Do("write", (b"a",)), Wrote(b"a"), DONE, *QUIET) == set()


def test_before_the_transport_was_closed_it_is_handed_nothing_of_what_came_after_the_close() -> None:
    asked = (*OPEN, Do("close"), Answered("close", None))
    assert broken(*asked, Do("write", (b"a",)), Wrote(b"a")) == "writer.close.write-dropped"


def test_after_the_end_and_the_close_a_write_may_be_refused_or_dropped() -> None:
    gone = (*OPEN, *HALF, *CLOSE, Do("write", (b"a",)))
    shown(*gone, refused("RuntimeError"))
    shown(*gone, DONE)
    assert broken(*gone, refused("OSError")) == "writer.close.write-dropped"


def test_an_abort_drops_what_was_given() -> None:
    gone = (*OPEN, Call(1, "read"), Do("write", (b"a",)), DONE, *ABORT, Settle(), Lose())
    assert "writer.abort.ends-reading" in shown(*gone, Returned(1, b""))
    assert broken(*gone, Quiet()) == "writer.abort.ends-reading"
    assert broken(*OPEN, Do("abort"), refused("OSError")) == "writer.abort.ends-reading"


# Whose doing a close is, at a server.


@pytest.mark.parametrize("handler", ["plain", "plain-raises"])
def test_after_a_plain_handler_has_returned_the_server_may_close(handler: str) -> None:
    assert shown(*serving(handler), Closed()) == set()


def test_a_server_may_not_close_while_the_handler_runs_or_for_what_it_returned() -> None:
    assert broken(*serving("coroutine"), Closed()) == "connection.made.transport"
    assert broken(*serving("future"), Closed()) == "server.callback.other-result"
    assert broken(*serving("plain")[:-1], Closed()) == "connection.made.transport"


def test_a_server_may_drop_a_connection_for_which_no_reader_can_be_made() -> None:
    there = (Serve(), Listened(ADDRESS), Answered("server", True), Accept(), Settle(), Closed())
    assert shown(*there, limit=0) == set()


# Data that comes after the close.


def test_what_arrives_after_the_close_is_discarded() -> None:
    closing = (*OPEN, Do("close"), Answered("close", None), Feed(b"a"), Closed(), Lose(), Call(1, "read"), Settle())
    assert "connection.lost.ends" not in shown(*closing, Returned(1, b"", at_once=True))
    assert broken(*closing[:-4], Call(1, "read"), Settle(), Returned(1, b"a", at_once=True)) == "writer.close.discards"


def test_the_peers_end_keeps_the_transport_open() -> None:
    assert shown(*OPEN, End(), Kept(open=True)) == {"connection.eof.stays-open"}
