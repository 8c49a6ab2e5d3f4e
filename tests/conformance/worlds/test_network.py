"""The server of the simulated network has the names of a server."""

from __future__ import annotations

from streamgauge.conformance.worlds.loop import new_loop
from streamgauge.conformance.worlds.network import Listener


def test_it_serves_until_it_is_closed() -> None:
    async def through() -> list[bool]:
        listener = Listener(object)
        seen = [listener.is_serving()]
        async with listener as same:
            seen.append(same is listener)
        seen.append(listener.is_serving())
        await listener.start_serving()
        seen.append(listener.is_serving())
        listener.close()
        await listener.wait_closed()
        return [*seen, listener.is_serving(), bool(listener.sockets)]

    loop = new_loop()
    task = loop.create_task(through())
    loop.settle()
    assert task.result() == [True, True, False, True, False, False]
