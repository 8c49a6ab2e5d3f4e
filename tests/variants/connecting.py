"""Layers that are unusual in how connections are made and served."""

import asyncio
import inspect
from typing import Any, NamedTuple

from textbook import TextbookReader
from textbook_layer import TextbookLayer, TextbookProtocol, TextbookWriter
from variants.variant import Variant

# open_connection.


class SpellsOutDefaults(TextbookLayer):
    """The documented defaults of the loop's methods are passed on by name."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        every = {"ssl": None, "family": 0, "proto": 0, "flags": 0, "sock": None, "local_addr": None, **options}
        return await super().open_connection(host, port, limit=limit, **every)

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        every = {"backlog": 100, "flags": 1, "start_serving": True, "reuse_port": None, **options}
        return await super().start_server(callback, host, port, limit=limit, **every)


class NamedPair(TextbookLayer):
    """What `open_connection` returns is a tuple whose places have names."""

    class Connection(NamedTuple):
        """Both halves of a connection."""

        reader: Any
        writer: Any

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        return cls.Connection(*await super().open_connection(host, port, limit=limit, **options))


class MakesTheReaderLast(TextbookLayer):
    """The limit is looked at first, and the reader is made when the loop asks for a protocol."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        if limit <= 0:
            raise ValueError("the limit must be positive")
        loop = asyncio.get_running_loop()
        readers: list[Any] = []

        def factory() -> Any:
            readers.append(cls.StreamReader(limit, loop))
            return cls.StreamReaderProtocol(readers[-1], None, loop)

        transport, protocol = await loop.create_connection(factory, host, port, **options)
        return readers[-1], cls.StreamWriter(transport, protocol, readers[-1], loop)


class DialsInATask(TextbookLayer):
    """`create_connection` runs in a task, which is cancelled with `open_connection`."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        opening = super().open_connection(host, port, limit=limit, **options)
        task = asyncio.get_running_loop().create_task(opening)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            raise


class Shell:
    """Stands before an object of another class, and passes on whatever it is asked."""

    def __init__(self, inside: Any) -> None:
        self._inside = inside

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inside, name)

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> Any:
        return await self._inside.__anext__()


class WrapsBoth(TextbookLayer):
    """Callers never see the reader and the writer themselves, but objects that stand before them."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        reader, writer = await super().open_connection(host, port, limit=limit, **options)
        return Shell(reader), Shell(writer)

    class StreamReaderProtocol(TextbookProtocol):
        def _handle(self, writer: Any) -> None:
            callback = self._callback
            self._callback = lambda reader, writer: callback(Shell(reader), Shell(writer))
            super()._handle(writer)


# start_server.


class RefusesBadLimit(TextbookLayer):
    """`start_server` refuses a bad limit itself."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        if limit <= 0:
            raise ValueError("the limit must be positive")
        return await super().start_server(callback, host, port, limit=limit, **options)


class Dropping(asyncio.Protocol):
    """Closes every connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


class DropsForBadLimit(TextbookLayer):
    """A server with a bad limit accepts connections, and closes them."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        if limit > 0:
            return await super().start_server(callback, host, port, limit=limit, **options)
        return await asyncio.get_running_loop().create_server(Dropping, host, port, **options)


class AbortsForBadLimit(TextbookLayer):
    """A server with a bad limit accepts connections, and aborts them without a word."""

    class StreamReaderProtocol(TextbookProtocol):
        def connection_made(self, transport: Any) -> None:
            if self._reader is None:
                transport.abort()
            else:
                super().connection_made(transport)

        def connection_lost(self, exc: BaseException | None) -> None:
            if self._reader is not None:
                super().connection_lost(exc)

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        loop = asyncio.get_running_loop()

        def factory() -> Any:
            reader = cls.StreamReader(limit, loop) if limit > 0 else None
            return cls.StreamReaderProtocol(reader, callback, loop, writer=cls.StreamWriter)

        return await loop.create_server(factory, host, port, **options)


# Handlers.


class CallsLater(TextbookLayer):
    """The handler is called when the transport is done with telling that it was made."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handle(self, writer: Any) -> None:
            self._loop.call_soon(super()._handle, writer)


class RunsEverythingInATask(TextbookLayer):
    """The handler is called inside a task, and so is what it returns awaited; that task reports and closes."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handle(self, writer: Any) -> None:
            self._task = self._loop.create_task(self._serve(writer))

        async def _serve(self, writer: Any) -> None:
            try:
                result = self._callback(self._reader, writer)
                if inspect.iscoroutine(result):
                    await result
            except Exception as raised:
                self._failed(raised)
            except asyncio.CancelledError:
                self._handler_cancelled()
                raise


class AbortsAfterFailure(TextbookLayer):
    """The connection of a handler that failed or was cancelled is aborted."""

    class StreamReaderProtocol(TextbookProtocol):
        def _hang_up(self) -> None:
            self._transport.abort()

        def _handler_cancelled(self) -> None:
            self._transport.abort()


class ClosesBehindHandlers(TextbookLayer):
    """The connection of a handler whose coroutine has returned is closed."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handled(self, task: "asyncio.Task[Any]") -> None:
            super()._handled(task)
            self._transport.close()


class ClosesBehindPlainHandlers(TextbookLayer):
    """The connection of a plain handler that has returned nothing is closed in the next turn."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handle(self, writer: Any) -> None:
            callback = self._callback

            def closing(reader: Any, writer: Any) -> Any:
                result = callback(reader, writer)
                if result is None:
                    self._loop.call_soon(self._transport.close)
                return result

            self._callback = closing
            super()._handle(writer)


class ReportsMore(TextbookLayer):
    """What is reported names the protocol and the writer, and the connection is closed before."""

    class StreamReaderProtocol(TextbookProtocol):
        def _failed(self, raised: BaseException) -> None:
            self._hang_up()
            context = {"message": "oh", "exception": raised, "protocol": self, "task": self._task}
            self._loop.call_exception_handler(context)


class ClosesByTheWriter(TextbookLayer):
    """A connection is closed by the writer of its handler, which knows of it."""

    class StreamReaderProtocol(TextbookProtocol):
        _writer: Any = None

        def _handle(self, writer: Any) -> None:
            self._writer = writer
            super()._handle(writer)

        def _hang_up(self) -> None:
            self._writer.close()

        def _handler_cancelled(self) -> None:
            self._writer.close()


# The protocol.


class StaysOpenByOne(TextbookLayer):
    """`eof_received` returns something true that is no bool."""

    class StreamReaderProtocol(TextbookProtocol):
        def _stays_open(self) -> Any:
            return 1


class LetsGo(TextbookLayer):
    """Whatever is lost is let go of: protocol, reader and transport."""

    class StreamReaderProtocol(TextbookProtocol):
        def connection_lost(self, exc: BaseException | None) -> None:
            super().connection_lost(exc)
            self._transport = self._task = None

        def _handler_cancelled(self) -> None:
            if self._transport is not None:
                super()._handler_cancelled()

        def _hang_up(self) -> None:
            if self._transport is not None:
                super()._hang_up()

    class StreamWriter(TextbookWriter):
        def is_closing(self) -> bool:
            return bool(self._protocol.lost) or super().is_closing()


class ClosableReader(TextbookReader):
    """A reader with a method more."""

    def close(self) -> None:
        self._transport.close()


class ReaderCanClose(TextbookLayer):
    """The reader can close, as the writer can."""

    StreamReader = ClosableReader


class ServerOnly:
    """There is a server, and nothing else."""

    start_server = TextbookLayer.start_server


class TellsOfUnread(TextbookProtocol):
    """The loop is told of bytes that nobody had read when the connection was lost."""

    def connection_lost(self, exc: BaseException | None) -> None:
        first = not self.lost
        super().connection_lost(exc)
        if first and self._reader._buffer:
            self._loop.call_exception_handler({"message": "bytes were never read", "transport": self._transport})


class ReportsTheUnread(TextbookLayer):
    """What is lost unread is told."""

    StreamReaderProtocol = TellsOfUnread


class AsksTheServer(TextbookLayer):
    """The server is asked for its loop."""

    @classmethod
    async def start_server(cls, *args: Any, **options: Any) -> Any:
        server = await super().start_server(*args, **options)
        assert server.get_loop() is asyncio.get_running_loop()
        return server


class Receiving(asyncio.BufferedProtocol):
    """Receives into a buffer of its own, which doubles with what comes, and leaves the rest to a textbook protocol."""

    def __init__(self, inner: TextbookProtocol) -> None:
        self._inner = inner
        self._room = bytearray(4)
        for name in ("connection_made", "connection_lost", "eof_received", "pause_writing", "resume_writing"):
            setattr(self, name, getattr(inner, name))

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        received = bytes(self._room[:nbytes])
        if nbytes == len(self._room):
            self._room = bytearray(2 * nbytes)
        self._inner.data_received(received)


class ReceivesIntoABuffer:
    """The protocols behind the helpers have buffers for the loop to receive into."""

    @staticmethod
    async def open_connection(host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        loop = asyncio.get_running_loop()
        reader = TextbookReader(limit, loop)
        inner = TextbookProtocol(reader, None, loop)
        transport, _ = await loop.create_connection(lambda: Receiving(inner), host, port, **options)
        return reader, TextbookWriter(transport, inner, reader, loop)

    @staticmethod
    async def start_server(
        callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        loop = asyncio.get_running_loop()

        def factory() -> Receiving:
            return Receiving(TextbookProtocol(TextbookReader(limit, loop), callback, loop))

        return await loop.create_server(factory, host, port, **options)


VARIANTS: tuple[Variant, ...] = (
    Variant(SpellsOutDefaults, "defaults may be passed on", ("connection.open.arguments", "server.start.arguments")),
    Variant(NamedPair, "the pair may be a tuple of any kind", ("connection.open.pair",)),
    Variant(MakesTheReaderLast, "when the reader is made is nobody's business", ("connection.open.limit-positive",)),
    Variant(DialsInATask, "what is cancelled may be a task of the layer", ("connection.open.cancel",)),
    Variant(WrapsBoth, "the classes of what is returned are free", ("connection.open.pair", "server.callback.pair")),
    Variant(RefusesBadLimit, "start_server may refuse a bad limit", ("server.bad-limit",)),
    Variant(DropsForBadLimit, "connections may be dropped for a bad limit", ("server.bad-limit",)),
    Variant(AbortsForBadLimit, "how they are dropped is free", ("server.bad-limit",)),
    Variant(CallsLater, "the handler is called by the time the loop is quiet", ("server.callback.once",)),
    Variant(RunsEverythingInATask, "how a coroutine is run is free", ("server.callback.coroutine",)),
    Variant(AbortsAfterFailure, "how a connection is closed is free", ("server.callback.raises-closed",)),
    Variant(ClosesBehindHandlers, "whoever has returned may find the connection closed"),
    Variant(ClosesBehindPlainHandlers, "that holds for plain handlers, too"),
    Variant(ReportsMore, "what else a report says is free", ("server.callback.raises-reported",)),
    Variant(ClosesByTheWriter, "who closes is free", ("server.callback.cancelled-closed",)),
    Variant(StaysOpenByOne, "any true value keeps the connection open", ("connection.eof.stays-open",)),
    Variant(LetsGo, "what is lost need not be held"),
    Variant(ReaderCanClose, "a reader may have further methods", ("connection.open.pair", "server.callback.pair")),
    Variant(ServerOnly, "what a module lacks is not asked of it", ("server.callback.once",)),
    Variant(ReportsTheUnread, "other things than a handler's end may be reported"),
    Variant(AsksTheServer, "a server may be asked what servers know", ("server.start.returns",)),
    Variant(ReceivesIntoABuffer, "a loop serves either kind of protocol", ("connection.data.feeds",)),
)
