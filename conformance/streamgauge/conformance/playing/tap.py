"""The tap: what passes between a transport and a protocol is noted at that border, whatever the two are.

It stands there twice. The transport is connected to a protocol that notes what it is told and passes it on; the
protocol under test is given a transport that notes what it is asked and passes it on. Nothing is changed on the way,
and an exception goes where it would go anyhow.

Rules of transports that the tap relies on: once it is closing nothing is written, paused or halved any more, and
after a false answer to `eof_received` it closes itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any, Protocol

from streamgauge.conformance.playing.observing import Broken, fed
from streamgauge.spec.alphabet import (
    Aborted,
    Closed,
    End,
    Halved,
    Hold,
    Kept,
    Lose,
    Paused,
    Release,
    Resumed,
    Wrote,
)

# What is passed on as it is; the rest that a transport may have is looked up when it is asked for.
PASSED_ON = (
    *("get_extra_info", "is_closing", "is_reading", "can_write_eof"),
    *("set_write_buffer_limits", "get_write_buffer_limits", "get_write_buffer_size"),
)
# The same objects each time, which a judge knows at first sight.
HOLD, RELEASE, END, HALVED, CLOSED, ABORTED = Hold(), Release(), End(), Halved(), Closed(), Aborted()
paused, resumed, wrote, kept, lose = map(lru_cache(maxsize=1000), (Paused, Resumed, Wrote, Kept, Lose))


class Notes(Protocol):
    """Where a tap notes what passes. `broken` are the exceptions that were told, in their order."""

    broken: Broken
    note: Callable[[Any], object]

    def refused(self, raised: BaseException) -> None:
        """Note that the protocol raised this."""


def tapped(protocol: Any, notes: Notes, *, accepted: bool = False) -> TappedProtocol:
    """Return what to connect to a transport instead of `protocol`.

    What a protocol raises in `connection_made` is noted unless it was `accepted`: then its server reports it.
    """
    return _around(protocol, TappedTransport(notes), refusing=not accepted)


def _around(protocol: Any, transport: TappedTransport, *, refusing: bool) -> TappedProtocol:
    kind = TappedBuffer if isinstance(protocol, asyncio.BufferedProtocol) else TappedProtocol
    return kind(protocol, transport, refusing=refusing)


class TappedTransport(asyncio.Transport):
    """What the protocol takes for its transport. It is number `number` of those that a bare reader is given."""

    def __init__(self, notes: Notes, number: int = 1) -> None:
        super().__init__()
        self._notes = notes
        self._number = number
        self._transport: Any = None
        self._protocol: Any = None
        self._halved = False
        self.lost = False

    def around(self, transport: Any) -> TappedTransport:
        """Pass everything on to `transport` from now on."""
        self._transport = transport
        for name in PASSED_ON:
            if hasattr(transport, name):
                setattr(self, name, getattr(transport, name))
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def serves(self, protocol: Any) -> None:
        """Be told whose transport this is."""
        self._protocol = protocol

    def get_protocol(self) -> Any:
        """Return the protocol under test."""
        return self._protocol

    def set_protocol(self, protocol: Any) -> None:
        """Connect another protocol."""
        self._protocol = protocol
        self._transport.set_protocol(_around(protocol, self, refusing=True))

    def pause_reading(self) -> None:
        """Note it, and pause."""
        if not self._transport.is_closing():
            self._notes.note(paused(self._number))
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Note it, and resume."""
        if not self._transport.is_closing():
            self._notes.note(resumed(self._number))
        self._transport.resume_reading()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Note what is written, and write it."""
        if isinstance(data, bytes | bytearray | memoryview):
            self._writes(data)
        self._transport.write(data)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Note what is written, in one piece, and write it."""
        if isinstance(list_of_data, Iterable):
            list_of_data = list(list_of_data)
            with suppress(TypeError):  # what cannot be joined is refused by the transport itself
                self._writes(b"".join(list_of_data))
        self._transport.writelines(list_of_data)

    def _writes(self, data: bytes | bytearray | memoryview) -> None:
        if data and not self._halved and not self._transport.is_closing():
            self._notes.note(wrote(bytes(data)))

    def write_eof(self) -> None:
        """Note it, and close the sending direction."""
        transport = self._transport
        if not self._halved and transport.can_write_eof() and not transport.is_closing():
            self._halved = True
            self._notes.note(HALVED)
        transport.write_eof()

    def close(self) -> None:
        """Note it, and close."""
        self.closes()
        self._transport.close()

    def closes(self) -> None:
        """Note that the transport closes, unless it is about to."""
        if not self._transport.is_closing():
            self._notes.note(CLOSED)

    def abort(self) -> None:
        """Note it, and lose the connection."""
        if not self.lost:
            self._notes.note(ABORTED)
        self._transport.abort()


class TappedProtocol(asyncio.Protocol):
    """What the transport takes for its protocol; `transport` is what the protocol itself has for one."""

    def __init__(self, protocol: Any, transport: TappedTransport, *, refusing: bool) -> None:
        transport.serves(protocol)
        self.transport = transport
        self._protocol = protocol
        self._notes = transport._notes  # noqa: SLF001  # the other side of this tap
        self._refusing = refusing

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Pass on that the connection is made, with the transport that notes."""
        try:
            self._protocol.connection_made(self.transport.around(transport))
        except Exception as raised:
            if self._refusing:
                self._notes.refused(raised)
            raise

    def _told(self, tell: Callable[..., Any], *args: Any) -> Any:
        try:
            return tell(*args)
        except Exception as raised:
            self._notes.refused(raised)
            raise

    def data_received(self, data: bytes) -> None:
        """Note data, and pass them on."""
        self._notes.note(fed(data))
        self._told(self._protocol.data_received, data)

    def eof_received(self) -> Any:
        """Note the end, pass it on, and note the answer."""
        self._notes.note(END)
        keeps = self._told(self._protocol.eof_received)
        self._notes.note(kept(bool(keeps)))
        if not keeps:
            self.transport.closes()
        return keeps

    def pause_writing(self) -> None:
        """Note that the writer is held up, and pass it on."""
        self._notes.note(HOLD)
        self._told(self._protocol.pause_writing)

    def resume_writing(self) -> None:
        """Note that the writer may go on, and pass it on."""
        self._notes.note(RELEASE)
        self._told(self._protocol.resume_writing)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Note the loss, and pass it on."""
        self.transport.lost = True
        if exc is not None:
            self._notes.broken.append(exc)
        self._notes.note(lose(None if exc is None else type(exc).__name__))
        self._told(self._protocol.connection_lost, exc)


class TappedBuffer(TappedProtocol, asyncio.BufferedProtocol):
    """The same for a protocol that lends its buffer: its transport must see that it does."""

    _buffer: memoryview

    def get_buffer(self, sizehint: int) -> Any:
        """Return the protocol's buffer."""
        buffer = self._told(self._protocol.get_buffer, sizehint)
        self._buffer = memoryview(buffer)
        return buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Note the data that are in the buffer now, and pass it on."""
        with self._buffer[:nbytes] as filled:
            self._notes.note(fed(bytes(filled)))
        self._told(self._protocol.buffer_updated, nbytes)
