"""Putting a run together: what the units brought in, as one verdict for every clause."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from streamgauge.conformance.adapters import READ_METHODS
from streamgauge.conformance.results import Bound, ClauseResult, Failure, Results, Verdict
from streamgauge.conformance.running.exploring import Batch, Corpus, Harvest, Unit
from streamgauge.conformance.running.finds import Blamed, Found, Key, blame
from streamgauge.conformance.scenarios import corpus
from streamgauge.spec.alphabet import Version
from streamgauge.spec.clauses import Clause

SIMULATED = ("memory", "network")  # the worlds there are


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run was asked to do."""

    target: str
    python: Version
    effort: str
    seed: int
    shard: tuple[int, int]
    capabilities: frozenset[str]
    clauses: tuple[Clause, ...]


@dataclass(slots=True)
class Tally:
    """The harvests of a run, by unit. `left_out`: the exploration was not begun."""

    plan: Plan
    work: list[Unit]
    harvests: dict[int, Harvest] = field(default_factory=dict)
    calm: dict[Key, Found] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    interrupted: bool = False
    left_out: bool = False

    @property
    def overran(self) -> bool:
        """Check whether the implementation did not come to rest in a named scenario."""
        return any(one.overran for number, one in self.harvests.items() if isinstance(self.work[number], Corpus))

    def add(self, number: int, harvest: Harvest) -> None:
        """Take in what unit `number` brought."""
        self.harvests[number] = harvest

    def progress(self) -> tuple[int, int, int, int, tuple[str, ...]]:
        """Return units done, units, scenarios, clauses exercised, clauses that failed."""
        harvests = self.harvests.values()
        exercised = {clause for one in harvests for clause in one.evidence}
        failed = {clause for one in harvests for _, clause in one.found}
        scenarios = sum(one.scenarios for one in harvests)
        return len(self.harvests), len(self.work), scenarios, len(exercised), tuple(sorted(failed))

    def finds(self) -> dict[Key, Found]:
        """Return the plainest find of each kind; of equally plain ones, that of the first unit."""
        best: dict[Key, Found] = {}
        for _, harvest in sorted(self.harvests.items()):
            for key, found in harvest.found.items():
                known = best.get(key)
                if known is None:
                    best[key] = found
                    continue
                plainer = found if found.plainness < known.plainness else known
                best[key] = replace(plainer, scenarios=known.scenarios + found.scenarios)
        return best

    def calmed(self, key: Key, found: Found) -> None:
        """Take in a find that was calmed."""
        self.calm[key] = found

    def results(self) -> Results:
        """Return the results as they stand."""
        evidence: dict[str, int] = {}
        blocked: dict[str, Key] = {}
        faults = list(self.faults)
        for _, harvest in sorted(self.harvests.items()):
            faults += harvest.faults
            for clause, count in harvest.evidence.items():
                evidence[clause] = evidence.get(clause, 0) + count
            for clause, by in harvest.blocked.items():
                blocked.setdefault(clause, by)
        finds = {**self.finds(), **self.calm}
        blamed = blame(finds.values())
        first = {clause: finds[key].clause for clause, key in blocked.items()}
        plan = self.plan
        return Results(
            plan.target,
            plan.python,
            plan.effort,
            plan.seed,
            plan.shard,
            plan.capabilities,
            tuple(self._of(clause, evidence.get(clause.id, 0), blamed, first) for clause in plan.clauses),
            self._bounds(),
            sum(harvest.scenarios for harvest in self.harvests.values()),
            complete=not self.interrupted and len(self.harvests) == len(self.work) - self._skipped(),
            faults=tuple(faults),
        )

    def _skipped(self) -> int:
        return len(self.work) - len(self.harvests) if self.left_out else 0

    def _of(self, clause: Clause, scenarios: int, blamed: dict[str, Blamed], blocked: dict[str, str]) -> ClauseResult:
        if clause.untestable is not None:
            return ClauseResult(clause, Verdict.UNTESTABLE, reason=clause.untestable)
        reason = _inapplicable(clause, self.plan)
        if reason:
            return ClauseResult(clause, Verdict.NOT_APPLICABLE, reason=reason)
        found = blamed.get(clause.id)
        if found is not None and found.follows is not None:
            reason = f"{found.follows} fails in still simpler scenarios, and may be the same fault"
            return ClauseResult(clause, Verdict.BLOCKED, scenarios, blocked_by=found.follows, reason=reason)
        if found is not None:
            return ClauseResult(clause, Verdict.FAIL, scenarios, _failure(found.found))
        if scenarios:
            return ClauseResult(clause, Verdict.PASS, scenarios)
        if clause.id in blocked:
            by = blocked[clause.id]
            return ClauseResult(clause, Verdict.BLOCKED, blocked_by=by, reason=f"{by} failed first")
        if clause.world not in SIMULATED:
            return ClauseResult(clause, Verdict.NOT_EXERCISED, reason=f"needs the world of {clause.world}")
        if self.interrupted:
            return ClauseResult(clause, Verdict.INCONCLUSIVE, reason="the run ended before its turn")
        return ClauseResult(clause, Verdict.NOT_EXERCISED, reason=self._unexercised(clause))

    def _unexercised(self, clause: Clause) -> str:
        declared = self.plan.capabilities
        lacking = [
            sorted(one.needs - declared or one.wants - declared) for one in corpus.load() if one.clause == clause.id
        ]
        if lacking and all(lacking):
            _, fewest = min((len(names), names) for names in lacking)
            return f"its scenarios need what is not declared: {', '.join(fewest)}"
        if self.left_out:
            return "the exploration was left out, because the implementation did not come to rest"
        return "no scenario of this run exercised it"

    def _bounds(self) -> tuple[Bound, ...]:
        """Return what was covered, the grids and trees in full, the rest by kind."""
        bounds = []
        for number, unit in enumerate(self.work):
            harvest = self.harvests.get(number)
            if harvest is None:
                continue
            match unit:
                case Corpus():
                    name, covers, extent = "corpus", "every named scenario that the target can play", ""
                case Batch(number=batch):
                    covers = "long and odd scenarios"
                    name, extent = f"sampled, batch {batch}", f"sampled: {covers}"
                case _:
                    name, covers, extent = unit.name, unit.covers, unit.extent
            bounds.append(Bound(name, covers, harvest.scenarios, extent, harvest.let_go, harvest.interrupted))
        return tuple(bounds)


def _inapplicable(clause: Clause, plan: Plan) -> str:
    if not clause.applies_to(plan.python):
        major, minor = plan.python
        return f"not among the rules of Python {major}.{minor}"
    if clause.chapter == "reader" and not plan.capabilities.intersection(READ_METHODS):
        return "there is no reader to be judged"
    missing = sorted(clause.needs - plan.capabilities)
    return f"not declared: {', '.join(missing)}" if missing else ""


def _failure(found: Found) -> Failure:
    return Failure.of(found.scenario, found.trace, found.departure, found.scenarios)
