"""What a run says: a verdict for every clause, with the shortest scenario for each failure.

Verdicts combine by what happened, never by how often: a clause that failed once has failed, and a clause that no
scenario exercised is never shown as passed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from streamgauge.conformance.judge import Departure
from streamgauge.conformance.scenarios.plainness import Plainness, plainness
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.spec import words
from streamgauge.spec.alphabet import UNSET, Event, Quiet, Version
from streamgauge.spec.clauses import Basis, Clause, Level
from streamgauge.spec.state import DEFAULT_LIMIT, Owed
from streamgauge.spec.verdicts import Violation, Wanted


class Verdict(StrEnum):
    """What a run says of one clause."""

    PASS = "pass"  # noqa: S105  # a verdict, no password
    FAIL = "fail"
    BLOCKED = "blocked"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not-applicable"
    NOT_EXERCISED = "not-exercised"
    UNTESTABLE = "untestable"


class Status:
    """The exit statuses: what happened, never how often."""

    CONFORMS = 0
    DEPARTS = 1
    INCONCLUSIVE = 2
    WRONG_USE = 3
    SUITE_FAULT = 4


@dataclass(frozen=True, slots=True)
class Failure:
    """A departure with its facts, the plainest scenario that shows it, its trace, and the index of the departing event.

    `end` is the end of a connection that departs, `turn` counts the turns of the loop from 1. `scenarios` counts all
    the scenarios in which this clause was the first to be broken.
    """

    scenario: Scenario
    trace: Trace
    at: int
    violation: Violation
    end: int = 1
    turn: int = 1
    scenarios: int = 1

    @classmethod
    def of(cls, scenario: Scenario, trace: Trace, departure: Departure, scenarios: int = 1) -> Failure:
        """Return a departure in the form in which a whole run reports it."""
        violation = departure.violation
        owed = tuple(
            one if isinstance(one, Wanted) else Owed(one.outcome, (), optional=one.optional) for one in violation.owed
        )
        facts = replace(violation, owed=owed, state=None)
        return cls(scenario, trace, departure.at, facts, departure.end, departure.turn, scenarios)

    @property
    def clause(self) -> str:
        """The id of the clause that was broken."""
        return self.violation.clause

    @property
    def observed(self) -> Event:
        """What was seen."""
        return self.violation.observed

    @property
    def allowed(self) -> tuple[str, ...]:
        """What would have been right, a sentence for each choice."""
        return words.allowed(self.violation)

    @property
    def because(self) -> str:
        """Why what was seen is a departure, as a sentence."""
        return words.because(self.violation)

    @property
    def suspended(self) -> bool:
        """Whether the departure is that a call was suspended on its way to the right end."""
        return self.violation.wants("at-once")

    @property
    def stuck(self) -> int | None:
        """The number of the call that still waits although it has no right to, if that is the departure."""
        waits = self.violation.kind in ("hang", "not-refused") and isinstance(self.observed, Quiet)
        return self.violation.call if waits else None


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """What the run says of one clause.

    `scenarios` counts those that exercised it; `reason` says in words why a verdict is neither pass nor fail.
    """

    clause: Clause
    verdict: Verdict
    scenarios: int = 0
    failure: Failure | None = None
    blocked_by: str | None = None
    reason: str = ""

    def counts(self, *, strict: bool) -> bool:
        """Check whether a failure of this clause makes the run fail."""
        return strict or (self.clause.level is Level.MUST and self.clause.basis is Basis.DOCUMENTED)


def _plainness(result: ClauseResult) -> Plainness:
    """Return how plain the scenario of a failure is; a limit that is not given is none that matters."""
    if result.failure is None:
        return 0, 0, 0, 0
    scenario = result.failure.scenario
    return plainness(replace(scenario, limit=DEFAULT_LIMIT) if scenario.limit is UNSET else scenario)


@dataclass(frozen=True, slots=True)
class Bound:
    """What one exploration covered: its name, what it went through in words, and how many scenarios that was.

    `extent` is what it has in common with others of the same bound. `let_go` scenarios came to where nothing more can
    be held against anybody, so that they were not judged to the end. `in_part` if it was interrupted.
    """

    name: str
    covers: str
    scenarios: int
    extent: str = ""
    let_go: int = 0
    in_part: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run. `complete` is false if it was interrupted; `faults` are those of the suite or the adapter."""

    target: str
    python: Version
    effort: str
    seed: int
    shard: tuple[int, int]
    capabilities: frozenset[str]
    clauses: tuple[ClauseResult, ...]
    bounds: tuple[Bound, ...]
    scenarios: int
    complete: bool = True
    faults: tuple[str, ...] = ()

    def failures(self) -> list[ClauseResult]:
        """Return the clauses that failed, the plainest failure first."""
        return sorted((one for one in self.clauses if one.verdict is Verdict.FAIL), key=_plainness)

    def of(self, clause: str) -> ClauseResult:
        """Return what is said of one clause. Raises `KeyError`."""
        for one in self.clauses:
            if one.clause.id == clause:
                return one
        raise KeyError(clause)

    def status(self, *, strict: bool = False) -> int:
        """Return the exit status: 0 conforms, 1 does not, 2 inconclusive, 3 nothing selected, 4 suite or adapter."""
        if self.faults:
            return Status.SUITE_FAULT
        if any(one.counts(strict=strict) for one in self.failures()):
            return Status.DEPARTS
        judged = (Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE)
        if not any(one.verdict in judged for one in self.clauses):
            return Status.WRONG_USE
        unsure = any(one.verdict is Verdict.INCONCLUSIVE for one in self.clauses)
        return Status.INCONCLUSIVE if unsure or not self.complete else Status.CONFORMS
