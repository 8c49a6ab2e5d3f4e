"""Events from JSON, strictly: whatever is unknown, missing, left over or of another type is refused by its key."""

from __future__ import annotations

from typing import Any

import pytest

from streamgauge.conformance.scenarios.from_json import event_from_json
from streamgauge.conformance.scenarios.values import ScriptError

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
    ({"open": True}, "'open' must be a str, not true"),
    ({"open": ""}, "'open' must be one of peer, server, not ''"),
    ({"open": "peer", "high": -1}, "'high' must be at least 0, not -1"),
    ({"open": "peer", "pausing": "maybe"}, "'pausing' must be one of works, unsupported, fails, not 'maybe'"),
    ({"open": "peer", "half_close": 1}, "'half_close' must be a bool, not 1"),
    ({"open": "peer", "low": 1}, "unknown key 'low'"),
    ({"dial": "accepted"}, "'op' must be a int, not null"),
    ({"dial": "lost", "op": 1}, "'dial' must be one of accepted, refused, unanswered, not 'lost'"),
    ({"dial": "accepted", "op": 1, "options": []}, "'options' must be a dict"),
    ({"dial": "accepted", "op": 1, "options": {"a": 0.5}}, "not a value: 0.5"),
    ({"serve": "nobody"}, "'serve' must be one of plain, .*, not 'nobody'"),
    ({"accept": False}, "'accept' must be true"),
    ({"conclude": "fails"}, "'conclude' must be one of returns, raises, cancelled, not 'fails'"),
    ({"do": 1}, "'do' must be a str, not 1"),
    ({"do": "write", "args": "a"}, "'args' must be a list"),
    ({"clog": False}, "'clog' must be true"),
    ({"unclog": False}, "'unclog' must be a int, not false"),
    ({"unclog": None}, "'unclog' must be a int, not null"),
    ({"unclog": -1}, "'unclog' must be at least 0, not -1"),
    ({"lose": True}, "'lose' must be a str, not true"),
    ({"dialled": False}, "'dialled' must be true"),
    ({"listened": True, "options": 1}, "'options' must be a dict"),
    ({"handled": 0.5}, "not a value: 0.5"),
    ({"wrote": "€"}, "bytes travel as characters"),
    ({"wrote": None}, "'wrote' must be a str, not null"),
    ({"kept": 1}, "'kept' must be a bool, not 1"),
    ({"end": True, "on": 1}, "'on' must be at least 2, not 1"),
    ({"end": True, "on": None}, "'on' must be a int, not null"),
    ({"end": True, "on": 2, "more": 1}, "unknown key 'more'"),
]


@pytest.mark.parametrize(("form", "complaint"), REFUSED_EVENTS)
def test_what_is_no_event_is_refused_by_its_key(form: Any, complaint: str) -> None:
    with pytest.raises(ScriptError, match=complaint):
        event_from_json(form)
