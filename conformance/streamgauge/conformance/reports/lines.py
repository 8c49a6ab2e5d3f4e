"""What each line of a results file holds: tables by which it is written and read; the published schema is made of them.

A line is made of a `ClauseResult`, a `Bound`, the text of a fault, or, header and footer, of a whole `Report`. The
facts of a departure (its kind, what was owed and how things stood) are there as data for whoever compares runs; the
sentences beside them are made from the same facts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from operator import itemgetter
from typing import Any, get_args

from streamgauge.conformance.explaining.explain import observed
from streamgauge.conformance.results import Bound, ClauseResult, Failure, Results, Verdict
from streamgauge.conformance.scenarios import codec
from streamgauge.conformance.scenarios.codec import (
    ARGUMENTS,
    DATA,
    EVENT,
    ID,
    SCENARIO,
    VALUE,
    rows,
    scenario_from_json,
    under,
)
from streamgauge.conformance.scenarios.forms import (
    COUNT,
    FLAG,
    NUMBER,
    TEXT,
    Form,
    Json,
    Record,
    Row,
    a,
    each,
    itself,
    matching,
    must_be,
    nested,
    one_of,
    said,
    within,
)
from streamgauge.conformance.scenarios.script import ScriptError, Trace, connects
from streamgauge.spec.alphabet import NETWORK, Accept, Beginning, Event, Stimulus, parted
from streamgauge.spec.clauses import Basis, Clause, Level, by_id
from streamgauge.spec.state import Fails, Gives, Owed, Yields
from streamgauge.spec.verdicts import Kind, Situation, Violation, Wanted

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Report:
    """What a results file holds: the results, the version of the suite that wrote it, and what its status was."""

    results: Results
    suite: str
    strict: bool
    status: int

    def verdicts(self) -> dict[str, int]:
        """Count the clauses of each verdict."""
        counts = Counter(one.verdict for one in self.results.clauses)
        return {verdict.value: counts[verdict] for verdict in Verdict}


# ------------------------------------------------------------------- forms


def _member(kind: type[StrEnum]) -> Form:
    """Return the form of a member of an enumeration."""
    words = one_of(tuple(member.value for member in kind))
    return Form(lambda key, form: kind(words.read(key, form)), words.schema, lambda member: member.value)


def _in_one_form(right: Form) -> Form:
    """Return the form, refused if somebody wrote what goes without saying."""
    write = right.write or itself

    def read(key: str, form: Any) -> Any:
        value = right.read(key, form)
        if form != write(value):
            raise must_be(key, f"in the one form, {json.dumps(write(value))}", form)
        return value

    return replace(right, read=read)


def _read_scenario(form: Any) -> Any:
    scenario = scenario_from_json(form)
    if scenario.clause is not None:
        CLAUSE.read("clause", scenario.clause)
    return scenario


def _read_names(key: str, form: Any) -> Any:
    names = each(TEXT).read(key, form)
    if len(set(names)) < len(names):
        raise ScriptError(f"{key!r} names something twice")
    return frozenset(names)


def _read_shard(key: str, form: Any) -> Any:
    shard = each(NUMBER).read(key, form)
    if len(shard) != 2:  # this one, of how many
        raise must_be(key, "two numbers", form)
    return shard


CLAUSE, NAME = matching(ID), a(str, {"type": "string", "minLength": 1}, bool, "text that is not empty")
SCENARIO_FORM = Form(lambda key, form: within(key, _read_scenario, form), {"$ref": "#/$defs/scenario"}, SCENARIO.write)
SHARD = Form(_read_shard, {"type": "array", "items": NUMBER.schema, "minItems": 2, "maxItems": 2}, list)
CAPABILITIES = Form(_read_names, {"type": "array", "items": TEXT.schema, "uniqueItems": True}, sorted)
PYTHON = matching("^[0-9]+\\.[0-9]+$")
VERSION = Form(
    lambda key, form: tuple(map(int, PYTHON.read(key, form).split("."))),
    PYTHON.schema,
    lambda version: ".".join(map(str, version)),
)

# ------------------------------------------------------------------- facts


def _ending(outcome: type, key: str, **forms: Form) -> Record:
    first, *rest = rows(outcome, "outcome", **forms)
    optional = ("optional", "optional", FLAG, False)
    return Record(partial(Owed, clauses=()), under(key, first), *rest, optional, outcome=outcome)


EXPECTED: dict[type, Record] = {
    Gives: _ending(Gives, "gives"),
    Yields: _ending(Yields, "returns"),
    Fails: _ending(Fails, "raises", names=each(TEXT, least=1), partial=DATA, expected=ARGUMENTS, consumed=each(COUNT)),
    Wanted: Record(Wanted, *(under("wanted", row) if row[0] == "what" else row for row in rows(Wanted))),
}
BY_KEY = {record.key: record for record in EXPECTED.values()}


def _read_expected(key: str, form: Any) -> Any:
    record = next((BY_KEY[one] for one in form if one in BY_KEY), None) if type(form) is dict else None
    if record is None:
        raise must_be(key, f"an object with one of the keys {', '.join(BY_KEY)}", form)
    return within(key, record.read, form)


OWED = Form(
    _read_expected,
    {"oneOf": [{"type": "object", **record.schema} for record in EXPECTED.values()]},
    lambda one: EXPECTED[Wanted if isinstance(one, Wanted) else type(one.outcome)].write(one),
)
# The attributes are those of a `Failure`; its clause stands beside the facts.
FACTS = Record(
    dict,
    ("kind", "violation.kind", said("What kind of departure it is.", one_of(get_args(Kind)))),
    ("call", "violation.call", said("The number of the call that departs, 0 if none does.", COUNT)),
    ("method", "violation.method", said("What was called, or asked.", TEXT)),
    ("end", "end", said("Which end of a connection departs.", NUMBER)),
    ("turn", "turn", said("In which turn of the loop, counted from 1.", NUMBER)),
    ("owed", "violation.owed", each(OWED)),
    ("seen", "violation.observed", EVENT),
    (
        "situation",
        "violation.situation",
        said("How things stood.", nested(Record(Situation, *rows(Situation, limit=VALUE)))),
    ),
    violation=partial(Violation, clause=""),
)

# ------------------------------------------------------------------- lines


def _row(key: str, form: Form, *default: Any, of: str | Callable[[Any], Any] = "") -> Row:
    """Return the row of an attribute that has the name of its key, or is called `of`, or worked out so."""
    return (key, of or key, form, *default)


def _line(kind: str, make: Callable[..., Any], *several: Row, **parts: Callable[..., Any]) -> Record:
    """Return the form of a line, which begins with its kind."""
    return Record(make, ("kind", "", Form(lambda _, form: form, True, lambda _: kind)), *several, **parts)


def _failure(*, scenario: Any, trace: Any, at: int, facts: Json, scenarios: int, **_said: str) -> Failure:
    if at >= len(trace):
        raise ScriptError(f"the trace has {len(trace)} events, and number {at} is said to depart")
    failure = Failure(scenario, trace, at, facts["violation"], facts["end"], facts["turn"], scenarios)
    done, steps = _asked_for(trace, trace), _asked_for(scenario.steps, trace)
    calls = sum(isinstance(step, Beginning) for _, step in map(parted, steps))
    if done != steps[: len(done)]:
        raise ScriptError("the trace is not one of the scenario: other steps are done in it")
    if parted(trace[at])[1] != parted(failure.observed)[1]:
        raise ScriptError(f"event {at} of the trace is not what is said to be seen")
    if failure.violation.call > calls:
        raise ScriptError(f"the scenario has no call {failure.violation.call}, which is said to depart")
    return failure


def _asked_for(events: Sequence[Event], trace: Trace) -> list[Event]:
    """Return the steps among the events of a trace, but those that its network may take by itself, or not at once."""
    free = connects(trace)
    return [
        event
        for event in events
        if isinstance(plain := parted(event)[1], Stimulus) and not (free and isinstance(plain, NETWORK | Accept))
    ]


def _known(*, id: str, level: Level, basis: Basis) -> Clause:  # noqa: A002  # as the attribute is called
    clause = by_id().get(id)
    hint = "was the file written by another version of streamgauge?"
    if clause is None:
        raise ScriptError(f"there is no clause {id}; {hint}")
    if (clause.level, clause.basis) != (level, basis):
        standing = f"{clause.level} and {clause.basis}, not {level} and {basis}"
        raise ScriptError(f"{clause.id} is {standing}; {hint}")
    return clause


def _clause(*, clause: Clause, verdict: Verdict, failure: Failure | None, **told: Any) -> ClauseResult:
    if failure is None and verdict is Verdict.FAIL:
        raise ScriptError("'failure' is missing")
    if failure is not None and verdict is not Verdict.FAIL:
        raise ScriptError("only a clause that failed has a failure")
    if failure is not None:
        failure = replace(failure, violation=replace(failure.violation, clause=clause.id))
    return ClauseResult(clause, verdict, failure=failure, **told)


SHORTEST = "The shortest scenario that shows the departure, and what came of it."
FAILURE = Record(
    _failure,
    _row("scenario", _in_one_form(SCENARIO_FORM)),
    _row("trace", each(_in_one_form(EVENT))),
    _row("at", said("The index of the event of the trace that departs.", COUNT)),
    _row("allowed", said("In words.", each(TEXT))),
    _row("observed", said("In words.", TEXT), of=observed),
    _row("because", TEXT),
    _row("facts", said("The same, as data.", nested(FACTS)), of=itself),
    _row("scenarios", said("How many scenarios show it.", COUNT)),
    _row("script", said("A Python program that shows it without streamgauge; older files have one.", TEXT), "",
         of=lambda _: ""),
)  # fmt: skip
HEADER = _line(
    "header",
    dict,
    ("format", "", replace(one_of((FORMAT,)), write=lambda _: FORMAT)),
    _row("suite", said("The version of streamgauge.", NAME)),
    _row("target", NAME, of="results.target"),
    _row("python", said("Whose rules apply.", VERSION), of="results.python"),
    _row("effort", NAME, of="results.effort"),
    _row("seed", a(int, {"type": "integer"}), of="results.seed"),
    _row("shard", said("Which part of the work this is, of how many.", SHARD), of="results.shard"),
    _row("capabilities", CAPABILITIES, of="results.capabilities"),
    results=dict,
)
CLAUSE_RESULT = _line(
    "clause",
    _clause,
    _row("clause", CLAUSE, of="clause.id"),
    _row("verdict", _member(Verdict)),
    _row("level", _member(Level), of="clause.level"),
    _row("basis", _member(Basis), of="clause.basis"),
    _row("scenarios", said("How many scenarios exercised it.", COUNT)),
    _row("reason", said("Why the verdict is neither pass nor fail.", NAME), ""),
    _row("blocked_by", CLAUSE, None),
    _row("failure", said(SHORTEST, nested(FAILURE)), None),
    clause=_known,
)
BOUND = _line(
    "bound",
    Bound,
    _row("name", NAME),
    _row("covers", TEXT),
    _row("scenarios", COUNT),
    _row("extent", said("What it has in common with others of the same bound.", TEXT), ""),
    _row("let_go", said("How many scenarios were not judged to the end.", COUNT), 0),
    _row("in_part", said("True if it was interrupted.", FLAG), False),
)
FAULT = _line("fault", lambda fault: fault, _row("fault", TEXT, of=itself))
STATUSES = "0 conforms, 1 does not, 2 inconclusive, 3 nothing selected, 4 suite or adapter."
COUNTS = Record(dict, *((word, itemgetter(word), COUNT) for word in (verdict.value for verdict in Verdict)))
FOOTER = _line(
    "footer",
    dict,
    _row("scenarios", COUNT, of="results.scenarios"),
    _row("verdicts", nested(COUNTS), of=Report.verdicts),
    _row("complete", said("False if the run was interrupted.", FLAG), of="results.complete"),
    _row("strict", said("Whether de-facto clauses, SHOULD and MAY count.", FLAG)),
    _row("status", said(STATUSES, one_of((0, 1, 2, 3, 4)))),
    results=dict,
)
LINES = {"header": HEADER, "clause": CLAUSE_RESULT, "bound": BOUND, "fault": FAULT, "footer": FOOTER}
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
        "the clauses, the bounds and the faults. A whole number may be written as 1.0, too: it is the same number.",
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(KINDS)}},
        "allOf": [
            {"if": {"properties": {"kind": {"const": kind}}}, "then": {"$ref": f"#/$defs/{kind}"}} for kind in KINDS
        ],
        "$defs": {**kinds, **codec.schema()},
    }
