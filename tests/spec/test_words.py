"""Departures in words: each sentence follows from facts."""

from typing import Any

import pytest

from streamgauge.spec.alphabet import Event, Problem, Quiet, Raised, Refused, Returned, Shaped
from streamgauge.spec.state import Fails, Gives, Owed, Yields
from streamgauge.spec.verdicts import Kind, Situation, Violation, Wanted
from streamgauge.spec.words import allowed, because, outcome

LOST = Situation(lost=True)
FACTS: list[tuple[Kind, Event, dict[str, Any], str]] = [
    ("hang", Quiet(), {}, "call 3 (read) still waits, and nothing is left to run"),
    ("not-refused", Quiet(), {}, "call 3: two calls wait side by side"),
    ("not-refused", Returned(3, b""), {}, "the call was not refused"),
    ("refused", Refused(Problem("OSError")), {}, "read raised OSError"),
    ("wrong-failure", Refused(Problem("OSError")), {"method": ""}, "another exception was raised"),
    ("undue", Quiet(), {"situation": Situation(unsent=b"ab")}, "2 bytes are not written yet"),
    ("wrong-value", Returned(3, b""), {}, "call 3 returned with 0 bytes unread, no end was fed"),
    (
        "wrong-failure",
        Raised(3, Problem("OSError")),
        {"situation": Situation(unread=1, ended=True, stored="OSError")},
        "call 3 raised with 1 byte unread, the end was fed, a OSError is stored",
    ),
    (
        "wrong-value",
        Returned(3, None),
        {"method": "drain", "situation": LOST},
        "call 3 (drain) ended while the transport takes what is written, the connection is lost",
    ),
    (
        "wrong-value",
        Returned(3, None),
        {"method": "drain", "situation": Situation(held=True, closing=True, stored="OSError")},
        "call 3 (drain) ended while the transport holds the writer up, the transport is closing, a OSError is stored",
    ),
]


@pytest.mark.parametrize(("kind", "observed", "more", "said"), FACTS, ids=[said for *_, said in FACTS])
def test_why_it_is_a_departure_follows_from_its_facts(
    kind: Kind, observed: Event, more: dict[str, Any], said: str
) -> None:
    facts: dict[str, Any] = {"call": 3, "method": "read", **more}
    assert because(Violation("reader.read.all", kind, observed, (), **facts)) == said


def test_all_that_is_allowed_is_told_once() -> None:
    owed = (
        Owed(Gives(b"ab", short=True), ()),
        Owed(Fails(("OSError",), injected=1), ()),
        Owed(Gives(b"ab", short=True), ()),
    )
    assert allowed(Violation("reader.read.soon", "wrong-value", Returned(1, b"c"), owed)) == (
        "returns b'ab' or a shorter beginning of it, not empty",
        "raises the very OSError that was set",
    )


LONG = b"a" * 100
WORDED: list[tuple[Wanted, str]] = [
    (Wanted("arguments", (("family", 10), ("backlog", 5))), "family=10, backlog=5"),
    (Wanted("arguments", (("ssl", Shaped("bool", "True")), ("x", Shaped("object", "")))), "ssl=True, x=object()"),
    (Wanted("arguments", ("family", 10)), "'family', 10"),
    (Wanted("arguments", 5), "5"),
    (Wanted("value", Shaped("float", "nan")), "float('nan')"),
    (Wanted("value", Shaped("bytearray", b"ab")), "bytearray(b'ab')"),
    (Wanted("value", (Shaped("list", (1, b"a")),)), "([1, b'a'],)"),
    (Wanted("value", Shaped("generator", (b"a",))), "iter([b'a'])"),
    (Wanted("value", Shaped("exhausted", ())), "iter([])"),
    (Wanted("value", Shaped("tuple-subclass", (1,))), "Several((1,))"),
    (Wanted("value", Shaped("object", "Odd")), "an object (Odd)"),
    (Wanted("naming", "read"), "a RuntimeError whose message names read()"),
    (
        Wanted("written", LONG),
        "writes b'aaaaaaaaaaaaaaaaaaaa'…b'aaaaaaaaaaaaaaaaaaaa' (100 bytes), or a beginning of it",
    ),
]


@pytest.mark.parametrize(("wanted", "words"), WORDED, ids=[words for _, words in WORDED])
def test_what_is_wanted_is_worded_as_python_would_write_it(wanted: Wanted, words: str) -> None:
    assert allowed(Violation("connection.open.arguments", "wrong-value", Quiet(), (wanted,))) == (words,)


OWED: list[tuple[Gives | Yields | Fails, str]] = [
    (Gives(b"a"), "returns b'a'"),
    (Yields(), "returns None"),
    (Yields(("reader", "writer")), "returns a reader and a writer"),
    (Fails(("OSError", "ValueError")), "raises OSError or ValueError"),
    (
        Fails(("IncompleteReadError",), partial=b"a", expected=(5, None)),
        "raises IncompleteReadError, partial b'a', expected 5 or None",
    ),
    (Fails(("LimitOverrunError",), consumed=(4, 5)), "raises LimitOverrunError, consumed 4 or 5"),
]


@pytest.mark.parametrize(("end", "words"), OWED, ids=[words for _, words in OWED])
def test_what_is_owed_is_worded_as_the_end_of_a_call(end: Gives | Yields | Fails, words: str) -> None:
    assert outcome(Owed(end, ())) == words
