"""Values in the one JSON form: each type comes back as itself, and nothing else is a value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from events import VALUES, there_and_back
from streamgauge.conformance.scenarios.values import ScriptError, value_from_json, value_to_json
from streamgauge.spec.alphabet import Shaped, Value


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
