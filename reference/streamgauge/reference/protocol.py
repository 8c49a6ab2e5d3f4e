"""`StreamReaderProtocol`: what the event loop calls, between a transport and the two halves of a stream.

The one idea: **it only passes on.** What comes in goes to the reader, what concerns writers goes to the outbox, and
both hear of the end. On the server's side it also welcomes: it makes the writer, calls the handler, and answers for it.

Who holds whom: the transport holds the protocol, which holds the outbox and the handler's task, until the end. It does
not hold the reader (but for a server's, until the handler has it), nor the writer. So a stream that nobody has any more
is collected although its transport lives, and the writer then closes that.
"""

import asyncio
import weakref
from collections.abc import Callable
from contextvars import Context
from typing import Any

from streamgauge.reference.futures import maker_of_futures
from streamgauge.reference.outbox import Outbox
from streamgauge.reference.reader import StreamReader
from streamgauge.reference.writer import StreamWriter

ClientConnected = Callable[[StreamReader, StreamWriter], object]


class StreamReaderProtocol(asyncio.Protocol):
    """Feeds a reader, and controls the flow of writers: a drop-in for `asyncio.StreamReaderProtocol`.

    `client_connected_cb` is called with a reader and a writer as soon as there is a connection; if it returns a
    coroutine, that is run as a task.
    """

    _source_traceback = None  # as asyncio's

    def __init__(
        self,
        stream_reader: StreamReader | None,
        client_connected_cb: ClientConnected | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        # Without a running loop this creates one, warns or fails, as this Python's own protocol does.
        self._loop = asyncio.get_event_loop() if loop is None else loop
        self._outbox: Outbox[asyncio.Future[None]] = Outbox(maker_of_futures(self._loop))
        self._reader_if_alive = nobody if stream_reader is None else weakref.ref(stream_reader)
        # It is fed from the start, and lives until the handler has it: [server.callback.early-data]
        self._reader_until_welcome = None if client_connected_cb is None else stream_reader
        self._client_connected_cb = client_connected_cb
        self._context: Context | None = None  # in which the handler runs, if not in that of the caller
        self._transport: asyncio.BaseTransport | None = None
        self._over_ssl = False
        self._task: asyncio.Task[object] | None = None

    @property
    def _stream_reader(self) -> StreamReader | None:
        return self._reader_if_alive()

    # Coming and going

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Introduce the reader to its transport and, if there is a handler, the handler to both."""
        self._note(transport)
        reader = self._stream_reader
        if reader is not None:
            # [connection.made.transport]
            reader.set_transport(transport)  # type: ignore[arg-type]  # one that cannot pause says so when asked
        if self._client_connected_cb is not None:
            welcome = self._welcome if self._context is None else self._in_context
            welcome(self._client_connected_cb, transport, reader)
            self._reader_until_welcome = None

    def connection_lost(self, exc: BaseException | None) -> None:
        """Tell everybody. Only the first loss counts."""
        reader = self._stream_reader
        if reader is not None:
            if exc is None:
                # [connection.lost.ends], [writer.close.ends-reading], [writer.abort.ends-reading]
                reader.feed_eof()
            else:
                # [connection.lost.error], [connection.lost.error-after-end], [connection.lost.reset]
                reader.set_exception(exc)
        self._outbox.end(exc)
        self._reader_if_alive = nobody  # [connection.lost.ignores-late], [connection.lost.twice]
        self._transport = None
        self._task = None

    def _replace_transport(self, transport: asyncio.Transport) -> None:
        """Go on with another transport, above the one so far."""
        self._note(transport)
        reader = self._stream_reader
        if reader is not None:
            reader._transport = transport

    def _note(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._over_ssl = transport.get_extra_info("sslcontext") is not None

    # What is received. Without a reader, or after the loss, it is dropped: [connection.collected]

    def data_received(self, data: bytes) -> None:
        """Give the reader what was received."""
        reader = self._reader_if_alive()  # for speed: `_stream_reader`
        if reader is not None:
            reader.feed_data(data)  # [connection.data.feeds]

    def eof_received(self) -> bool:
        """Bring the end. Says whether the transport stays open for writing, which over TLS it cannot."""
        reader = self._stream_reader
        if reader is not None:
            reader.feed_eof()  # [connection.eof.feeds]
        # [connection.eof.stays-open], [connection.eof.tls], [writer.is-closing.half-open]
        return not self._over_ssl

    # What is sent

    def pause_writing(self) -> None:
        """Let drains wait. AssertionError if they are, even under -O."""
        self._outbox.hold()

    def resume_writing(self) -> None:
        """Let drains go on. AssertionError if nothing holds them up, even under -O."""
        self._outbox.release()

    async def _drain_helper(self) -> None:
        outbox = self._outbox
        if outbox.held or outbox.ended:
            promise = outbox.room()
            try:
                await promise
            finally:
                outbox.forget(promise)

    def _get_close_waiter(self, stream: object) -> "asyncio.Future[None]":
        promise = self._outbox.ending()
        promise.add_done_callback(self._outbox.forget)
        return promise

    # The handler

    def _in_context(self, *welcome: Any) -> None:
        # A copy, as a context can be in use but once, and what one handler sets is not for the others:
        # [server.context]
        assert self._context is not None
        self._context.copy().run(self._welcome, *welcome)

    def _welcome(self, handler: ClientConnected, transport: asyncio.BaseTransport, reader: StreamReader | None) -> None:
        def ended(task: asyncio.Task[object]) -> None:
            if task.cancelled():
                transport.close()  # [server.callback.cancelled-closed], [server.callback.cancelled-silent]
            elif (error := task.exception()) is not None:
                self._report(error, transport)  # [server.callback.raises-reported]

        try:  # [server.callback.once], [server.callback.pair]
            result = handler(reader, StreamWriter(transport, self, reader, self._loop))  # type: ignore[arg-type]  # whoever gives a handler, gives a reader and a transport that writes
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the handler's, and has nowhere else to go
            self._report(error, transport)  # [server.callback.plain-raises-reported]
        else:
            if asyncio.iscoroutine(result):  # [server.callback.coroutine], else [server.callback.other-result]
                self._task = self._loop.create_task(result)  # [server.callback.task-held]
                self._task.add_done_callback(ended)

    def _report(self, error: BaseException, transport: asyncio.BaseTransport) -> None:
        """Report what a handler raised, and close: its client would wait for an answer."""
        message = "Unhandled exception in client_connected_cb"
        self._loop.call_exception_handler({"message": message, "exception": error, "transport": transport})
        transport.close()  # [server.callback.raises-closed], [server.callback.plain-raises-closed]


def nobody() -> None:
    """Stands for a reference to a reader where there is none."""
