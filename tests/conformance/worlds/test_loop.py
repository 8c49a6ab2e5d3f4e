"""The deterministic loop: everything in order, time that moves when told, and an end to what never rests."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from streamgauge.conformance.worlds.loop import CONNECTING, LISTENING, Loop, new_loop
from streamgauge.conformance.worlds.world import Restless


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


def test_an_exit_in_a_callback_is_reported_and_ends_nothing(loop: Loop) -> None:
    async def leave() -> None:
        raise SystemExit(0)

    loop.call_soon(sys.exit, 0)
    task = loop.create_task(leave())
    loop.settle()
    assert [one["exception"].code for one in loop.reported] == [0, 0]
    assert isinstance(task.exception(), SystemExit)


def test_ctrl_c_in_a_callback_is_that_of_the_user(loop: Loop) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    loop.call_soon(stop)
    with pytest.raises(KeyboardInterrupt):
        loop.settle()


def test_a_cancellation_that_comes_out_of_a_callback_is_reported(loop: Loop) -> None:
    def cancelled() -> None:
        raise asyncio.CancelledError

    loop.call_soon(cancelled)
    loop.settle()
    assert isinstance(loop.reported[0]["exception"], asyncio.CancelledError)


def test_who_listens_is_told_of_each_report(loop: Loop) -> None:
    told: list[object] = []
    error = ValueError()
    loop.on_report = told.append
    loop.call_exception_handler({"message": "one"})
    loop.call_exception_handler({"message": "two", "exception": error})
    assert told == [None, error]


# What connections are asked for with.


class Asked:
    """Keeps what it is asked."""

    def __init__(self) -> None:
        self.options: list[Any] = []

    async def connect(self, factory: Callable[[], Any], options: dict[str, Any]) -> tuple[Any, Any]:
        self.options.append(options)
        return factory(), None

    async def listen(self, factory: Callable[[], Any], options: dict[str, Any]) -> Any:
        self.options.append(options)
        return factory()


def result(loop: Loop, coroutine: Coroutine[Any, Any, Any]) -> Any:
    task = loop.create_task(coroutine)
    loop.settle()
    return task.result()


def test_without_a_network_there_are_no_connections(loop: Loop) -> None:
    for asking in (loop.create_connection(object), loop.create_server(object)):
        with pytest.raises(NotImplementedError):
            result(loop, asking)


def test_a_network_is_asked_with_what_was_given_by_name(loop: Loop) -> None:
    loop.network = asked = Asked()
    assert result(loop, loop.create_connection(lambda: 5, "there", 7, ssl=True, flags=2)) == (5, None)
    assert result(loop, loop.create_server(lambda: 6, "here", port=8, backlog=5)) == 6
    connecting = {"host": "there", "port": 7, "ssl": True, "flags": 2}
    assert asked.options == [connecting, {"host": "here", "port": 8, "backlog": 5}]


def test_what_says_nothing_is_as_good_as_not_given(loop: Loop) -> None:
    loop.network = asked = Asked()
    result(loop, loop.create_connection(object, **CONNECTING))
    result(loop, loop.create_server(object, **LISTENING))
    assert asked.options == [{}, {}]


def test_an_argument_that_is_not_documented_is_refused(loop: Loop) -> None:
    loop.network = asked = Asked()
    with pytest.raises(TypeError, match=r"create_connection\(\) got an unexpected keyword argument 'colour'"):
        result(loop, loop.create_connection(object, colour=1))
    with pytest.raises(TypeError, match=r"create_server\(\) got an unexpected keyword argument 'local_addr'"):
        result(loop, loop.create_server(object, local_addr=1))
    assert asked.options == []
