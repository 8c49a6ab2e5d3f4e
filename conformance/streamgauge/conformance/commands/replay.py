"""`streamgauge replay`: scenarios played once more, with the model's state beside each step."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any, Final

from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.commands.console import complain, entry, show
from streamgauge.conformance.commands.finding import find
from streamgauge.conformance.commands.guard import WrongUse
from streamgauge.conformance.explaining.drawing import UNICODE, draw
from streamgauge.conformance.explaining.explain import Explanation, explain, facts, remark, standing
from streamgauge.conformance.explaining.importing import NotGiven
from streamgauge.conformance.explaining.known import held
from streamgauge.conformance.explaining.script import program
from streamgauge.conformance.explaining.timeline import rows
from streamgauge.conformance.judge import Departure
from streamgauge.conformance.results import ClauseResult, Failure, Status, Verdict
from streamgauge.conformance.running.replaying import Replay, replay
from streamgauge.conformance.scenarios.codec import event_to_json, scenario_to_json
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.conformance.target import InProcess
from streamgauge.spec.alphabet import Version
from streamgauge.spec.clauses import by_id

WIDTH: Final = 120


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

    scenario: str
    target: str
    clause: str | None = None
    name: str | None = None
    python: Version | None = None
    as_json: bool = False
    script: bool = False


def run(options: Options) -> int:
    """Replay what `options` name, and show it. Raises `WrongUse`, `TargetError` or `AdapterFault`."""
    found = find(options.scenario, clause=options.clause, name=options.name)
    if options.script and options.as_json:
        raise WrongUse("--script and --json each say what is to be written: give one of them")
    with redirect_stdout(sys.stderr):  # what a target prints is no part of what was asked for
        target = InProcess(resolve(options.target))
        python = options.python or found.python or sys.version_info[:2]
        replays = [replay(target, one, python) for one in _playable(found.scenarios, target.capabilities, options)]
    if options.script:
        return _show_script(replays, options)
    if options.as_json:
        show(json.dumps(_record(replays, options.target, python), indent=2, ensure_ascii=False))
    else:
        show("\n\n\n".join("\n".join(_told(one, options.target)) for one in replays))
    return Status.DEPARTS if any(one.departures for one in replays) else Status.CONFORMS


def _playable(scenarios: Iterable[Scenario], declared: frozenset[str], options: Options) -> list[Scenario]:
    """Return the scenarios that the target can play. Raises `WrongUse` if it can play none."""
    playable: list[Scenario] = []
    for one in scenarios:
        if lacking := one.wants - declared:
            complain(f"{one.name} is not played: {options.target} does not declare {', '.join(sorted(lacking))}")
        else:
            playable.append(one)
    if not playable:
        raise WrongUse(f"there is nothing to replay on {options.target}")
    return playable


def _explained(one: Replay, departure: Departure, target: str) -> Explanation:
    failed = Failure.of(one.scenario, one.trace, departure)
    return explain(ClauseResult(by_id()[failed.clause], Verdict.FAIL, 1, failed), target)


# ------------------------------------------------------------------ text


def _told(one: Replay, target: str) -> Iterator[str]:
    """Yield a replay as lines: what was played, the time line, the verdict."""
    scenario = one.scenario
    yield f"{scenario.name} on {target}, by the rules of Python {one.python[0]}.{one.python[1]}"
    if scenario.note:
        yield scenario.note
    yield ""
    yield from _timeline(one)
    for departure in one.departures:
        said = _explained(one, departure, target)
        yield ""
        yield f"departs from {departure.violation.clause}  {standing(said)}"
        yield from textwrap.wrap(said.clause.sentence, WIDTH, initial_indent="  ", subsequent_indent="  ")
        for name, text in facts(said):
            if name != "scenario":
                yield from entry(name, text, WIDTH)
    yield ""
    if not one.departures:
        yield "conforms: everything that was observed is allowed"
    shown = ", ".join(one.borne_out) or "nothing"
    yield from textwrap.wrap(shown, WIDTH, initial_indent="bears out ", subsequent_indent=" " * 10)


def _timeline(one: Replay) -> Iterator[str]:
    first = one.departures[0] if one.departures else None
    drawn = rows(
        one.trace,
        None if first is None else first.at,
        remark="" if first is None else remark(Failure.of(one.scenario, one.trace, first)),
        limit=one.scenario.limit,
        states=one.states,
    )
    width = max(shutil.get_terminal_size((WIDTH, 24)).columns, 80) if sys.stdout.isatty() else WIDTH
    yield from draw(drawn, unicode=_draws_lines(), width=width)


def _draws_lines() -> bool:
    """Check whether standard output can show the signs that the time line is drawn with."""
    try:
        "".join((*UNICODE.brackets.values(), *UNICODE.lives.values())).encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


# --------------------------------------------------------- JSON and script


def _record(replays: list[Replay], target: str, python: Version) -> dict[str, Any]:
    return {
        "target": target,
        "python": f"{python[0]}.{python[1]}",
        "replays": [
            {
                "scenario": scenario_to_json(one.scenario),
                "trace": _steps(one),
                "departures": [_departure(one, departure) for departure in one.departures],
                "borne_out": list(one.borne_out),
            }
            for one in replays
        ],
    }


def _steps(one: Replay) -> list[dict[str, Any]]:
    """Return the trace, with what the model held after each event as far as it could follow."""
    states = [None if state is None else held(state) for state in one.states]
    return [
        {"event": event_to_json(event), "model": states[at] if at < len(states) else None}
        for at, event in enumerate(one.trace)
    ]


def _departure(one: Replay, departure: Departure) -> dict[str, Any]:
    said = _explained(one, departure, one.target)
    return {
        "clause": departure.violation.clause,
        "at": departure.at,
        "allowed": list(said.allowed),
        "observed": said.observed,
        "because": said.because,
    }


def _show_script(replays: list[Replay], options: Options) -> int:
    """Show a program that was seen to show the departure; if there is none, say why."""
    departures = [(one, departure) for one in replays for departure in one.departures]
    wanted = [pair for pair in departures if pair[1].violation.clause == options.clause]
    if not departures:
        raise WrongUse(f"nothing departs on {options.target}, so there is nothing for a script to show")
    one, departure = (wanted or departures)[0]
    clause = by_id()[departure.violation.clause]
    try:
        with redirect_stdout(sys.stderr):
            text = program(Failure.of(one.scenario, one.trace, departure), clause, options.target)
    except NotGiven as problem:
        complain(str(problem))
        return Status.INCONCLUSIVE
    show(text)
    return Status.DEPARTS
