"""What `create_server` returns on the simulated network: it has the names of a server, and no sockets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


class Listener:
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

    async def start_serving(self) -> None:
        """Accept peers."""
        self._serving = True

    async def wait_closed(self) -> None:
        """There is nothing to wait for."""

    async def __aenter__(self) -> Listener:
        return self

    async def __aexit__(self, *error: object) -> None:
        self.close()
