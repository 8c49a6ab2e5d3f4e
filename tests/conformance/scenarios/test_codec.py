"""The one JSON form: everything survives the way there and back, and whatever else is refused with its place.

Its one idea: equality is too weak for a codec, because True equals 1 and a list may pass for a tuple; what comes back
must have the same `repr` as well.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from events import EVENTS, VALUES, there_and_back
from streamgauge.conformance.scenarios.codec import (
    BY_KEY,
    STEPS,
    event_from_json,
    event_to_json,
    scenario_from_line,
    scenario_to_line,
    value_from_json,
    value_to_json,
)
from streamgauge.conformance.scenarios.script import ScriptError, check_steps
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
    Value,
    Wrote,
)

# Values.


@given(VALUES)
def test_a_value_comes_back_as_it_was(value: Value) -> None:
    back = value_from_json(there_and_back(value_to_json(value)))
    assert (back, repr(back)) == (value, repr(value))


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (b"a\n\x00\xff", "a\n\x00\xff"),
        ("a", {"str": "a"}),
        (None, None),
        (True, True),
        (3, 3),
        ((b"a", 1), {"tuple": ["a", 1]}),
        (Shaped("list", (b"a", ())), {"list": ["a", {"tuple": []}]}),
        (Shaped("bytearray", b"a"), {"bytearray": "a", "bytes": True}),
        (Shaped("float", "1.5"), {"float": "1.5", "bytes": False}),
    ],
)
def test_a_value_has_one_form(value: Value, form: Any) -> None:
    assert value_to_json(value) == form


@pytest.mark.parametrize(
    "form",
    [
        1.5,
        [],
        {},
        {"str": 1},
        {"str": "a", "more": 1},
        {"tuple": "a"},
        {"tuple": [], "more": 1},
        {"list": {}},
        {"list": [], "more": 1},
        {"bytes": True},
        {"bytes": "a"},
        {"float": "1.5"},
        {"float": 1.5, "bytes": False},
        {"float": "1.5", "bytes": 0},
        {"float": "1.5", "bytes": False, "more": 1},
        {"tuple": [{"set": []}]},
    ],
)
def test_what_is_no_value_is_refused_and_shown(form: Any) -> None:
    with pytest.raises(ScriptError, match=r"^not a value: "):
        value_from_json(form)


@pytest.mark.parametrize("form", ["€", {"bytearray": "€", "bytes": True}, {"tuple": ["€"]}])
def test_bytes_are_characters_up_to_255(form: Any) -> None:
    with pytest.raises(ScriptError, match="bytes travel as characters up to U\\+00FF, not '€'"):
        value_from_json(form)


# Events.


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
    assert set(first) == set(BY_KEY)
    stimuli = {key for key, (event, _) in zip(first, EVERY_KIND, strict=True) if isinstance(event, Stimulus)}
    assert stimuli == STEPS


@pytest.mark.parametrize(("event", "form"), EVERY_KIND)
def test_what_concerns_the_second_end_says_so_last(event: Any, form: dict[str, Any]) -> None:
    assert list(event_to_json(On(2, event)).items()) == [*form.items(), ("on", 2)]
    assert event_from_json({"on": 2, **form}) == On(2, event)


REFUSED_EVENTS: list[tuple[Any, str]] = [
    ("feed", 'a step is an object, not "feed"'),
    (None, "a step is an object, not null"),
    ({}, "exactly one of the keys feed, end, break, .*; this has none$"),
    ({"eat": 1}, "this has eat$"),
    ({"feed": "a", "end": True}, "this has feed, end$"),
    ({"end": True, "more": 1}, "unknown key 'more'"),
    ({"end": False}, "'end' must be true"),
    ({"end": 1}, "'end' must be a bool, not 1"),
    ({"settle": None}, "'settle' must be a bool, not null"),
    ({"feed": 1}, "'feed' must be a str, not 1"),
    ({"feed": "€"}, "bytes travel as characters"),
    ({"feed": "a", "as": "set"}, "'as' must be one of bytes, bytearray, .*, not \"set\""),
    ({"feed": "a", "as": 1}, "'as' must be a str, not 1"),
    ({"feed": "a", "times": 0}, "'times' must be at least 1, not 0"),
    ({"feed": "a", "times": True}, "'times' must be an int, not true"),
    ({"feed": "a", "times": "2"}, "'times' must be an int"),
    ({"break": "OSError", "as": "copy"}, "'as' must be one of instance, class, none, not \"copy\""),
    ({"break": None}, "'break' must be a str, not null"),
    ({"call": "read"}, "'op' is missing"),
    ({"call": "read", "op": 0}, "'op' must be at least 1, not 0"),
    ({"call": 1, "op": 1}, "'call' must be a str, not 1"),
    ({"call": "read", "op": 1, "args": 1}, "'args' must be a list, not 1"),
    ({"call": "read", "op": 1, "args": [1.5]}, "not a value: 1.5"),
    ({"call": "read", "op": 1, "timeout": -1}, "'timeout' must be at least 0, not -1"),
    ({"call": "read", "op": 1, "timeout": 1.5}, "'timeout' must be an int, not 1.5"),
    ({"call": "read", "op": 1, "n": 2}, "unknown key 'n'"),
    ({"cancel": 0}, "'cancel' must be at least 1, not 0"),
    ({"cancel": "1"}, "'cancel' must be an int"),
    ({"attach": "sometimes"}, "'attach' must be one of works, unsupported, fails, not \"sometimes\""),
    ({"ask": True}, "'ask' must be a str, not true"),
    ({"advance": -1}, "'advance' must be at least 0, not -1"),
    ({"advance": 0.5}, "'advance' must be an int, not 0.5"),
    ({"returned": "a"}, "'op' is missing"),
    ({"returned": "a", "op": 1, "at_once": 1}, "'at_once' must be a bool, not 1"),
    ({"raised": "OSError", "op": 1, "injected": "1"}, "'injected' must be an int"),
    ({"raised": "OSError", "op": 1, "partial": 0.5}, "not a value: 0.5"),
    ({"refused": "OSError", "context": 1}, "'context' must be a str, not 1"),
    ({"refused": "OSError", "message": None}, "'message' must be a str, not null"),
    ({"answered": "repr", "value": 0.5}, "not a value: 0.5"),
    ({"paused": 0}, "'paused' must be at least 1, not 0"),
    ({"resumed": 0}, "'resumed' must be at least 1, not 0"),
    ({"overran": 1}, "'overran' must be a str, not 1"),
    ({"open": True}, "'open' must be a str, not true"),
    ({"open": ""}, "'open' must be one of peer, server, not \"\""),
    ({"open": "peer", "high": -1}, "'high' must be at least 0, not -1"),
    ({"open": "peer", "pausing": "maybe"}, "'pausing' must be one of works, unsupported, fails, not \"maybe\""),
    ({"open": "peer", "half_close": 1}, "'half_close' must be a bool, not 1"),
    ({"open": "peer", "low": 1}, "unknown key 'low'"),
    ({"dial": "accepted"}, "'op' is missing"),
    ({"dial": "lost", "op": 1}, "'dial' must be one of accepted, refused, unanswered, not \"lost\""),
    ({"dial": "accepted", "op": 1, "options": []}, "'options' must be a dict"),
    ({"dial": "accepted", "op": 1, "options": {"a": 0.5}}, "not a value: 0.5"),
    ({"serve": "nobody"}, "'serve' must be one of plain, .*, not \"nobody\""),
    ({"accept": False}, "'accept' must be true"),
    ({"conclude": "fails"}, "'conclude' must be one of returns, raises, cancelled, not \"fails\""),
    ({"do": 1}, "'do' must be a str, not 1"),
    ({"do": "write", "args": "a"}, "'args' must be a list"),
    ({"clog": False}, "'clog' must be true"),
    ({"unclog": False}, "'unclog' must be an int, not false"),
    ({"unclog": None}, "'unclog' must be an int, not null"),
    ({"unclog": -1}, "'unclog' must be at least 0, not -1"),
    ({"lose": True}, "'lose' must be a str, not true"),
    ({"dialled": False}, "'dialled' must be true"),
    ({"listened": True, "options": 1}, "'options' must be a dict"),
    ({"handled": 0.5}, "not a value: 0.5"),
    ({"wrote": "€"}, "bytes travel as characters"),
    ({"wrote": None}, "'wrote' must be a str, not null"),
    ({"kept": 1}, "'kept' must be a bool, not 1"),
    ({"end": True, "on": 1}, "'on' must be at least 2, not 1"),
    ({"end": True, "on": None}, "'on' must be an int, not null"),
    ({"end": True, "on": 2, "more": 1}, "unknown key 'more'"),
]


@pytest.mark.parametrize(("form", "complaint"), REFUSED_EVENTS)
def test_what_is_no_event_is_refused_by_its_key(form: Any, complaint: str) -> None:
    with pytest.raises(ScriptError, match=complaint):
        event_from_json(form)


# Odd texts.


def of(steps: str) -> str:
    return f'{{"name": "x", "steps": [{steps}]}}'


ODD: dict[str, tuple[str, str]] = {
    "a step of a connection alone": (of('{"hold": true}'), "^step 1: 'hold' is for connections, and this scenario"),
    "a second end of nothing": (of('{"end": true, "on": 2}'), "^step 1: 'end' on end 2 is for connections"),
    "a call of a writer alone": (of('{"call": "drain", "op": 1}'), "^step 1: drain is for connections"),
    "a question about a writer alone": (of('{"ask": "is_closing"}'), "^step 1: the question 'is_closing' is for conn"),
    "a transport given to a connection": (of('{"open": "peer"}, {"attach": "works"}'), "^step 2: a connection brings"),
    "a connection too late": (of('{"end": true}, {"open": "peer"}'), "^step 2: 'open' is for connections"),
    "an end too many": (of('{"open": "peer"}, {"end": true, "on": 99}'), "^step 2: there is no end 99 of a connection"),
    "an error of many arguments": (of('{"break": "UnicodeDecodeError"}'), "cannot be made from one message"),
    "a loss of many arguments": (of('{"open": "peer"}, {"lose": "ExceptionGroup"}'), "cannot be made from one mess"),
    "an error that ends the tool": (of('{"break": "KeyboardInterrupt"}'), "there is no built-in exception 'KeyboardI"),
    "an exit": (of('{"break": "SystemExit"}'), "there is no built-in exception 'SystemExit'"),
    "another name": (of('{"break": "IOError"}'), "IOError is another name of OSError; use that"),
    "no more memory": (of('{"break": "MemoryError"}'), "MemoryError means something else"),
    "a word for an error": (of('{"break": "print"}'), "there is no built-in exception 'print'"),
    "too many bytes": (of('{"feed": "a", "times": 10000000000000}'), "^a scenario feeds at most 16,777,216 bytes"),
    "too many steps": (of(", ".join(['{"settle": true}'] * 10_001)), "^a scenario has at most 10,000 steps"),
    "too long a time": (of('{"advance": 1000000000000}'), "^step 1: at most 1,000,000,000 seconds go by"),
    "too long a time-out": (of('{"call": "readline", "op": 1, "timeout": 1000000000000}'), "^step 1: at most 1,000,0"),
    "deep nesting": (of('{"call": "read", "op": 1, "args": [' + '{"tuple": [' * 100_000), "it nests too deep"),
    "deep values": (
        of('{"call": "read", "op": 1, "args": [' + '{"tuple": [' * 60 + "]}" * 60 + "]}"), "at most 50 deep",
    ),
    "many digits": (of('{"call": "read", "op": 1, "args": [' + "1" * 5_000 + "]}"), "at most 300 digits, not 5000"),
    "half a surrogate pair": ('{"name": "\\ud800", "steps": []}', "half of a surrogate pair is no character"),
    "half a surrogate pair as it is": ('{"name": "\ud800", "steps": []}', "half of a surrogate pair is no character"),
    "no number": (of('{"advance": NaN}'), "NaN is no number of JSON"),
    "infinite": (of('{"advance": -Infinity}'), "-Infinity is no number of JSON"),
    "a fraction": (of('{"feed": "a", "times": 1.5}'), "'times' must be an int, not 1.5"),
    "a vast number": (of('{"feed": "a", "times": 1e305}'), "at most 300 digits, not 305"),
    "more than vast": (of('{"feed": "a", "times": 1e999}'), "'times' must be an int, not Infinity"),
    "a key twice": ('{"name": "x", "name": "y", "steps": []}', "the key 'name' stands there twice"),
    "a byte order mark": ('\ufeff{"name": "x", "steps": []}', "it begins with a byte order mark"),
    "a long word": (of('{"' + "x" * 5_000 + '": 1}'), "exactly one of the keys"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_text_is_refused_in_one_short_sentence(kind: str) -> None:
    text, complaint = ODD[kind]
    with pytest.raises(ScriptError, match=complaint) as refused:
        check_steps(scenario_from_line(text).steps)
    assert len(str(refused.value)) < 600
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("two", ["2", "2.0", "2e0", "0.2e1"])
def test_a_whole_number_is_whole_however_it_is_written(two: str) -> None:
    scenario = scenario_from_line(of(f'{{"call": "read", "op": 1, "args": [{two}]}}, {{"feed": "a", "times": {two}}}'))
    assert scenario.steps == (Call(1, "read", (2,)), Feed(b"a", times=2))
    assert scenario_to_line(scenario) == of('{"call": "read", "op": 1, "args": [2]}, {"feed": "a", "times": 2}')


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert scenario_from_line('{"name": "\\ud83d\\ude00", "steps": []}').name == "\U0001f600"
