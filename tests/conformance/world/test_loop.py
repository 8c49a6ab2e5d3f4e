"""The deterministic loop: everything in order, time that moves when told, and an end to what never rests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from streamgauge.conformance.world.loop import Loop, Restless, new_loop


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = new_loop()
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(made)
    yield made
    asyncio._set_running_loop(before)


def test_callbacks_run_in_the_order_in_which_they_were_planned(loop: Loop) -> None:
    seen: list[int] = []
    for number in range(3):
        loop.call_soon(seen.append, number)
    loop.settle()
    assert seen == [0, 1, 2]
    assert loop.callbacks_run == 3


def test_a_cancelled_callback_does_not_run(loop: Loop) -> None:
    seen: list[int] = []
    handle = loop.call_soon(seen.append, 1)
    handle.cancel()
    loop.settle()
    assert seen == []
    assert handle.cancelled()


def test_timers_wait_for_the_clock_and_fire_in_the_order_of_their_moments(loop: Loop) -> None:
    seen: list[str] = []
    late = loop.call_later(2, seen.append, "late")
    loop.call_at(1, seen.append, "early")
    loop.settle()
    assert seen == []
    loop.advance(1)
    loop.settle()
    assert seen == ["early"]
    loop.advance(1)
    loop.settle()
    assert seen == ["early", "late"]
    assert late.when() == 2
    assert loop.time() == 2


def test_tasks_and_futures_work(loop: Loop) -> None:
    async def add(future: asyncio.Future[int]) -> int:
        return 1 + await future

    future = loop.create_future()
    task = loop.create_task(add(future))
    loop.settle()
    assert not task.done()
    future.set_result(2)
    loop.settle()
    assert task.result() == 3


def test_a_timeout_ends_when_the_clock_says_so(loop: Loop) -> None:
    async def wait() -> str:
        try:
            async with asyncio.timeout(1):
                await loop.create_future()
        except TimeoutError:
            return "timed out"
        return "never"

    task = loop.create_task(wait())
    loop.settle()
    loop.advance(1)
    loop.settle()
    assert task.result() == "timed out"


def test_what_never_rests_is_stopped(loop: Loop) -> None:
    def again() -> None:
        loop.call_soon(again)

    again()
    with pytest.raises(Restless):
        loop.settle()
    loop.settle()


def test_an_exception_in_a_callback_is_reported_and_the_rest_goes_on(loop: Loop) -> None:
    seen: list[int] = []
    loop.call_soon(int, "no number")
    loop.call_soon(seen.append, 1)
    loop.settle()
    assert seen == [1]
    assert isinstance(loop.reported[0]["exception"], ValueError)


def test_handlers_are_told_and_nothing_is_printed(loop: Loop, capsys: pytest.CaptureFixture[str]) -> None:
    loop.call_exception_handler({"message": "one"})
    loop.default_exception_handler({"message": "two"})
    assert [one["message"] for one in loop.reported] == ["one", "two"]
    assert capsys.readouterr() == ("", "")


def test_a_reset_forgets_what_was_planned(loop: Loop) -> None:
    seen: list[int] = []
    loop.call_soon(seen.append, 1)
    loop.call_later(1, seen.append, 2)
    loop.advance(0.5)
    loop.reset()
    loop.advance(5)
    loop.settle()
    assert seen == []
    assert loop.time() == 5


def test_the_loop_says_what_asyncio_asks(loop: Loop) -> None:
    assert loop.is_running()
    assert not loop.is_closed()
    assert not loop.get_debug()
    with pytest.raises(NotImplementedError):
        loop.run_in_executor(None, print)
