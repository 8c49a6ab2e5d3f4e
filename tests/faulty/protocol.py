"""Layers that are wrong in one way: what the protocol makes of data, the end, and the loss."""

from typing import Any

from textbook import TextbookReader
from textbook_layer import TextbookLayer, TextbookProtocol

# The transport.


class ReaderWithoutTransport(TextbookLayer):
    """The reader never gets its transport."""

    class StreamReaderProtocol(TextbookProtocol):
        def connection_made(self, transport: Any) -> None:
            self._reader.set_transport = lambda transport: None
            super().connection_made(transport)


class ServedWithoutTransport(TextbookLayer):
    """The reader of a handler never gets its transport."""

    class StreamReaderProtocol(TextbookProtocol):
        def connection_made(self, transport: Any) -> None:
            if self._callback is not None:
                self._reader.set_transport = lambda transport: None
            super().connection_made(transport)


class TransportThatCannotPause(TextbookLayer):
    """The reader gets something in place of its transport."""

    class StreamReaderProtocol(TextbookProtocol):
        def connection_made(self, transport: Any) -> None:
            set_transport = self._reader.set_transport
            self._reader.set_transport = lambda transport: set_transport(self)
            super().connection_made(transport)

        def pause_reading(self) -> None:
            raise NotImplementedError


# Data.


class FirstChunkLost(TextbookLayer):
    """The first chunk never reaches the reader."""

    class StreamReaderProtocol(TextbookProtocol):
        _first = True

        def data_received(self, data: bytes) -> None:
            if not self._first:
                super().data_received(data)
            self._first = False


class ChunksTwice(TextbookLayer):
    """Every chunk is fed twice."""

    class StreamReaderProtocol(TextbookProtocol):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            super().data_received(data)


class ChunksReversed(TextbookLayer):
    """Chunks of one turn are fed in the opposite order."""

    class StreamReaderProtocol(TextbookProtocol):
        _chunks: tuple[bytes, ...] = ()

        def data_received(self, data: bytes) -> None:
            if not self._chunks:
                self._loop.call_soon(self._feed)
            self._chunks = (data, *self._chunks)

        def _feed(self) -> None:
            chunks, self._chunks = self._chunks, ()
            for chunk in chunks:
                super().data_received(chunk)


class ZerosStripped(TextbookLayer):
    """Zero bytes around a chunk are taken for padding."""

    class StreamReaderProtocol(TextbookProtocol):
        def data_received(self, data: bytes) -> None:
            super().data_received(data.strip(b"\0"))


# The end.


class EndIgnored(TextbookLayer):
    """The end of the peer never reaches the reader."""

    class StreamReaderProtocol(TextbookProtocol):
        def eof_received(self) -> bool:
            return self._stays_open()


class EndEmpties(TextbookLayer):
    """The end of the peer takes with it what is unread."""

    class StreamReaderProtocol(TextbookProtocol):
        def eof_received(self) -> bool:
            self._reader._buffer.clear()
            return super().eof_received()


class EndByError(TextbookLayer):
    """The end of the peer is an error."""

    class StreamReaderProtocol(TextbookProtocol):
        def eof_received(self) -> bool:
            self._reader.set_exception(ConnectionResetError("the peer has finished"))
            return self._stays_open()


class EndReturnsNone(TextbookLayer):
    """`eof_received` returns None, so that the transport closes."""

    class StreamReaderProtocol(TextbookProtocol):
        def _stays_open(self) -> bool:
            return False


class EndCloses(TextbookLayer):
    """The end of the peer closes the connection."""

    class StreamReaderProtocol(TextbookProtocol):
        def _stays_open(self) -> bool:
            self._transport.close()
            return True


# The loss.


class LossIgnored(TextbookLayer):
    """A clean loss never reaches the reader."""

    class StreamReaderProtocol(TextbookProtocol):
        def _tell_reader(self, exc: BaseException | None) -> None:
            if exc is not None:
                super()._tell_reader(exc)


class LossAlwaysAnError(TextbookLayer):
    """A clean loss is an error."""

    class StreamReaderProtocol(TextbookProtocol):
        def _tell_reader(self, exc: BaseException | None) -> None:
            super()._tell_reader(ConnectionResetError("the connection is lost") if exc is None else exc)


class LossEmpties(TextbookLayer):
    """A clean loss takes with it what is unread."""

    class StreamReaderProtocol(TextbookProtocol):
        def _tell_reader(self, exc: BaseException | None) -> None:
            if exc is None:
                self._reader._buffer.clear()
            super()._tell_reader(exc)


class ErrorIsAnEnd(TextbookLayer):
    """A loss by an error passes for the end."""

    class StreamReaderProtocol(TextbookProtocol):
        def _tell_reader(self, exc: BaseException | None) -> None:
            super()._tell_reader(None)


class ErrorOfItsOwn(TextbookLayer):
    """A loss by an error raises another instance of its class."""

    class StreamReaderProtocol(TextbookProtocol):
        def _tell_reader(self, exc: BaseException | None) -> None:
            super()._tell_reader(None if exc is None else type(exc)(*exc.args))


class ErrorAlwaysReset(TextbookLayer):
    """A loss by any error is a reset."""

    class StreamReaderProtocol(TextbookProtocol):
        def _tell_reader(self, exc: BaseException | None) -> None:
            super()._tell_reader(exc if exc is None else ConnectionResetError("the connection is lost"))


class ErrorOnlyOnce(TextbookLayer):
    """A loss by an error is told to one call; the next ones get the end."""

    class StreamReader(TextbookReader):
        def _raise_stored(self) -> None:
            stored, self._exception = self._exception, None
            if stored is not None:
                self._eof = True
                raise stored


class EndBeforeError(TextbookLayer):
    """After the end of the peer an error does not count any more."""

    class StreamReaderProtocol(TextbookProtocol):
        def _tell_reader(self, exc: BaseException | None) -> None:
            super()._tell_reader(None if self._reader._eof else exc)


class DataBeforeError(TextbookLayer):
    """What is unread is returned before the error is raised."""

    class StreamReader(TextbookReader):
        def _raise_stored(self) -> None:
            if not self._buffer:
                super()._raise_stored()


class ErrorBehindData(TextbookLayer):
    """An error that finds bytes unread is told to the reader as an end."""

    class StreamReaderProtocol(TextbookProtocol):
        def _tell_reader(self, exc: BaseException | None) -> None:
            super()._tell_reader(None if self._reader._buffer else exc)


class LostAnew(TextbookLayer):
    """A second loss is taken for the first one."""

    class StreamReaderProtocol(TextbookProtocol):
        def connection_lost(self, exc: BaseException | None) -> None:
            self.lost = False
            super().connection_lost(exc)


class SecondLossRefused(TextbookLayer):
    """A second loss raises an exception."""

    class StreamReaderProtocol(TextbookProtocol):
        def connection_lost(self, exc: BaseException | None) -> None:
            if self.lost:
                raise RuntimeError("connection_lost was called twice")
            super().connection_lost(exc)


class LateDataFed(TextbookLayer):
    """Data that comes after the loss is fed."""

    class StreamReaderProtocol(TextbookProtocol):
        def data_received(self, data: bytes) -> None:
            self._reader.feed_data(data)


class LateDataClears(TextbookLayer):
    """Data that comes after the loss makes the reader forget the error."""

    class StreamReaderProtocol(TextbookProtocol):
        def data_received(self, data: bytes) -> None:
            if self.lost:
                self._reader.set_exception(None)
            super().data_received(data)


class LateEndRefused(TextbookLayer):
    """An end that comes after the loss raises an exception."""

    class StreamReaderProtocol(TextbookProtocol):
        def eof_received(self) -> bool:
            if self.lost:
                raise RuntimeError("eof_received after connection_lost")
            return super().eof_received()


BROKEN: dict[str, tuple[Any, ...]] = {
    "connection.made.transport": (ReaderWithoutTransport, ServedWithoutTransport, TransportThatCannotPause),
    "connection.data.feeds": (FirstChunkLost, ChunksTwice, ChunksReversed, ZerosStripped),
    "connection.eof.feeds": (EndIgnored, EndEmpties, EndByError),
    "connection.eof.stays-open": (EndReturnsNone, EndCloses),
    "connection.lost.ends": (LossIgnored, LossAlwaysAnError, LossEmpties),
    "connection.lost.error": (ErrorIsAnEnd, ErrorOfItsOwn, ErrorAlwaysReset, ErrorOnlyOnce),
    "connection.lost.error-after-end": (EndBeforeError,),
    "connection.lost.hides-data": (ErrorBehindData,),
    # Its reader is wrong, and is so without any connection as well.
    "reader.exception.hides-data": (DataBeforeError,),
    "connection.lost.twice": (LostAnew, SecondLossRefused),
    "connection.lost.ignores-late": (LateDataFed, LateDataClears, LateEndRefused),
}
