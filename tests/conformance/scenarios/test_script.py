"""Scenarios as lines of JSON, and what makes a list of steps a scenario."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import STIMULI, TEXT, VALUES, there_and_back
from streamgauge.conformance.scenarios.codec import (
    scenario_from_json,
    scenario_from_line,
    scenario_to_json,
    scenario_to_line,
)
from streamgauge.conformance.scenarios.script import Scenario, ScriptError, check_calls
from streamgauge.spec.alphabet import UNSET, Accept, Call, Cancel, Dial, End, Feed, On, Open, Serve, Stimulus


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    steps: list[Stimulus] = []
    calls: list[int] = []  # at which end each was made
    connected = set()
    for drawn in draw(st.lists(STIMULI, max_size=6)):
        step: Any = drawn.event if isinstance(drawn, On) else drawn
        end = drawn.end if isinstance(drawn, On) else 1
        if isinstance(step, Call | Dial):
            calls.append(end)
            step = replace(step, op=len(calls))
        elif isinstance(step, Cancel):
            mine = [op for op, made in enumerate(calls, 1) if made == end]
            if not mine:
                continue
            step = Cancel(draw(st.sampled_from(mine)))
        elif isinstance(step, Accept):
            if end in connected:
                continue
            connected.add(end)
        steps.append(On(end, step) if isinstance(drawn, On) else step)
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
    ("{}", "'name' is missing"),
    ('{"name": 1, "steps": []}', "'name' must be a str, not 1"),
    ('{"name": "x"}', "'steps' is missing"),
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
    (
        '{"name": "x", "steps": [{"open": "peer"}, {"call": "drain", "op": 1, "on": 2}, {"cancel": 1}]}',
        "^step 3: call 1 was made at the other end; look at 'on'$",
    ),
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


def test_calls_of_both_ends_and_attempts_to_connect_are_numbered_together() -> None:
    check_calls((Dial(1), On(2, Call(2, "read")), Call(3, "drain"), On(2, Cancel(2)), Cancel(1)))
    with pytest.raises(ScriptError, match=r"^step 2: .* must have op 2$"):
        check_calls((Dial(1), On(2, Call(1, "read"))))
    with pytest.raises(ScriptError, match=r"^step 2: there is no call 2 to cancel yet$"):
        check_calls((Dial(1), On(2, Cancel(2))))


def test_every_end_has_a_peer_of_its_own() -> None:
    peers: list[Any] = [{"serve": "plain"}, {"accept": True}, {"accept": True, "on": 2}]
    assert len(scenario_from_json({"name": "x", "steps": peers}).steps) == 3
    with pytest.raises(ScriptError, match=r"^step 4: a peer has connected to this end already"):
        scenario_from_json({"name": "x", "steps": [*peers, {"accept": True}]})


@pytest.mark.parametrize(
    ("steps", "world"),
    [
        ((), "memory"),
        ((Feed(b"a"), End()), "memory"),
        ((Open(),), "network"),
        ((Dial(1),), "network"),
        ((Serve(),), "network"),
        ((On(2, Serve()), Open(linked=True)), "network"),
    ],
)
def test_how_a_scenario_begins_says_where_it_is_played(steps: tuple[Stimulus, ...], world: str) -> None:
    assert Scenario("x", steps).world == world
