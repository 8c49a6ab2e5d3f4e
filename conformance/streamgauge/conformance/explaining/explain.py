"""A failure as words: what is owed, what was seen instead, why that matters, and how to see it again.

`explain` gathers everything that any report shows of one failed clause into one record of text, so that a
terminal, a file and a web page say the same.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, replace

from streamgauge.conformance.explaining.drawing import draw
from streamgauge.conformance.explaining.timeline import rows, still_waiting
from streamgauge.conformance.explaining.words import MISSING, missing, seen
from streamgauge.conformance.results import ClauseResult, Failure
from streamgauge.conformance.scenarios.codec import scenario_to_json
from streamgauge.conformance.scenarios.corpus import load
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.spec import alphabet as ev
from streamgauge.spec.clauses import Clause
from streamgauge.spec.verdicts import Wanted

STRICTLY = "does not count without --strict"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything there is to say of one failed clause.

    `counts` says whether the failure makes the run fail without `--strict`. `scenario` is the name of the shortest
    scenario that shows it, `scenarios` how many do. `replay` is a command for a shell; with `--script` it writes a
    Python program.
    """

    clause: Clause
    counts: bool
    scenario: str
    note: str
    scenarios: int
    allowed: tuple[str, ...]
    observed: str
    because: str
    replay: str
    timeline: tuple[str, ...]


def explain(
    result: ClauseResult, target: str, *, file: str | None = None, unicode: bool = True, width: int = 100
) -> Explanation:
    """Return the failure of a clause in words. Raises `ValueError` if the clause did not fail.

    `file` is the results file in which the failure is kept, if there is one: the command that replays it names it.
    The time line is at most `width` characters wide.
    """
    failure = result.failure
    if failure is None:
        raise ValueError(f"{result.clause.id} has no failure to explain")
    upto = failure.trace[: failure.at + 1]
    whole = not failure.scenario.note or in_corpus(failure.scenario)
    drawn = rows(upto, failure.at, remark=remark(failure), limit=failure.scenario.limit)
    return Explanation(
        clause=result.clause,
        counts=result.counts(strict=False),
        scenario=failure.scenario.name if whole else f"shortened from {failure.scenario.name}",
        note=failure.scenario.note if whole else "",
        scenarios=failure.scenarios,
        allowed=failure.allowed,
        observed=observed(failure),
        because="" if failure.violation.kind == "hang" else failure.because,
        replay=replay_command(failure, target, file=file),
        timeline=draw(drawn, unicode=unicode, width=width),
    )


# ------------------------------------------------------------- what was seen


def remark(failure: Failure) -> str:
    """Return what the time line says of the departure, if there are better words than those of its event."""
    if failure.stuck is not None:
        return f"call {failure.stuck} still waits"
    return observed(failure) if isinstance(failure.observed, ev.Quiet | ev.Stimulus) or _absent(failure) else ""


def observed(failure: Failure) -> str:
    """Return what was observed in place of what is allowed, as a sentence without its end."""
    event = failure.observed
    match event:
        case _ if isinstance(event, ev.Ended):
            return f"call {event.op} {seen(event)}{', but suspended first' if failure.suspended else ''}"
        case ev.Quiet():
            return _at_rest(failure)
        case _ if isinstance(event, ev.Stimulus):
            return "nothing was raised"
        case _:
            return " and ".join(_absent(failure)) or seen(event)


def _at_rest(failure: Failure) -> str:
    before = failure.trace[: failure.at]
    if failure.stuck is not None:
        return still_waiting([failure.stuck])
    ended = {event.op for event in before if isinstance(event, ev.Ended)}
    pending = [event.op for event in before if isinstance(event, ev.Call) and event.op not in ended]
    waits = [f"call {pending[0]} waits"] if pending else []
    return f"{' and '.join([*_absent(failure), *waits])}, nothing is left to run"


def _absent(failure: Failure) -> list[str]:
    wanted = [one for one in failure.violation.owed if isinstance(one, Wanted) and one.what in MISSING]
    return [missing(one, failure.trace[: failure.at]) for one in wanted if failure.violation.kind == "missing"]


# ------------------------------------------------------------- seeing it again


def in_corpus(scenario: Scenario) -> bool:
    """Check whether the corpus holds this very scenario, and not a longer one of the same name."""
    return any(known.name == scenario.name and known.steps == scenario.steps for known in load())


def replay_command(failure: Failure, target: str, *, file: str | None = None) -> str:
    """Return the command that plays the scenario again and shows what the model knows beside it.

    A scenario of the corpus is known by its name, any other is in the results `file`; without one, the command
    holds the scenario itself.
    """
    scenario = failure.scenario
    if in_corpus(scenario):
        what = shlex.quote(scenario.name)
    elif file is not None:
        what = f"{shlex.quote(file)} --clause {failure.clause}"
    else:
        bare = scenario_to_json(replace(scenario, note="", clause=None))
        what = shlex.quote(json.dumps(bare, separators=(",", ":")))
    return f"streamgauge replay {what} --on {shlex.quote(target)}"


# ------------------------------------------------------------------ plain text


def standing(said: Explanation) -> str:
    """Return the level and the basis of the clause, and whether its failure counts."""
    counting = "" if said.counts else f", {STRICTLY}"
    return f"{said.clause.level}, {said.clause.basis}{counting}"


def facts(said: Explanation) -> tuple[tuple[str, str], ...]:
    """Return what there is to say beside the sentence, each under its name, in the order of reading."""
    others = said.scenarios - 1
    alike = f" (and {others:,} other{'s' if others > 1 else ''})" if others > 0 else ""
    where = f"{said.scenario}{alike}"
    found = (
        ("source", said.clause.source),
        ("why", said.clause.why),
        ("scenario", f"{where}. {said.note}" if said.note else where),
        ("allowed", "; or ".join(said.allowed)),
        ("observed", said.observed),
        ("because", said.because),
    )
    return tuple((name, text) for name, text in found if text)
