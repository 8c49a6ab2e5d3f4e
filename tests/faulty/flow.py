"""Readers that are wrong in one way: flow control."""

from typing import Any

from textbook import TextbookReader


class NeverPauses(TextbookReader):
    """The transport is never paused."""

    def _maybe_pause(self) -> None:
        """Do nothing."""


class PausesAtFour(TextbookReader):
    """The transport is paused only above four times the limit."""

    def _maybe_pause(self) -> None:
        if len(self._buffer) > 4 * self._limit:
            super()._maybe_pause()


class PausesOneFeedLate(TextbookReader):
    """Whether to pause is judged by what was unread before the feed."""

    _before = 0

    def _store(self, chunk: bytes) -> None:
        self._before = len(self._buffer)
        super()._store(chunk)

    def _maybe_pause(self) -> None:
        if self._before > 2 * self._limit:
            super()._maybe_pause()


class PausesAbove(TextbookReader):
    """The transport is paused above a mark of its own (here the limit)."""

    def _mark(self) -> int:
        return self._limit

    def _maybe_pause(self) -> None:
        if self._transport is None or self._paused or len(self._buffer) <= self._mark():
            return
        try:
            self._transport.pause_reading()
        except NotImplementedError:
            self._transport = None
        else:
            self._paused = True


class PausesAtTwice(PausesAbove):
    """The transport is paused at exactly twice the limit."""

    def _mark(self) -> int:
        return 2 * self._limit - 1


class PausesAgain(TextbookReader):
    """The transport is paused by every feed that leaves more than twice the limit."""

    def _maybe_pause(self) -> None:
        self._paused = False
        super()._maybe_pause()


class ResumesAgain(TextbookReader):
    """The transport is resumed by every call, paused or not."""

    def _resume(self) -> None:
        self._paused = False
        if self._transport is not None:
            self._transport.resume_reading()


class ResumesBelow(TextbookReader):
    """The transport is resumed only with less than the limit unread."""

    def _maybe_resume(self) -> None:
        if len(self._buffer) < self._limit:
            self._resume()


class ResumesWhenEmpty(TextbookReader):
    """The transport is resumed only with nothing unread."""

    def _maybe_resume(self) -> None:
        if not self._buffer:
            self._resume()


class ResumesOnlyToWait(TextbookReader):
    """The transport is resumed only by a call that has to wait."""

    def _maybe_resume(self) -> None:
        """Do nothing."""


class ResumesAlways(TextbookReader):
    """Every call that takes something resumes the transport."""

    def _maybe_resume(self) -> None:
        self._resume()


class ResumesAtTwice(TextbookReader):
    """The transport is resumed with twice the limit unread."""

    def _maybe_resume(self) -> None:
        if len(self._buffer) <= 2 * self._limit:
            self._resume()


class WaitsWhilePaused(TextbookReader):
    """A call that has to wait does not resume the transport if more than the limit is unread."""

    def _resume(self) -> None:
        if len(self._buffer) <= self._limit:
            super()._resume()


class ReadAllWaitsWhilePaused(TextbookReader):
    """A `read(-1)` that has to wait takes nothing, and does not resume the transport."""

    _waiting_for_all = False

    async def _read_all(self) -> bytes:
        self._waiting_for_all = True
        try:
            while not self._eof:
                await self._wait("read")
        finally:
            self._waiting_for_all = False
        return self._take(len(self._buffer))

    def _resume(self) -> None:
        if not self._waiting_for_all:
            super()._resume()


class OverrunResumes(TextbookReader):
    """A `readuntil` that ends with an over-limit error resumes the transport."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.overrun_error:
            self._resume()
            raise


class DropsWithoutResuming(TextbookReader):
    """A `readline` that drops an over-long line leaves the transport paused."""

    def _drop_line(self, consumed: int) -> None:
        found = self._buffer.startswith(b"\n", consumed)
        del self._buffer[: consumed + 1 if found else len(self._buffer)]


class UnpausableEscapes(TextbookReader):
    """A feed fails because the transport cannot be paused."""

    def _maybe_pause(self) -> None:
        transport = self._transport
        super()._maybe_pause()
        if transport is not None and self._transport is None:
            raise NotImplementedError("the transport cannot be paused")


class UnpausableTriedAgain(TextbookReader):
    """A transport that cannot be paused is tried again with every feed."""

    def _maybe_pause(self) -> None:
        transport = self._transport
        super()._maybe_pause()
        self._transport = transport


class UnpausableDrops(TextbookReader):
    """What is beyond twice the limit is dropped if the transport cannot be paused."""

    _unpausable = False

    def _maybe_pause(self) -> None:
        transport = self._transport
        super()._maybe_pause()
        self._unpausable = self._unpausable or (transport is not None and self._transport is None)
        if self._unpausable:
            del self._buffer[2 * self._limit :]


class PauseErrorDrops(TextbookReader):
    """A chunk is lost if pausing for it fails."""

    _before = 0

    def _store(self, chunk: bytes) -> None:
        self._before = len(self._buffer)
        super()._store(chunk)

    def _maybe_pause(self) -> None:
        try:
            super()._maybe_pause()
        except Exception:
            del self._buffer[self._before :]
            raise


class PauseErrorCounts(TextbookReader):
    """A transport whose pausing failed counts as paused."""

    def _maybe_pause(self) -> None:
        try:
            super()._maybe_pause()
        except Exception:
            self._paused = True
            raise


class PauseErrorBreaks(TextbookReader):
    """An error in pausing becomes the stored exception."""

    def _maybe_pause(self) -> None:
        try:
            super()._maybe_pause()
        except Exception as error:
            self.set_exception(error)
            raise


class PauseErrorHides(TextbookReader):
    """A `read(-1)` that was broken off pauses again for what it gives back, and an error in that hides its own."""

    async def read(self, n: int = -1) -> bytes:
        try:
            return await super().read(n)
        finally:
            if n < 0:
                self._maybe_pause()


class LateTransportIgnored(TextbookReader):
    """A transport that comes when more than twice the limit is unread is never paused for it."""

    _late = False

    def set_transport(self, transport: Any) -> None:
        super().set_transport(transport)
        self._late = len(self._buffer) > 2 * self._limit

    def _maybe_pause(self) -> None:
        self._late = self._late and len(self._buffer) > 2 * self._limit
        if not self._late:
            super()._maybe_pause()

    def _maybe_resume(self) -> None:
        self._late = self._late and len(self._buffer) > 2 * self._limit
        super()._maybe_resume()


class RefusesAndSwitches(TextbookReader):
    """A second transport is refused, and takes over all the same."""

    def set_transport(self, transport: Any) -> None:
        first, self._transport = self._transport, transport
        if first is not None:
            self._paused = False
            raise RuntimeError("the reader has a transport already")


class AcceptsAndIgnores(TextbookReader):
    """A second transport is accepted, but the first stays in charge."""

    def set_transport(self, transport: Any) -> None:
        if self._transport is None:
            super().set_transport(transport)


BROKEN: dict[str, tuple[Any, ...]] = {
    "flow.pause.above": (NeverPauses, PausesAtFour, PausesOneFeedLate),
    "flow.pause.not-within": (PausesAbove, PausesAtTwice),
    "flow.pause.once": (PausesAgain, ResumesAgain),
    "flow.resume.at-limit": (ResumesBelow, ResumesWhenEmpty, ResumesOnlyToWait),
    "flow.resume.not-above": (ResumesAlways, ResumesAtTwice),
    "flow.resume.before-waiting": (WaitsWhilePaused,),
    "flow.resume.read-all": (ReadAllWaitsWhilePaused,),
    "flow.resume.not-by-overrun": (OverrunResumes,),
    "flow.resume.readline": (DropsWithoutResuming,),
    "flow.unpausable": (UnpausableEscapes, UnpausableTriedAgain, UnpausableDrops),
    "flow.pause-error": (PauseErrorDrops, PauseErrorCounts, PauseErrorBreaks, PauseErrorHides),
    "flow.transport.late": (LateTransportIgnored,),
    "flow.transport.second": (RefusesAndSwitches, AcceptsAndIgnores),
}
