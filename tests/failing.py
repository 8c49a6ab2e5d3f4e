"""Failures for tests of what is said of them: played, judged and put into the form in which a run reports them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import faulty
from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.judge import Judge
from streamgauge.conformance.results import Bound, ClauseResult, Failure, Results, Verdict
from streamgauge.conformance.scenarios import corpus
from streamgauge.conformance.scenarios.script import Scenario, needs
from streamgauge.conformance.scenarios.shapes import coda
from streamgauge.conformance.target import InProcess
from streamgauge.spec.alphabet import Break, Call, Event, Feed, Made, Quiet, Settings, Settle, Version
from streamgauge.spec.clauses import Basis, Clause, Level, by_id
from streamgauge.spec.state import Fails, Owed
from streamgauge.spec.verdicts import Violation

RULES = (3, 13)
JUDGE = Judge()
HANG = "reader.exception.same-turn"
HANGING = (Call(1, "readexactly", (3,)), Settle(), Feed(b"ab"), Break(), Settle())


def failures(target: Any, *scenarios: Scenario, python: Version = RULES) -> Iterator[ClauseResult]:
    """The clauses from which `target` departs in `scenarios`, with the first failure of each."""
    seen: set[str] = set()
    adapter = resolve(target)
    driver = InProcess(adapter)
    for scenario in scenarios:
        if not needs(scenario.steps) <= adapter.capabilities:
            continue
        trace = driver.play(scenario)
        for departure in JUDGE.judge(Settings(scenario.limit, python), trace).departures:
            said = departure.violation
            if said.clause not in seen:
                seen.add(said.clause)
                yield ClauseResult(by_id()[said.clause], Verdict.FAIL, 1, Failure.of(scenario, trace, departure))


def failure_of(target: Any, clause: str, *steps: Any, limit: Any = 4, python: Version = RULES) -> ClauseResult:
    """The failure of `clause` that `steps` show on `target`."""
    found = failures(target, Scenario("made for this test", steps, limit), python=python)
    return next(one for one in found if one.clause.id == clause)


def corpus_failure(target: Any, clause: str, python: Version = RULES) -> ClauseResult:
    """The failure of `clause` that the first scenario of the corpus shows that can."""
    of_clause = [one for one in corpus.load() if one.clause == clause]
    others = [one for one in corpus.load() if one.clause != clause]
    return next(one for one in failures(target, *of_clause, *others, python=python) if one.clause.id == clause)


def hang() -> ClauseResult:
    """The live fault of asyncio that is easiest to look at."""
    return failure_of("asyncio", HANG, *HANGING)


# Clauses and results that no chapter and no reader has, so that neither changes what is tested with them.


def clause(name: str, level: Level = Level.MUST, basis: Basis = Basis.DOCUMENTED, **changes: Any) -> Clause:
    """A clause that says little."""
    plain = Clause(
        *(
            name,
            name.partition(".")[0],
            "Section",
            level,
            basis,
            f"The sentence of {name}.",
            "The reason.",
            "The page.",
        ),
        *(frozenset(), None, None, "memory", None, "chapter.md", 1),
    )
    return replace(plain, **changes)


def failed(
    of: Clause,
    *,
    scenarios: int = 1,
    steps: Any = HANGING,
    scenario: Scenario | None = None,
    trace: tuple[Event, ...] = (),
    **facts: Any,
) -> ClauseResult:
    """A failure of the clause by the last event of the trace: a hang, unless the facts say otherwise."""
    trace = trace or (Made(), *steps[:2], Quiet(), *steps[2:], Quiet())
    observed = facts.pop("observed", trace[-1])
    plain = Violation(
        clause=of.id,
        kind="hang" if isinstance(observed, Quiet) else "wrong-value",
        observed=observed,
        owed=(Owed(Fails(("ConnectionResetError",), 1), ()),),
        call=1,
        method="readexactly",
    )
    scenario = scenario or Scenario("a made-up scenario", steps, 4)
    turn = sum(isinstance(event, Quiet) for event in trace[:-1]) + 1
    failure = Failure(scenario, trace, len(trace) - 1, replace(plain, **facts), 1, turn, scenarios)
    return ClauseResult(of, Verdict.FAIL, scenarios, failure)


def passed(name: str, **changes: Any) -> ClauseResult:
    """A clause that passed."""
    return ClauseResult(clause(name, **changes), Verdict.PASS, 12)


def results(*clauses: ClauseResult, **changes: Any) -> Results:
    """A run that came to this."""
    plain = Results(
        target="made.up:Reader",
        python=RULES,
        effort="quick",
        seed=0,
        shard=(1, 1),
        capabilities=frozenset({"read", "feed_data", "feed_eof"}),
        clauses=clauses,
        bounds=(Bound("corpus", "every named scenario that the target can play", 570),),
        scenarios=12345,
    )
    return replace(plain, **changes)


CORPUS = corpus.load()
# What no scenario of the corpus shows, but explorations do, in its shortest form: an interrupted search keeps its part.
INTERRUPTED = (Feed(b"a"), Call(1, "readuntil"), Settle(), Break(), Settle())
EXPLORED = (Scenario("breaking readuntil()", (*INTERRUPTED, *coda(1, frozenset({"read"}), stored=True)), 2),)


# Whose fault is laid to its own clause only once the scenario is calm; the first failure stands for it.
ONLY_CALMED = {"BrokenSearchTakes", "CutsLargeChunks", "ReadAllIsCapped"}


def found(fault: faulty.Fault) -> ClauseResult:
    """The failure of the clause that the fault breaks."""
    mine = [one for one in CORPUS if one.clause == fault.blamed]
    others = [one for one in CORPUS if one.clause != fault.blamed]
    first: ClauseResult | None = None
    for one in failures(fault.reader, *mine, *others, *EXPLORED, python=fault.rules):
        first = first or one
        if one.clause.id == fault.blamed:
            return one
    assert first is not None, "no scenario shows it"
    assert fault.reader.__name__ in ONLY_CALMED, f"no scenario is laid to {fault.blamed}"
    return first
