"""A run: the same whoever does the work, whole or marked as partial, and honest about what it left out."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from faulty import HOSTILE, EndWakesNobody
from streamgauge.conformance import Progress, Results, SelectionError, TargetError, Verdict, check
from streamgauge.conformance.adapters import AdapterFault
from streamgauge.conformance.adapters.names import Names
from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.running.exploring import Batch, Corpus, Unit
from streamgauge.conformance.running.runner import Here
from streamgauge.conformance.target import InProcess
from textbook import TextbookReader

pytestmark = pytest.mark.usefixtures("small")


def plain(results: Results) -> str:
    return repr(results)


def test_a_run_gives_the_same_results_twice_and_with_any_number_of_workers() -> None:
    one = check("asyncio", effort="quick", jobs=1)
    assert plain(one) == plain(check("asyncio", effort="quick", jobs=1))
    assert plain(one) == plain(check("asyncio", effort="quick", jobs=2))


class PlaysOnly:
    """A target that has a name and capabilities, plays, and can do nothing else."""

    def __init__(self, name: str) -> None:
        target = InProcess(resolve(name))
        self.name, self.capabilities, self.play = target.name, target.capabilities, target.play


def test_whatever_plays_scenarios_can_be_judged() -> None:
    for name in ("reference", "faulty:EndWakesNobody"):
        assert plain(check(PlaysOnly(name), effort="quick", jobs=1)) == plain(check(name, effort="quick", jobs=1))
    own = InProcess(resolve("reference"))
    assert plain(check(own, effort="quick", jobs=1)) == plain(check("reference", effort="quick", jobs=1))


def test_any_executor_may_do_the_work() -> None:
    with ThreadPoolExecutor(2) as pool:
        threaded = check(TextbookReader, effort="quick", executor=pool, only=["errors"])
    assert plain(threaded) == plain(check(TextbookReader, effort="quick", jobs=1, only=["errors"]))


def test_the_seed_varies_the_sampled_part_only() -> None:
    first, second = (check("reference", effort="quick", seed=seed, jobs=1) for seed in (0, 1))
    named = [
        {bound.name: bound.scenarios for bound in one.bounds if "sampled" not in bound.name} for one in (first, second)
    ]
    assert named[0] == named[1]
    assert [bound.name for bound in first.bounds] != [bound.name for bound in second.bounds]


def test_the_shards_of_a_run_are_together_the_whole_run() -> None:
    whole = check("reference", effort="quick", jobs=1)
    shards = [check("reference", effort="quick", jobs=1, shard=(number, 3)) for number in (1, 2, 3)]
    assert sum(shard.scenarios for shard in shards) == whole.scenarios
    assert sorted(bound.name for shard in shards for bound in shard.bounds) == sorted(
        bound.name for bound in whole.bounds
    )


def test_only_what_was_selected_is_reported() -> None:
    results = check("reference", effort="quick", jobs=1, only=["reader.readline", "errors.limit.kind"])
    assert {one.clause.id.rpartition(".")[0] for one in results.clauses} == {"reader.readline", "errors.limit"}


def test_a_name_that_selects_nothing_is_refused() -> None:
    with pytest.raises(SelectionError, match=r"no clause or chapter is called 'reader\.nonsense'"):
        check("reference", only=["reader.nonsense"])


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(TargetError):
        check("no_such_module_anywhere")


def test_an_adapter_that_does_not_hold_is_refused_before_anything_is_played() -> None:
    class Making(Names):
        def reader(self, loop: Any, *limit: Any) -> Any:
            return None

    units = Noting()
    with pytest.raises(AdapterFault, match="returned None instead of a reader"):
        check(Making(TextbookReader, "it"), effort="quick", executor=units)
    assert units.units == []


def test_progress_is_told_after_every_unit_and_ends_with_all_of_them() -> None:
    told: list[Progress] = []
    results = check("asyncio", effort="quick", jobs=1, on_progress=told.append)
    assert [one.units_done for one in told] == list(range(1, told[-1].units + 1))
    assert told[-1].scenarios == results.scenarios
    assert "reader.overlap.false-end" in told[-1].failed


def test_what_was_found_before_an_interruption_is_in_the_results() -> None:
    def press(progress: Progress) -> None:
        if progress.units_done == 2:
            os.kill(os.getpid(), signal.SIGINT)

    results = check(EndWakesNobody, effort="quick", jobs=1, on_progress=press)
    assert not results.complete
    assert results.of("reader.end.wakes").verdict is Verdict.FAIL
    assert results.status() == 1


@pytest.mark.parametrize("jobs", [1, 2], ids=["here", "in a worker"])
def test_an_interruption_in_the_midst_of_a_unit_keeps_what_the_unit_had_found(jobs: int) -> None:
    results = check(InterruptedByUser, effort="quick", jobs=jobs)
    assert not results.complete
    assert 0 < results.scenarios < 570
    assert results.status() in (1, 2)
    assert [(bound.name, bound.in_part) for bound in results.bounds] == [("corpus", True)]
    assert Verdict.INCONCLUSIVE in {one.verdict for one in results.clauses}


class InterruptedByUser(TextbookReader):
    """A reader in the midst of which the user presses Ctrl-C."""

    def feed_data(self, data: Any) -> None:
        if data == b"abcdef":
            os.kill(os.getpid(), signal.SIGINT)
        super().feed_data(data)


def test_an_interruption_takes_in_what_other_workers_had_under_way() -> None:
    results = check("asyncio", effort="quick", executor=Interrupting())
    assert not results.complete
    assert len(results.bounds) == 2  # the first unit, which was done, and the second, which was under way


def test_a_unit_that_fails_while_the_run_is_interrupted_takes_nothing_with_it() -> None:
    results = check("asyncio", effort="quick", executor=Interrupting(fails=True))
    assert not results.complete
    assert [bound.name for bound in results.bounds] == ["corpus"]


class Interrupting(Executor):
    """An executor during whose second unit, which may fail, the user presses Ctrl-C."""

    def __init__(self, *, fails: bool = False) -> None:
        self.units = 0
        self.fails = fails

    def submit(self, call: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        self.units += 1
        if self.units == 3:
            raise KeyboardInterrupt
        if self.units == 2 and self.fails:
            return Here().submit(int, "no number")
        return Here().submit(call, *args, **options)


def test_an_implementation_that_never_rests_is_not_explored_further() -> None:
    results = check(HOSTILE[2], effort="quick", jobs=1)
    assert [bound.name for bound in results.bounds] == ["corpus"]
    assert any("left out" in one.reason for one in results.clauses if one.verdict is Verdict.NOT_EXERCISED)
    assert results.status() == 1


def test_nothing_is_left_out_where_nothing_waits() -> None:
    results = check(HOSTILE[2], effort="quick", jobs=1, shard=(1, 1000))
    assert results.complete
    assert not any("left out" in one.reason for one in results.clauses)


def test_what_takes_longest_goes_first_behind_the_corpus() -> None:
    noting = Noting()
    check(TextbookReader, effort="quick", executor=noting)
    first, *others = noting.units
    long = [isinstance(one, Batch) for one in others]
    assert isinstance(first, Corpus)
    assert 0 < sum(long) < len(long)
    assert long == sorted(long, reverse=True)


class Noting(Here):
    """An executor that remembers what it was given, in its order."""

    def __init__(self) -> None:
        self.units: list[Unit] = []

    def submit(self, call: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        self.units += args
        return super().submit(call, *args, **options)


def test_a_worker_process_that_dies_is_a_fault_and_not_a_verdict() -> None:
    results = check(EndsTheProcess, effort="quick", jobs=2)
    assert results.status() == 4
    assert "worker process died" in results.faults[0]
    assert results.of("reader.end.wakes").verdict is Verdict.INCONCLUSIVE


class EndsTheProcess(TextbookReader):
    """A reader that takes the whole process down with it."""

    def feed_eof(self) -> None:
        os._exit(3)


def test_a_target_that_cannot_travel_is_judged_where_it_is() -> None:
    class Local(TextbookReader):
        pass

    assert check(Local, effort="quick", jobs=2, only=["errors"]).status() == 0


def test_a_reader_without_a_limit_is_judged_on_the_rest() -> None:
    results = check(Unlimited, effort="quick", jobs=1)
    assert results.of("reader.limit.positive").verdict is Verdict.NOT_APPLICABLE
    assert results.of("reader.readexactly.count").verdict is Verdict.PASS
    assert results.status(strict=True) == 0


class Unlimited(TextbookReader):
    """A reader that takes no limit."""

    def __init__(self, *, loop: Any = None) -> None:
        super().__init__(loop=loop)


def test_nothing_declared_but_one_method_is_still_something_to_judge() -> None:
    results = check(OnlyReadline, effort="quick", jobs=1)
    verdicts = {one.verdict for one in results.clauses if one.clause.id.startswith("reader.readexactly")}
    assert verdicts == {Verdict.NOT_APPLICABLE}
    assert results.of("reader.readline.line").verdict is Verdict.PASS


class OnlyReadline:
    """A reader that can do one thing."""

    def __init__(self, limit: int = 65536, loop: Any = None) -> None:
        self._reader = TextbookReader(limit, loop)

    def feed_data(self, data: Any) -> None:
        self._reader.feed_data(data)

    def feed_eof(self) -> None:
        self._reader.feed_eof()

    async def readline(self) -> bytes:
        return await self._reader.readline()
