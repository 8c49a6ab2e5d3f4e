"""The scenario, and its one JSON form.

The same form serves the corpus, replay files, reports and other processes: one object a step. Bytes travel as text,
one character a byte; every other type that JSON lacks says its name. Reading is strict: whatever is unknown, missing
or left over is refused with its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from streamgauge.conformance.scenarios.from_json import STIMULI, Fields, event_from_json
from streamgauge.conformance.scenarios.to_json import Json, event_to_json
from streamgauge.conformance.scenarios.values import ScriptError, value_from_json, value_to_json
from streamgauge.spec.alphabet import (
    UNSET,
    Accept,
    Argument,
    Call,
    Cancel,
    Dial,
    Event,
    On,
    Open,
    Serve,
    Stimulus,
    Unset,
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

    @property
    def world(self) -> str:
        """Where it is played: `network` if it begins with a connection or a server, else `memory`."""
        first = self.steps[0] if self.steps else None
        event = first.event if isinstance(first, On) else first
        return "network" if isinstance(event, Open | Dial | Serve) else "memory"


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
    fields = Fields(form)
    limit = value_from_json(fields.form.pop("limit")) if "limit" in form else UNSET
    name, clause, note = fields.take("name", str), fields.take("clause", str, None), fields.take("note", str, "")
    steps = tuple(_stimulus(number, step) for number, step in enumerate(fields.take("steps", list), 1))
    fields.done()
    check_calls(steps)
    _check_peers(steps)
    return Scenario(name, steps, limit, clause, note)


def _stimulus(number: int, form: Any) -> Stimulus:
    try:
        event = event_from_json(form)
    except ScriptError as problem:
        raise ScriptError(f"step {number}: {problem}") from None
    if not any(key in form for key in STIMULI):
        raise ScriptError(f"step {number}: an observation is no step of a scenario")
    return cast(Stimulus, event)


def check_calls(steps: Iterable[Stimulus]) -> None:
    """Raise `ScriptError` unless calls are numbered 1, 2, 3 … and only such calls are cancelled."""
    calls = 0
    for number, step in enumerate(steps, 1):
        plain = step.event if isinstance(step, On) else step
        if isinstance(plain, Call | Dial):
            calls += 1
            if plain.op != calls:
                raise ScriptError(f"step {number}: calls are numbered in order; this one must have op {calls}")
        elif isinstance(plain, Cancel) and plain.op > calls:
            raise ScriptError(f"step {number}: there is no call {plain.op} to cancel yet")


def _check_peers(steps: Iterable[Stimulus]) -> None:
    """Raise `ScriptError` if two peers connect to one end: the second connection of a server is an end of its own."""
    taken: set[int] = set()
    for number, step in enumerate(steps, 1):
        end, plain = (step.end, step.event) if isinstance(step, On) else (1, step)
        if isinstance(plain, Accept):
            if end in taken:
                raise ScriptError(
                    f"step {number}: a peer has connected to this end already; let this one be on another"
                )
            taken.add(end)


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
