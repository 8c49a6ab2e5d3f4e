"""TextbookLayer: the plainest stream layer that keeps every clause, parent of the wrong and the unusual ones.

Its one idea: what matters is in small methods of the writer and of the protocol, so that a faulty layer breaks
exactly one. A layer is a class with the names of `asyncio.streams`; a subclass puts another writer, protocol or
helper in place of one of them.
"""

import asyncio
import inspect
from collections.abc import Iterable
from typing import Any

from textbook import TextbookReader

Buffer = bytes | bytearray | memoryview


class TextbookProtocol(asyncio.Protocol):
    """Feeds the reader, tells a server's handler, and remembers what writers wait for."""

    def __init__(self, reader: Any, client_connected_cb: Any = None, loop: Any = None, *, writer: Any = None) -> None:
        self._loop = asyncio.get_running_loop() if loop is None else loop
        self._reader = reader
        self._callback = client_connected_cb
        self._make_writer = TextbookWriter if writer is None else writer
        self._transport: Any = None
        self._task: asyncio.Task[Any] | None = None
        self.held = False
        self.lost = False
        self.error: BaseException | None = None
        self.drainers: list[asyncio.Future[None]] = []
        self.closers: list[asyncio.Future[None]] = []

    # What the transport tells.

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._reader.set_transport(transport)
        if self._callback is not None:
            self._handle(self._make_writer(transport, self, self._reader, self._loop))

    def data_received(self, data: bytes) -> None:
        if not self.lost:
            self._reader.feed_data(data)

    def eof_received(self) -> bool:
        if not self.lost:
            self._reader.feed_eof()
        return self._stays_open()

    def _stays_open(self) -> bool:
        return True

    def connection_lost(self, exc: BaseException | None) -> None:
        if self.lost:
            return
        self.lost, self.error = True, exc
        self._tell_reader(exc)
        self._release_drainers(exc)
        self._release_closers(exc)

    def _tell_reader(self, exc: BaseException | None) -> None:
        if exc is None:
            self._reader.feed_eof()
        else:
            self._reader.set_exception(exc)

    def pause_writing(self) -> None:
        if self.held:
            raise AssertionError("held already")
        self.held = True

    def resume_writing(self) -> None:
        if not self.held:
            raise AssertionError("not held")
        self.held = False
        self._release_drainers(None)

    def _release_drainers(self, exc: BaseException | None) -> None:
        for waiter in self.drainers:
            _settle(waiter, exc)

    def _release_closers(self, exc: BaseException | None) -> None:
        for waiter in self.closers:
            _settle(waiter, exc)

    # What a handler does.

    def _handle(self, writer: Any) -> None:
        try:
            result = self._callback(self._reader, writer)
        except Exception as raised:
            self._failed(raised)
            return
        if inspect.iscoroutine(result):
            self._task = self._loop.create_task(result)
            self._task.add_done_callback(self._handled)

    def _handled(self, task: asyncio.Task[Any]) -> None:
        if task.cancelled():
            self._handler_cancelled()
        elif (raised := task.exception()) is not None:
            self._failed(raised)

    def _handler_cancelled(self) -> None:
        self._transport.close()

    def _failed(self, raised: BaseException) -> None:
        self._report(raised)
        self._hang_up()

    def _report(self, raised: BaseException) -> None:
        context = {"message": "the handler of a connection failed", "exception": raised, "transport": self._transport}
        self._loop.call_exception_handler(context)

    def _hang_up(self) -> None:
        self._transport.close()


class TextbookWriter:
    """Passes everything to the transport, and waits where the protocol says so."""

    def __init__(self, transport: Any, protocol: Any, reader: Any, loop: Any) -> None:
        self._transport = transport
        self._protocol = protocol
        self._reader = reader
        self._loop = loop

    @property
    def transport(self) -> Any:
        return self._transport

    def write(self, data: Buffer) -> None:
        self._transport.write(self._own(data))

    def writelines(self, data: Iterable[Buffer]) -> None:
        self._transport.writelines([self._own(one) for one in data])

    def _own(self, data: Any) -> Any:
        """The caller may go on changing its buffer."""
        return bytes(data) if isinstance(data, bytearray | memoryview) else data

    def write_eof(self) -> None:
        self._transport.write_eof()

    def can_write_eof(self) -> bool:
        return bool(self._transport.can_write_eof())

    def close(self) -> None:
        self._transport.close()

    def is_closing(self) -> bool:
        return bool(self._transport.is_closing())

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    async def drain(self) -> None:
        self._raise_what_reads_raise()
        if self._transport.is_closing():
            await asyncio.sleep(0)
        if self._protocol.lost:
            raise ConnectionResetError("the connection is lost")
        if self._protocol.held:
            await self._wait(self._protocol.drainers)

    def _raise_what_reads_raise(self) -> None:
        if self._reader is not None and (stored := self._reader.exception()) is not None:
            raise stored

    async def wait_closed(self) -> None:
        if not self._protocol.lost:
            await self._wait(self._protocol.closers)
        elif self._protocol.error is not None:
            raise self._protocol.error

    async def _wait(self, waiters: list[asyncio.Future[None]]) -> None:
        """Wait on a future of one's own: whoever is cancelled is cancelled alone."""
        waiter = self._loop.create_future()
        waiters.append(waiter)
        try:
            await waiter
        finally:
            waiters.remove(waiter)


class TextbookLayer:
    """The names of `asyncio.streams`, as attributes of a class."""

    StreamReader: Any = TextbookReader
    StreamWriter: Any = TextbookWriter
    StreamReaderProtocol: Any = TextbookProtocol

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        loop = asyncio.get_running_loop()
        reader = cls.StreamReader(limit, loop)
        protocol = cls.StreamReaderProtocol(reader, None, loop)
        transport, _ = await loop.create_connection(lambda: protocol, host, port, **options)
        return reader, cls.StreamWriter(transport, protocol, reader, loop)

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        loop = asyncio.get_running_loop()

        def factory() -> Any:
            return cls.StreamReaderProtocol(cls.StreamReader(limit, loop), callback, loop, writer=cls.StreamWriter)

        return await loop.create_server(factory, host, port, **options)


def layer(*parts: Any) -> Any:
    """The textbook layer with these writers, protocols or readers in place of its own, named after the first."""
    places = {"drain": "StreamWriter", "connection_made": "StreamReaderProtocol", "feed_data": "StreamReader"}
    names = {place: part for part in parts for method, place in places.items() if hasattr(part, method)}
    return type(parts[0].__name__, (TextbookLayer,), {"__doc__": parts[0].__doc__, **names})


def _settle(waiter: "asyncio.Future[None]", exc: BaseException | None) -> None:
    if not waiter.done():
        if exc is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(exc)
