"""Stream layers that are wrong in one way: drain, and what holds it."""

import asyncio
from typing import Any

from textbook_layer import TextbookProtocol, TextbookWriter, layer
from variants.draining import TellingReader

Waiters = list["asyncio.Future[None]"]


class AlwaysYields(TextbookWriter):
    """Drain lets others run even where it has nothing to wait for."""

    async def drain(self) -> None:
        await asyncio.sleep(0)
        await super().drain()


class WaitsForTheLastByte(TextbookWriter):
    """Drain waits while anything is queued."""

    async def drain(self) -> None:
        if not self.is_closing() and self.transport.get_write_buffer_size() and not self._protocol.held:
            await self._wait(self._protocol.drainers)
        await super().drain()


class NeverWaits(TextbookWriter):
    """Drain returns although writing is held."""

    async def _wait(self, waiters: Waiters) -> None:
        if waiters is not self._protocol.drainers:
            await super()._wait(waiters)


class WaitsOneTurn(NeverWaits):
    """Drain waits for one turn of the loop at most."""

    async def _wait(self, waiters: Waiters) -> None:
        await asyncio.sleep(0)
        await super()._wait(waiters)


class DataReleases(TextbookProtocol):
    """What the peer sends lets every drain go on."""

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._release_drainers(None)


class ReleaseWakesNobody(TextbookProtocol):
    """A drain that waits learns of nothing but the loss."""

    def resume_writing(self) -> None:
        self.held = False


class HalfCloseForgets(TextbookWriter):
    """Whoever drains behind `write_eof` is not told that the transport let go."""

    _halved = False

    def write_eof(self) -> None:
        super().write_eof()
        self._halved = True

    async def _wait(self, waiters: Waiters) -> None:
        forgotten = self._halved and waiters is self._protocol.drainers
        await super()._wait([] if forgotten else waiters)


class WakesTheFirst(TextbookProtocol):
    """The transport that lets go wakes one drain."""

    def resume_writing(self) -> None:
        waiting, self.drainers = self.drainers, self.drainers[:1]
        super().resume_writing()
        self.drainers = waiting


class RefusesTheSecond(TextbookWriter):
    """A drain beside another one is refused."""

    async def drain(self) -> None:
        if self._protocol.drainers:
            raise RuntimeError("another task is draining already")
        await super().drain()


class SecondPushesOut(TextbookWriter):
    """A drain beside another one is refused, and the other one released."""

    async def drain(self) -> None:
        if self._protocol.drainers:
            self._protocol._release_drainers(None)
            raise AssertionError("another task is draining already")
        await super().drain()


class ForgetsTheFirst(TextbookWriter):
    """A drain beside another one is refused, and the other one is never released."""

    async def drain(self) -> None:
        if self._protocol.held and self._protocol.drainers:
            self._protocol.drainers = []
            raise AssertionError("another task is draining already")
        await super().drain()

    async def _wait(self, waiters: Waiters) -> None:
        waiter = self._loop.create_future()
        waiters.append(waiter)
        await waiter


class HeldAgainFails(TextbookWriter):
    """A drain that is released raises an error if writing is held again by then."""

    async def drain(self) -> None:
        await super().drain()
        if self._protocol.held and not self.is_closing():
            raise BlockingIOError("held again")


class HeldAgainForgets(TextbookWriter):
    """A drain that is released while writing is held again waits on, and nobody knows of it."""

    async def drain(self) -> None:
        await super().drain()
        if self._protocol.held and not self.is_closing():
            await self._loop.create_future()


class IgnoresTheReader(TextbookWriter):
    """Drain does not look at what the reader holds."""

    def _raise_what_reads_raise(self) -> None:
        """Do nothing."""


class RaisesALikeness(TextbookWriter):
    """Drain raises an exception like the one that the reader holds."""

    def _raise_what_reads_raise(self) -> None:
        if (stored := self._reader.exception()) is not None:
            raise type(stored)(*stored.args)


class LooksAtTheReaderLast(TextbookWriter):
    """Drain waits for the transport before it raises what the reader holds."""

    async def drain(self) -> None:
        if self._protocol.held and not self._protocol.lost:
            await self._wait(self._protocol.drainers)
        await super().drain()


class ExceptionReleases(TextbookWriter):
    """A drain that waits returns when the reader is given an exception."""

    def __init__(self, transport: Any, protocol: Any, reader: Any, loop: Any) -> None:
        super().__init__(transport, protocol, reader, loop)
        reader.watchers.append(self._told)

    def _told(self) -> None:
        if not self._protocol.lost:
            self._release()

    def _release(self) -> None:
        self._protocol._release_drainers(None)


class ExceptionBecomesAnother(ExceptionReleases):
    """A drain that waits raises an error of its own when the reader is given an exception."""

    def _release(self) -> None:
        self._protocol._release_drainers(BrokenPipeError("the reader has an exception"))


class AfterLossReturns(TextbookWriter):
    """Drain returns after the loss."""

    async def drain(self) -> None:
        self._raise_what_reads_raise()
        if not self._protocol.lost:
            await super().drain()


class AfterLossAnotherError(TextbookWriter):
    """Drain raises another error after the loss."""

    async def drain(self) -> None:
        self._raise_what_reads_raise()
        if self._protocol.lost:
            raise BrokenPipeError("the connection is lost")
        await super().drain()


class AfterLossWaits(TextbookWriter):
    """Drain after the loss waits for a transport that is gone."""

    async def drain(self) -> None:
        self._raise_what_reads_raise()
        await (self._loop.create_future() if self._protocol.lost else super().drain())


class ClosingReturnsAtOnce(TextbookWriter):
    """Drain does not let others run while the connection is closing."""

    async def drain(self) -> None:
        self._raise_what_reads_raise()
        if not self.is_closing() or self._protocol.lost or self._protocol.held:
            await super().drain()


class LossIsARelease(TextbookProtocol):
    """A drain that waits when the connection breaks returns."""

    def _release_drainers(self, exc: BaseException | None) -> None:
        super()._release_drainers(None)


class LossBecomesAnother(TextbookProtocol):
    """A drain that waits when the connection breaks raises an error of its own."""

    def _release_drainers(self, exc: BaseException | None) -> None:
        super()._release_drainers(None if exc is None else EOFError("the connection broke"))


class LossWakesNobody(TextbookProtocol):
    """A drain that waits does not learn that the connection broke."""

    def _release_drainers(self, exc: BaseException | None) -> None:
        if exc is None:
            super()._release_drainers(exc)


class CleanLossWakesNobody(TextbookProtocol):
    """A drain that waits does not learn that the connection was lost cleanly."""

    def _release_drainers(self, exc: BaseException | None) -> None:
        if exc is not None or not self.lost:
            super()._release_drainers(exc)


class CleanLossBecomesAnother(TextbookProtocol):
    """A drain that waits when the connection is lost cleanly raises another error."""

    def _release_drainers(self, exc: BaseException | None) -> None:
        super()._release_drainers(EOFError("the connection is lost") if exc is None and self.lost else exc)


class CancelReturns(TextbookWriter):
    """A drain that is cancelled returns."""

    async def _wait(self, waiters: Waiters) -> None:
        try:
            await super()._wait(waiters)
        except asyncio.CancelledError:
            if waiters is not self._protocol.drainers:
                raise


class CancelIsMissed(TextbookWriter):
    """A drain that is cancelled waits on."""

    async def _wait(self, waiters: Waiters) -> None:
        try:
            await super()._wait(waiters)
        except asyncio.CancelledError:
            if waiters is not self._protocol.drainers or self._protocol.lost:
                raise
            await super()._wait(waiters)


class ReleasedIsNotCancelled(TextbookWriter):
    """A drain that is cancelled returns if it was released before."""

    async def _wait(self, waiters: Waiters) -> None:
        try:
            await super()._wait(waiters)
        except asyncio.CancelledError:
            if waiters is not self._protocol.drainers or self._protocol.held:
                raise


class SharesAFuture(TextbookWriter):
    """All drains wait on one future, which the first that is cancelled takes with it."""

    async def _wait(self, waiters: Waiters) -> None:
        if waiters is not self._protocol.drainers:
            await super()._wait(waiters)
            return
        if not waiters or waiters[0].done():
            waiters[:] = [self._loop.create_future()]
        await waiters[0]


class CancelForgetsOthers(TextbookWriter):
    """A drain that is cancelled takes the others off the list, too."""

    async def _wait(self, waiters: Waiters) -> None:
        waiter = self._loop.create_future()
        waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiters is self._protocol.drainers:
                waiters.clear()
            raise


class CountsHolds(TextbookProtocol):
    """Writing is held until the transport let go as often as it held."""

    _holds = 0

    def pause_writing(self) -> None:
        self._holds += 1
        self.held = True

    def resume_writing(self) -> None:
        self._holds = max(self._holds - 1, 0)
        if not self._holds and self.held:
            super().resume_writing()


class SecondHoldReleases(TextbookProtocol):
    """A transport that says twice that it holds is taken to let go."""

    def pause_writing(self) -> None:
        if self.held:
            self.resume_writing()
        else:
            self.held = True


class SecondHoldIsNoAssertion(TextbookProtocol):
    """A transport that says something twice gets another error."""

    def pause_writing(self) -> None:
        if self.held:
            raise ValueError("held already")
        super().pause_writing()


BROKEN: dict[str, tuple[Any, ...]] = {
    "writer.drain.at-once": (layer(AlwaysYields), layer(WaitsForTheLastByte)),
    "writer.drain.held": (layer(NeverWaits), layer(WaitsOneTurn), layer(DataReleases)),
    "writer.drain.released": (layer(ReleaseWakesNobody), layer(HalfCloseForgets)),
    "writer.drain.many": (layer(WakesTheFirst), layer(RefusesTheSecond)),
    "writer.drain.second": (layer(SecondPushesOut), layer(ForgetsTheFirst)),
    "writer.drain.held-again": (layer(HeldAgainFails), layer(HeldAgainForgets)),
    "writer.drain.reader-exception": (layer(IgnoresTheReader), layer(RaisesALikeness), layer(LooksAtTheReaderLast)),
    "writer.drain.exception-while-waiting": (
        layer(ExceptionReleases, TellingReader),
        layer(ExceptionBecomesAnother, TellingReader),
    ),
    "writer.drain.after-loss": (layer(AfterLossReturns), layer(AfterLossAnotherError), layer(AfterLossWaits)),
    "writer.drain.closing-yields": (layer(ClosingReturnsAtOnce),),
    "writer.drain.lost-while-waiting": (layer(LossIsARelease), layer(LossBecomesAnother), layer(LossWakesNobody)),
    "writer.drain.clean-loss": (layer(CleanLossWakesNobody), layer(CleanLossBecomesAnother)),
    "writer.drain.cancel-ends": (layer(CancelReturns), layer(CancelIsMissed), layer(ReleasedIsNotCancelled)),
    "writer.drain.cancel-harmless": (layer(SharesAFuture), layer(CancelForgetsOthers)),
    "flow.write.protocol-asserts": (layer(CountsHolds), layer(SecondHoldReleases), layer(SecondHoldIsNoAssertion)),
}
