"""Who guards the guards: readers and layers known to be wrong are blamed, unusual ones that are right pass."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache

import pytest

import mutants
import streamgauge.reference
from faulty import FAULTY, HOSTILE, TRIVIAL, TRIVIAL_LAYERS, Fault
from streamgauge.conformance import Results, Verdict, check
from streamgauge.conformance.adapters import Adapter
from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.judge import Judge
from streamgauge.conformance.playing import budget
from streamgauge.conformance.running.exploring import Corpus, Explorer, Harvest, Unit, units
from streamgauge.conformance.scenarios import corpus
from streamgauge.conformance.scenarios.script import needs
from streamgauge.conformance.scenarios.shapes import Exchange, Tree
from streamgauge.conformance.target import InProcess
from streamgauge.spec.alphabet import Settings, Version
from streamgauge.spec.clauses import by_id, load
from textbook import TextbookReader
from textbook_layer import TextbookLayer
from variants import CONNECTIONS, LAYERS, READERS, Variant

# Thousands of scenarios each: coverage is measured by the tests that look closer.
pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("warm_judge")]

NEWEST = (3, 13)
RUNNING = sys.version_info[:2]
# The faults of the interpreter's own streams, which its mutants share.
LIVE = {
    "reader.exception.same-turn",
    "reader.overlap.false-end",
    "reader.overlap.lost-wakeup",
    "writer.wait-closed.cancel-harmless",
}
# Mutants that behave like the original: what they change cannot be seen from outside.
EQUIVALENT = {
    "aids to debugging": ("get_debug", "_source_traceback", "sys._getframe", "_loop.get_debug"),
    "the loop that is given is the one that runs": ("if loop is None:`: condition to True",),
    "an assertion that cannot fail": ("'_wait_for_data after EOF'",),
    "an error with one argument": ("raise ValueError(e.args[0])`: 0 to -1",),
    "without a newline, what `consumed` counts is all there is": ("startswith(sep, e.consumed):`: condition to True",),
    "a loop that was endless": ("while True:`: condition to True",),
    "a search that finds nothing new": ("if buflen - offset >= ",),
    "every negative count means the same": ("read(self, n=-1):`: 1 to 2",),
    "0 was dealt with before": ("read: `if n < 0:`: Lt to LtE", "read: `if n < 0:`: 0 to 1"),
    "nothing taken from the buffer is nothing": ("readexactly: `if n == 0:`", "readexactly: `return b''`"),
    "two ways to take all there is": ("if len(self._buffer) == n:`: condition to False",),
}
# The same for what makes, carries and serves connections. The mutants of `start_tls` and of what happens when an object
# is collected are not made at all.
LIVE_OF_CONNECTIONS = {"writer.wait-closed.cancel-harmless"}
EQUIVALENT_LAYERS = {
    "aids to debugging": ("get_debug", "logger.debug", "_source_traceback", "stacklevel"),
    "the loop that is given is the one that runs": (
        "without loop=loop",
        "FlowControlMixin.__init__: `if loop is None:`",
    ),
    "the loop is always given": ("without self._loop = events.",),
    "assertions that may be left out, as with -O": (": without assert ", "`assert reader is None or isinstance"),
    "whoever waits does so while the transport holds": (
        "connection_lost: `if not self._paused:`: without",
        "connection_lost: `if not self._paused:`: condition to False",
        "FlowControlMixin.connection_lost: `return`",
    ),
    "futures that are done are passed over": ("without self._drain_waiters.remove(waiter)",),
    "what is set again before it is looked at": (
        "__init__: `self._stream_writer = None`",
        "__init__: `self._task = None`",
        "__init__: `self._transport = None`",
        "__init__: `self._over_ssl = False`",
    ),
    "memory that is held too long, or let go too early": (
        "connection_lost: `self._stream_writer = None`",
        "connection_lost: `self._task = None`",
        "connection_lost: `self._transport = None`",
        "`self._strong_reader = None`",
        "__init__: `if client_connected_cb is not None:`: condition to True",
        "connection_made: `self._transport = transport`",
    ),
    "readers that were collected, or never were": (
        "_reject_connection",
        "connection_made: `context = {",
        "connection_made: `self._loop.call_exception_handler(context)`",
        "connection_made: `transport.abort()`",
        "connection_made: `return`",
        "__init__: `if stream_reader is not None:`: condition to True",
        "__init__: `self._stream_reader_wr = None`",
        "connection_made: `if reader is not None:`: condition to True",
        "drain: `if self._reader is not None:`: condition to True",
    ),
    "TLS": ("connection_made: `self._over_ssl =", "eof_received: `if self._over_ssl:`", "eof_received: `return False`"),
    "a future that nobody looks at": ("without self._complete_fut.set_result",),
    "a delay of less than nothing is nothing": ("`await sleep(0)`: 0 to -1",),
    "a report of no exception, which no clause forbids": ("connection_made: `if exc is not None:`: condition to True",),
}


def named(fault: Fault | Variant) -> str:
    return getattr(fault.reader, "__name__", str(fault.reader))


def found_by(target: object, python: Version, wanted: str) -> dict[str, str]:
    """The clauses found broken, and how: by the scenarios written for `wanted`, and unit by unit if they do not do.

    What is wrong with a connection is looked for in connections only.
    """
    adapter = resolve(target)
    found = by_own_scenarios(adapter, python, wanted)
    explorer = Explorer(InProcess(adapter), python)
    every = of_connections if by_id()[wanted].world == "network" else of_anything
    for unit in () if wanted in found else every(adapter):
        harvest = explorer.explore(unit)
        assert harvest.faults == []
        calm = map(explorer.calmed, harvest.found.values())
        found |= {one.clause: one.departure.violation.kind for one in calm}
        if wanted in found:
            break
    return found


def of_anything(adapter: Adapter) -> tuple[Unit, ...]:
    return units("quick", 0, adapter.capabilities)


def of_connections(adapter: Adapter) -> tuple[Unit, ...]:
    """The units that have to do with connections, the corpus included."""
    every = of_anything(adapter)
    return tuple(
        one for one in every if isinstance(one, Corpus | Exchange) or (isinstance(one, Tree) and one.connected)
    )


def by_own_scenarios(adapter: Adapter, python: Version, clause: str) -> dict[str, str]:
    driver, judge = InProcess(adapter), Judge()
    own = [one for one in corpus.load() if one.clause == clause and needs(one.steps) <= adapter.capabilities]
    traces = [(one, driver.play(one)) for one in own]
    departures = [
        departure
        for scenario, trace in traces
        for departure in judge.judge(Settings(scenario.limit, python), trace).departures
    ]
    return {departure.violation.clause: departure.violation.kind for departure in departures}


@pytest.mark.parametrize("fault", FAULTY, ids=named)
def test_what_is_wrong_in_one_way_is_blamed_for_it(fault: Fault) -> None:
    found = found_by(fault.reader, fault.rules, fault.blamed)
    assert fault.blamed in found
    assert found[fault.blamed]


def test_every_testable_clause_has_a_reader_or_layer_that_is_blamed_for_it() -> None:
    clauses = [clause for clause in load() if clause.untestable is None and clause.world in ("memory", "network")]
    assert {clause.id for clause in clauses} == {fault.blamed for fault in FAULTY}


@cache
def judged(target: object) -> Results:
    return check(target, effort="quick", python=NEWEST, jobs=1)


@pytest.mark.usefixtures("nearer")
@pytest.mark.parametrize("variant", READERS, ids=named)
def test_a_reader_that_is_unusual_but_right_passes(variant: Variant) -> None:
    results = judged(variant.reader)
    assert [(one.clause.id, one.failure.because if one.failure else "") for one in results.failures()] == []
    assert results.status(strict=True) == 0
    for clause in variant.clauses:
        assert results.of(clause).verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.UNTESTABLE), clause


@pytest.mark.parametrize(
    ("target", "worlds"),
    [(streamgauge.reference, ("memory", "network")), (TextbookReader, ("memory",))],
    ids=["reference", "textbook"],
)
def test_who_keeps_every_clause_has_every_testable_one_exercised(target: object, worlds: tuple[str, ...]) -> None:
    verdicts = {one.clause.id: one.verdict for one in judged(target).clauses}
    open_ones = {clause.id for clause in load() if clause.untestable is not None or clause.world not in worlds}
    old = {clause.id for clause in load() if not clause.applies_to(NEWEST)}
    assert {clause for clause, verdict in verdicts.items() if verdict is not Verdict.PASS} == open_ones | old


def connected(target: object, python: Version) -> Harvest:
    """All that a layer shows in connections."""
    adapter = resolve(target)
    explorer, whole = Explorer(InProcess(adapter), python), Harvest()
    for unit in of_connections(adapter):
        harvest = explorer.explore(unit)
        assert harvest.faults == []
        whole.found |= harvest.found
        whole.evidence |= harvest.evidence
    return whole


@pytest.mark.parametrize("variant", [*LAYERS, *CONNECTIONS], ids=named)
def test_a_layer_that_is_unusual_but_right_passes(variant: Variant) -> None:
    harvest = connected(variant.reader, variant.python)
    assert {found.clause: found.departure.violation.kind for found in harvest.found.values()} == {}
    assert [clause for clause in variant.clauses if clause not in harvest.evidence] == []


def test_a_layer_that_keeps_every_clause_has_every_testable_one_exercised() -> None:
    evidence = connected(TextbookLayer, NEWEST).evidence
    clauses = [clause for clause in load() if clause.untestable is None and clause.world == "network"]
    testable = {one.id for one in clauses if one.applies_to(NEWEST)}
    assert testable - evidence.keys() == set()


@pytest.mark.parametrize("target", TRIVIAL, ids=lambda target: target.__name__)
def test_a_trivial_reader_scores_close_to_nothing(target: type) -> None:
    harvest = Explorer(InProcess(resolve(target)), NEWEST).explore(Corpus())
    failed = {found.clause for found in harvest.found.values()}
    passed = {clause for clause in harvest.evidence if clause not in failed and not clause.startswith("errors.")}
    assert harvest.found
    # Whoever ignores the limit is right in everything else; the others are right in next to nothing.
    assert len(passed) <= (90 if target.__name__ == "IgnoresLimit" else 15)


@pytest.mark.parametrize(
    ("target", "about"),
    [
        (TRIVIAL_LAYERS[0], ("writer.",)),
        (TRIVIAL_LAYERS[1], ("connection.data", "connection.eof", "connection.lost")),
        (TRIVIAL_LAYERS[2], ("writer.", "connection.", "server.")),
    ],
    ids=["idle", "stuck", "refusing"],
)
def test_a_trivial_layer_scores_close_to_nothing(target: type, about: tuple[str, ...]) -> None:
    """In what it does trivially: what else it has is that of the textbook."""
    harvest = connected(target, NEWEST)
    failed = {found.clause for found in harvest.found.values()}
    passed = {one for one in harvest.evidence if one not in failed and one.startswith(about)}
    assert len(passed) <= 8, sorted(passed)


@pytest.mark.parametrize("target", HOSTILE[3:], ids=lambda target: target.__name__)
def test_a_hostile_reader_is_survived_and_reported(target: type) -> None:
    harvest = Explorer(InProcess(resolve(target)), NEWEST).explore(Corpus())
    assert harvest.found
    assert harvest.faults == []


@pytest.mark.usefixtures("nearer", "impatient")
@pytest.mark.parametrize("target", HOSTILE[:3], ids=lambda target: target.__name__)
def test_a_whole_run_on_a_hostile_reader_comes_to_an_end(target: type) -> None:
    results = check(target, effort="quick", python=NEWEST)
    assert results.status() == 1
    assert results.faults == ()
    assert [bound.name for bound in results.bounds] == ["corpus"]  # whoever spins there is asked nothing else


def test_the_interpreters_own_reader_departs_where_its_live_faults_are_and_nowhere_else() -> None:
    results = check(asyncio, effort="quick", python=RUNNING, jobs=1)
    assert {one.clause.id for one in results.failures()} == LIVE
    assert results.status() == 0
    assert results.status(strict=True) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("impatient")
def test_every_mutant_of_the_interpreters_own_reader_that_behaves_differently_is_noticed() -> None:
    assert unnoticed(every_reader(), reader_is_noticed, EQUIVALENT, at_least=0.85) == []


@pytest.mark.slow
@pytest.mark.usefixtures("impatient")
def test_every_mutant_of_the_interpreters_own_connections_that_behaves_differently_is_noticed() -> None:
    assert unnoticed(every_layer(), layer_is_noticed, EQUIVALENT_LAYERS, at_least=0.7) == []


def unnoticed(
    every: tuple[mutants.Mutant, ...],
    is_noticed: Callable[[int], bool],
    equivalent: dict[str, tuple[str, ...]],
    at_least: float,
) -> list[str]:
    """The mutants that break no clause, though nothing excuses them; most are not excused."""
    excused = [text for texts in equivalent.values() for text in texts]
    places = [mutant.where for mutant in every]
    suspects = [number for number, where in enumerate(places) if not any(text in where for text in excused)]
    assert len(suspects) > at_least * len(places)
    with ProcessPoolExecutor() as pool:
        noticed = list(pool.map(is_noticed, suspects, chunksize=8))
    return [places[number] for number, seen in zip(suspects, noticed, strict=True) if not seen]


@cache
def every_reader() -> tuple[mutants.Mutant, ...]:
    return tuple(mutants.of_the_reader())


@cache
def every_layer() -> tuple[mutants.Mutant, ...]:
    return tuple(mutants.of_the_layer())


def reader_is_noticed(number: int) -> bool:
    """Whether the mutant of that number breaks a clause that its original keeps."""
    adapter = resolve(every_reader()[number].make())
    everything = units("quick", 0, adapter.capabilities)
    return shows_in_named(adapter, "memory", LIVE) or shows_in(adapter, everything, LIVE)


def layer_is_noticed(number: int) -> bool:
    """The same for a mutant of what makes, carries and serves connections."""
    adapter = resolve(every_layer()[number].make())
    live = LIVE | LIVE_OF_CONNECTIONS
    connected = [one for one in units("quick", 0, adapter.capabilities) if _is_connected(one)]
    return shows_in_named(adapter, "network", live) or shows_in(adapter, connected, live)


def shows_in_named(adapter: Adapter, world: str, live: set[str]) -> bool:
    """Whether a clause is broken in a named scenario of that world; the first one is enough."""
    driver, judge = InProcess(adapter), one_judge()
    with budget.watched() as watch:
        for scenario in corpus.load():
            if scenario.world == world and needs(scenario.steps) <= adapter.capabilities:
                trace = budget.play(driver.unwatched, scenario, watch)
                departures = judge.judge(Settings(scenario.limit, RUNNING), trace).departures
                if {one.violation.clause for one in departures} - live:
                    return True
    return False


def shows_in(adapter: Adapter, work: Iterable[Unit], live: set[str]) -> bool:
    """Whether a clause is broken in one of the units, or the implementation does not come to rest."""
    explorer = Explorer(InProcess(adapter), RUNNING)
    harvests = map(explorer.explore, work)
    return any({clause for _, clause in harvest.found} - live or harvest.overran for harvest in harvests)


@cache
def one_judge() -> Judge:
    return Judge()


def _is_connected(unit: Unit) -> bool:
    return isinstance(unit, Exchange) or (isinstance(unit, Tree) and unit.connected)
