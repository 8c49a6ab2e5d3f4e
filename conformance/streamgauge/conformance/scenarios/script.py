"""The scenario, and its one JSON form.

The same form serves the corpus, replay files, reports and other processes: one object a step, whose first key
says which stimulus or observation it is. Bytes travel as text, one character a byte; every other type that JSON
lacks says its name. Reading is strict: whatever is unknown, missing or left over is refused with its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, assert_never, cast, get_args

from streamgauge.conformance.scenarios.values import ScriptError, latin, value_from_json, value_to_json
from streamgauge.spec.alphabet import (
    UNSET,
    Advance,
    Answered,
    Argument,
    Ask,
    Attach,
    Break,
    BreakForm,
    Call,
    Cancel,
    End,
    Event,
    Feed,
    Form,
    Made,
    Overran,
    Paused,
    Pausing,
    Problem,
    Quiet,
    Raised,
    Refused,
    Resumed,
    Returned,
    Settle,
    Stimulus,
    Unset,
    Value,
)

__all__ = [
    "Json",
    "Scenario",
    "ScriptError",
    "Trace",
    "check_calls",
    "event_from_json",
    "event_to_json",
    "scenario_from_json",
    "scenario_from_line",
    "scenario_to_json",
    "scenario_to_line",
    "value_from_json",
    "value_to_json",
]

Json = dict[str, Any]
Trace = tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is done to an implementation: the limit (bytes) it is made with, and the steps.

    `clause` is the clause that the scenario was written for, `note` one sentence on what it shows.
    """

    name: str
    steps: tuple[Stimulus, ...]
    limit: Argument | Unset = UNSET
    clause: str | None = None
    note: str = ""


# ------------------------------------------------------------------ events


def event_to_json(event: Event) -> Json:
    """Return the JSON form of a stimulus or an observation."""
    match event:
        case Feed(data=data, form=form, times=times):
            return _trim({"feed": data.decode("latin-1"), "as": form, "times": times}, {"as": "bytes", "times": 1})
        case Break(error=error, form=given):
            return _trim({"break": error, "as": given}, {"as": "instance"})
        case Call(op=op, method=method, args=args, timeout=timeout):
            call: Json = {"call": method, "op": op, "args": [value_to_json(one) for one in args], "timeout": timeout}
            return _trim(call, {"args": [], "timeout": None})
        case Cancel(op=op):
            return {"cancel": op}
        case Attach(pausing=pausing):
            return {"attach": pausing}
        case Ask(question=question):
            return {"ask": question}
        case Advance(seconds=seconds):
            return {"advance": seconds}
        case End() | Settle() | Made() | Quiet():
            return {type(event).__name__.lower(): True}
        case Returned(op=op, value=value, at_once=at_once):
            return _trim({"returned": value_to_json(value), "op": op, "at_once": at_once}, {"at_once": False})
        case Raised(op=op, problem=problem, at_once=at_once):
            rest = _trim({"op": op, "at_once": at_once}, {"at_once": False})
            return {"raised": problem.name, **rest, **_problem_to_json(problem)}
        case Refused(problem=problem):
            return {"refused": problem.name, **_problem_to_json(problem)}
        case Answered(question=question, value=value):
            return {"answered": question, "value": value_to_json(value)}
        case Paused(transport=transport):
            return {"paused": transport}
        case Resumed(transport=transport):
            return {"resumed": transport}
        case Overran(budget=budget):
            return {"overran": budget}
        case _:
            assert_never(event)


def _trim(form: Json, defaults: Mapping[str, Any]) -> Json:
    return {key: value for key, value in form.items() if key not in defaults or defaults[key] != value}


def _problem_to_json(problem: Problem) -> Json:
    form = {
        "injected": problem.injected,
        "partial": value_to_json(problem.partial),
        "expected": value_to_json(problem.expected),
        "consumed": value_to_json(problem.consumed),
        "message": problem.message,
        "context": problem.context,
    }
    plain = {"injected": 0, "partial": None, "expected": None, "consumed": None, "message": "", "context": None}
    return _trim(form, plain)


class _Fields:
    """The keys of one JSON object, each of which must be asked for, and of the right type."""

    def __init__(self, form: Json) -> None:
        self.form = dict(form)

    def take(self, key: str, kind: type, default: Any = ...) -> Any:
        if key not in self.form and default is not ...:
            return default
        value = self.form.pop(key, None)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ScriptError(f"{key!r} must be a {kind.__name__}, not {json.dumps(value)}")
        return value

    def pick(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self.take(key, str, default)
        if value not in choices:
            raise ScriptError(f"{key!r} must be one of {', '.join(choices)}, not {value!r}")
        return cast(str, value)

    def value(self, key: str) -> Value:
        return value_from_json(self.form.pop(key, None))

    def done(self) -> None:
        if self.form:
            raise ScriptError(f"unknown key {next(iter(self.form))!r}")


def _read_feed(fields: _Fields) -> Feed:
    data = latin(fields.take("feed", str))
    return Feed(data, cast(Form, fields.pick("as", get_args(Form), "bytes")), _at_least(fields, "times", 1, 1))


def _read_call(fields: _Fields) -> Call:
    method, op = fields.take("call", str), _at_least(fields, "op", 1)
    args = tuple(map(value_from_json, fields.take("args", list, [])))
    timeout = _at_least(fields, "timeout", 0, None) if fields.form.get("timeout") is not None else None
    fields.form.pop("timeout", None)
    return Call(op, method, args, timeout)


def _at_least(fields: _Fields, key: str, least: int, default: Any = ...) -> Any:
    value = fields.take(key, int, default)
    if value is not None and value < least:
        raise ScriptError(f"{key!r} must be at least {least}, not {value}")
    return value


def _read_break(fields: _Fields) -> Break:
    error = fields.take("break", str)
    return Break(error, cast(BreakForm, fields.pick("as", get_args(BreakForm), "instance")))


def _read_problem(fields: _Fields, key: str) -> Problem:
    return Problem(
        fields.take(key, str),
        fields.take("injected", int, 0),
        fields.value("partial"),
        fields.value("expected"),
        fields.value("consumed"),
        fields.take("message", str, ""),
        fields.take("context", str, None),
    )


def _plain(kind: Callable[[], Event], key: str) -> Callable[[_Fields], Event]:
    def read(fields: _Fields) -> Event:
        if fields.take(key, bool) is not True:
            raise ScriptError(f"{key!r} must be true")
        return kind()

    return read


READERS: dict[str, Callable[[_Fields], Event]] = {
    "feed": _read_feed,
    "end": _plain(End, "end"),
    "break": _read_break,
    "call": _read_call,
    "cancel": lambda fields: Cancel(_at_least(fields, "cancel", 1)),
    "attach": lambda fields: Attach(cast(Pausing, fields.pick("attach", get_args(Pausing), ""))),
    "ask": lambda fields: Ask(fields.take("ask", str)),
    "advance": lambda fields: Advance(_at_least(fields, "advance", 0)),
    "settle": _plain(Settle, "settle"),
    "made": _plain(Made, "made"),
    "returned": lambda fields: Returned(
        _at_least(fields, "op", 1), fields.value("returned"), fields.take("at_once", bool, False)
    ),
    "raised": lambda fields: Raised(
        _at_least(fields, "op", 1), _read_problem(fields, "raised"), fields.take("at_once", bool, False)
    ),
    "refused": lambda fields: Refused(_read_problem(fields, "refused")),
    "answered": lambda fields: Answered(fields.take("answered", str), fields.value("value")),
    "paused": lambda fields: Paused(_at_least(fields, "paused", 1)),
    "resumed": lambda fields: Resumed(_at_least(fields, "resumed", 1)),
    "quiet": _plain(Quiet, "quiet"),
    "overran": lambda fields: Overran(fields.take("overran", str)),
}
STIMULUS_KEYS = ("feed", "end", "break", "call", "cancel", "attach", "ask", "advance", "settle")


def event_from_json(form: Any) -> Event:
    """Return the event of a JSON form. Raises `ScriptError`."""
    if not isinstance(form, dict):
        raise ScriptError(f"a step is an object, not {json.dumps(form)}")
    named = [key for key in form if key in READERS]
    if len(named) != 1:
        found = ", ".join(form) or "none"
        raise ScriptError(f"a step has exactly one of the keys {', '.join(READERS)}; this has {found}")
    fields = _Fields(form)
    event = READERS[named[0]](fields)
    fields.done()
    return event


# --------------------------------------------------------------- scenarios


def scenario_to_json(scenario: Scenario) -> Json:
    """Return the JSON form of a scenario."""
    form: Json = {"name": scenario.name}
    if scenario.clause is not None:
        form["clause"] = scenario.clause
    if scenario.note:
        form["note"] = scenario.note
    if not isinstance(scenario.limit, Unset):
        form["limit"] = value_to_json(scenario.limit)
    form["steps"] = [event_to_json(step) for step in scenario.steps]
    return form


def scenario_from_json(form: Any) -> Scenario:
    """Return the scenario of a JSON form. Raises `ScriptError`."""
    if not isinstance(form, dict):
        raise ScriptError("a scenario is an object")
    fields = _Fields(form)
    limit = value_from_json(fields.form.pop("limit")) if "limit" in form else UNSET
    name, clause, note = fields.take("name", str), fields.take("clause", str, None), fields.take("note", str, "")
    steps = tuple(_stimulus(number, step) for number, step in enumerate(fields.take("steps", list), 1))
    fields.done()
    check_calls(steps)
    return Scenario(name, steps, limit, clause, note)


def _stimulus(number: int, form: Any) -> Stimulus:
    try:
        event = event_from_json(form)
    except ScriptError as problem:
        raise ScriptError(f"step {number}: {problem}") from None
    if not any(key in form for key in STIMULUS_KEYS):
        raise ScriptError(f"step {number}: an observation is no step of a scenario")
    return cast(Stimulus, event)


def check_calls(steps: Iterable[Stimulus]) -> None:
    """Raise `ScriptError` unless calls are numbered 1, 2, 3 … and only such calls are cancelled."""
    calls = 0
    for number, step in enumerate(steps, 1):
        if isinstance(step, Call):
            calls += 1
            if step.op != calls:
                raise ScriptError(f"step {number}: calls are numbered in order; this one must have op {calls}")
        elif isinstance(step, Cancel) and step.op > calls:
            raise ScriptError(f"step {number}: there is no call {step.op} to cancel yet")


def scenario_from_line(line: str) -> Scenario:
    """Return the scenario of one line of JSON. Raises `ScriptError`."""
    try:
        form = json.loads(line)
    except json.JSONDecodeError as problem:
        raise ScriptError(f"not JSON: {problem}") from None
    return scenario_from_json(form)


def scenario_to_line(scenario: Scenario) -> str:
    """Return the scenario as one line of JSON."""
    return json.dumps(scenario_to_json(scenario), ensure_ascii=True)
