"""Stimuli and observations in words."""

from typing import Any

import pytest

from streamgauge.conformance.explaining.stage import cut
from streamgauge.conformance.explaining.words import done, made, problem, seen, value
from streamgauge.spec.alphabet import (
    UNSET,
    Advance,
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
    Paused,
    Problem,
    Quiet,
    Raised,
    Refused,
    Resumed,
    Returned,
    Settle,
    Shaped,
)
from streamgauge.spec.errors import ANSWERS


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Feed(b"ab\n"), r"feed_data(b'ab\n')"),
        (Feed(b"x", times=70000), "feed_data(b'x' * 70000)"),
        (Feed(b"ab", "bytearray"), "feed_data(bytearray(b'ab'))"),
        (Feed(b"ab", "memoryview"), "feed_data(memoryview(b'ab'))"),
        (Feed(b"ab", "str"), "feed_data('ab')"),
        (Feed(b"ab", "list"), "feed_data([97, 98])"),
        (Feed(b"", "none"), "feed_data(None)"),
        (Feed(b"", "zero"), "feed_data(0)"),
        (End(), "feed_eof()"),
        (Break(), "set_exception(ConnectionResetError())"),
        (Break("EOFError", "class"), "set_exception(EOFError)"),
        (Break(form="none"), "set_exception(None)"),
        (Call(1, "read", (2,)), "call 1: read(2)"),
        (Call(2, "readuntil", ((b";", b"\r\n"),), 3), r"call 2: readuntil((b';', b'\r\n')) within 3 s"),
        (Cancel(2), "cancel call 2"),
        (Attach(), "set_transport(transport)"),
        (Attach("unsupported"), "set_transport(one that cannot be paused)"),
        (Ask("at_eof"), "at_eof()"),
        (Advance(3), "3 s go by"),
        (Settle(), "run until nothing is left to run"),
    ],
)
def test_what_is_done_reads_like_the_call_that_does_it(step: Any, words: str) -> None:
    assert done(step) == words


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Made(), "the reader was made"),
        (Returned(1, b"ab"), "returned b'ab'"),
        (Returned(1, Shaped("bytearray", b"ab")), "returned bytearray(b'ab')"),
        (Returned(1, Shaped("object", "Line")), "returned an object (Line)"),
        (Raised(1, Problem("IncompleteReadError", partial=b"a", expected=3, message="1 bytes read …")),
         "raised IncompleteReadError, partial b'a', expected 3"),
        (Raised(1, Problem("IncompleteReadError", partial=b"a")),
         "raised IncompleteReadError, partial b'a', expected None"),
        (Raised(1, Problem("LimitOverrunError", consumed=5)), "raised LimitOverrunError, consumed 5"),
        (Raised(1, Problem("ConnectionResetError", injected=1)), "raised the very ConnectionResetError that was set"),
        (Raised(1, Problem("EOFError", injected=2)), "raised the very EOFError that was set (number 2)"),
        (Raised(1, Problem("CancelledError", message="gone")), "raised CancelledError"),
        (Refused(Problem("ValueError", message="no limit")), "at once raised ValueError: no limit"),
        (Answered("at_eof", False), "answered False"),
        (Answered("exception", 1), "answered the exception that was set"),
        (Answered("exception", 0), "answered an exception that was never set"),
        (Answered("exception", None), "answered None"),
        (Paused(), "called pause_reading"),
        (Resumed(2), "called resume_reading of transport 2"),
        (Quiet(), "nothing is left to run"),
        (Overran("steps"), "never came to rest: a budget of steps ran out"),
    ],
)  # fmt: skip
def test_what_was_observed_reads_like_the_end_of_a_sentence(event: Any, words: str) -> None:
    assert seen(event) == words


def test_every_question_has_words() -> None:
    assert [question for question in (*ANSWERS, "at_eof", "exception") if done(Ask(question)) == question] == []


def test_long_bytes_are_cut_in_the_middle() -> None:
    assert cut(b"a" * 70000) == "b'aaaaaaaa'…b'aaaaaaaa' (70000 bytes)"
    zeros = repr(b"\0" * 8)
    assert cut(b"\0" * 20) == f"{zeros}…{zeros} (20 bytes)"
    assert cut(b"a" * 32) == repr(b"a" * 32)


def test_arguments_read_as_they_stand_in_a_program() -> None:
    arguments = (b"a", "a", None, -1, (b"a",), Shaped("list", (1, 2)), Shaped("float", "1.5"), Shaped("bool", "True"))
    assert [value(one) for one in arguments] == ["b'a'", "'a'", "None", "-1", "(b'a',)", "[1, 2]", "1.5", "True"]
    assert value(Shaped("object", "")) == "object()"
    assert value(Shaped("tuple-subclass", (b"a",))) == "Several((b'a',))"


def test_the_construction_shows_the_limit() -> None:
    assert made(UNSET) == "StreamReader()"
    assert made(4) == "StreamReader(limit=4)"


def test_a_message_is_shown_where_the_class_does_not_say_it_all() -> None:
    assert problem(Problem("RuntimeError", message="read() called while …")) == "RuntimeError: read() called while …"
