"""What each line of a results file holds: tables by which it is read, and from which the published schema is made."""

from __future__ import annotations

import json
from typing import Any

from streamgauge.conformance.reports.facts import FACTS
from streamgauge.conformance.results import Verdict
from streamgauge.conformance.scenarios import codec
from streamgauge.conformance.scenarios.codec import EVENT, ID, event_to_json, scenario_from_json, scenario_to_json
from streamgauge.conformance.scenarios.forms import (
    COUNT,
    FLAG,
    NUMBER,
    TEXT,
    Form,
    Json,
    Record,
    a,
    each,
    matching,
    must_be,
    nested,
    one_of,
    said,
)
from streamgauge.conformance.scenarios.script import ScriptError
from streamgauge.spec.clauses import Basis, Level

FORMAT = 1


def _row(key: str, form: Form, *default: Any) -> tuple[Any, ...]:
    return (key, key, form, *default)


def _read_kind(_: str, form: Any) -> Any:
    return form


def _read_scenario(key: str, form: Any) -> Any:
    try:
        scenario = scenario_from_json(form)
        if scenario.clause is not None:
            CLAUSE.read("clause", scenario.clause)
    except ScriptError as problem:
        raise ScriptError(f"{key}: {problem}") from None
    return _in_one_form(key, form, scenario_to_json(scenario), scenario)


def _read_event(key: str, form: Any) -> Any:
    event = EVENT.read(key, form)
    return _in_one_form(key, form, event_to_json(event), event)


def _in_one_form(key: str, form: Any, right: Json, value: Any) -> Any:
    """Return the value, unless somebody wrote what goes without saying."""
    if form != right:
        raise must_be(key, f"in the one form, {json.dumps(right)}", form)
    return value


def _read_names(key: str, form: Any) -> Any:
    names = each(TEXT, {}).read(key, form)
    if len(set(names)) < len(names):
        raise ScriptError(f"{key!r} names something twice")
    return names


def _read_shard(key: str, form: Any) -> Any:
    shard = each(NUMBER, {}).read(key, form)
    if len(shard) != 2:  # this one, of how many
        raise must_be(key, "two numbers", form)
    return shard


CLAUSE, NAME = matching(ID), matching({"type": "string", "minLength": 1})
VERDICT = one_of(tuple(verdict.value for verdict in Verdict))
KIND = Form(_read_kind, True)
FAILURE = Record(
    dict,
    _row("scenario", Form(_read_scenario, {"$ref": "#/$defs/scenario"})),
    _row("trace", each(Form(_read_event, EVENT.schema), {})),
    _row("at", said("The index of the event of the trace that departs.", COUNT)),
    _row("allowed", said("In words.", each(TEXT, {}))),
    _row("observed", said("In words.", TEXT)),
    _row("because", TEXT),
    _row("facts", said("The same, as data.", nested(FACTS))),
    _row("scenarios", said("How many scenarios show it.", COUNT)),
    _row("script", said("A Python program that shows it without streamgauge; older files have one.", TEXT), ""),
)
LINES = {
    "header": Record(
        dict,
        _row("kind", KIND),
        _row("format", one_of((FORMAT,))),
        _row("suite", said("The version of streamgauge.", NAME)),
        _row("target", NAME),
        _row("python", said("Whose rules apply.", matching({"type": "string", "pattern": "^[0-9]+\\.[0-9]+$"}))),
        _row("effort", NAME),
        _row("seed", a(int, {"type": "integer"})),
        _row("shard", said("Which part of the work this is, of how many.", Form(
            _read_shard, {"type": "array", "items": NUMBER.schema, "minItems": 2, "maxItems": 2}))),
        _row("capabilities", Form(_read_names, {"type": "array", "items": TEXT.schema, "uniqueItems": True})),
    ),
    "clause": Record(
        dict,
        _row("kind", KIND),
        _row("clause", CLAUSE),
        _row("verdict", VERDICT),
        _row("level", one_of(tuple(level.value for level in Level))),
        _row("basis", one_of(tuple(basis.value for basis in Basis))),
        _row("scenarios", said("How many scenarios exercised it.", COUNT)),
        _row("reason", said("Why the verdict is neither pass nor fail.", NAME), ""),
        _row("blocked_by", CLAUSE, None),
        _row("failure", said("The shortest scenario that shows the departure, and what came of it.",
                             nested(FAILURE)), None),
    ),
    "bound": Record(
        dict,
        _row("kind", KIND),
        _row("name", NAME),
        _row("covers", TEXT),
        _row("scenarios", COUNT),
        _row("let_go", said("How many of them were not judged to the end; older files do not say.", COUNT), 0),
    ),
    "fault": Record(dict, _row("kind", KIND), _row("fault", TEXT)),
    "footer": Record(
        dict,
        _row("kind", KIND),
        _row("scenarios", COUNT),
        _row("verdicts", nested(Record(dict, *(_row(verdict.value, COUNT) for verdict in Verdict)))),
        _row("complete", said("False if the run was interrupted.", FLAG)),
        _row("strict", said("Whether de-facto clauses, SHOULD and MAY count.", FLAG)),
        _row("status", said("0 conforms, 1 does not, 2 inconclusive, 3 nothing selected, 4 suite or adapter.",
                            one_of((0, 1, 2, 3, 4)))),
    ),
}  # fmt: skip
KINDS = tuple(LINES)


def schema() -> Json:
    """Return the published schema of one line, which `schema.json` holds."""
    only = {"description": "only a clause that failed has a failure", "not": {"required": ["failure"]}}
    of_failures = {
        "if": {"properties": {"verdict": {"const": "fail"}}},
        "then": {"required": ["failure"]},
        "else": only,
    }
    kinds = {kind: dict(record.schema) for kind, record in LINES.items()}
    kinds["clause"] |= of_failures
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:streamgauge:results:{FORMAT}",
        "title": f"A line of a results file of streamgauge, format {FORMAT}",
        "description": "The first line is a header, the last a footer; between them stand, in this order, "
        "the clauses, the bounds and the faults.",
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(KINDS)}},
        "allOf": [
            {"if": {"properties": {"kind": {"const": kind}}}, "then": {"$ref": f"#/$defs/{kind}"}} for kind in KINDS
        ],
        "$defs": {**kinds, **codec.schema()},
    }
