"""From what a person names to the scenarios that are meant: a file, a name, a clause, or the JSON itself.

Whatever is wrong with it is said in one sentence with its place, and nothing is played by half: a file with one
broken line is refused whole.
"""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from streamgauge.conformance.commands.guard import WrongUse
from streamgauge.conformance.reports import jsonl
from streamgauge.conformance.scenarios import corpus
from streamgauge.conformance.scenarios.codec import scenario_from_json
from streamgauge.conformance.scenarios.forms import NotJson, loads
from streamgauge.conformance.scenarios.script import Scenario, ScriptError, check_steps
from streamgauge.spec.alphabet import Version
from streamgauge.spec.clauses import by_id

MOST_NAMES: Final = 5
MOST_TEXT: Final = 2**26


@dataclass(frozen=True, slots=True)
class Found:
    """The scenarios, and the Python version whose rules they were judged by, if that is known."""

    scenarios: tuple[Scenario, ...]
    python: Version | None = None


def find(what: str, *, clause: str | None, name: str | None) -> Found:
    """Return the scenarios that are meant by `what`: of several those for `clause`, or the one called `name`.

    Raises `WrongUse` if there are none, if they are broken, or if it is not said which of several is meant.
    """
    if what.lstrip().startswith("{"):
        return _chosen(_parsed(what, "the argument"), "the argument", clause, name)
    if what == "-":
        return _chosen(_parsed(_standard_input(), "standard input"), "standard input", clause, name)
    if _is_there(what):
        return _chosen(_parsed(_text(what), what), what, clause, name)
    scenarios = tuple(scenario for scenario in corpus.load() if what in (scenario.name, scenario.clause))
    if not scenarios:
        raise WrongUse(_nothing_called(what))
    if clause is None and name is None:
        return Found(scenarios)
    return _chosen(Found(scenarios), f"the corpus under {what}", clause, name)


def _is_there(what: str) -> bool:
    try:
        return what != "" and Path(what).exists()  # the path of no name is the current folder
    except (OSError, ValueError):
        # Too long for a name, or with a zero in it: nothing that could be there.
        return False


def _nothing_called(what: str) -> str:
    if what in by_id():
        return f"the corpus has no scenario for {what}"
    known = {scenario.name: None for scenario in corpus.load()} | dict.fromkeys(by_id())
    near = get_close_matches(what, known, n=3)
    hint = f": did you mean {' or '.join(near)}?" if near else ""
    return f"there is neither a file, nor a scenario, nor a clause called {what!r}{hint}"


def _text(file: str) -> str:
    try:
        kind = Path(file).stat()
        if not stat.S_ISREG(kind.st_mode) and not stat.S_ISDIR(kind.st_mode):
            raise WrongUse(f"{file} is no regular file; what another command writes is read from standard input, by -")
        if kind.st_size > MOST_TEXT:
            raise WrongUse(f"{file} is too large: scenarios and results have at most {MOST_TEXT:,} bytes")
        return Path(file).read_text("utf-8")
    except OSError as problem:
        raise WrongUse(f"cannot read {file}: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise WrongUse(f"{file} holds no scenarios: it is not text in UTF-8") from problem


def _standard_input() -> str:
    try:
        text = sys.stdin.read(MOST_TEXT + 1)
    except UnicodeDecodeError as problem:
        raise WrongUse("standard input holds no scenarios: it is not text in UTF-8") from problem
    if len(text) > MOST_TEXT:
        raise WrongUse(f"standard input is too large: scenarios and results have at most {MOST_TEXT:,} bytes")
    return text


def _chosen(found: Found, where: str, clause: str | None, name: str | None) -> Found:
    """Return those for the clause, or of the name; there must be one, and without either there must be just one."""
    kept = found.scenarios
    if clause is not None:
        kept = tuple(scenario for scenario in kept if scenario.clause == clause)
    if name is not None:
        kept = tuple(scenario for scenario in kept if scenario.name == name)
    wanted = " and ".join(text for text in (clause and f"for {clause}", name and f"called {name}") if text)
    if not kept:
        raise WrongUse(f"{where} holds no scenario {wanted}; it has {_listed(found.scenarios)}")
    if not wanted and len(kept) > 1:
        raise WrongUse(f"{where} holds {len(kept)} scenarios; choose with --clause or --name: {_listed(kept)}")
    return replace(found, scenarios=kept)


def _listed(scenarios: Iterable[Scenario]) -> str:
    names = [
        scenario.name
        if scenario.clause is None or scenario.name.startswith(scenario.clause)
        else f"{scenario.name} ({scenario.clause})"
        for scenario in scenarios
    ]
    more = f", and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


# --------------------------------------------------------------- reading


def _parsed(text: str, where: str) -> Found:
    """Return what a text holds: one object over any number of lines, or one a line."""
    if not text.strip():
        raise WrongUse(f"{where} is empty")
    try:
        forms = [(1, loads(text))]
    except NotJson as problem:
        forms = list(_lines(text, where, problem))
    except ScriptError as problem:
        raise WrongUse(f"{where} is not a scenario: {problem}") from problem
    if isinstance(forms[0][1], dict) and "kind" in forms[0][1]:
        return _results(text, where)
    return Found(
        tuple(_scenario(form, f"{where}, line {number}" if len(forms) > 1 else where) for number, form in forms)
    )


def _lines(text: str, where: str, whole: NotJson) -> Iterable[tuple[int, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, loads(line)
            except NotJson as problem:
                at, told = (whole.line, whole.words) if number == 1 else (number, problem.words)
                raise WrongUse(f"{where}, line {at} is not JSON, or is cut off: {told}") from problem
            except ScriptError as problem:
                raise WrongUse(f"{where}, line {number} is not a scenario: {problem}") from problem


def _scenario(form: Any, where: str) -> Scenario:
    try:
        scenario = scenario_from_json(form)
        check_steps(scenario.steps)
    except ScriptError as problem:
        raise WrongUse(f"{where} is not a scenario: {problem}") from problem
    return scenario


def _results(text: str, where: str) -> Found:
    """Return the scenarios of the failures in a results file, each for the clause that failed."""
    try:
        results = jsonl.parse(text, where).results
        failures = [one.failure for one in results.failures() if one.failure is not None]
        scenarios = tuple(replace(failure.scenario, clause=failure.clause) for failure in failures)
        for scenario in scenarios:
            check_steps(scenario.steps)
    except (jsonl.ReportError, ScriptError) as problem:
        raise WrongUse(f"{where} is not a file of results: {problem}") from problem
    if not scenarios:
        raise WrongUse(f"{where} holds no failure, so there is nothing to replay")
    return Found(scenarios, results.python)
