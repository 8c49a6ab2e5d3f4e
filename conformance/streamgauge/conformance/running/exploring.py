"""Units of work, and what comes of each: scenarios are played, judged and counted here.

A unit is a part of the exploration that is the same whoever works on it; what it finds depends on the
implementation alone. That is why results do not change with the number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import assert_never

from streamgauge.conformance.adapters import AdapterFault
from streamgauge.conformance.judge import Cursor, Departure, Judge
from streamgauge.conformance.running.finds import Found, Key, calmed, note
from streamgauge.conformance.scenarios import corpus
from streamgauge.conformance.scenarios.codec import scenario_to_line
from streamgauge.conformance.scenarios.exhaustive import explorations
from streamgauge.conformance.scenarios.sampled import Sample, draw
from streamgauge.conformance.scenarios.script import Scenario, ScriptError, Trace, check_steps
from streamgauge.conformance.scenarios.shapes import (
    Exchange,
    Grid,
    Tree,
    coda,
    exchanges,
    grid_scenarios,
    next_moves,
    parting,
)
from streamgauge.conformance.target import Interrupted, Stopped, Target
from streamgauge.spec.alphabet import UNSET, Call, Overran, Settings, Stimulus, Version
from streamgauge.spec.records import one

SAMPLES = {"quick": (1, 40), "normal": (2, 120), "deep": (16, 1000)}
MOST_OVERRUNS = 4

Steps = tuple[Stimulus, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Every named scenario that the implementation can play."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of sampled scenarios: which one, and how many."""

    number: int
    examples: int


Unit = Corpus | Grid | Tree | Exchange | Batch


@dataclass(slots=True)
class Harvest:
    """What a unit brought in: how many scenarios, how many bore out each clause, what was found, what went wrong.

    In `let_go` scenarios nothing more could be held against anybody from somewhere on. `blocked` says what was found
    first where a scenario was written for another clause.
    """

    scenarios: int = 0
    let_go: int = 0
    evidence: dict[str, int] = field(default_factory=dict)
    found: dict[Key, Found] = field(default_factory=dict)
    blocked: dict[str, Key] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    overran: bool = False
    interrupted: bool = False


def units(effort: str, seed: int, capabilities: frozenset[str]) -> tuple[Unit, ...]:
    """Return all the work of a run, in its order: corpus, exhaustive, sampled."""
    batches, examples = SAMPLES[effort]
    samples = (Batch(seed * batches + number, examples) for number in range(batches))
    drawable = {"feed_data", "feed_eof"} <= capabilities or {"connection", "write"} <= capabilities
    return (Corpus(), *explorations(effort, capabilities), *(samples if drawable else ()))


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far a trace was judged: what has in common with it what comes before need not be judged again."""

    trace: Trace
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class _Branch:
    """The steps of a tree up to a point, how many of them are calls, and the mark of what it grew from."""

    steps: Steps
    calls: int
    mark: _Mark | None = None


class Explorer:
    """Plays units on one target by the rules of one Python version."""

    def __init__(self, target: Target, python: Version) -> None:
        self._capabilities = target.capabilities
        self._target = target
        self._judge = Judge()
        self._python = python
        self._harvest = Harvest()
        self._masks: dict[int, int] = {}
        self._guilty: set[str] = set()
        self._overruns = 0

    def explore(self, unit: Unit) -> Harvest:
        """Return what the unit brings in."""
        harvest = self._harvest = Harvest()
        self._masks, self._guilty, self._overruns = {}, set(), 0
        with self._target.at_work():
            try:
                self._go_through(unit)
            except Interrupted:
                harvest.interrupted = True
        for mask, count in self._masks.items():
            for clause in self._judge.named(mask):
                harvest.evidence[clause] = harvest.evidence.get(clause, 0) + count
        return harvest

    def _go_through(self, unit: Unit) -> None:
        match unit:
            case Corpus():
                self._corpus()
            case Grid():
                self._grid(unit)
            case Tree():
                self._tree(unit)
            case Exchange():
                for steps in exchanges(unit):
                    self._take(Scenario(unit.name, steps, unit.limit))
            case Batch():
                draw(unit.number, unit.examples, self._capabilities, self._sample)
            case _:
                assert_never(unit)

    def calmed(self, found: Found) -> Found:
        """Return the find with its scenario calmed as far as it still departs in the same way."""
        with self._target.at_work():
            return calmed(found, self._departing)

    def _departing(self, scenario: Scenario) -> tuple[Trace, tuple[Departure, ...]]:
        """Play a scenario that may be none at all, or one that the implementation cannot play: then nothing departs."""
        if not scenario.needs <= self._capabilities:
            return (), ()
        try:
            check_steps(scenario.steps)
        except ScriptError:
            return (), ()
        trace, judgement = self._play(scenario)
        return trace, judgement.departures

    # -------------------------------------------------------------- scenarios

    def _corpus(self) -> None:
        for scenario in corpus.load():
            if scenario.needs <= self._capabilities:
                self._take(replace(scenario, steps=tuple(map(one, scenario.steps))))

    def _grid(self, grid: Grid) -> None:
        for steps in grid_scenarios(grid, self._capabilities):
            self._take(Scenario(grid.name, steps, grid.limit))

    def _tree(self, tree: Tree) -> None:
        can, stored = self._capabilities, tree.breaks
        ending = partial(parting, capabilities=can) if tree.connected else partial(coda, methods=can, stored=stored)
        level = [_Branch(tree.opening, sum(isinstance(step, Call) for step in tree.opening))]
        for _ in range(tree.depth):
            level = [grown for branch in level for grown in self._grow(tree, branch, ending)]
        for branch in level:
            self._take(Scenario(tree.name, branch.steps + ending(branch.calls), tree.limit), branch.mark)

    def _grow(self, tree: Tree, branch: _Branch, ending: Callable[[int], Steps]) -> Iterator[_Branch]:
        """Play the steps with their ending, and yield how they may go on."""
        steps, calls = branch.steps, branch.calls
        mark = self._take(Scenario(tree.name, steps + ending(calls), tree.limit), branch.mark, len(steps))
        if mark is not None:
            for move in next_moves(tree, mark.cursor.states[0]):
                yield _Branch(steps + move, calls + (type(move[0]) is Call), mark)

    def _sample(self, sample: Sample) -> None:
        self._take(Scenario("sampled", sample.steps, sample.limit))

    # ---------------------------------------------------------------- judging

    def _take(self, scenario: Scenario, since: _Mark | None = None, place: int | None = None) -> _Mark | None:
        """Play, judge and count one scenario; return a mark before the step at `place`, if it was asked and got there.

        A trace that begins like that of the mark `since` is judged from there.
        """
        if self._overruns >= MOST_OVERRUNS or (self._guilty and self._guilty & set(_methods(scenario))):
            return None
        if "limit" not in self._capabilities:
            scenario = replace(scenario, limit=UNSET)
        mark = None
        try:
            trace = self._target.play(scenario)
            done = 0
            if since is not None and trace[: len(since.trace)] == since.trace:
                done, cursor = len(since.trace), since.cursor.copy()
            else:
                cursor = self._judge.begin(self._settings(scenario))
            reached = 0 if place is None else _reached(scenario, trace, place)
            if reached:
                cursor.follow(trace[done:reached])
                mark = None if cursor.over else _Mark(trace[:reached], cursor.copy())
                done = reached
            cursor.follow(trace[done:])
        except (Stopped, AdapterFault):
            raise
        except Exception as fault:
            self._harvest.faults.append(f"{type(fault).__name__}: {fault}, in {scenario_to_line(scenario)}")
            return None
        harvest = self._harvest
        harvest.scenarios += 1
        harvest.let_go += cursor.let_go
        evidence = cursor.evidence
        self._masks[evidence] = self._masks.get(evidence, 0) + 1
        if cursor.departures:
            self._note(scenario, trace, cursor)
        return mark

    def _play(self, scenario: Scenario) -> tuple[Trace, Cursor]:
        trace = self._target.play(scenario)
        return trace, self._judge.judge(self._settings(scenario), trace)

    def _settings(self, scenario: Scenario) -> Settings:
        return Settings(scenario.limit if "limit" in self._capabilities else UNSET, self._python)

    def _note(self, scenario: Scenario, trace: Trace, judgement: Cursor) -> None:
        finds = self._harvest.found
        key: Key | None = None
        for departure in judgement.departures:
            key = note(finds, scenario, trace, departure)
        if key is not None and scenario.clause not in (None, key[1]):
            self._harvest.blocked.setdefault(scenario.clause, key)
        if isinstance(trace[-1], Overran):
            self._harvest.overran = True
            self._overruns += 1
            # The last call that was made is the one that did not come to rest; it is not tried again.
            called = [event.method for event in trace if isinstance(event, Call)]
            self._guilty |= set(called[-1:])


def _reached(scenario: Scenario, trace: Trace, place: int) -> int:
    """Return where in the trace the step at that place of the scenario was done, or 0 if it was not.

    The world notes nothing of its kind, so that the kind stands in the trace as often as it was done.
    """
    kind = type(scenario.steps[place])
    places = [at for at, event in enumerate(trace) if type(event) is kind]
    times = sum(type(step) is kind for step in scenario.steps[:place])
    return places[times] if times < len(places) else 0


def _methods(scenario: Scenario) -> Iterator[str]:
    """Yield the methods that the scenario calls."""
    return (step.method for step in scenario.steps if isinstance(step, Call))
