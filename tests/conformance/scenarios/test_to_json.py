"""Events as JSON: everything survives the way there and back, in one form without its defaults.

Its one idea: equality is too weak for a codec, because True equals 1 and a list may pass for a tuple; what comes back
must have the same `repr` as well.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from events import EVENTS, there_and_back
from streamgauge.conformance.scenarios.from_json import READERS, STIMULI, event_from_json
from streamgauge.conformance.scenarios.to_json import event_to_json
from streamgauge.spec.alphabet import (
    Aborted,
    Accept,
    Advance,
    Answered,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    Clog,
    Closed,
    Conclude,
    Dial,
    Dialled,
    Do,
    End,
    Event,
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
    Overran,
    Paused,
    Problem,
    Quiet,
    Raised,
    Refused,
    Release,
    Reported,
    Resumed,
    Returned,
    Serve,
    Settle,
    Shaped,
    Stimulus,
    Unclog,
    Wrote,
)


@given(EVENTS)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    form = there_and_back(event_to_json(event))
    back = event_from_json(form)
    assert (back, repr(back)) == (event, repr(event))
    assert event_to_json(back) == form


FULL_LINK = {"open": "server", "high": 0, "pausing": "fails", "half_close": False}
EVERY_KIND: list[tuple[Event, dict[str, Any]]] = [
    (Feed(b"a\xff"), {"feed": "a\xff"}),
    (Feed(b"", "none"), {"feed": "", "as": "none"}),
    (Feed(b"a", "list", 3), {"feed": "a", "as": "list", "times": 3}),
    (End(), {"end": True}),
    (Break(), {"break": "ConnectionResetError"}),
    (Break("OSError", "class"), {"break": "OSError", "as": "class"}),
    (Call(1, "readline"), {"call": "readline", "op": 1}),
    (Call(2, "read", (3,), 0), {"call": "read", "op": 2, "args": [3], "timeout": 0}),
    (Cancel(1), {"cancel": 1}),
    (Attach("fails"), {"attach": "fails"}),
    (Ask("repr"), {"ask": "repr"}),
    (Advance(0), {"advance": 0}),
    (Settle(), {"settle": True}),
    (Made(), {"made": True}),
    (Returned(1, b"a"), {"returned": "a", "op": 1}),
    (Returned(1, None, at_once=True), {"returned": None, "op": 1, "at_once": True}),
    (Raised(1, Problem("ValueError", context="OSError")), {"raised": "ValueError", "op": 1, "context": "OSError"}),
    (
        Raised(3, Problem("IncompleteReadError", partial=b"", expected=2, message="m"), at_once=True),
        {"raised": "IncompleteReadError", "op": 3, "at_once": True, "partial": "", "expected": 2, "message": "m"},
    ),
    (Refused(Problem("OSError", 1, consumed=0)), {"refused": "OSError", "injected": 1, "consumed": 0}),
    (Answered("at_eof", False), {"answered": "at_eof", "value": False}),
    (Paused(), {"paused": 1}),
    (Resumed(2), {"resumed": 2}),
    (Quiet(), {"quiet": True}),
    (Overran("turns"), {"overran": "turns"}),
    (Open(), {"open": "peer"}),
    (Open(Link(0, "fails", half_close=False), linked=True), FULL_LINK),
    (Dial(1), {"dial": "accepted", "op": 1}),
    (
        Dial(2, (("ssl", True), ("a", b"b")), "refused"),
        {"dial": "refused", "op": 2, "options": {"ssl": True, "a": "b"}},
    ),
    (Serve(), {"serve": "plain"}),
    (Serve("lambda", (("backlog", 5),)), {"serve": "lambda", "options": {"backlog": 5}}),
    (Accept(), {"accept": True}),
    (Accept(Link(9)), {"accept": True, "high": 9}),
    (Conclude(), {"conclude": "returns"}),
    (Do("close"), {"do": "close"}),
    (Do("write", (Shaped("bytearray", b"a"),)), {"do": "write", "args": [{"bytearray": "a", "bytes": True}]}),
    (Clog(), {"clog": True}),
    (Unclog(), {"unclog": True}),
    (Unclog(0), {"unclog": 0}),
    (Hold(), {"hold": True}),
    (Release(), {"release": True}),
    (Lose(), {"lose": None}),
    (Lose("OSError"), {"lose": "OSError"}),
    (Dialled(()), {"dialled": True}),
    (Dialled((("port", 7),)), {"dialled": True, "options": {"port": 7}}),
    (Listened((("host", None),)), {"listened": True, "options": {"host": None}}),
    (Handled(("reader", "writer")), {"handled": {"tuple": [{"str": "reader"}, {"str": "writer"}]}}),
    (Reported(), {"reported": True}),
    (Wrote(b"\xff"), {"wrote": "\xff"}),
    (Halved(), {"halved": True}),
    (Closed(), {"closed": True}),
    (Aborted(), {"aborted": True}),
    (Kept(open=False), {"kept": False}),
]


@pytest.mark.parametrize(("event", "form"), EVERY_KIND)
def test_an_event_has_one_form_without_its_defaults(event: Event, form: dict[str, Any]) -> None:
    assert event_to_json(event) == form
    assert list(event_to_json(event)) == list(form)
    assert event_from_json(form) == event


def test_each_kind_of_event_is_named_by_the_first_key_of_its_form() -> None:
    first = [next(iter(form)) for _, form in EVERY_KIND]
    assert set(first) == set(READERS)
    stimuli = {key for key, (event, _) in zip(first, EVERY_KIND, strict=True) if isinstance(event, Stimulus)}
    assert stimuli == set(STIMULI)


@pytest.mark.parametrize(("event", "form"), EVERY_KIND)
def test_what_concerns_the_second_end_says_so_last(event: Any, form: dict[str, Any]) -> None:
    assert list(event_to_json(On(2, event)).items()) == [*form.items(), ("on", 2)]
    assert event_from_json({"on": 2, **form}) == On(2, event)
