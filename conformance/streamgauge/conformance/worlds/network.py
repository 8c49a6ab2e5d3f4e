"""The simulated network: connections and servers in virtual time, without sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from streamgauge.conformance.worlds.loop import new_loop
from streamgauge.conformance.worlds.wire import Wire
from streamgauge.conformance.worlds.world import Fate, Link, Party, Stage


class Network:
    """The world: whoever asks its loop for a connection or a server gets what a scenario says."""

    hand = None
    timeout = staticmethod(asyncio.timeout)
    _stage: Stage
    _expected: tuple[Party, Fate, Link, Link | None]

    def __init__(self) -> None:
        self.loop = loop = new_loop()
        self.turn, self.settle, self.advance = loop.turn, loop.settle, loop.advance
        self._wires: list[Wire] = []
        self._listener: Listener | None = None

    def begin(self, stage: Stage) -> None:
        """Answer whoever asks for connections, and tell `stage`."""
        self._stage = stage
        self.loop.network, self.loop.on_report = self, stage.reported

    def expect(self, end: Party, fate: Fate, link: Link, meets: Link | None) -> None:
        """Be told who asks next, and what becomes of it."""
        self._expected = end, fate, link, meets

    def attachment(self, pausing: str) -> Any:
        """No scenario attaches anything to the reader of a connection."""
        raise NotImplementedError

    def leave(self) -> None:
        """Drop all connections, and give up whatever goes on."""
        self.loop.network = self.loop.on_report = None
        for wire in self._wires:
            # A writer that is collected unclosed would complain, and close.
            wire.abort()
        for task in asyncio.all_tasks(self.loop):
            # A handler that waits for ever would be reported when it is collected, in the middle of another play.
            task.cancel()
        self._listener = None

    def reset(self) -> None:
        """Forget everything that is planned, and who was connected: that need not wait until garbage is collected."""
        self.loop.reset()
        for wire in self._wires:
            wire.set_protocol(None)
        self._wires = []

    # ------------------------------------------------------ what the loop asks

    async def connect(self, factory: Callable[[], Any], options: dict[str, Any]) -> tuple[Any, Any]:
        """Make the connection that was expected."""
        end, fate, link, meets = self._expected
        end.asked(options)
        if fate == "refused":
            error = ConnectionRefusedError("nobody listens there")
            end.failed(error)
            raise error
        if fate == "unanswered":
            try:
                await self.loop.create_future()
            except asyncio.CancelledError:
                end.given_up()
                raise
        protocol = factory()
        tap = end.tapped(protocol, accepted=False)
        wire = self._wired(end, tap, link)
        self.loop.call_soon(_begin, wire)
        if meets is not None and self._listener is not None:
            beyond = self._accepted(self._stage.met(), meets, self._listener)
            if beyond is not None:
                wire.beyond, beyond.beyond = beyond, wire
        await asyncio.sleep(0)  # for a turn, in which the connection is made
        return tap.transport, protocol

    async def listen(self, factory: Callable[[], Any], options: dict[str, Any]) -> Listener:
        """Make the server."""
        self._listener = Listener(factory)
        self._stage.listens(options, self._listener)
        return self._listener

    def accept(self, end: Party, link: Link) -> None:
        """Make a peer connect, as a loop does when a socket accepts one."""
        if self._listener is not None:
            self._accepted(end, link, self._listener)

    def _accepted(self, end: Party, link: Link, listener: Listener) -> Wire | None:
        try:
            protocol = listener.factory()
        except Exception as raised:
            self.loop.call_exception_handler({"message": "accepting a connection failed", "exception": raised})
            return None
        wire = self._wired(end, end.tapped(protocol, accepted=True), link)
        try:
            wire.begin()
        except Exception as raised:
            self.loop.call_exception_handler({"message": "exception in connection_made", "exception": raised})
        return wire

    def _wired(self, end: Party, tap: Any, link: Link) -> Wire:
        wire = Wire(self.loop, tap, link, end.dropped)
        self._wires.append(wire)
        end.wired(wire)
        return wire


def _begin(wire: Wire) -> None:  # a callback
    with suppress(Exception):
        wire.begin()


class Listener(asyncio.AbstractServer):
    """A server that accepts whoever a scenario sends to it; `factory` makes the protocol of a connection."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        self.factory = factory
        self._serving = True
        self.sockets: Sequence[Any] = ()

    def is_serving(self) -> bool:
        """Check whether peers are accepted."""
        return self._serving

    def close(self) -> None:
        """Take no more peers."""
        self._serving = False

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop, which runs while a scenario is played."""
        return asyncio.get_running_loop()

    async def start_serving(self) -> None:
        """Take peers."""
        self._serving = True

    async def serve_forever(self) -> None:
        """Take peers until cancelled."""
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
