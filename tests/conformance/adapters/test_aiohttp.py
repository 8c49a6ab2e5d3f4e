"""The adapter of aiohttp adds nothing and hides nothing: what it is blamed for, plain aiohttp does by itself.

Each probe below uses aiohttp alone, without the suite, and says whether it departs from a clause; a scenario for
that clause must find just the same. So a version of aiohttp that mends a fault turns both, and breaks no test.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from unittest.mock import Mock

import pytest
from aiohttp.streams import StreamReader

from streamgauge.conformance import Verdict, check
from streamgauge.conformance.adapters import OF_READERS, Adapter
from streamgauge.conformance.adapters.aiohttp import CLIENT_LIMIT, adapter
from streamgauge.conformance.adapters.checking import sound
from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.running.replaying import replay
from streamgauge.conformance.running.trying import Outcome, smoke
from streamgauge.conformance.scenarios import corpus
from streamgauge.conformance.scenarios.script import needs
from streamgauge.conformance.target import InProcess

RULES = (3, 13)
UNDECLARED = {"set_transport", "separators", "LimitOverrunError"}

# What aiohttp does not touch, or does right: every scenario of these clauses must pass.
KEPT = {
    *("reader.feed.empty", "reader.feed.after-end", "reader.feed.same-turn", "reader.end.twice"),
    *("reader.read.all", "reader.read.zero", "reader.read.at-most", "reader.read.soon", "reader.read.end-empty"),
    *("reader.readexactly.count", "reader.readexactly.eof", "reader.readuntil.default", "reader.readline.line"),
    *("reader.readline.eof-partial", "reader.readline.eof-empty", "reader.iteration.lines"),
    *("reader.exception.raised", "reader.exception.hides-data", "reader.exception.over-end", "reader.cancel.frees"),
    *("errors.incomplete.kind", "errors.incomplete.constructor", "errors.incomplete.pickle"),
}


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def waits(call: Awaitable[Any]) -> bool:
    """Whether the call is still waiting when all has come to rest; it is cancelled then."""
    task = asyncio.ensure_future(call)
    await settle()
    return task.cancel()


async def cancelled(call: Awaitable[Any], reader: StreamReader, data: bytes) -> None:
    """Begin the call, feed the data, and cancel it."""
    task = asyncio.ensure_future(call)
    await settle()
    reader.feed_data(data)
    await settle()
    task.cancel()
    await settle()


async def raised(call: Awaitable[Any]) -> Exception | None:
    """What the call raises, if it does."""
    try:
        await call
    except Exception as error:  # whatever it is, it is looked at
        return error
    return None


Probe = Callable[[Callable[[int], StreamReader]], Awaitable[bool]]
Make = Callable[[int], StreamReader]


async def accepts_a_limit_of_zero(make: Make) -> bool:
    return make(0) is not None


async def finds_beyond_the_limit(make: Make) -> bool:
    reader = make(2)
    reader.feed_data(b"aaab")
    return await reader.readuntil(b"b") == b"aaab"


async def waits_beyond_the_limit(make: Make) -> bool:
    reader = make(2)
    reader.feed_data(b"abc")
    return await waits(reader.readuntil())


async def counts_the_separator(make: Make) -> bool:
    reader = make(1)
    reader.feed_data(b"xabc")
    return not await waits(reader.readuntil(b"abcd"))


async def has_no_consumed(make: Make) -> bool:
    reader = make(2)
    reader.feed_data(b"abcdbx")
    error = await raised(reader.readuntil(b"db"))
    return error is not None and not hasattr(error, "consumed")


async def returns_part_at_the_end(make: Make) -> bool:
    reader = make(4)
    reader.feed_data(b"ab")
    reader.feed_eof()
    return await reader.readuntil() == b"ab"


async def keeps_no_copy(make: Make) -> bool:
    reader, fed = make(4), bytearray(b"abcd")
    reader.feed_data(memoryview(fed))  # type: ignore[arg-type]  # what the clause is about
    fed[:] = b"...."
    return await reader.read(2) != b"ab"


async def takes_text(make: Make) -> bool:
    reader = make(4)
    reader.feed_data("bb")  # type: ignore[arg-type]  # what the clause is about
    return reader.total_bytes == 2


async def reads_none(make: Make) -> bool:
    return await make(4).read(None) == b""  # type: ignore[arg-type]  # what the clause is about


async def reads_less_than_nothing(make: Make) -> bool:
    return await make(4).readexactly(-1) == b""


async def loses_after_an_exception(make: Make) -> bool:
    reader = make(4)
    task = asyncio.ensure_future(raised(reader.readexactly(3)))
    await settle()
    reader.feed_data(b"ab")
    await settle()
    reader.set_exception(ConnectionResetError())
    await task
    reader.set_exception(None)  # type: ignore[arg-type]  # it clears the exception, there as here
    return await waits(reader.read(2))


async def loses_a_record(make: Make) -> bool:
    reader = make(4)
    await cancelled(reader.readexactly(3), reader, b"ab")
    reader.feed_data(b"c")
    return await waits(reader.readexactly(3))


async def loses_a_line(make: Make) -> bool:
    reader = make(4)
    await cancelled(reader.readline(), reader, b"ab")
    reader.feed_data(b"\n")
    return await reader.readline() == b"\n"


async def hangs_after_an_exception(make: Make) -> bool:
    reader = make(4)
    task = asyncio.ensure_future(reader.readline())
    await settle()
    reader.feed_data(b"ab")
    reader.set_exception(ConnectionResetError())
    return await waits(task)


async def names_another_call(make: Make) -> bool:
    reader = make(4)
    first = asyncio.ensure_future(reader.read(1))
    await settle()
    error = await raised(reader.readexactly(1))
    first.cancel()
    return "readexactly" not in str(error)


async def refuses_what_need_not_wait(make: Make) -> bool:
    reader = make(4)
    first = asyncio.ensure_future(reader.readexactly(3))
    await settle()
    reader.feed_data(b"ab")
    await settle()
    error = await raised(reader.read(2))
    first.cancel()
    return isinstance(error, RuntimeError)


async def forgets_a_call(make: Make) -> bool:
    reader = make(4)
    first = asyncio.ensure_future(reader.read(2))
    await settle()
    second = asyncio.ensure_future(raised(reader.readexactly(3)))
    reader.feed_data(b"ab")
    await settle()
    reader.feed_eof()
    await first
    return await waits(second)


async def iterates_elsewhere(make: Make) -> bool:
    reader = make(4)
    return aiter(reader) is not reader  # type: ignore[comparison-overlap]  # what the clause is about


DEPARTURES: list[tuple[str, Probe]] = [
    ("reader.limit.positive/zero", accepts_a_limit_of_zero),
    ("reader.readuntil.limit/limit-and-one", finds_beyond_the_limit),
    ("reader.readuntil.overrun-unfound/at-the-call", waits_beyond_the_limit),
    ("reader.readline.overrun/unfound", waits_beyond_the_limit),
    ("reader.readuntil.overrun-not-early/long-tail", counts_the_separator),
    ("reader.readuntil.overrun-found/at-once", has_no_consumed),
    ("reader.readuntil.eof/part", returns_part_at_the_end),
    ("reader.feed.copies/memoryview", keeps_no_copy),
    ("reader.feed.wrong-type/text", takes_text),
    ("reader.read.wrong-type/none", reads_none),
    ("reader.readexactly.negative/bytes-unread", reads_less_than_nothing),
    ("reader.readexactly.keeps-while-waiting/exception-cleared", loses_after_an_exception),
    ("reader.cancel.keeps-data/readexactly", loses_a_record),
    ("reader.cancel.keeps-data/readline", loses_a_line),
    ("reader.cancel.timeout/readexactly", loses_a_record),
    ("reader.exception.same-turn/readline-hangs", hangs_after_an_exception),
    ("reader.overlap.message/readexactly", names_another_call),
    ("reader.overlap.no-wait/read", refuses_what_need_not_wait),
    ("reader.overlap.lost-wakeup/end", forgets_a_call),
    ("reader.iteration.self/same-object", iterates_elsewhere),
]


@pytest.fixture
def adapted() -> Adapter:
    return adapter()


def plain(limit: int) -> StreamReader:
    """A reader of aiohttp as its own tests make it."""
    return StreamReader(Mock(connected=True, _reading_paused=False), limit, loop=asyncio.get_running_loop())


def made(adapted: Adapter, *limit: int) -> Any:
    return adapted.reader(Mock(), *limit)


def departs(adapted: Adapter, name: str) -> bool:
    """Whether the scenario of that name shows a departure from the clause that it was written for."""
    (scenario,) = (one for one in corpus.load() if one.name == name)
    return scenario.clause in {one.violation.clause for one in replay(InProcess(adapted), scenario, RULES).departures}


def test_it_is_found_by_its_name_and_is_sound(adapted: Adapter) -> None:
    assert resolve("aiohttp").name == "aiohttp"
    assert sound(adapted, "aiohttp") is adapted


def test_it_declares_all_but_what_aiohttp_does_not_claim(adapted: Adapter) -> None:
    assert adapted.capabilities == {*OF_READERS} - UNDECLARED
    reader = made(adapted)
    methods = adapted.capabilities - {"limit", "IncompleteReadError"}
    assert all(callable(getattr(reader, method)) for method in methods)


def test_nothing_it_declares_is_the_adapters_fault(adapted: Adapter) -> None:
    assert {step.outcome for step in smoke(InProcess(adapted), RULES)} == {Outcome.OK}


@pytest.mark.parametrize(("name", "probe"), DEPARTURES, ids=[name for name, _ in DEPARTURES])
def test_a_departure_is_reported_just_if_plain_aiohttp_departs(adapted: Adapter, name: str, probe: Probe) -> None:
    async def answer() -> bool:
        return await probe(plain)

    assert departs(adapted, name) == asyncio.run(answer())


def test_what_aiohttp_does_right_is_found_right(adapted: Adapter) -> None:
    playable = [one for one in corpus.load() if one.clause in KEPT and needs(one.steps) <= adapted.capabilities]
    assert {one.clause for one in playable} == KEPT
    assert [one.name for one in playable if replay(InProcess(adapted), one, RULES).departures] == []


def test_without_a_limit_a_reader_has_that_of_the_client_of_aiohttp(adapted: Adapter) -> None:
    assert made(adapted).get_read_buffer_limits() == (CLIENT_LIMIT, 2 * CLIENT_LIMIT)


def test_its_repr_is_that_of_aiohttp(adapted: Adapter) -> None:
    assert repr(made(adapted, 7)).startswith("<StreamReader")


def test_many_reads_at_the_end_say_nothing_on_standard_error(
    adapted: Adapter, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # as in a process that configures no logging

    async def read_on() -> None:
        reader = adapted.reader(asyncio.get_running_loop())
        reader.feed_eof()
        for _ in range(9):
            await reader.read()

    asyncio.run(read_on())
    assert capsys.readouterr().err == ""


@pytest.mark.slow
@pytest.mark.usefixtures("nearer")
def test_a_whole_run_lays_no_fault_to_the_suite_and_skips_what_is_undeclared() -> None:
    results = check("aiohttp", effort="quick", python=RULES, jobs=1)
    assert results.faults == ()
    assert results.status() == 1
    undeclared = [one for one in results.clauses if one.clause.needs & UNDECLARED and one.clause.untestable is None]
    assert {one.verdict for one in undeclared} == {Verdict.NOT_APPLICABLE}
    assert {one.clause.chapter for one in undeclared} == {"reader", "errors", "flow"}
    assert results.of("reader.cancel.keeps-data").verdict is Verdict.FAIL
