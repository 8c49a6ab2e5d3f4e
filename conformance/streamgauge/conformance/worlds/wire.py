"""The simulated transport: no socket, and a peer that does what a scenario says.

A wire knows no rules of streams, only those of transports: it holds up a writer above its high mark, keeps back what
arrives while reading is paused, tells of each event in its turn, and loses a connection once. A protocol that raises
is told what comes next all the same.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from streamgauge.conformance.worlds.world import Link

PEERNAME = ("192.0.2.1", 7)
END: Any = object()


class Wire(asyncio.Transport):
    """One end of a connection. `beyond` is the other end, if it is under test as well.

    What comes after `close` is not delivered; only `dropped` is told of it.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol: Any,
        link: Link,
        dropped: Callable[[Any], None],
    ) -> None:
        super().__init__({"peername": PEERNAME})
        self._loop = loop
        self._protocol = protocol
        self._dropped = dropped
        self._pausing, self._half_close = link.pausing, link.half_close
        self._high, self._low = link.high, link.high // 4
        self._queued = bytearray()
        self._arriving: deque[Any] = deque()
        self._clogged = self._held = self._paused = False
        self._eof = self._ended = self._closing = self._lost = False
        self._begun = False
        self._before: list[Callable[[], None]] = []
        self.beyond: Wire | None = None

    # ------------------------------------------------------------ the protocol

    def begin(self) -> None:
        """Tell the protocol that the connection is made, before anything else; what came earlier follows."""
        try:
            self._protocol.connection_made(self)
        finally:
            self._begun = True
            for happen in self._before:
                happen()
            self._before.clear()

    def _too_early(self, happen: Callable[..., None], *args: Any) -> bool:
        """Check whether the protocol knows of no connection yet; then this happens right after it does."""
        if not self._begun:
            self._before.append(lambda: happen(*args))
        return not self._begun

    def set_protocol(self, protocol: Any) -> None:
        """Tell this protocol from now on."""
        self._protocol = protocol

    def get_protocol(self) -> Any:
        """Return the protocol."""
        return self._protocol

    def is_closing(self) -> bool:
        """Check whether the connection is lost, or about to be."""
        return self._closing

    # ----------------------------------------------------------------- reading

    def is_reading(self) -> bool:
        """Check whether what arrives is delivered."""
        return not (self._paused or self._closing)

    def pause_reading(self) -> None:
        """Keep back what arrives, or refuse to."""
        if self._closing:
            return
        if self._pausing == "unsupported":
            raise NotImplementedError
        if self._pausing == "fails":
            raise RuntimeError("pause_reading failed")
        self._paused = True

    def resume_reading(self) -> None:
        """Deliver what was kept back, and what comes."""
        if self._closing:
            return
        self._paused = False
        if self._arriving:
            self._loop.call_soon(self._deliver)

    def _receive(self, data: bytes) -> None:
        """Take what the other end sent, while there is somebody to take it."""
        if not self._lost:
            self.arrive(data)

    def arrive(self, arriving: Any) -> None:
        """Deliver what the peer sent, unless this end is closing; after the loss it is told."""
        if self._too_early(self.arrive, arriving):
            return
        if self._lost:
            self._tell(arriving)
        elif self._closing:
            if arriving is not END:
                self._dropped(arriving)
        else:
            self._arriving.append(arriving)
            self._deliver()

    def _deliver(self) -> None:
        while self._arriving and not self._paused and not self._closing:
            self._tell(self._arriving.popleft())

    def end(self) -> None:
        """Deliver the peer's end, likewise."""
        self.arrive(END)

    @staticmethod
    def _deliver_to(protocol: Any, data: Any) -> None:
        """Hand over what arrived, as real transports do to either kind of protocol."""
        if not isinstance(protocol, asyncio.BufferedProtocol):
            protocol.data_received(data)
            return
        rest = memoryview(bytes(data))
        while rest:
            room = memoryview(protocol.get_buffer(len(rest)))[: len(rest)]
            room[:] = rest[: len(room)]
            protocol.buffer_updated(len(room))
            rest = rest[len(room) :]

    def _tell(self, arriving: Any) -> None:
        with suppress(Exception):
            if arriving is not END:
                self._deliver_to(self._protocol, arriving)
            elif not self._protocol.eof_received():
                self.close()

    # ----------------------------------------------------------------- writing

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set the marks (bytes). Raises `ValueError` unless high >= low >= 0."""
        high = (4 * low if low is not None else 64 * 1024) if high is None else high
        low = high // 4 if low is None else low
        if not high >= low >= 0:
            raise ValueError(f"high ({high!r}) must be >= low ({low!r}) must be >= 0")
        self._high, self._low = high, low

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return the low and the high mark (bytes)."""
        return self._low, self._high

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are queued."""
        return len(self._queued)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes, or queue them. Raises `TypeError`, and `RuntimeError` after `write_eof`."""
        if not isinstance(data, bytes | bytearray | memoryview):
            raise TypeError(f"data argument must be a bytes-like object, not {type(data).__name__!r}")
        if self._eof:
            raise RuntimeError("Cannot call write() after write_eof()")
        if not data or self._closing:
            return
        taken = bytes(data)
        if self._clogged:
            self._queued += taken
            if len(self._queued) > self._high and not self._held:
                self.hold(True)
        else:
            self._send(taken)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Send the elements, or queue them, in order; none of them if one is no bytes."""
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        """Check whether one direction can be closed by itself."""
        return self._half_close

    def write_eof(self) -> None:
        """Close the sending direction once everything is sent."""
        if not self._half_close:
            raise NotImplementedError
        if self._closing or self._eof:
            return
        self._eof = True
        self._send_end()

    def _send_end(self) -> None:
        """Tell the peer the end, once everything is sent."""
        if self._eof and not self._queued and not self._ended:
            self._ended = True
            self._send(END)

    def _send(self, data: bytes) -> None:
        if self.beyond is not None:
            self._loop.call_soon(self.beyond._receive, data)  # noqa: SLF001  # the other end of this wire

    def hold(self, holds: bool) -> None:  # which of the two it is
        """Tell the protocol to hold its writer up, or to let it go on."""
        if self._too_early(self.hold, holds):
            return
        self._held = holds
        with suppress(Exception):
            (self._protocol.pause_writing if holds else self._protocol.resume_writing)()

    def clog(self) -> None:
        """From now on the peer takes nothing."""
        self._clogged = True

    def unclog(self, count: int | None) -> None:
        """The peer takes `count` of the bytes that are queued, or all (None) and whatever comes."""
        taken = bytes(self._queued[:count])
        del self._queued[:count]
        self._clogged = count is not None
        if taken:
            self._send(taken)
        self._send_end()
        if self._held and len(self._queued) <= self._low and not self._lost:
            self.hold(False)
        if self._closing and not self._queued:
            self._lose_soon()

    # ------------------------------------------------------------------ the end

    def close(self) -> None:
        """Let go of the connection once everything is sent; nothing arrives any more."""
        if self._closing:
            return
        self._closing = True
        if not self._queued:
            self._lose_soon()

    def abort(self) -> None:
        """Let go of the connection, and of what is queued."""
        if self._lost:
            return
        self._closing = True
        self._queued.clear()
        self._lose_soon()

    def _lose_soon(self) -> None:
        self._loop.call_soon(self._lose_once, None)

    def _lose_once(self, error: BaseException | None) -> None:
        if not self._lost:
            self.lose(error)

    def lose(self, error: BaseException | None) -> None:
        """The connection is lost, now: cleanly (None), or by an error. It may be told again, if a scenario says so."""
        if self._too_early(self.lose, error):
            return
        self._closing = self._lost = True
        self._queued.clear()
        self._arriving.clear()
        with suppress(Exception):
            self._protocol.connection_lost(error)
        other, self.beyond = self.beyond, None
        if other is not None:
            self._loop.call_soon(other._peer_gone, error, self._ended)  # noqa: SLF001  # the other end of this wire

    def _peer_gone(self, error: BaseException | None, ended: bool) -> None:  # a callback
        """The other end is lost: a clean loss is the end of what it sends, an error is a reset."""
        self.beyond = None
        if error is not None:
            self._lose_once(ConnectionResetError("connection reset by peer"))
        elif not ended:
            self._receive(END)
