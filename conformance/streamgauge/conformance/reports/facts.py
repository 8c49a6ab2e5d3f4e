"""The facts of a departure in JSON: what kind it is, what was owed and how things stood, for whoever compares runs.

Read and written by one table, as events are; what goes without saying is left out. The sentences of a report are made
from the same facts.
"""

from __future__ import annotations

from functools import partial
from typing import Any, get_args

from streamgauge.conformance.scenarios.codec import ARGUMENTS, DATA, EVENT, VALUE
from streamgauge.conformance.scenarios.forms import (
    COUNT,
    FLAG,
    NUMBER,
    TEXT,
    Form,
    Json,
    Record,
    each,
    must_be,
    nested,
    one_of,
    said,
)
from streamgauge.conformance.scenarios.script import ScriptError
from streamgauge.spec.state import Fails, Gives, Owed, Yields
from streamgauge.spec.verdicts import Expectation, Kind, Situation, Violation, Wanted

OPTIONAL = ("optional", "optional", FLAG, False)
_ending = partial(Owed, clauses=())
EXPECTED: dict[type, Record] = {
    Gives: Record(
        _ending, ("gives", "outcome.data", DATA), ("short", "outcome.short", FLAG, False), OPTIONAL, outcome=Gives
    ),
    Yields: Record(_ending, ("returns", "outcome.value", VALUE), OPTIONAL, outcome=Yields),
    Fails: Record(
        _ending,
        ("raises", "outcome.names", each(TEXT, {})),
        ("injected", "outcome.injected", COUNT, 0),
        ("partial", "outcome.partial", DATA, None),
        ("expected", "outcome.expected", ARGUMENTS, ()),
        ("consumed", "outcome.consumed", each(COUNT, {}), ()),
        OPTIONAL,
        outcome=Fails,
    ),
    Wanted: Record(Wanted, ("wanted", "what", one_of(get_args(Expectation))), ("value", "value", VALUE, None)),
}
BY_KEY = {record.key: record for record in EXPECTED.values()}


def _read_expected(key: str, form: Any) -> Owed | Wanted:
    record = next((BY_KEY[one] for one in form if one in BY_KEY), None) if type(form) is dict else None
    if record is None:
        raise must_be(key, f"an object with one of the keys {', '.join(BY_KEY)}", form)
    try:
        expected: Owed | Wanted = record.read(form)
    except ScriptError as problem:
        raise ScriptError(f"{key}: {problem}") from None
    return expected


def _expected_to_json(one: Owed | Wanted) -> Json:
    return EXPECTED[Wanted if isinstance(one, Wanted) else type(one.outcome)].write(one)


SITUATION = Record(
    Situation,
    ("unread", "unread", COUNT, 0),
    ("ended", "ended", FLAG, False),
    ("stored", "stored", TEXT, ""),
    ("limit", "limit", VALUE, 0),
    ("paused", "paused", FLAG, False),
    ("held", "held", FLAG, False),
    ("closing", "closing", FLAG, False),
    ("lost", "lost", FLAG, False),
    ("unsent", "unsent", DATA, b""),
)
# The attributes are those of a `Failure`; its clause stands beside the facts.
FACTS = Record(
    dict,
    ("kind", "violation.kind", said("What kind of departure it is.", one_of(get_args(Kind)))),
    ("call", "violation.call", said("The number of the call that departs, 0 if none does.", COUNT)),
    ("method", "violation.method", said("What was called, or asked.", TEXT)),
    ("end", "end", said("Which end of a connection departs.", NUMBER)),
    ("turn", "turn", said("In which turn of the loop, counted from 1.", NUMBER)),
    (
        "owed",
        "violation.owed",
        each(
            Form(_read_expected, {"oneOf": [{"type": "object", **one.schema} for one in BY_KEY.values()]},
                 _expected_to_json),
            {},
        ),
    ),
    ("seen", "violation.observed", EVENT),
    ("situation", "violation.situation", said("How things stood.", nested(SITUATION))),
    violation=partial(Violation, clause=""),
)  # fmt: skip
