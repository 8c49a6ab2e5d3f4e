"""Results as JSON lines, the contract with machines: a header, a line a clause, bound and fault, and a footer.

The same results are the same bytes: nothing in them tells when, where, how fast or by how many processes they were
made. A file without its footer is not a report that ends early, it is none: `read` refuses it, and whatever else
is not as `write` makes it, by file and line. `lines` says what one holds.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import TextIO

from streamgauge.conformance.explaining.explain import explain
from streamgauge.conformance.reports.facts import FACTS
from streamgauge.conformance.reports.lines import FORMAT, KINDS, LINES
from streamgauge.conformance.results import Bound, ClauseResult, Failure, Results, Verdict
from streamgauge.conformance.scenarios.codec import event_to_json, scenario_to_json
from streamgauge.conformance.scenarios.forms import Json, without_doubles
from streamgauge.conformance.scenarios.script import ScriptError
from streamgauge.spec.clauses import Clause, by_id


class ReportError(ValueError):
    """A file that is not a whole results file of this format; the message starts with `file:line:`."""


# ------------------------------------------------------------------ writing


def write(results: Results, stream: TextIO, *, strict: bool = False) -> None:
    """Write the results to `stream`, line by line; `strict` is what the exit status in the footer depends on."""
    stream.writelines(json.dumps(line, ensure_ascii=True) + "\n" for line in lines(results, strict=strict))


def lines(results: Results, *, strict: bool = False) -> Iterator[Json]:
    """Yield the lines of the file as JSON objects."""
    yield {
        "kind": "header",
        "format": FORMAT,
        "suite": suite_version(),
        "target": results.target,
        "python": _dotted(results.python),
        "effort": results.effort,
        "seed": results.seed,
        "shard": list(results.shard),
        "capabilities": sorted(results.capabilities),
    }
    for one in results.clauses:
        yield _clause_to_json(one, results.target)
    for bound in results.bounds:
        yield {
            "kind": "bound",
            "name": bound.name,
            "covers": bound.covers,
            "scenarios": bound.scenarios,
            "let_go": bound.let_go,
        }
    for fault in results.faults:
        yield {"kind": "fault", "fault": fault}
    yield _footer(results, strict=strict)


def _footer(results: Results, *, strict: bool) -> Json:
    return {
        "kind": "footer",
        "scenarios": results.scenarios,
        "verdicts": _verdicts(results),
        "complete": results.complete,
        "strict": strict,
        "status": results.status(strict=strict),
    }


def _verdicts(results: Results) -> dict[str, int]:
    counts = Counter(one.verdict for one in results.clauses)
    return {verdict.value: counts[verdict] for verdict in Verdict}


def _clause_to_json(one: ClauseResult, target: str) -> Json:
    form: Json = {
        "kind": "clause",
        "clause": one.clause.id,
        "verdict": one.verdict.value,
        "level": one.clause.level.value,
        "basis": one.clause.basis.value,
        "scenarios": one.scenarios,
    }
    if one.reason:
        form["reason"] = one.reason
    if one.blocked_by is not None:
        form["blocked_by"] = one.blocked_by
    if one.failure is not None:
        form["failure"] = _failure_to_json(one, one.failure, target)
    return form


def _failure_to_json(one: ClauseResult, failure: Failure, target: str) -> Json:
    said = explain(one, target)
    return {
        "scenario": scenario_to_json(failure.scenario),
        "trace": [event_to_json(event) for event in failure.trace],
        "at": failure.at,
        "allowed": list(failure.allowed),
        "observed": said.observed,
        "because": failure.because,
        "facts": FACTS.write(failure),
        "scenarios": failure.scenarios,
    }


def suite_version() -> str:
    """Return the version of streamgauge, or `unknown` if it runs without having been installed."""
    try:
        return metadata.version("streamgauge")
    except metadata.PackageNotFoundError:
        return "unknown"


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


# ------------------------------------------------------------------ reading


@dataclass(frozen=True, slots=True)
class Report:
    """What a results file holds: the results, the version of the suite that wrote it, and what its status was."""

    results: Results
    suite: str
    strict: bool
    status: int


def read(path: Path | str) -> Report:
    """Return what the file holds. Raises `ReportError`, and `OSError` if the file cannot be read."""
    path = Path(path)
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise ReportError(f"{path}:1: this is no results file: it is not text in UTF-8") from None
    return parse(text, str(path))


def parse(text: str, file: str) -> Report:
    """Return what the text holds; `file` is what complaints call it. Raises `ReportError`."""
    if not text:
        raise ReportError(f"{file}:1: the file is empty")
    forms: list[Json] = []
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        form = _checked(_object(line, file, number), file, number)
        if forms:
            _check_order(forms[-1]["kind"], form["kind"], file, number)
        elif form["kind"] != "header":
            raise ReportError(f"{file}:1: a results file begins with its header, not with a {form['kind']}")
        forms.append(form)
    if forms[-1]["kind"] != "footer":
        raise ReportError(f"{file}:{len(forms)}: the file ends without its footer: whoever wrote it did not finish")
    return _report(forms, file)


def _object(line: str, file: str, number: int) -> Json:
    try:
        form = json.loads(line, object_pairs_hook=without_doubles)
    except RecursionError:
        raise ReportError(f"{file}:{number}: not a line of JSON: it nests too deep") from None
    except ValueError as problem:
        raise ReportError(f"{file}:{number}: not a line of JSON: {problem}") from None
    if not isinstance(form, dict):
        raise ReportError(f"{file}:{number}: a line is a JSON object")
    return form


def _check_order(before: str, kind: str, file: str, number: int) -> None:
    if before == "footer":
        raise ReportError(f"{file}:{number}: nothing comes after the footer")
    if KINDS.index(kind) < KINDS.index(before) or kind == "header":
        raise ReportError(f"{file}:{number}: a {kind} cannot come after a {before}")


def _checked(form: Json, file: str, number: int) -> Json:
    """Return what the line holds, with its scenario and its events as such."""
    if form.get("kind") == "header" and form.get("format") != FORMAT:
        there = form.get("format")
        raise ReportError(f"{file}:{number}: this is format {there!r}, and streamgauge reads format {FORMAT} here")
    if form.get("kind") not in KINDS:
        raise ReportError(f"{file}:{number}: the kind of a line is one of {', '.join(KINDS)}, not {form.get('kind')!r}")
    try:
        line: Json = LINES[form["kind"]].read(form)
        if form["kind"] == "clause" and line["failure"] is None and line["verdict"] == Verdict.FAIL:
            raise ScriptError("'failure' is missing")
        if form["kind"] == "clause" and line["failure"] is not None and line["verdict"] != Verdict.FAIL:
            raise ScriptError("only a clause that failed has a failure")
    except ScriptError as problem:
        raise ReportError(f"{file}:{number}: {_short(str(problem))}") from None
    return line


def _short(message: str, most: int = 160) -> str:
    return message if len(message) <= most else f"{message[: most // 2]} … {message[-most // 2 :]}"


def _report(forms: list[Json], file: str) -> Report:
    header, *body, footer = forms
    clauses: dict[str, ClauseResult] = {}
    for number, form in enumerate(body, 2):
        if form["kind"] == "clause":
            one = _placed(_clause, form, file, number)
            if one.clause.id in clauses:
                raise ReportError(f"{file}:{number}: {one.clause.id} stands there twice")
            clauses[one.clause.id] = one
    results = Results(
        target=header["target"],
        python=_version(header["python"]),
        effort=header["effort"],
        seed=header["seed"],
        shard=header["shard"],
        capabilities=frozenset(header["capabilities"]),
        clauses=tuple(clauses.values()),
        bounds=tuple(
            Bound(one["name"], one["covers"], one["scenarios"], one["let_go"]) for one in body if one["kind"] == "bound"
        ),
        scenarios=footer["scenarios"],
        complete=footer["complete"],
        faults=tuple(one["fault"] for one in body if one["kind"] == "fault"),
    )
    _check_footer(results, footer, f"{file}:{len(forms)}")
    return Report(results, header["suite"], footer["strict"], footer["status"])


def _check_footer(results: Results, footer: Json, place: str) -> None:
    """Raise `ReportError` if lines were lost, or changed, since the footer was written."""
    if footer["verdicts"] != _verdicts(results):
        raise ReportError(f"{place}: the verdicts do not add up: clauses were lost, or changed")
    if footer["status"] != results.status(strict=footer["strict"]):
        raise ReportError(f"{place}: the exit status does not follow from the clauses, which were lost, or changed")


def _placed(make: Callable[[Json], ClauseResult], form: Json, file: str, number: int) -> ClauseResult:
    try:
        return make(form)
    except _MisfitError as problem:
        raise ReportError(f"{file}:{number}: {problem}") from None


class _MisfitError(ValueError):
    """A line that says what cannot be."""


def _clause(form: Json) -> ClauseResult:
    failure = form["failure"]
    return ClauseResult(
        clause=_known(form),
        verdict=Verdict(form["verdict"]),
        scenarios=form["scenarios"],
        failure=None if failure is None else _failure(form["clause"], failure),
        blocked_by=form["blocked_by"],
        reason=form["reason"],
    )


def _known(form: Json) -> Clause:
    clause = by_id().get(form["clause"])
    hint = "was the file written by another version of streamgauge?"
    if clause is None:
        raise _MisfitError(f"there is no clause {form['clause']}; {hint}")
    if (clause.level, clause.basis) != (form["level"], form["basis"]):
        standing = f"{clause.level} and {clause.basis}, not {form['level']} and {form['basis']}"
        raise _MisfitError(f"{clause.id} is {standing}; {hint}")
    return clause


def _failure(clause: str, form: Json) -> Failure:
    trace = form["trace"]
    if form["at"] >= len(trace):
        raise _MisfitError(f"the trace has {len(trace)} events, and number {form['at']} is said to depart")
    facts = form["facts"]
    violation = replace(facts["violation"], clause=clause)
    return Failure(form["scenario"], trace, form["at"], violation, facts["end"], facts["turn"], form["scenarios"])


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor)
