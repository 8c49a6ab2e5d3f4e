"""The one JSON form of scenarios and events: tables, read both ways, from which the schema is made as well.

The same form serves the corpus, replay, results and other processes: one object an event, whose first key says what
happened. It follows from the fields of the event: the tables say what a field of some name, or some type, is like. What
goes without saying is left out; what concerns the second end of a connection says so by `on`. Bytes travel as text, one
character a byte; every other type that JSON lacks says its name. Reading is strict.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any, Literal, assert_never, cast, get_args, get_origin, get_type_hints

from streamgauge.conformance.scenarios.forms import (
    COUNT,
    FLAG,
    NUMBER,
    TEXT,
    TRUE,
    Form,
    Json,
    Record,
    Row,
    at_least,
    each,
    loads,
    must_be,
    one_of,
    or_else,
    said,
    shown,
    within,
)
from streamgauge.conformance.scenarios.script import Scenario, ScriptError, check_calls, check_peers
from streamgauge.spec import alphabet
from streamgauge.spec.alphabet import (
    UNSET,
    Argument,
    Event,
    Link,
    Observation,
    On,
    OneEnd,
    Problem,
    Shaped,
    Stimulus,
    Value,
)

# ------------------------------------------------------------------ values

SEVERAL = ("list", "tuple-subclass", "generator", "exhausted")  # kinds with elements
MOST_DEEP = 50


def value_to_json(value: Value | Argument) -> Any:
    """Return the JSON form of a value."""
    match value:
        case bytes():
            return value.decode("latin-1")
        case None | bool() | int():
            return value
        case str():
            return {"str": value}
        case tuple():
            return {"tuple": [value_to_json(one) for one in value]}
        case Shaped(kind=kind, content=tuple() as content):
            return {kind: [value_to_json(one) for one in content]}
        case Shaped(kind=kind, content=content):
            text = content.decode("latin-1") if isinstance(content, bytes) else content
            return {kind: text, "bytes": isinstance(content, bytes)}
        case _:
            assert_never(value)


def value_from_json(form: Any, deep: int = 0) -> Value:
    """Return the value of a JSON form. Raises `ScriptError`."""
    if deep > MOST_DEEP:
        raise ScriptError(f"a value holds others at most {MOST_DEEP} deep")
    match form:
        case None | bool() | int():
            return form
        case str():
            return _latin(form)
        case {"str": str(plain), **rest} if not rest:
            return plain
        case {"tuple": list(items), **rest} if not rest:
            return tuple(value_from_json(one, deep + 1) for one in items)
        case dict() if len(form) == 1 and (kind := next(iter(form))) in SEVERAL and isinstance(form[kind], list):
            return Shaped(kind, tuple(value_from_json(one, deep + 1) for one in form[kind]))
        case {"bytes": bool(binary), **rest} if len(rest) == 1:
            (name, text), *_ = rest.items()
            if isinstance(text, str):
                return Shaped(str(name), _latin(text) if binary else text)
    raise ScriptError(f"not a value: {shown(form)}")


def _latin(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        strange = next(character for character in text if character > "\xff")
        raise ScriptError(f"bytes travel as characters up to U+00FF, not {strange!r}") from None


def _read_bytes(key: str, form: Any) -> bytes:
    return _latin(TEXT.read(key, form))


def _read_value(_: str, form: Any) -> Value:
    return value_from_json(form)


def _read_options(key: str, form: Any) -> Any:
    if type(form) is not dict:
        raise must_be(key, "a dict", form)
    return tuple((name, value_from_json(value)) for name, value in form.items())


def _kinds_of_values() -> list[Json]:
    several = [{"type": "array", "items": {"$ref": "#/$defs/value"}}] * (1 + len(SEVERAL))
    contents = zip(("str", "tuple", *SEVERAL), ({"type": "string"}, *several), strict=True)
    return [
        {"type": ["null", "boolean", "integer"]},
        {"$ref": "#/$defs/bytes"},
        *(
            {"type": "object", "required": [kind], "additionalProperties": False, "properties": {kind: content}}
            for kind, content in contents
        ),
        {
            "description": "The name of the type and its contents; `bytes` says whether these are bytes.",
            "type": "object",
            "required": ["bytes"],
            "minProperties": 2,
            "maxProperties": 2,
            "properties": {"bytes": {"type": "boolean"}},
            "additionalProperties": {"type": "string"},
        },
    ]


DATA = Form(_read_bytes, {"$ref": "#/$defs/bytes"}, lambda data: data.decode("latin-1"))
VALUE = Form(_read_value, {"$ref": "#/$defs/value"}, value_to_json)
ARGUMENTS = each(VALUE)
OPTIONS = Form(
    _read_options,
    {"$ref": "#/$defs/options"},
    lambda options: {name: value_to_json(value) for name, value in options},
)

# ------------------------------------------------------------------ events

TO_WHOM = one_of(("peer", "server"))
LINKED = Form(
    lambda key, form: TO_WHOM.read(key, form) == "server",
    TO_WHOM.schema,
    lambda linked: "server" if linked else "peer",
)
# The form of a field by its name, or else by its type; one of a few words if that is what its type says.
BY_NAME: dict[str, Form] = {
    **dict.fromkeys(("op", "times", "transport"), NUMBER),
    **dict.fromkeys(("value", "partial", "expected", "consumed"), VALUE),
    "args": ARGUMENTS,
    "options": OPTIONS,
    "context": TEXT,
    "linked": LINKED,
    "count": or_else(COUNT, True, None),
    "timeout": Form(or_else(COUNT, None, None).read, {"description": "Seconds.", **COUNT.schema}),
}
BY_TYPE: dict[Any, Form] = {bytes: DATA, str: TEXT, int: COUNT, bool: FLAG, str | None: or_else(TEXT, None, None)}
DESCRIBED = {
    "pausing": "What pause_reading of the transport does.",
    "high": "The high mark of the transport (bytes).",
    "half_close": "Whether the transport has write_eof.",
    "linked": "To whom.",
    "fate": "What the network makes of it.",
    "handler": "The kind of the handler.",
}
# Parts of events, whose fields stand in the same object.
PARTS: dict[str, type] = {"link": Link, "problem": Problem}
# Of the other fields, the first one stands under the key that says what happened, the number of a call only where it is
# all there is to say; if there is none, that key is true.
BESIDE = frozenset({"at_once", "options", *(f"link.{field.name}" for field in fields(Link))})


def rows(kind: type, part: str = "", **forms: Form) -> Iterator[Row]:
    """Yield a row for each plain field of a dataclass, with its own default, in the form that `forms` or its type say.

    `part` is the name under which the dataclass is a part of another.
    """
    types = get_type_hints(kind, localns=vars(alphabet))  # a form that holds itself is known by name there
    for field in fields(kind):
        name = field.name
        if name in PARTS:
            continue
        form = forms.get(name) or BY_NAME.get(name) or _by_type(types[name])
        form = said(DESCRIBED[name], form) if name in DESCRIBED else form
        default = () if field.default is MISSING else (field.default,)
        yield ("as" if name == "form" else name, f"{part}.{name}" if part else name, form, *default)


def _by_type(kind: Any) -> Form:
    return one_of(get_args(kind)) if get_origin(kind) is Literal else BY_TYPE[kind]


def under(key: str, row: Row) -> Row:
    """Return a row under another key, which has to be there."""
    return (key, *row[1:3])


def _record(kind: type) -> Record:
    """Return the form of a kind of event."""
    parts = {field.name: PARTS[field.name] for field in fields(kind) if field.name in PARTS}
    several = [*rows(kind), *(row for name, part in parts.items() for row in rows(part, name))]
    key = kind.__name__.lower()
    told = min((row for row in several if row[1] not in BESIDE), key=lambda row: row[1] == "op", default=None)
    first = (key, "", TRUE) if told is None else under(key, told)
    return Record(kind, first, *(row for row in several if row is not told), **parts)


STIMULI = tuple(map(_record, get_args(OneEnd)))
OBSERVATIONS = tuple(map(_record, get_args(Observation)))
RECORDS = {record.make: record for record in (*STIMULI, *OBSERVATIONS)}
BY_KEY = {record.key: record for record in RECORDS.values()}
STEPS = frozenset(record.key for record in STIMULI)
END_NUMBER = said("Which end of a connection is concerned, if not the first.", at_least(2))


def event_to_json(event: Event) -> Json:
    """Return the JSON form of a stimulus or an observation."""
    if isinstance(event, On):
        return {**event_to_json(event.event), "on": event.end}
    return RECORDS[type(event)].write(event)


def event_from_json(form: Any) -> Event:
    """Return the event of a JSON form. Raises `ScriptError`."""
    if type(form) is not dict:
        raise ScriptError(f"a step is an object, not {shown(form)}")
    named = [key for key in form if key in BY_KEY]
    if len(named) != 1:
        found = ", ".join(form)[:80] or "none"
        raise ScriptError(f"a step has exactly one of the keys {', '.join(BY_KEY)}; this has {found}")
    record = BY_KEY[named[0]]
    if "on" not in form:
        return cast(Event, record.read(form))
    end = END_NUMBER.read("on", form["on"])
    return On(end, record.read({key: form[key] for key in form if key != "on"}))


EVENT = Form(lambda key, form: within(key, event_from_json, form), {"$ref": "#/$defs/event"}, event_to_json)

# --------------------------------------------------------------- scenarios


def _step(form: Any) -> Stimulus:
    event = event_from_json(form)
    if STEPS.isdisjoint(form):
        raise ScriptError("an observation is no step of a scenario")
    return cast(Stimulus, event)


STEP = Form(lambda key, form: within(key, _step, form), {"$ref": "#/$defs/stimulus"}, event_to_json)
ID = "^[a-z][a-z0-9]*([-.][a-z0-9]+)+$"
SCENARIO = Record(
    Scenario,
    ("name", "name", TEXT),
    ("clause", "clause", Form(TEXT.read, {"type": "string", "pattern": ID}), None),
    ("note", "note", TEXT, ""),
    ("limit", "limit", VALUE, UNSET),
    ("steps", "steps", each(STEP, "step {at}", 1)),
)


def scenario_to_json(scenario: Scenario) -> Json:
    """Return the JSON form of a scenario."""
    return SCENARIO.write(scenario)


def scenario_from_json(form: Any) -> Scenario:
    """Return the scenario of a JSON form. Raises `ScriptError`."""
    if type(form) is not dict:
        raise ScriptError("a scenario is an object")
    scenario: Scenario = SCENARIO.read(form)
    check_calls(scenario.steps)
    check_peers(scenario.steps)
    return scenario


def scenario_to_line(scenario: Scenario) -> str:
    """Return the scenario as one line of JSON."""
    return json.dumps(scenario_to_json(scenario), ensure_ascii=True)


def scenario_from_line(line: str) -> Scenario:
    """Return the scenario of one line of JSON. Raises `ScriptError`."""
    return scenario_from_json(loads(line))


# ------------------------------------------------------------------ schema


def schema() -> Json:
    """Return the part of the published schema that says what scenarios, events and values are."""
    return {
        "bytes": {"description": "One character a byte.", "type": "string", "pattern": "^[\\u0000-\\u00ff]*$"},
        "value": {
            "description": "Bytes travel as text; every type that JSON lacks says its name.",
            "oneOf": _kinds_of_values(),
        },
        "options": {
            "description": "Arguments by name.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": VALUE.schema,
        },
        "scenario": {"type": "object", **SCENARIO.schema},
        "event": {"type": "object", "oneOf": [{"$ref": "#/$defs/stimulus"}, {"$ref": "#/$defs/observation"}]},
        "stimulus": _alternatives(STIMULI),
        "observation": _alternatives(OBSERVATIONS),
    }


def _alternatives(records: tuple[Record, ...]) -> Json:
    def one(record: Record) -> Json:
        properties = {"on": END_NUMBER.schema, **record.schema["properties"]}
        return {"title": (record.make.__doc__ or "").partition("\n")[0], **record.schema, "properties": properties}

    return {"type": "object", "oneOf": list(map(one, records))}
