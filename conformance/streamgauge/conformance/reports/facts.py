"""The facts of a departure in JSON: what kind it is, what was owed and how things stood, for whoever compares runs.

What goes without saying is left out. The sentences of a report are made from the same facts.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, assert_never

from streamgauge.conformance.results import Failure
from streamgauge.conformance.scenarios.script import Trace, event_from_json, event_to_json, scenario_from_json
from streamgauge.conformance.scenarios.values import latin, value_from_json, value_to_json
from streamgauge.spec.state import Fails, Gives, Owed, Yields
from streamgauge.spec.verdicts import Situation, Violation, Wanted

Json = dict[str, Any]


def facts_to_json(failure: Failure) -> Json:
    """Return the facts of a failure."""
    facts = failure.violation
    stood = {name: value for name, value in asdict(facts.situation).items() if value}
    if facts.situation.unsent:
        stood["unsent"] = value_to_json(facts.situation.unsent)
    return {
        "kind": facts.kind,
        "call": facts.call,
        "method": facts.method,
        "end": failure.end,
        "turn": failure.turn,
        "owed": [_owed_to_json(one) for one in facts.owed],
        "seen": event_to_json(facts.observed),
        "situation": stood,
    }


def _owed_to_json(one: Owed | Wanted) -> Json:
    if isinstance(one, Wanted):
        form: Json = {"wanted": one.what}
        return form if one.value is None else {**form, "value": value_to_json(one.value)}
    optional = {"optional": True} if one.optional else {}
    match one.outcome:
        case Gives(data=data, short=short):
            return {"gives": value_to_json(data), **({"short": True} if short else {}), **optional}
        case Yields(value=value):
            return {"returns": value_to_json(value), **optional}
        case Fails(names, injected, partial, expected, consumed):
            details = {"partial": partial, "expected": expected, "consumed": consumed}
            said = {name: value_to_json(value) for name, value in details.items() if value not in (None, ())}
            return {"raises": list(names), **({"injected": injected} if injected else {}), **said, **optional}
        case _:
            assert_never(one.outcome)


def failure_from_json(clause: str, form: Json, trace: Trace) -> Failure:
    """Return a failure as it stands in a results file."""
    facts = form["facts"]
    stood = facts["situation"]
    if "unsent" in stood:
        stood = {**stood, "unsent": latin(stood["unsent"])}
    violation = Violation(
        clause=clause,
        kind=facts["kind"],
        observed=event_from_json(facts["seen"]),
        owed=tuple(_owed_from_json(one) for one in facts["owed"]),
        call=facts["call"],
        method=facts["method"],
        situation=Situation(**stood),
    )
    scenario = scenario_from_json(form["scenario"])
    return Failure(scenario, trace, form["at"], violation, facts["end"], facts["turn"], form["scenarios"])


def _owed_from_json(form: Json) -> Owed | Wanted:
    if "wanted" in form:
        return Wanted(form["wanted"], value_from_json(form.get("value")))
    optional = form.get("optional", False)
    if "gives" in form:
        return Owed(Gives(latin(form["gives"]), form.get("short", False)), (), optional=optional)
    if "returns" in form:
        return Owed(Yields(value_from_json(form["returns"])), (), optional=optional)
    details: Any = {name: value_from_json(form[name]) for name in ("partial", "expected", "consumed") if name in form}
    return Owed(Fails(tuple(form["raises"]), form.get("injected", 0), **details), (), optional=optional)
