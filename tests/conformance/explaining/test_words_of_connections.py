"""The events of connections in words."""

from typing import Any

import pytest

from streamgauge.conformance.explaining.words import done, seen, value
from streamgauge.spec.alphabet import (
    Aborted,
    Accept,
    Answered,
    Ask,
    Call,
    Clog,
    Closed,
    Conclude,
    Dial,
    Dialled,
    Do,
    End,
    Feed,
    Halved,
    Handled,
    Hold,
    Kept,
    Link,
    Listened,
    Lose,
    Made,
    On,
    Open,
    Release,
    Reported,
    Returned,
    Serve,
    Shaped,
    Unclog,
    Wrote,
)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Open(), "open a connection"),
        (Open(Link(2, "fails", half_close=False), linked=True),
         "open a connection to the server (high mark 2, its pause_reading raises, no write_eof)"),
        (Open(Link(pausing="unsupported")), "open a connection (cannot be paused)"),
        (Dial(1), "call 1: open_connection()"),
        (Dial(2, (("ssl", True),), "refused"), "call 2: open_connection(ssl=True), which is refused"),
        (Dial(1, (), "unanswered"), "call 1: open_connection(), which nobody answers"),
        (Serve(), "start_server(a function)"),
        (Serve("plain-raises", (("backlog", 5),)), "start_server(a function that raises, backlog=5)"),
        (Accept(), "a peer connects"),
        (Accept(Link(high=16)), "a peer connects (high mark 16)"),
        (Conclude("returns"), "the handler returns"),
        (Conclude("raises"), "the handler raises"),
        (Conclude("cancelled"), "cancel the handler"),
        (Do("write", (b"ab",)), "write(b'ab')"),
        (Do("writelines", (Shaped("generator", (b"a", b"")),)), "writelines(iter([b'a', b'']))"),
        (Do("writelines", (Shaped("exhausted", ()),)), "writelines(iter([]))"),
        (Do("close"), "close()"),
        (Do("abort"), "transport.abort()"),
        (Clog(), "the peer stops taking what is written"),
        (Unclog(), "the peer takes all that is written"),
        (Unclog(1), "the peer takes 1 byte of what is queued"),
        (Unclog(3), "the peer takes 3 bytes of what is queued"),
        (Hold(), "pause_writing()"),
        (Release(), "resume_writing()"),
        (Lose(), "connection_lost(None)"),
        (Lose("OSError"), "connection_lost(OSError())"),
        (On(2, Feed(b"ab")), "at the server's end: data_received(b'ab')"),
        (On(2, Call(1, "drain")), "at the server's end: call 1: drain()"),
        (On(2, Wrote(b"ab")), "at the server's end: the transport was handed b'ab'"),
    ],
)  # fmt: skip
def test_what_is_done_to_a_connection_has_words(step: Any, words: str) -> None:
    assert done(step) == words


def test_what_comes_from_a_peer_reaches_the_protocol_and_not_the_reader() -> None:
    assert [done(step, connected=True) for step in (Feed(b"ab"), End())] == ["data_received(b'ab')", "eof_received()"]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Dialled((("host", "a"), ("port", 7))), "create_connection was called with host='a', port=7"),
        (Listened((("host", "a"),)), "create_server was called with host='a'"),
        (Handled(("reader", "writer")), "the handler was called with a reader and a writer"),
        (Handled(()), "the handler was called with nothing"),
        (Handled(("reader", Shaped("object", "int"))), "the handler was called with ('reader', an object (int))"),
        (Returned(1, ("reader", "writer")), "returned a reader and a writer"),
        (Reported(), "the loop's exception handler was told that the handler failed"),
        (Reported(failure=False), "the loop's exception handler was told of something else"),
        (Wrote(b"abc"), "the transport was handed b'abc'"),
        (Wrote(b"a" * 70000), "the transport was handed b'aaaaaaaa'…b'aaaaaaaa' (70000 bytes)"),
        (Halved(), "write_eof was called on the transport"),
        (Closed(), "the transport was closed"),
        (Aborted(), "the transport was aborted"),
        (Kept(open=True), "eof_received returned something true"),
        (Kept(open=False), "eof_received returned something false"),
        (Answered("write", None), "returned None"),
        (Answered("server", True), "returned the server that the loop made"),
        (Answered("server", False), "returned something else"),
        (Answered("is_closing", False), "answered False"),
    ],
)  # fmt: skip
def test_what_was_observed_of_a_connection_has_words(event: Any, words: str) -> None:
    assert seen(event) == words


def test_what_was_made_is_a_connection_where_there_is_one() -> None:
    assert (seen(Made()), seen(Made(), connected=True)) == ("the reader was made", "the connection was made")


def test_every_question_about_a_writer_has_words() -> None:
    about = ("is_closing", "can_write_eof", "extra_info", "extra_info_default", "transport", "writer_methods")
    assert [question for question in about if done(Ask(question)) == question and "(" not in question] == []
    assert done(Ask("is_closing")) == "is_closing()"


def test_an_iterator_shows_what_it_gives() -> None:
    assert value(Shaped("generator", (b"a", 3))) == "iter([b'a', 3])"
