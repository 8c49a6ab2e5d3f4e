"""What `create_server` returns on the simulated network: it has the names of a server, and no sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any


class Listener(asyncio.AbstractServer):
    """A server that accepts whoever a scenario sends to it; `factory` makes the protocol of a connection."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        self.factory = factory
        self._serving = True
        self.sockets: Sequence[Any] = ()

    def is_serving(self) -> bool:
        """Tell whether peers are accepted."""
        return self._serving

    def close(self) -> None:
        """Accept no more peers."""
        self._serving = False

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop, which runs while a scenario is played."""
        return asyncio.get_running_loop()

    async def start_serving(self) -> None:
        """Accept peers."""
        self._serving = True

    async def serve_forever(self) -> None:
        """Accept peers until cancelled."""
        self._serving = True
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._serving = False

    async def wait_closed(self) -> None:
        """There is nothing to wait for."""

    async def __aenter__(self) -> Listener:
        return self

    async def __aexit__(self, *error: object) -> None:
        self.close()
