"""Readers that are wrong seldom: at a certain size, after a certain history, or by a coincidence."""

import asyncio
from typing import Any

from textbook import Match, TextbookReader

Separators = tuple[bytes, ...]
MOST = 65536


# Sizes.


class KeepsSomeChunks(TextbookReader):
    """At most 64 chunks are kept, and the oldest are lost."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sizes: list[int] = []

    def _store(self, chunk: bytes) -> None:
        super()._store(chunk)
        self._sizes.append(len(chunk))
        if len(self._sizes) > 64:
            del self._buffer[: self._sizes.pop(0)]

    def _take(self, count: int) -> bytes:
        if count:
            self._sizes.clear()
        return super()._take(count)


class SwapsLargeChunks(TextbookReader):
    """Of a chunk above 64 KiB the rest comes first."""

    def _store(self, chunk: bytes) -> None:
        super()._store(chunk[MOST:] + chunk[:MOST])


class CutsLargeChunks(TextbookReader):
    """Of a chunk above 128 KiB the rest is dropped."""

    def _store(self, chunk: bytes) -> None:
        super()._store(chunk[: 2 * MOST])


class ReadAllIsCapped(TextbookReader):
    """`read(-1)` returns no more than 256 KiB."""

    async def _read_all(self) -> bytes:
        everything = await super()._read_all()
        self._buffer[:0] = everything[4 * MOST :]
        return everything[: 4 * MOST]


class ExactlyIsCapped(TextbookReader):
    """More than 64 KiB cannot be read exactly."""

    def _check_count(self, n: Any) -> int:
        count = super()._check_count(n)
        if count > MOST:
            raise ValueError("that is too much")
        return count


class ReservesExactly(TextbookReader):
    """`readexactly` makes room for all of it first."""

    async def readexactly(self, n: int) -> bytes:
        if len(self._buffer) < n:
            bytearray(n)
        return await super().readexactly(n)


class SearchesSoFar(TextbookReader):
    """Separators are looked for in the first 64 KiB only, whatever the limit."""

    def _search(self, separators: Separators) -> Match | None:
        found = super()._search(separators)
        return found if found is None or found.end <= MOST else None


class FirstThreeOfTuple(TextbookReader):
    """Only the first three separators of a tuple count."""

    def _check_separator(self, separator: Any) -> Separators:
        return super()._check_separator(separator)[:3]


# Searches that go wrong at the right content.


class FallsBackOnce(TextbookReader):
    """After a false start the search falls back once, not as often as need be."""

    def _search(self, separators: Separators) -> Match | None:
        if len(separators) > 1:
            return super()._search(separators)
        (separator,) = separators
        borders = [0] * len(separator)
        for at in range(1, len(separator)):
            lengths = (length for length in range(at, 0, -1) if separator[: at + 1].endswith(separator[:length]))
            borders[at] = next(lengths, 0)
        matched = 0
        for at, byte in enumerate(self._buffer):
            if matched and byte != separator[matched]:
                matched = borders[matched - 1]
            matched = matched + 1 if byte == separator[matched] else 0
            if matched == len(separator):
                return Match(at + 1 - matched, at + 1)
        return None


class SpansThreeChunks(TextbookReader):
    """A separator in more than three chunks is not found."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cuts: list[int] = []

    def _store(self, chunk: bytes) -> None:
        self._cuts.append(len(self._buffer))
        super()._store(chunk)

    def _take(self, count: int) -> bytes:
        self._cuts = [cut - count for cut in self._cuts if cut > count]
        return super()._take(count)

    def _search(self, separators: Separators) -> Match | None:
        found = super()._search(separators)
        spread = found is not None and sum(found.start < cut < found.end for cut in self._cuts) > 2
        return None if spread else found


class LongestOfSameStart(TextbookReader):
    """Of separators that begin at the same place the longest counts."""

    def _search(self, separators: Separators) -> Match | None:
        found = super()._search(separators)
        if found is None:
            return None
        lengths = [len(each) for each in separators if self._buffer.startswith(each, found.start)]
        return Match(found.start, max(found.end, *(found.start + length for length in lengths)))


class WaitsForLonger(TextbookReader):
    """A separator that comes last is not enough while a longer one may still come of it."""

    def _search(self, separators: Separators) -> Match | None:
        found = super()._search(separators)
        if found is None or found.end < len(self._buffer) or self._eof:
            return found
        separator = bytes(self._buffer[found.start :])
        longer = any(len(each) > len(separator) and each.startswith(separator) for each in separators)
        return None if longer else found


class KeepsItsPlace(TextbookReader):
    """A search goes on where the last one had got to, though that was cancelled, and was for something else."""

    _seen = 0

    def _take(self, count: int) -> bytes:
        self._seen = 0
        return super()._take(count)

    def _search(self, separators: Separators) -> Match | None:
        found = super()._search(separators)
        seen, self._seen = self._seen, len(self._buffer)
        return found if found is None or found.end > seen else None

    def _overrun(self, message: str, consumed: int) -> Exception:
        self._seen = 0
        return super()._overrun(message, consumed)


class KeepsItsPlaceByRead(KeepsItsPlace):
    """A search goes on where a cancelled one had got to, though bytes were read meanwhile."""

    _sought: Separators = ()

    async def _read_some(self, count: int) -> bytes:
        seen = self._seen
        try:
            return await super()._read_some(count)
        finally:
            self._seen = seen

    def _search(self, separators: Separators) -> Match | None:
        if separators != self._sought:
            self._seen, self._sought = 0, separators
        return super()._search(separators)


# Histories.


class ThirdCancelOccupies(TextbookReader):
    """After three cancelled calls nobody may wait."""

    _cancelled = 0

    def _check_alone(self, method: str) -> None:
        super()._check_alone(method)
        if self._cancelled >= 3:
            raise RuntimeError(f"{method}() called while another coroutine is already waiting for incoming data")

    async def _wait(self, method: str) -> None:
        try:
            await super()._wait(method)
        except asyncio.CancelledError:
            self._cancelled += 1
            raise


class FourthCancelDrops(TextbookReader):
    """The fourth cancelled call takes a byte along."""

    _cancelled = 0

    async def _wait(self, method: str) -> None:
        try:
            await super()._wait(method)
        except asyncio.CancelledError:
            self._cancelled += 1
            if self._cancelled == 4:
                del self._buffer[:1]
            raise


class OverAfterRefusal(TextbookReader):
    """An iteration that was refused beside another call is over."""

    _over = False

    async def __anext__(self) -> bytes:
        if self._over:
            raise StopAsyncIteration
        try:
            return await super().__anext__()
        except RuntimeError:
            self._over = True
            raise


class GivesUpTheThirdTime(TextbookReader):
    """A read whose bytes others have taken twice returns nothing."""

    async def _read_some(self, count: int) -> bytes:
        for _ in range(2):
            if not self._buffer and not self._eof:
                await self._wait("read")
        return self._take(count)


# Coincidences.


class ZeroBesideOthersRefused(TextbookReader):
    """`readexactly(0)` is refused beside another call if bytes are unread."""

    async def readexactly(self, n: int) -> bytes:
        if n == 0 and self._buffer:
            self._check_alone("readexactly")
        return await super().readexactly(n)


class IterationBesideOthersRefused(TextbookReader):
    """An iteration is refused beside another call, though its line is unread."""

    async def __anext__(self) -> bytes:
        self._check_alone("__anext__")
        return await super().__anext__()


class OverrunBesideOthersRefused(TextbookReader):
    """A call that is to raise an over-limit error is refused beside another call."""

    def _overrun(self, message: str, consumed: int) -> Exception:
        self._check_alone("readuntil")
        return super()._overrun(message, consumed)


class ReprOfPausedRaises(TextbookReader):
    """`repr` raises the stored exception while the transport is paused."""

    def __repr__(self) -> str:
        if self._paused:
            self._raise_stored()
        return super().__repr__()


class ReprAsksTheWaiter(TextbookReader):
    """`repr` asks the future of the waiting call for its result, cancelled or not."""

    def __repr__(self) -> str:
        if self._waiter is not None and self._waiter.done():
            self._waiter.result()
        return super().__repr__()


class ExceptionForgetsPause(TextbookReader):
    """An exception makes the reader forget that it has paused."""

    def set_exception(self, exc: Any) -> None:
        self._paused = False
        super().set_exception(exc)


class CancelPauses(TextbookReader):
    """A call that is cancelled pauses what it had resumed, if more than `_enough` limits are unread."""

    _enough = 1

    async def _wait(self, method: str) -> None:
        resumed = self._paused
        try:
            await super()._wait(method)
        except asyncio.CancelledError:
            if resumed and len(self._buffer) > self._enough * self._limit:
                self._transport.pause_reading()
                self._paused = True
            raise


class CancelPausesAgain(CancelPauses):
    """A call that is cancelled pauses what it had resumed, though a feed has done so by then."""

    _enough = 2


class PartialIsBytearray(TextbookReader):
    """What is cut off is given as a bytearray."""

    def _incomplete(self, expected: int | None) -> Exception:
        error: Any = super()._incomplete(expected)
        error.partial = bytearray(error.partial)
        return error  # type: ignore[no-any-return]  # it is one


BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.feed.order": (KeepsSomeChunks, SwapsLargeChunks),
    # Both cut at a fixed size, whatever the limit, and do so with a limit far above it as well: it is the whole that is
    # not read, and the limit has no part in it.
    "reader.read.all": (CutsLargeChunks, ReadAllIsCapped),
    "reader.readexactly.count": (ExactlyIsCapped, ReservesExactly),
    "reader.readexactly.eof": (PartialIsBytearray,),
    "reader.readline.line": (SearchesSoFar,),
    "reader.separators.tuple": (FirstThreeOfTuple,),
    "reader.readuntil.overlap": (FallsBackOnce,),
    "reader.readuntil.split": (SpansThreeChunks,),
    "reader.separators.earliest-end": (LongestOfSameStart, WaitsForLonger),
    "reader.cancel.keeps-data": (KeepsItsPlace, FourthCancelDrops),
    "reader.cancel.frees": (ThirdCancelOccupies,),
    "reader.iteration.lines": (OverAfterRefusal,),
    "reader.overlap.false-end": (GivesUpTheThirdTime,),
    # Nothing has to be cancelled for it: a read beside a search that waits is enough.
    "reader.overlap.lost-wakeup": (KeepsItsPlaceByRead,),
    "reader.overlap.no-wait": (
        *(ZeroBesideOthersRefused, IterationBesideOthersRefused),
        OverrunBesideOthersRefused,
    ),
    "reader.repr": (ReprOfPausedRaises, ReprAsksTheWaiter),
    "flow.pause.once": (ExceptionForgetsPause, CancelPausesAgain),
    "flow.pause.not-within": (CancelPauses,),
}
