"""`StreamWriter`: the asyncio shell around a transport's sending side.

The one idea: **the transport gets only what it cannot get wrong.** Everything is its business: queueing, sending,
ending. What it is given, however, is `bytes`, which nobody changes while they lie in its queue, and one piece at a
time, checked before anything is sent. Who waits, and for what, is the outbox's business, which the protocol owns.
"""

import asyncio
import ssl
import warnings
from collections.abc import Iterable
from types import ModuleType
from typing import Any, Protocol

from streamgauge.reference.outbox import Outbox
from streamgauge.reference.reader import StreamReader
from streamgauge.reference.tls import upgrade

BytesLike = bytes | bytearray | memoryview


class FlowControl(Protocol):
    """What a writer asks of its protocol, under asyncio's names: those of subprocesses have it, too."""

    async def _drain_helper(self) -> None:
        """Return when there is room for more."""
        ...

    def _get_close_waiter(self, stream: Any, /) -> "asyncio.Future[Any]":
        """A future of the end, perhaps shared."""
        ...


class StreamWriter:
    """Writes bytes to a transport: a drop-in for `asyncio.StreamWriter`, on any event loop.

    Dropped unclosed, it warns and closes the transport. See the library reference, "Streams", "StreamWriter".
    """

    def __init__(
        self,
        transport: asyncio.WriteTransport,
        protocol: FlowControl,
        reader: StreamReader | None,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """`reader` is the one fed by the same `transport`, or None if there is none: AssertionError."""
        if not (reader is None or isinstance(reader, StreamReader)):  # [writer.constructor.reader]
            raise AssertionError(f"{reader!r} is no StreamReader")
        self._transport = transport
        self._protocol = protocol
        self._reader = reader
        self._loop = loop
        outbox = getattr(protocol, "_outbox", None)
        self._outbox: Outbox[asyncio.Future[None]] | None = outbox if isinstance(outbox, Outbox) else None

    def __repr__(self) -> str:
        reader = "" if self._reader is None else f" reader={self._reader!r}"
        return f"<{type(self).__name__} transport={self._transport!r}{reader}>"

    def __del__(self, warnings: ModuleType = warnings) -> None:  # A module may be gone when the interpreter shuts down.
        transport = getattr(self, "_transport", None)  # None after a constructor that failed
        if transport is None or transport.is_closing():
            return
        if self._loop.is_closed():  # [writer.collected.loop-closed]
            warnings.warn("loop is closed", ResourceWarning, stacklevel=1, source=self)
        else:
            transport.close()  # [writer.collected.closes]
            warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=1, source=self)

    # Sending: plain but for what may have to wait: [writer.methods.kinds]

    def write(self, data: BytesLike) -> None:
        """Send `data`, or queue what cannot be sent at once. TypeError if it is not bytes-like."""
        if type(data) is not bytes:
            # Copies what can change, and is as particular about it as writelines is: [writer.write.bytes-like],
            # [writer.write.copies], [writer.write.copies-queued], [writer.write.wrong-type],
            # [writer.write.non-contiguous]
            data = b"".join((data,))
        # [writer.write.order], [writer.write.sends]. To the transport even if empty or too late, as it knows what to
        # do: [writer.write.empty], [writer.write-eof.write-refused], [writer.close.write-dropped]
        self._transport.write(data)

    def writelines(self, data: Iterable[BytesLike]) -> None:
        """Write everything in `data`, in order. TypeError, and nothing is sent, if any of it is not bytes-like."""
        # Not the transport's writelines: of those at large, some ignore the high mark, some hang on an empty last
        # piece, and some break on a bad one when those before it are queued already: [writer.writelines.mark],
        # [writer.writelines.empty-elements], [writer.writelines.bad-element]
        # [writer.writelines.iterable], [writer.writelines.nothing], [writer.writelines.none]
        self._transport.write(b"".join(data))

    async def drain(self) -> None:
        """Wait until the transport wants more; if it does now, return without letting others run.

        Raises the exception that the reader holds; ConnectionResetError after the connection was lost; and while
        waiting, the error by which it is lost.
        """
        if self._reader is not None:  # Asked once, not while waiting: [writer.drain.exception-while-waiting]
            exception = self._reader.exception()
            if exception is not None:
                raise exception  # [writer.drain.reader-exception]
        if self._transport.is_closing():
            # The loss is reported in a turn of its own, for which a loop of writes and drains leaves no room:
            # [writer.drain.closing-yields]
            await asyncio.sleep(0)
        outbox = self._outbox
        if outbox is None:
            await self._protocol._drain_helper()
        elif outbox.held or outbox.ended:  # else: [writer.drain.at-once]
            promise = outbox.room()  # for speed: `_drain_helper`, without its coroutine
            try:
                await promise  # [writer.drain.held], [writer.drain.low-mark]
            except BaseException:  # [writer.drain.cancel-ends]
                outbox.forget(promise)
                raise

    def can_write_eof(self) -> bool:
        """Whether `write_eof` works on this transport."""
        return self._transport.can_write_eof()  # [writer.write-eof.can]

    def write_eof(self) -> None:
        """End the stream after what is queued, and go on reading. NotImplementedError if the transport cannot."""
        # The business of the transport, and of its sending half alone: [writer.write-eof.after-data],
        # [writer.write-eof.twice], [writer.write-eof.unsupported], [writer.write-eof.pipe],
        # [writer.write-eof.not-closing], [writer.write-eof.reading-goes-on]
        return self._transport.write_eof()

    # Closing

    def close(self) -> None:
        """Close the connection after what is queued was sent. It takes until `wait_closed` returns."""
        # What is unread stays, and the transport brings nothing more: [writer.close.flushes], [writer.close.twice],
        # [writer.close.unread-stays], [writer.close.discards]
        return self._transport.close()

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        # [writer.close.marks], [writer.is-closing.lost], [writer.is-closing.tls]
        return self._transport.is_closing()

    async def wait_closed(self) -> None:
        """Wait until the connection is over. If an error ended it, raises that error, each time."""
        outbox = self._outbox
        if outbox is not None:
            # Whether it is closed or not, whatever is unread: [writer.wait-closed.before-close],
            # [writer.wait-closed.unread-harmless]
            promise = outbox.ending()
            try:
                await promise  # [writer.wait-closed.waits]
            finally:  # [writer.wait-closed.cancel-ends]
                outbox.forget(promise)
            return
        ending = self._protocol._get_close_waiter(self)
        if not ending.done():
            # A future shared by all who wait: await would cancel it with the caller.
            await asyncio.wait([ending])  # [writer.wait-closed.subprocess], [writer.wait-closed.cancel-harmless]
        ending.result()

    # The transport

    @property
    def transport(self) -> asyncio.WriteTransport:
        """The transport beneath: another one after `start_tls`."""
        return self._transport  # [writer.transport]; the only way to `abort`: [writer.abort.drops]

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the transport knows under `name`; see the library reference, `BaseTransport.get_extra_info`."""
        # [writer.extra-info.passes], [writer.extra-info.default], [writer.extra-info.names],
        # [writer.extra-info.after-close], [writer.extra-info.wrapper]
        return self._transport.get_extra_info(name, default)

    async def start_tls(
        self,
        sslcontext: ssl.SSLContext,
        *,
        server_hostname: str | None = None,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
    ) -> None:
        """Drain, then encrypt the connection. Time-outs in seconds.

        What was received and not yet read belongs to the handshake: none of it can be read afterwards. Raises what
        `drain` raises; ValueError if a host name is to be checked and none is given; else what the handshake raises.
        """
        protocol: Any = self._protocol
        server_side = protocol._client_connected_cb is not None
        if not server_side and not server_hostname and getattr(sslcontext, "check_hostname", False):
            raise ValueError("check_hostname requires server_hostname")  # Some loops would check nothing.
        await self.drain()
        transport = await upgrade(
            self._loop,
            self._transport,
            protocol,
            self._reader,
            sslcontext,
            server_side=server_side,
            server_hostname=server_hostname,
            ssl_handshake_timeout=ssl_handshake_timeout,
            ssl_shutdown_timeout=ssl_shutdown_timeout,
        )
        self._transport = transport
        protocol._replace_transport(transport)
