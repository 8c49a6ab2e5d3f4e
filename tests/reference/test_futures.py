"""Where the futures come from that everybody in the reference waits on."""

import asyncio
from typing import Any

from streamgauge.reference import StreamReader
from streamgauge.reference.futures import maker_of_futures


class OwnFutures(asyncio.SelectorEventLoop):
    """A loop with futures of its own, as loops outside the standard library may have."""

    class Future(asyncio.Future[Any]):
        pass

    def create_future(self) -> "asyncio.Future[Any]":
        return self.Future(loop=self)


def test_futures_of_asyncios_own_loops_belong_to_the_loop_and_are_new_each_time() -> None:
    loop = asyncio.new_event_loop()
    make = maker_of_futures(loop)
    first, second = make(), make()
    loop.close()
    assert first is not second
    assert type(first) is asyncio.Future
    assert first.get_loop() is loop


def test_a_loop_that_makes_its_own_is_asked_each_time() -> None:
    loop = OwnFutures()
    assert type(maker_of_futures(loop)()) is OwnFutures.Future
    loop.close()


def test_so_is_a_loop_whose_method_was_replaced() -> None:
    loop = asyncio.new_event_loop()
    marked: asyncio.Future[Any] = asyncio.Future(loop=loop)
    loop.create_future = lambda: marked  # type: ignore[method-assign]  # as a test double would be
    assert maker_of_futures(loop)() is marked
    loop.close()


def test_a_reader_waits_on_a_future_of_its_loop() -> None:
    loop = OwnFutures()
    reader = StreamReader(loop=loop)
    awaited = reader.read(1).send(None)
    assert type(awaited) is OwnFutures.Future
    awaited.cancel()
    loop.close()
