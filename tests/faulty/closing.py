"""Stream layers that are wrong in one way: half closing, closing, and waiting for the end."""

import asyncio
from typing import Any

from textbook_layer import Buffer, TextbookProtocol, TextbookWriter, layer
from variants.writing import ClosesLater, GathersATurn, HandsOnLater

Waiters = list["asyncio.Future[None]"]


class NeverHalfCloses(TextbookWriter):
    """`can_write_eof` says no over any transport."""

    def can_write_eof(self) -> bool:
        return False


class AlwaysHalfCloses(TextbookWriter):
    """`can_write_eof` says yes over any transport."""

    def can_write_eof(self) -> bool:
        return True


class EndsBeforeTheData(GathersATurn):
    """The sending half is closed before what was written in that turn is handed over."""

    def write_eof(self) -> None:
        gathered, self._gathered = self._gathered, []
        super().write_eof()
        self._gathered = gathered


class EndStaysAway(TextbookWriter):
    """`write_eof` is noted, and the transport never told."""

    _halved = False

    def write(self, data: Buffer) -> None:
        if self._halved and not self.is_closing():
            raise RuntimeError("write after write_eof")
        super().write(data)

    def write_eof(self) -> None:
        self._halved = self.can_write_eof()
        if not self._halved:
            raise NotImplementedError


class EndIsForBoth(TextbookWriter):
    """After `write_eof` the reader has ended, too."""

    def write_eof(self) -> None:
        super().write_eof()
        self._reader.feed_eof()


class EndStopsReading(TextbookWriter):
    """After `write_eof` what the peer sends is dropped."""

    def write_eof(self) -> None:
        super().write_eof()
        self._protocol.data_received = lambda data: None


class DropsBehindTheEnd(TextbookWriter):
    """Bytes behind `write_eof` are dropped in silence."""

    def write(self, data: Buffer) -> None:
        try:
            super().write(data)
        except RuntimeError:
            """Nobody will notice."""


class EmptyBehindTheEnd(TextbookWriter):
    """Empty bytes may be written behind `write_eof`."""

    def write(self, data: Buffer) -> None:
        if data != b"":
            super().write(data)


class EndsOnce(TextbookWriter):
    """A second `write_eof` is refused."""

    _halved = False

    def write_eof(self) -> None:
        if self._halved:
            raise RuntimeError("write_eof was called already")
        super().write_eof()
        self._halved = True


class EndOfTheLost(TextbookWriter):
    """`write_eof` is refused once the connection is lost."""

    def write_eof(self) -> None:
        if self._protocol.lost:
            raise ConnectionResetError("the connection is lost")
        super().write_eof()


class SecondEndCloses(EndsOnce):
    """A second `write_eof` closes the connection."""

    def write_eof(self) -> None:
        try:
            super().write_eof()
        except RuntimeError:
            self.close()


class EndMarksClosing(EndsOnce):
    """After `write_eof` the writer says that it is closing."""

    def write_eof(self) -> None:
        if not self._halved:
            super().write_eof()

    def is_closing(self) -> bool:
        return self._halved or super().is_closing()


class WriteEofCloses(TextbookWriter):
    """`write_eof` closes the connection behind it."""

    def write_eof(self) -> None:
        super().write_eof()
        self.close()


class BothEndsClose(TextbookWriter):
    """The connection closes by itself when both ends have come."""

    def write_eof(self) -> None:
        super().write_eof()
        self._protocol._stays_open = lambda: False


class UnsupportedIsIgnored(TextbookWriter):
    """`write_eof` does nothing where the transport cannot do it."""

    def write_eof(self) -> None:
        if self.can_write_eof():
            super().write_eof()


class UnsupportedIsNoted(EndStaysAway):
    """`write_eof` counts even where the transport cannot do it."""

    def write_eof(self) -> None:
        self._halved = True
        self._transport.write_eof()


class CloseForgets(GathersATurn):
    """What was written in the turn of `close` is lost."""

    def close(self) -> None:
        self._gathered.clear()
        super().close()


class CloseAborts(TextbookWriter):
    """`close` drops what is queued."""

    def close(self) -> None:
        if not self.is_closing():
            self._transport.abort()


class CloseWaitsForRoom(TextbookWriter):
    """The transport is not closed while writing is held."""

    def close(self) -> None:
        if not self._protocol.held:
            super().close()


class ClosesOnce(TextbookWriter):
    """A second `close` is refused."""

    def close(self) -> None:
        if self.is_closing():
            raise RuntimeError("the writer is closed already")
        super().close()


class SecondCloseAborts(TextbookWriter):
    """A second `close` drops what is queued."""

    def close(self) -> None:
        if self.is_closing():
            self._transport.abort()
        super().close()


class ClosingOnceLost(TextbookWriter):
    """The writer is not closing before the connection is lost."""

    def is_closing(self) -> bool:
        return bool(self._protocol.lost)


class CloseEmptiesTheReader(TextbookWriter):
    """`close` throws away what is unread."""

    def close(self) -> None:
        super().close()
        self._reader._buffer.clear()


class LossEmptiesTheReader(TextbookProtocol):
    """What is unread when a connection that this side closed is lost is thrown away."""

    def _tell_reader(self, exc: BaseException | None) -> None:
        self._reader._buffer.clear()
        super()._tell_reader(exc)


class OwnClose(TextbookWriter):
    """A writer that tells its protocol that it closed the connection itself."""

    def close(self) -> None:
        self._protocol.closed_here = True
        super().close()


class OwnCloseIsSilent(TextbookProtocol):
    """The reader is not told of the loss of a connection that this side closed."""

    closed_here = False

    def _tell_reader(self, exc: BaseException | None) -> None:
        if exc is not None or not self.closed_here:
            super()._tell_reader(exc)


class OwnCloseIsAnError(OwnCloseIsSilent):
    """The reader gets an error when its own side closed the connection."""

    def _tell_reader(self, exc: BaseException | None) -> None:
        super()._tell_reader(ConnectionAbortedError("closed here") if exc is None and self.closed_here else exc)


class AbortIsAnError(OwnCloseIsSilent):
    """The reader gets an error unless its own side closed the connection, or the peer had ended."""

    def _tell_reader(self, exc: BaseException | None) -> None:
        self.closed_here = self.closed_here or self._reader._eof
        by_abort = exc is None and not self.closed_here
        TextbookProtocol._tell_reader(self, ConnectionAbortedError("aborted") if by_abort else exc)


class TakesLateData(ClosesLater):
    """What comes in the turn of `close` is read."""

    def _deaf(self) -> None:
        """Hear on."""


class SendsLateData(ClosesLater):
    """What is written in the turn of `close`, behind it, is sent."""

    def write(self, data: Buffer) -> None:
        self._transport.write(self._own(data))


class WriteOnceClosed(TextbookWriter):
    """`write` is refused once the writer is closing."""

    def write(self, data: Buffer) -> None:
        if self.is_closing():
            raise ConnectionResetError("the writer is closed")
        super().write(data)


class ClosedMeansOver(TextbookWriter):
    """`wait_closed` returns as soon as the connection is closing."""

    async def wait_closed(self) -> None:
        if not self.is_closing() or self._protocol.lost:
            await super().wait_closed()


class HeldUpNoLonger(TextbookProtocol):
    """`wait_closed` returns when writing is held no more."""

    def resume_writing(self) -> None:
        super().resume_writing()
        self._release_closers(None)


class LossEndsNothing(TextbookProtocol):
    """A `wait_closed` that waits does not learn of the loss."""

    def _release_closers(self, exc: BaseException | None) -> None:
        if exc is not None:
            super()._release_closers(exc)


class TellsWhenItWasLost(TextbookWriter):
    """`wait_closed` returns something."""

    async def wait_closed(self) -> Any:
        waits = not self._protocol.lost
        await super().wait_closed()
        return self if waits else None


class OpenIsOver(TextbookWriter):
    """`wait_closed` returns at once if nobody has closed the connection."""

    async def wait_closed(self) -> None:
        if self.is_closing():
            await super().wait_closed()


class OpenIsRefused(TextbookWriter):
    """`wait_closed` is refused if nobody has closed the connection."""

    async def wait_closed(self) -> None:
        if not self.is_closing():
            raise RuntimeError("close it first")
        await super().wait_closed()


class TooLateWaits(TextbookWriter):
    """`wait_closed` waits for a loss that has been."""

    async def wait_closed(self) -> None:
        if self._protocol.lost and self._protocol.error is None:
            await self._loop.create_future()
        await super().wait_closed()


class WaitsOnce(TextbookWriter):
    """A `wait_closed` after one that has ended raises an error."""

    _waited = False

    async def wait_closed(self) -> None:
        if self._waited and self._protocol.lost and self._protocol.error is None:
            raise RuntimeError("the connection is closed already")
        await super().wait_closed()
        self._waited = True


class EndsOneCloser(TextbookProtocol):
    """The loss ends one `wait_closed`."""

    def _release_closers(self, exc: BaseException | None) -> None:
        waiting, self.closers = self.closers, self.closers[:1]
        super()._release_closers(exc)
        self.closers = waiting


class RefusesTheSecondCloser(TextbookWriter):
    """A `wait_closed` beside another one is refused."""

    async def wait_closed(self) -> None:
        if self._protocol.closers:
            raise RuntimeError("another task is waiting already")
        await super().wait_closed()


class ErrorIsKeptBack(TextbookWriter):
    """`wait_closed` does not tell of the error."""

    async def wait_closed(self) -> None:
        if not self._protocol.lost:
            await asyncio.gather(self._wait(self._protocol.closers), return_exceptions=True)


class ErrorIsToldOnce(TextbookWriter):
    """`wait_closed` does not tell of an error that was before."""

    async def wait_closed(self) -> None:
        if not self._protocol.lost:
            await super().wait_closed()


class ErrorBecomesAnother(TextbookProtocol):
    """`wait_closed` raises an error of its own."""

    def _release_closers(self, exc: BaseException | None) -> None:
        super()._release_closers(None if exc is None else ConnectionAbortedError("it broke"))


class CloserIsMissed(TextbookWriter):
    """A `wait_closed` that is cancelled waits on."""

    async def _wait(self, waiters: Waiters) -> None:
        try:
            await super()._wait(waiters)
        except asyncio.CancelledError:
            if waiters is not self._protocol.closers or self._protocol.lost:
                raise
            await super()._wait(waiters)


class CloserReturns(TextbookWriter):
    """A `wait_closed` that is cancelled returns if the connection was lost before."""

    async def _wait(self, waiters: Waiters) -> None:
        try:
            await super()._wait(waiters)
        except asyncio.CancelledError:
            if waiters is not self._protocol.closers or not self._protocol.lost:
                raise


class SharesTheEnd(TextbookWriter):
    """All `wait_closed` wait on one future, which the first that is cancelled takes with it."""

    _end: Any = None

    async def _wait(self, waiters: Waiters) -> None:
        if waiters is not self._protocol.closers:
            await super()._wait(waiters)
            return
        if not waiters:
            waiters.append(self._loop.create_future())
        await waiters[0]


class CancelForgetsClosers(TextbookWriter):
    """A `wait_closed` that is cancelled takes the others off the list, too."""

    async def _wait(self, waiters: Waiters) -> None:
        waiter = self._loop.create_future()
        waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiters is self._protocol.closers:
                waiters.clear()
            raise


class WaitsForTheReader(TextbookWriter):
    """`wait_closed` does not end while something is unread."""

    async def wait_closed(self) -> None:
        await super().wait_closed()
        if not self._reader.at_eof() and self._reader.exception() is None:
            await self._loop.create_future()


class RefusesWhileUnread(TextbookWriter):
    """`wait_closed` raises an error if something is unread."""

    async def wait_closed(self) -> None:
        await super().wait_closed()
        if not self._reader.at_eof() and self._reader.exception() is None:
            raise BufferError("something is unread")


class PeersEndIsClosing(TextbookWriter):
    """The writer is closing once the peer has ended."""

    def is_closing(self) -> bool:
        return self._reader._eof or super().is_closing()


class MuteAfterThePeer(TextbookWriter):
    """What is written after the end of the peer is dropped."""

    def write(self, data: Buffer) -> None:
        if not self._reader._eof or self.is_closing():
            super().write(data)


class OnlyOwnClose(TextbookWriter):
    """The writer is closing only if it was closed here."""

    _closed = False

    def close(self) -> None:
        self._closed = True
        super().close()

    def is_closing(self) -> bool:
        return self._closed


class SecondCloseForgets(HandsOnLater):
    """A second close forgets what was not handed on yet."""

    def close(self) -> None:
        if self._shut:
            self._late = [one for one in self._late if one[0] == "close"]
        super().close()


BROKEN: dict[str, tuple[Any, ...]] = {
    "writer.write-eof.can": (layer(NeverHalfCloses), layer(AlwaysHalfCloses)),
    "writer.write-eof.after-data": (layer(EndsBeforeTheData), layer(EndStaysAway)),
    "writer.write-eof.reading-goes-on": (layer(EndIsForBoth), layer(EndStopsReading)),
    "writer.write-eof.write-refused": (layer(DropsBehindTheEnd), layer(EmptyBehindTheEnd)),
    "writer.write-eof.twice": (layer(EndsOnce), layer(EndOfTheLost), layer(SecondEndCloses)),
    "writer.write-eof.not-closing": (layer(EndMarksClosing), layer(WriteEofCloses), layer(BothEndsClose)),
    "writer.write-eof.unsupported": (layer(UnsupportedIsIgnored), layer(UnsupportedIsNoted)),
    "writer.close.flushes": (
        *(layer(CloseForgets), layer(CloseAborts), layer(CloseWaitsForRoom)),
        layer(SecondCloseForgets),
    ),
    "writer.close.twice": (layer(ClosesOnce), layer(SecondCloseAborts)),
    "writer.close.marks": (layer(ClosingOnceLost),),
    "writer.close.unread-stays": (layer(CloseEmptiesTheReader), layer(LossEmptiesTheReader)),
    "writer.close.ends-reading": (layer(OwnCloseIsSilent, OwnClose), layer(OwnCloseIsAnError, OwnClose)),
    "writer.close.discards": (layer(TakesLateData),),
    "writer.close.write-dropped": (layer(WriteOnceClosed), layer(SendsLateData)),
    "writer.abort.ends-reading": (layer(AbortIsAnError, OwnClose),),
    "writer.wait-closed.waits": (layer(ClosedMeansOver), layer(HeldUpNoLonger)),
    "writer.wait-closed.returns": (layer(LossEndsNothing), layer(TellsWhenItWasLost)),
    "writer.wait-closed.before-close": (layer(OpenIsOver), layer(OpenIsRefused)),
    "writer.wait-closed.again": (layer(TooLateWaits), layer(WaitsOnce)),
    "writer.wait-closed.many": (layer(EndsOneCloser), layer(RefusesTheSecondCloser)),
    "writer.wait-closed.error": (layer(ErrorIsKeptBack), layer(ErrorIsToldOnce), layer(ErrorBecomesAnother)),
    "writer.wait-closed.cancel-ends": (layer(CloserIsMissed), layer(CloserReturns)),
    "writer.wait-closed.cancel-harmless": (layer(SharesTheEnd), layer(CancelForgetsClosers)),
    "writer.wait-closed.unread-harmless": (layer(WaitsForTheReader), layer(RefusesWhileUnread)),
    "writer.is-closing.half-open": (layer(PeersEndIsClosing), layer(MuteAfterThePeer)),
    "writer.is-closing.lost": (layer(OnlyOwnClose),),
}
