"""Readers that are wrong in one way: `read(n)`."""

import sys
from typing import Any

from textbook import TextbookReader


class ReadAllTakesWhatComes(TextbookReader):
    """`read(-1)` returns the first bytes that come."""

    async def _read_all(self) -> bytes:
        return await self._read_some(sys.maxsize)


class ReadDefaultIsOne(TextbookReader):
    """`read()` without an argument does not read to the end."""

    async def read(self, n: int = 65536) -> bytes:
        return await super().read(n)


class ReadAllGivesUp(TextbookReader):
    """`read(-1)` returns when it has had to wait twice, although the end has not come."""

    async def _read_all(self) -> bytes:
        for _ in range(2):
            if not self._eof:
                await self._wait("read")
        return self._take(len(self._buffer))


class NegativeRefused(TextbookReader):
    """`read` refuses what is less than -1."""

    async def read(self, n: Any = -1) -> bytes:
        if isinstance(n, int) and n < -1 and self._exception is None:
            raise ValueError("n must be at least -1")
        return await super().read(n)


class NegativeIsSlice(TextbookReader):
    """`read(-3)` reads to the end and leaves out the last two bytes."""

    async def read(self, n: int = -1) -> bytes:
        taken = await super().read(n)
        return taken[: n + 1] if n < -1 else taken


class ZeroWaits(TextbookReader):
    """`read(0)` waits until something is unread."""

    async def read(self, n: int = -1) -> bytes:
        if n == 0 and self._exception is None:
            while not self._buffer and not self._eof:
                await self._wait("read")
        return await super().read(n)


class ZeroReadsAll(TextbookReader):
    """`read(0)` means the same as `read(-1)`."""

    async def read(self, n: int = -1) -> bytes:
        return await super().read(-1 if n == 0 else n)


class ZeroTakes(TextbookReader):
    """`read(0)` takes a byte and returns none."""

    async def read(self, n: int = -1) -> bytes:
        if n == 0 and self._exception is None:
            self._take(1)
        return await super().read(n)


class ZeroRaisesAnother(TextbookReader):
    """`read(0)` raises RuntimeError while an exception is stored."""

    async def read(self, n: int = -1) -> bytes:
        if n == 0 and self._exception is not None:
            raise RuntimeError("the reader is broken")
        return await super().read(n)


class ZeroWaitsForRepair(TextbookReader):
    """`read(0)` waits while an exception is stored."""

    async def read(self, n: int = -1) -> bytes:
        if n == 0 and self._exception is not None:
            await self._loop.create_future()
        return await super().read(n)


class OneTooMany(TextbookReader):
    """`read(n)` returns n + 1 bytes if so many are unread."""

    async def _read_some(self, count: int) -> bytes:
        return await super()._read_some(count + 1)


class AllThatIsUnread(TextbookReader):
    """`read(n)` returns all that is unread."""

    async def _read_some(self, count: int) -> bytes:
        return await super()._read_some(sys.maxsize)


class RestIsLost(TextbookReader):
    """`read(n)` drops what it leaves."""

    async def _read_some(self, count: int) -> bytes:
        taken = await super()._read_some(count)
        self._buffer.clear()
        return taken


class WaitsToFill(TextbookReader):
    """`read(n)` waits for n bytes, or for the end."""

    async def _read_some(self, count: int) -> bytes:
        while len(self._buffer) < count and not self._eof:
            await self._wait("read")
        return self._take(count)


class WaitsForNews(TextbookReader):
    """`read(n)` waits for a new chunk although bytes are unread."""

    async def _read_some(self, count: int) -> bytes:
        if not self._eof:
            await self._wait("read")
        return await super()._read_some(count)


class EndRaises(TextbookReader):
    """`read(n)` raises EOFError at the end, with nothing unread."""

    async def _read_some(self, count: int) -> bytes:
        taken = await super()._read_some(count)
        if not taken:
            raise EOFError("the end was reached")
        return taken


class EndToldOnce(TextbookReader):
    """`read(n)` returns empty bytes at the end once, and then waits for ever."""

    _told = False

    async def _read_some(self, count: int) -> bytes:
        if self._told:
            await self._loop.create_future()
        taken = await super()._read_some(count)
        self._told = not taken
        return taken


class EndRaisesForAll(TextbookReader):
    """`read(-1)` raises EOFError at the end, with nothing unread."""

    async def _read_all(self) -> bytes:
        if self.at_eof():
            raise EOFError("the end was reached")
        return await super()._read_all()


class EndShowsFirst(TextbookReader):
    """The first `read(n)` after the end returns empty bytes although bytes are unread."""

    _told = False

    async def _read_some(self, count: int) -> bytes:
        if self._eof and not self._told:
            self._told = True
            return b""
        return await super()._read_some(count)


class EndDropsRest(TextbookReader):
    """Once the end is known, the first `read(n)` drops what it leaves."""

    async def _read_some(self, count: int) -> bytes:
        taken = await super()._read_some(count)
        if self._eof:
            self._buffer.clear()
        return taken


class EmptyForNotYet(TextbookReader):
    """`read(n)` returns empty bytes instead of waiting."""

    async def _read_some(self, count: int) -> bytes:
        return self._take(count)


class EmptyAfterLast(TextbookReader):
    """The `read(n)` after one that took the last unread byte returns empty bytes, once, instead of waiting."""

    _drained = False

    async def _read_some(self, count: int) -> bytes:
        if self._drained and not self._buffer:
            self._drained = False
            return b""
        taken = await super()._read_some(count)
        self._drained = not self._buffer
        return taken


class ReadAllIsCut(TextbookReader):
    """`read(-1)` returns at most twice the limit."""

    async def _read_all(self) -> bytes:
        taken = await super()._read_all()
        self._buffer[:0] = taken[2 * self._limit :]
        return taken[: 2 * self._limit]


class ReadAllOverruns(TextbookReader):
    """`read(-1)` raises if the stream is longer than the limit."""

    async def _read_all(self) -> bytes:
        taken = await super()._read_all()
        if len(taken) > self._limit:
            raise self._overrun("the stream is longer than the limit", len(taken))
        return taken


class LargeReadRefused(TextbookReader):
    """`read(n)` fails where it would return more than the limit."""

    async def _read_some(self, count: int) -> bytes:
        if min(count, len(self._buffer)) > self._limit:
            raise ValueError("n is above the limit")
        return await super()._read_some(count)


class ReadAllChokes(TextbookReader):
    """`read(-1)` waits for ever if more than twice the limit has come."""

    async def _read_all(self) -> bytes:
        taken = await super()._read_all()
        if len(taken) > 2 * self._limit:
            await self._loop.create_future()
        return taken


class NoneReadsAll(TextbookReader):
    """`read(None)` means the same as `read(-1)`."""

    async def read(self, n: Any = -1) -> bytes:
        return await super().read(-1 if n is None else n)


class FloatTruncated(TextbookReader):
    """`read` accepts a float above zero, and truncates it."""

    async def read(self, n: Any = -1) -> bytes:
        return await super().read(int(n) if isinstance(n, float) else n)


class ReadTextValueError(TextbookReader):
    """`read` refuses a str with ValueError."""

    async def read(self, n: Any = -1) -> bytes:
        if isinstance(n, str) and self._exception is None:
            raise ValueError("n must be an integer")
        return await super().read(n)


class ReadTakesThenRefuses(TextbookReader):
    """`read` takes a byte before it refuses an n of the wrong type."""

    async def read(self, n: Any = -1) -> bytes:
        if not isinstance(n, int) and self._exception is None:
            self._take(1)
        return await super().read(n)


class BoolRefused(TextbookReader):
    """`read(True)` is refused."""

    async def read(self, n: Any = -1) -> bytes:
        if isinstance(n, bool) and self._exception is None:
            raise TypeError("n must be an integer")
        return await super().read(n)


class HugeMemoryError(TextbookReader):
    """`read(n)` tries to find room for n bytes, and fails with MemoryError."""

    async def _read_some(self, count: int) -> bytes:
        if count > sys.maxsize:
            raise MemoryError
        return await super()._read_some(count)


class HugeTakesThenRefuses(TextbookReader):
    """`read(n)` refuses a huge n after having taken all that is unread."""

    async def _read_some(self, count: int) -> bytes:
        taken = await super()._read_some(count)
        if count > sys.maxsize:
            raise OverflowError("n is too large")
        return taken


BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.read.all": (ReadAllTakesWhatComes, ReadDefaultIsOne, ReadAllGivesUp),
    "reader.read.negative": (NegativeRefused, NegativeIsSlice),
    "reader.read.zero": (ZeroWaits, ZeroReadsAll, ZeroTakes),
    "reader.read.zero-with-exception": (ZeroRaisesAnother, ZeroWaitsForRepair),
    "reader.read.at-most": (OneTooMany, AllThatIsUnread, RestIsLost),
    "reader.read.soon": (WaitsToFill, WaitsForNews),
    "reader.read.end-empty": (EndRaises, EndToldOnce, EndRaisesForAll),
    "reader.read.data-before-end": (EndShowsFirst, EndDropsRest),
    "reader.read.empty-means-end": (EmptyForNotYet, EmptyAfterLast),
    "reader.read.beyond-limit": (ReadAllIsCut, ReadAllOverruns, LargeReadRefused, ReadAllChokes),
    "reader.read.wrong-type": (
        *(NoneReadsAll, FloatTruncated, ReadTextValueError),
        *(ReadTakesThenRefuses, BoolRefused),
    ),
    "reader.read.huge": (HugeMemoryError, HugeTakesThenRefuses),
}
