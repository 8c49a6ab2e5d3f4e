"""The one JSON form: everything survives the way there and back, and whatever else looks like it is refused.

Its one idea: equality is too weak for a codec, because True equals 1 and a list may pass for a tuple; what comes back
must have the same `repr` as well.
"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamgauge.conformance.scenarios.script import (
    READERS,
    STIMULUS_KEYS,
    Scenario,
    ScriptError,
    check_calls,
    event_from_json,
    event_to_json,
    scenario_from_json,
    scenario_from_line,
    scenario_to_json,
    scenario_to_line,
    value_from_json,
    value_to_json,
)
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
    Event,
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
    Stimulus,
    Value,
)

# What there is.

TEXT = st.text(max_size=5)
NAMES = st.text(alphabet="abcdefXYZ_.", min_size=1, max_size=8)
COUNTS = st.integers(min_value=1, max_value=10**9)
BYTES = st.binary(max_size=5)
SHAPED = st.one_of(
    st.builds(Shaped, st.sampled_from(["bytearray", "memoryview"]), BYTES),
    st.builds(Shaped, st.sampled_from(["float", "bool", "object"]), TEXT),
    st.builds(Shaped, st.just("str"), TEXT),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), BYTES, TEXT, SHAPED),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.lists(inner, max_size=3).map(lambda items: Shaped("list", tuple(items))),
    ),
    max_leaves=6,
)
FORMS = ["bytes", "bytearray", "memoryview", "str", "none", "zero", "list"]
PROBLEMS = st.builds(Problem, NAMES, st.integers(min_value=0), VALUES, VALUES, VALUES, TEXT, st.none() | TEXT)
FEEDS = st.builds(Feed, BYTES, st.sampled_from(FORMS), COUNTS)
BREAKS = st.builds(Break, NAMES, st.sampled_from(["instance", "class", "none"]))
CALLS = st.builds(Call, COUNTS, NAMES, st.lists(VALUES, max_size=2).map(tuple), st.none() | st.integers(min_value=0))
STIMULI: list[st.SearchStrategy[Any]] = [
    FEEDS,
    st.just(End()),
    BREAKS,
    CALLS,
    st.builds(Cancel, COUNTS),
    st.builds(Attach, st.sampled_from(["works", "unsupported", "fails"])),
    st.builds(Ask, NAMES),
    st.builds(Advance, st.integers(min_value=0)),
    st.just(Settle()),
]
OBSERVATIONS: list[st.SearchStrategy[Any]] = [
    st.just(Made()),
    st.builds(Returned, COUNTS, VALUES, st.booleans()),
    st.builds(Raised, COUNTS, PROBLEMS, st.booleans()),
    st.builds(Refused, PROBLEMS),
    st.builds(Answered, NAMES, VALUES),
    st.builds(Paused, COUNTS),
    st.builds(Resumed, COUNTS),
    st.just(Quiet()),
    st.builds(Overran, NAMES),
]
EVENTS = st.one_of([*STIMULI, *OBSERVATIONS])


def there_and_back(form: Any) -> Any:
    """What is left of a JSON form once it was written and read."""
    return json.loads(json.dumps(form))


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
    assert stimuli == set(STIMULUS_KEYS)


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
    ({"feed": "a", "as": "set"}, "'as' must be one of bytes, bytearray, .*, not 'set'"),
    ({"feed": "a", "as": 1}, "'as' must be a str, not 1"),
    ({"feed": "a", "times": 0}, "'times' must be at least 1, not 0"),
    ({"feed": "a", "times": True}, "'times' must be a int, not true"),
    ({"feed": "a", "times": "2"}, "'times' must be a int"),
    ({"break": "OSError", "as": "copy"}, "'as' must be one of instance, class, none, not 'copy'"),
    ({"break": None}, "'break' must be a str, not null"),
    ({"call": "read"}, "'op' must be a int, not null"),
    ({"call": "read", "op": 0}, "'op' must be at least 1, not 0"),
    ({"call": 1, "op": 1}, "'call' must be a str, not 1"),
    ({"call": "read", "op": 1, "args": 1}, "'args' must be a list, not 1"),
    ({"call": "read", "op": 1, "args": [1.5]}, "not a value: 1.5"),
    ({"call": "read", "op": 1, "timeout": -1}, "'timeout' must be at least 0, not -1"),
    ({"call": "read", "op": 1, "timeout": 1.5}, "'timeout' must be a int, not 1.5"),
    ({"call": "read", "op": 1, "n": 2}, "unknown key 'n'"),
    ({"cancel": 0}, "'cancel' must be at least 1, not 0"),
    ({"cancel": "1"}, "'cancel' must be a int"),
    ({"attach": "sometimes"}, "'attach' must be one of works, unsupported, fails, not 'sometimes'"),
    ({"ask": True}, "'ask' must be a str, not true"),
    ({"advance": -1}, "'advance' must be at least 0, not -1"),
    ({"advance": 0.5}, "'advance' must be a int, not 0.5"),
    ({"returned": "a"}, "'op' must be a int, not null"),
    ({"returned": "a", "op": 1, "at_once": 1}, "'at_once' must be a bool, not 1"),
    ({"raised": "OSError", "op": 1, "injected": "1"}, "'injected' must be a int"),
    ({"raised": "OSError", "op": 1, "partial": 0.5}, "not a value: 0.5"),
    ({"refused": "OSError", "context": 1}, "'context' must be a str, not 1"),
    ({"refused": "OSError", "message": None}, "'message' must be a str, not null"),
    ({"answered": "repr", "value": 0.5}, "not a value: 0.5"),
    ({"paused": 0}, "'paused' must be at least 1, not 0"),
    ({"resumed": 0}, "'resumed' must be at least 1, not 0"),
    ({"overran": 1}, "'overran' must be a str, not 1"),
]


@pytest.mark.parametrize(("form", "complaint"), REFUSED_EVENTS)
def test_what_is_no_event_is_refused_by_its_key(form: Any, complaint: str) -> None:
    with pytest.raises(ScriptError, match=complaint):
        event_from_json(form)


# Scenarios.


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    steps: list[Stimulus] = []
    calls = 0
    for step in draw(st.lists(st.one_of(STIMULI), max_size=6)):
        if isinstance(step, Call):
            calls += 1
            steps.append(Call(calls, step.method, step.args, step.timeout))
        elif not isinstance(step, Cancel):
            steps.append(step)
        elif calls:
            steps.append(Cancel(draw(st.integers(1, calls))))
    limit = draw(st.just(UNSET) | VALUES)
    return Scenario(draw(TEXT), tuple(steps), limit, draw(st.none() | TEXT), draw(TEXT))


@given(scenarios())
def test_a_scenario_is_one_line_of_ascii_and_comes_back_as_it_was(scenario: Scenario) -> None:
    line = scenario_to_line(scenario)
    assert line.isascii()
    assert line.splitlines() == [line]
    back = scenario_from_line(line)
    assert (back, repr(back)) == (scenario, repr(scenario))
    assert scenario_to_line(back) == line


def test_a_scenario_has_one_form_without_its_defaults() -> None:
    assert scenario_to_json(Scenario("x", ())) == {"name": "x", "steps": []}
    full = Scenario("x", (End(),), None, "reader.read.all", "It ends.")
    form = {"name": "x", "clause": "reader.read.all", "note": "It ends.", "limit": None, "steps": [{"end": True}]}
    assert scenario_to_json(full) == form
    assert list(scenario_to_json(full)) == list(form)
    assert scenario_from_json(form) == full


def test_reading_leaves_the_json_as_it_was() -> None:
    form = {"name": "x", "limit": 4, "steps": [{"call": "read", "op": 1, "timeout": None}]}
    kept = there_and_back(form)
    assert scenario_from_json(form).steps == (Call(1, "read"),)
    assert form == kept


REFUSED_SCENARIOS: list[tuple[str, str]] = [
    ("", "not JSON: "),
    ("{", "not JSON: "),
    ('{"name": "x", "steps": []} {}', "not JSON: "),
    ("[]", "a scenario is an object"),
    ("{}", "'name' must be a str, not null"),
    ('{"name": 1, "steps": []}', "'name' must be a str, not 1"),
    ('{"name": "x"}', "'steps' must be a list, not null"),
    ('{"name": "x", "steps": {}}', "'steps' must be a list"),
    ('{"name": "x", "steps": [], "clause": 1}', "'clause' must be a str, not 1"),
    ('{"name": "x", "steps": [], "note": 1}', "'note' must be a str, not 1"),
    ('{"name": "x", "steps": [], "limit": 1.5}', "not a value: 1.5"),
    ('{"name": "x", "steps": [], "python": 3}', "unknown key 'python'"),
    ('{"name": "x", "steps": [{"end": true}, {"end": false}]}', "^step 2: 'end' must be true"),
    ('{"name": "x", "steps": [{"quiet": true}]}', "^step 1: an observation is no step of a scenario"),
    ('{"name": "x", "steps": [{"returned": "a", "op": 1}]}', "^step 1: an observation is no step"),
    ('{"name": "x", "steps": [{"call": "read", "op": 2}]}', "^step 1: calls are numbered in order; .* op 1$"),
    ('{"name": "x", "steps": [{"cancel": 1}]}', "^step 1: there is no call 1 to cancel yet$"),
]


@pytest.mark.parametrize(("line", "complaint"), REFUSED_SCENARIOS)
def test_what_is_no_scenario_is_refused_with_its_place(line: str, complaint: str) -> None:
    with pytest.raises(ScriptError, match=complaint):
        scenario_from_line(line)


def test_calls_are_numbered_from_one_and_only_these_can_be_cancelled() -> None:
    check_calls((Call(1, "read"), Cancel(1), Call(2, "read"), Cancel(1), Cancel(2)))
    with pytest.raises(ScriptError, match=r"^step 2: .* must have op 2$"):
        check_calls((Call(1, "read"), Call(1, "read")))
    with pytest.raises(ScriptError, match=r"^step 2: there is no call 2 to cancel yet$"):
        check_calls((Call(1, "read"), Cancel(2), Call(2, "read")))
