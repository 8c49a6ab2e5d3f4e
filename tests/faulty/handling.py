"""Layers that are wrong in one way: calling handlers, and what becomes of them."""

import asyncio
import inspect
from typing import Any

from textbook_layer import TextbookLayer, TextbookProtocol

# Calling the handler.


class NeverHandled(TextbookLayer):
    """The handler is never called."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handle(self, writer: Any) -> None:
            """Do nothing."""


class HandledTwice(TextbookLayer):
    """The handler is called again when data comes."""

    class StreamReaderProtocol(TextbookProtocol):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self._callback is not None and not self.lost:
                self._handle(self._make_writer(self._transport, self, self._reader, self._loop))


class HandledByData(TextbookLayer):
    """The handler is called when its client has said something."""

    class StreamReaderProtocol(TextbookProtocol):
        _idle: Any = None

        def _handle(self, writer: Any) -> None:
            self._idle = writer

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self._idle is not None:
                idle, self._idle = self._idle, None
                super()._handle(idle)


class WriterFirst(TextbookLayer):
    """The handler is called with the writer first."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handle(self, writer: Any) -> None:
            callback = self._callback
            self._callback = lambda reader, writer: callback(writer, reader)
            super()._handle(writer)


class ReaderAlone(TextbookLayer):
    """The handler is called with the reader alone."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handle(self, writer: Any) -> None:
            callback = self._callback
            self._callback = lambda reader, writer: callback(reader)
            super()._handle(writer)


class ByKindOfHandler(TextbookLayer):
    """What is not itself a coroutine function is taken for a plain callable."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handle(self, writer: Any) -> None:
            if inspect.iscoroutinefunction(self._callback):
                super()._handle(writer)
            else:
                _plainly(self._callback, self._reader, writer)


class PartialsPlain(TextbookLayer):
    """What is no function is taken for a plain callable."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handle(self, writer: Any) -> None:
            if inspect.isfunction(self._callback):
                super()._handle(writer)
            else:
                _plainly(self._callback, self._reader, writer)


def _plainly(callback: Any, reader: Any, writer: Any) -> None:
    result = callback(reader, writer)
    if inspect.iscoroutine(result):
        result.close()


class EarlyDataLost(TextbookLayer):
    """What comes before the task of the handler runs is lost."""

    class StreamReaderProtocol(TextbookProtocol):
        _begun = False

        def data_received(self, data: bytes) -> None:
            if self._begun or self._callback is None:
                super().data_received(data)

        def _handle(self, writer: Any) -> None:
            super()._handle(writer)
            self._loop.call_soon(self._begin)

        def _begin(self) -> None:
            self._begun = True


class OnlyLatestData(TextbookLayer):
    """Until the handler reads, only the last chunk is kept."""

    class StreamReaderProtocol(TextbookProtocol):
        def data_received(self, data: bytes) -> None:
            if self._callback is not None and self._reader._waiter is None:
                self._reader._buffer.clear()
            super().data_received(data)


# Handlers that fail.


class FailureSilent(TextbookLayer):
    """Nobody is told that the task of a handler failed."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handled(self, task: asyncio.Task[Any]) -> None:
            self._transport.close()
            if not task.cancelled():
                task.exception()


class FailureToldTwice(TextbookLayer):
    """The exception of a handler is reported twice."""

    class StreamReaderProtocol(TextbookProtocol):
        def _report(self, raised: BaseException) -> None:
            super()._report(raised)
            super()._report(raised)


class FailureToldInWords(TextbookLayer):
    """What is reported of a handler's task that failed is a message."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handled(self, task: asyncio.Task[Any]) -> None:
            if not task.cancelled() and task.exception() is not None:
                self._loop.call_exception_handler({"message": f"a handler failed: {task.exception()!r}"})
                self._hang_up()
            else:
                super()._handled(task)


class FailureLeavesOpen(TextbookLayer):
    """The connection of a handler's task that failed stays open."""

    class StreamReaderProtocol(TextbookProtocol):
        def _hang_up(self) -> None:
            if self._task is None:
                super()._hang_up()


class CancelLeavesOpen(TextbookLayer):
    """The connection of a handler that was cancelled stays open."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handler_cancelled(self) -> None:
            """Do nothing."""


class CancelReported(TextbookLayer):
    """A handler that was cancelled is reported."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handler_cancelled(self) -> None:
            self._report(asyncio.CancelledError())
            super()._handler_cancelled()


class PlainFailureSilent(TextbookLayer):
    """Nobody is told that a plain handler failed."""

    class StreamReaderProtocol(TextbookProtocol):
        def _report(self, raised: BaseException) -> None:
            if self._task is not None:
                super()._report(raised)


class PlainFailureLeavesOpen(TextbookLayer):
    """The connection of a plain handler that failed stays open."""

    class StreamReaderProtocol(TextbookProtocol):
        def _hang_up(self) -> None:
            if self._task is not None:
                super()._hang_up()


class FutureAwaited(TextbookLayer):
    """A future that a handler returns is treated like its task."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handle(self, writer: Any) -> None:
            callback = self._callback

            def remembering(reader: Any, writer: Any) -> Any:
                result = callback(reader, writer)
                if asyncio.isfuture(result):
                    self._loop.create_task(_awaiting(result)).add_done_callback(self._handled)
                return result

            self._callback = remembering
            super()._handle(writer)


async def _awaiting(result: Any) -> None:
    await result


class FutureCloses(TextbookLayer):
    """The connection of a handler that returns something is closed."""

    class StreamReaderProtocol(TextbookProtocol):
        def _handle(self, writer: Any) -> None:
            callback = self._callback

            def closing(reader: Any, writer: Any) -> Any:
                result = callback(reader, writer)
                if result is not None and not inspect.iscoroutine(result):
                    self._transport.close()
                return result

            self._callback = closing
            super()._handle(writer)


BROKEN: dict[str, tuple[Any, ...]] = {
    "server.callback.once": (NeverHandled, HandledTwice, HandledByData),
    "server.callback.pair": (WriterFirst, ReaderAlone),
    "server.callback.coroutine": (ByKindOfHandler, PartialsPlain),
    "server.callback.early-data": (EarlyDataLost, OnlyLatestData),
    "server.callback.raises-reported": (FailureSilent, FailureToldTwice, FailureToldInWords),
    "server.callback.raises-closed": (FailureLeavesOpen,),
    "server.callback.cancelled-closed": (CancelLeavesOpen,),
    "server.callback.cancelled-silent": (CancelReported,),
    "server.callback.plain-raises-reported": (PlainFailureSilent,),
    "server.callback.plain-raises-closed": (PlainFailureLeavesOpen,),
    "server.callback.other-result": (FutureAwaited, FutureCloses),
}
