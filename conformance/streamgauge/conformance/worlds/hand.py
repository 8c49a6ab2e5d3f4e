"""The world of a bare reader: it is fed by hand, and its transports only count pauses.

There is nothing between the hand and the reader, so that what the reader raises comes out at once.
"""

from __future__ import annotations

import asyncio
from typing import Any

from streamgauge.conformance.worlds.loop import new_loop
from streamgauge.conformance.worlds.world import Fate, Link, Party, Stage


class ByHand:
    """The world: virtual time, and no connections."""

    timeout = staticmethod(asyncio.timeout)

    def __init__(self) -> None:
        self.hand = Hand
        self.loop = loop = new_loop()
        self.turn, self.settle, self.advance, self.reset = loop.turn, loop.settle, loop.advance, loop.reset

    def begin(self, stage: Stage) -> None:
        """There is nothing to tell: the player does everything itself."""

    def attachment(self, pausing: str) -> Transport:
        """Return a transport that is good for pausing."""
        return Transport(pausing)

    def expect(self, end: Party, fate: Fate, link: Link, meets: Link | None) -> None:
        """Whoever asks for a connection gets none: the loop has no such thing."""

    def accept(self, end: Party, link: Link) -> None:
        """There is no server."""

    def leave(self) -> None:
        """There is nothing to let go of."""


class Hand:
    """Feeds a bare reader, with calls of its own methods. Of a connection it has nothing."""

    __slots__ = ("_reader",)

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def arrive(self, data: Any) -> None:
        """Give the reader data."""
        self._reader.feed_data(data)

    def end(self) -> None:
        """Tell the reader that nothing more comes."""
        self._reader.feed_eof()

    def hold(self, holds: bool) -> None:  # which of the two it is
        """There is no writer."""

    def clog(self) -> None:
        """There is no peer."""

    def unclog(self, count: int | None) -> None:
        """There is no peer."""

    def lose(self, error: BaseException | None) -> None:
        """There is no connection."""


class Transport:
    """A read transport without a wire, which may refuse to pause.

    `pausing` is `works`, `unsupported` (`pause_reading` raises NotImplementedError, as many transports do), or
    `fails` (it raises RuntimeError).
    """

    def __init__(self, pausing: str) -> None:
        self._pausing = pausing
        self._paused = False

    def pause_reading(self) -> None:
        """Pause, or refuse to."""
        if self._pausing == "unsupported":
            raise NotImplementedError
        if self._pausing == "fails":
            raise RuntimeError("pause_reading failed")
        self._paused = True

    def resume_reading(self) -> None:
        """Resume."""
        self._paused = False

    def is_reading(self) -> bool:
        """Check whether the transport is delivering data."""
        return not self._paused

    def is_closing(self) -> bool:
        """The connection stands."""
        return False

    def close(self) -> None:
        """There is nothing to close."""

    def abort(self) -> None:
        """There is nothing to abort."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return the default: there is no socket behind this transport."""
        return default
