"""Readers that are wrong in exactly one way, each with the clause that must be reported as failed.

Its one idea: every fault is one override of the textbook reader, so everything else about it is right, and the
blame has one right address. `FAULTY` holds them all; `TRIVIAL` do next to nothing, and `HOSTILE` fight the suite.
"""

import asyncio
import copy
import sys
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from textbook import Match, TextbookReader

Separators = tuple[bytes, ...]


class Fault(NamedTuple):
    """A target, the clause that must be reported as failed, and the Python whose rules show it (None: any)."""

    reader: Any
    blamed: str
    needs_python: tuple[int, int] | None = None


# Construction.


class ZeroLimitIsDefault(TextbookReader):
    """A limit of zero is accepted, and stands for the default."""

    def _check_limit(self, limit: Any) -> int:
        return super()._check_limit(65536 if limit == 0 else limit)


class NegativeLimitIsNone(TextbookReader):
    """A negative limit is accepted, and stands for no limit."""

    def _check_limit(self, limit: Any) -> int:
        return super()._check_limit(sys.maxsize if isinstance(limit, int) and limit < 0 else limit)


class LimitAsserted(TextbookReader):
    """A limit that is not positive is refused with AssertionError."""

    def _check_limit(self, limit: Any) -> int:
        if isinstance(limit, int) and limit <= 0:
            raise AssertionError("the limit must be positive")
        return super()._check_limit(limit)


class LimitWithoutAttribute(TextbookReader):
    """A limit that is no integer is refused with AttributeError."""

    def _check_limit(self, limit: Any) -> int:
        limit.bit_length()
        return super()._check_limit(limit)


class DefaultOneLess(TextbookReader):
    """The default limit is 65535."""

    def __init__(self, limit: int = 65535, loop: asyncio.AbstractEventLoop | None = None) -> None:
        super().__init__(limit, loop)


class DefaultTooLarge(TextbookReader):
    """The default limit is 1 MiB."""

    def __init__(self, limit: int = 2**20, loop: asyncio.AbstractEventLoop | None = None) -> None:
        super().__init__(limit, loop)


# Shape.


class PlainReadline(TextbookReader):
    """`readline` returns a plain result where a line is unread already."""

    def readline(self) -> Any:
        end = self._buffer.find(b"\n") + 1
        if 0 < end <= self._limit and self._exception is None:
            return self._take(end)
        return super().readline()


class ReadIsGenerator(TextbookReader):
    """`read` gives an asynchronous generator, which cannot be awaited."""

    async def read(self, n: int = -1) -> Any:
        yield await super().read(n)


class AtEofIsAwaitable(TextbookReader):
    """`at_eof` gives an awaitable instead of an answer."""

    def at_eof(self) -> Any:
        answer = self._loop.create_future()
        answer.set_result(super().at_eof())
        return answer


class ReadGivesBytearray(TextbookReader):
    """`read` returns a bytearray."""

    async def read(self, n: int = -1) -> Any:
        return bytearray(await super().read(n))


class ReadexactlyGivesView(TextbookReader):
    """`readexactly` returns a memoryview."""

    async def readexactly(self, n: int) -> Any:
        return memoryview(await super().readexactly(n))


class Line(bytes):
    """What LineIsSubclass returns."""

    __slots__ = ()


class LineIsSubclass(TextbookReader):
    """`readline` returns an instance of a subclass of bytes."""

    async def readline(self) -> bytes:
        return Line(await super().readline())


class EmptyIsBytearray(TextbookReader):
    """The empty result of `read` is a bytearray."""

    async def read(self, n: int = -1) -> Any:
        return await super().read(n) or bytearray()


class ReadYieldsFirst(TextbookReader):
    """`read` lets other tasks run before it looks at the buffer."""

    async def read(self, n: int = -1) -> bytes:
        await asyncio.sleep(0)
        return await super().read(n)


class ReaduntilYieldsFirst(TextbookReader):
    """`readuntil` lets other tasks run before it looks at the buffer."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        await asyncio.sleep(0)
        return await super().readuntil(separator)


class ReadexactlyYieldsFirst(TextbookReader):
    """`readexactly` lets other tasks run before it looks at the buffer."""

    async def readexactly(self, n: int) -> bytes:
        await asyncio.sleep(0)
        return await super().readexactly(n)


class ReprNeedsTransport(TextbookReader):
    """`repr` fails while there is no transport."""

    def __repr__(self) -> str:
        return f"<reader of {self._transport.get_extra_info('peername')}>"


class ReprTakes(TextbookReader):
    """`repr` shows the first unread byte by taking it."""

    def __repr__(self) -> str:
        return f"<reader at {self._take(1)!r}>"


class ReprIsBytes(TextbookReader):
    """`repr` is not a str."""

    def __repr__(self) -> Any:
        return bytes(self._buffer)


# Feeding.


class StacksChunks(TextbookReader):
    """A chunk goes before those that are unread."""

    def _store(self, chunk: bytes) -> None:
        self._buffer[:0] = chunk


class DropsRepeatedChunk(TextbookReader):
    """A chunk equal to the one before it is taken for a repetition, and dropped."""

    _last = b""

    def _store(self, chunk: bytes) -> None:
        if chunk != self._last:
            super()._store(chunk)
        self._last = chunk


class DoublesChunk(TextbookReader):
    """A chunk that is fed while bytes are unread is stored twice."""

    def _store(self, chunk: bytes) -> None:
        super()._store(chunk * 2 if self._buffer else chunk)


class EmptyChunkEnds(TextbookReader):
    """An empty chunk marks the end."""

    def feed_data(self, data: Any) -> None:
        super().feed_data(data)
        if not data:
            self.feed_eof()


class EmptyChunkWakes(TextbookReader):
    """A waiting `read` takes an empty chunk for its result."""

    _poked = False

    def feed_data(self, data: Any) -> None:
        super().feed_data(data)
        if not data:
            self._poked = True
            self._wake()

    async def _read_some(self, count: int) -> bytes:
        self._poked = False
        while not self._buffer and not self._eof and not self._poked:
            await self._wait("read")
        return self._take(count)


class EmptyChunkRefused(TextbookReader):
    """An empty chunk is refused before the end."""

    def _copy(self, data: Any) -> bytes:
        chunk = super()._copy(data)
        if not chunk:
            raise ValueError("nothing to feed")
        return chunk


class FeedsAfterEnd(TextbookReader):
    """A chunk that comes after the end is stored."""

    def _check_open(self) -> None:
        """Ask nothing."""


class EmptyAfterEnd(TextbookReader):
    """An empty chunk is accepted after the end."""

    def feed_data(self, data: Any) -> None:
        if not isinstance(data, bytes) or data:
            super().feed_data(data)


class StoresThenRefuses(TextbookReader):
    """A chunk after the end is refused when it is stored already."""

    def feed_data(self, data: Any) -> None:
        if self._eof:
            self._buffer += data
        super().feed_data(data)


class BytesOnly(TextbookReader):
    """A bytearray or memoryview is refused if it is not empty."""

    def _copy(self, data: Any) -> bytes:
        if data and not isinstance(data, bytes):
            raise TypeError("feed bytes")
        return super()._copy(data)


class BytearrayAsText(TextbookReader):
    """A bytearray is stored as its repr."""

    def _copy(self, data: Any) -> bytes:
        return str(data).encode() if isinstance(data, bytearray) and data else super()._copy(data)


class ViewLosesLast(TextbookReader):
    """The last byte of a memoryview is not stored."""

    def _copy(self, data: Any) -> bytes:
        return super()._copy(data)[:-1] if isinstance(data, memoryview) else super()._copy(data)


class TextEncoded(TextbookReader):
    """A str is encoded and stored."""

    def _copy(self, data: Any) -> bytes:
        return data.encode() if isinstance(data, str) else super()._copy(data)


class TextValueError(TextbookReader):
    """A str is refused with ValueError."""

    def _copy(self, data: Any) -> bytes:
        if isinstance(data, str):
            raise ValueError("feed bytes")
        return super()._copy(data)


class TextStoredThenRefused(TextbookReader):
    """A str is refused when it is stored already."""

    def _copy(self, data: Any) -> bytes:
        if isinstance(data, str):
            self._store(data.encode())
        return super()._copy(data)


class ListAsText(TextbookReader):
    """A list of ints is stored as its repr."""

    def _copy(self, data: Any) -> bytes:
        return str(data).encode() if isinstance(data, list) else super()._copy(data)


class NoneEnds(TextbookReader):
    """Feeding None marks the end."""

    def feed_data(self, data: Any) -> None:
        if data is None and not self._eof:
            self.feed_eof()
        else:
            super().feed_data(data)


class DropsAfterException(TextbookReader):
    """Bytes that are fed while an exception is stored are dropped."""

    def _store(self, chunk: bytes) -> None:
        if self._exception is None:
            super()._store(chunk)


class RefusesAfterException(TextbookReader):
    """Feeding raises the stored exception."""

    def _store(self, chunk: bytes) -> None:
        self._raise_stored()
        super()._store(chunk)


class FeedHeals(TextbookReader):
    """Bytes that are fed while an exception is stored clear it."""

    def _store(self, chunk: bytes) -> None:
        super()._store(chunk)
        self._exception = None


class KeepsLastOfTurn(TextbookReader):
    """A woken call that has not run yet finds only the last chunk of the turn."""

    _mark = 0

    def _store(self, chunk: bytes) -> None:
        if self._waiter is not None and self._waiter.done() and not self._waiter.cancelled():
            del self._buffer[self._mark :]
        self._mark = len(self._buffer)
        super()._store(chunk)


class EndOvertakes(TextbookReader):
    """An end that comes in the turn of a feed hides those bytes from the waiting call."""

    def feed_eof(self) -> None:
        if self._waiter is not None and self._waiter.done() and not self._waiter.cancelled():
            self._buffer.clear()
        super().feed_eof()


class KeepsTheObject(TextbookReader):
    """The fed object itself is kept, and copied when its bytes are looked at."""

    def __init__(self, limit: int = 65536, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._held: list[Any] = []
        super().__init__(limit, loop)

    @property
    def _buffer(self) -> bytearray:
        held, self._held = self._held, []
        for each in held:
            self._copied += each
        return self._copied

    @_buffer.setter
    def _buffer(self, value: bytearray) -> None:
        self._copied = value

    def _copy(self, data: Any) -> Any:
        super()._copy(data)
        return data

    def _store(self, chunk: Any) -> None:
        self._held.append(chunk)


class HoldsTheView(TextbookReader):
    """A view of the fed object is held, so a bytearray cannot be resized afterwards."""

    def _copy(self, data: Any) -> bytes:
        self._view = memoryview(data)
        return super()._copy(data)


class EndWakesNobody(TextbookReader):
    """`feed_eof` marks the end, but wakes nobody."""

    def feed_eof(self) -> None:
        self._eof = True


class EndWakesTheEmpty(TextbookReader):
    """`feed_eof` wakes a waiting call only if nothing is unread."""

    def feed_eof(self) -> None:
        self._eof = True
        if not self._buffer:
            self._wake()


class SecondEndRefused(TextbookReader):
    """A second `feed_eof` raises."""

    def feed_eof(self) -> None:
        self._check_open()
        super().feed_eof()


class SecondEndClears(TextbookReader):
    """A second `feed_eof` drops what is unread."""

    def feed_eof(self) -> None:
        if self._eof:
            self._buffer.clear()
        super().feed_eof()


class SecondEndReopens(TextbookReader):
    """A second `feed_eof` takes the first one back."""

    def feed_eof(self) -> None:
        self._eof = not self._eof
        self._wake()


# read(n).


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


# readexactly(n).


class AtLeast(TextbookReader):
    """`readexactly(n)` returns all that is unread as soon as that is at least n bytes."""

    async def readexactly(self, n: int) -> bytes:
        return await super().readexactly(n) + (self._take(len(self._buffer)) if n else b"")


class SurplusIsLost(TextbookReader):
    """`readexactly(n)` drops what it leaves."""

    async def readexactly(self, n: int) -> bytes:
        taken = await super().readexactly(n)
        if taken:
            self._buffer.clear()
        return taken


class OneShort(TextbookReader):
    """`readexactly(n)` returns n - 1 bytes where n is above one."""

    async def readexactly(self, n: int) -> bytes:
        return await super().readexactly(n - 1 if n > 1 else n)


class EndBeforeCount(TextbookReader):
    """An end right behind the last of n bytes makes `readexactly(n)` fail."""

    async def readexactly(self, n: int) -> bytes:
        taken = await super().readexactly(n)
        if taken and self.at_eof():
            raise self.incomplete_error(taken, n)
        return taken


class ExactlyWithinLimit(TextbookReader):
    """`readexactly(n)` refuses an n above the limit."""

    def _check_count(self, n: Any) -> int:
        count = super()._check_count(n)
        if count > self._limit and self._exception is None:
            raise ValueError("n is above the limit")
        return count


class ExpectsTheMissing(TextbookReader):
    """`expected` is the number of bytes that were missing."""

    def _incomplete(self, expected: int | None) -> Exception:
        return super()._incomplete(None if expected is None else expected - len(self._buffer))


class ExpectsNothing(TextbookReader):
    """`expected` is None in the error of `readexactly`."""

    def _incomplete(self, expected: int | None) -> Exception:
        return super()._incomplete(None)


class PartialIsGone(TextbookReader):
    """`partial` is empty in the error of `readexactly`."""

    def _incomplete(self, expected: int | None) -> Exception:
        if expected is not None:
            self._buffer.clear()
        return super()._incomplete(expected)


class ShortInsteadOfError(TextbookReader):
    """`readexactly` returns what came before the end instead of failing."""

    async def readexactly(self, n: int) -> bytes:
        try:
            return await super().readexactly(n)
        except self.incomplete_error as error:
            partial: bytes = error.partial
            return partial


class PlainEofError(TextbookReader):
    """`readexactly` fails with a bare EOFError."""

    async def readexactly(self, n: int) -> bytes:
        try:
            return await super().readexactly(n)
        except self.incomplete_error as error:
            raise EOFError("the stream was cut") from error


class LoopsAtEnd(TextbookReader):
    """`readexactly` never comes to rest if the stream ends too early."""

    async def readexactly(self, n: int) -> bytes:
        try:
            return await super().readexactly(n)
        except self.incomplete_error:
            while not self._buffer:  # noqa: ASYNC110 - to wait so is just what is wrong
                await asyncio.sleep(0)
            raise


class PartialStaysUnread(TextbookReader):
    """What the error of `readexactly` hands over stays unread as well."""

    async def readexactly(self, n: int) -> bytes:
        try:
            return await super().readexactly(n)
        except self.incomplete_error as error:
            self._buffer += error.partial
            raise


class ExactlyZeroWaits(TextbookReader):
    """`readexactly(0)` waits until something is unread."""

    async def readexactly(self, n: int) -> bytes:
        if n == 0 and self._exception is None and not self._buffer and not self._eof:
            await self._wait("readexactly")
        return await super().readexactly(n)


class ExactlyZeroRefused(TextbookReader):
    """`readexactly(0)` is refused."""

    async def readexactly(self, n: int) -> bytes:
        if n == 0 and self._exception is None:
            raise ValueError("n must be positive")
        return await super().readexactly(n)


class ExactlyZeroAtEnd(TextbookReader):
    """`readexactly(0)` fails at the end."""

    async def readexactly(self, n: int) -> bytes:
        if n == 0 and self.at_eof() and self._exception is None:
            raise self.incomplete_error(b"", 0)
        return await super().readexactly(n)


class ExactlyNegativeEmpty(TextbookReader):
    """`readexactly(-1)` returns empty bytes."""

    async def readexactly(self, n: Any) -> bytes:
        if isinstance(n, int) and n < 0:
            return b""
        return await super().readexactly(n)


class ExactlyNegativeAll(TextbookReader):
    """`readexactly(-1)` returns all that is unread."""

    async def readexactly(self, n: Any) -> bytes:
        if isinstance(n, int) and n < 0:
            return self._take(len(self._buffer))
        return await super().readexactly(n)


class ExactlyNegativeLate(TextbookReader):
    """A stored exception wins over a negative n of `readexactly`."""

    async def readexactly(self, n: int) -> bytes:
        self._raise_stored()
        return await super().readexactly(n)


class ExactlyZeroBlind(TextbookReader):
    """`readexactly(0)` returns empty bytes although an exception is stored."""

    async def readexactly(self, n: int) -> bytes:
        return b"" if n == 0 else await super().readexactly(n)


class ExceptionTakesBytes(TextbookReader):
    """An exception that ends a waiting `readexactly` takes the unread bytes along."""

    async def readexactly(self, n: int) -> bytes:
        whole = self._exception is None
        try:
            return await super().readexactly(n)
        except BaseException:
            if whole and self._exception is not None:
                self._buffer.clear()
            raise


class ExactlyNoneEmpty(TextbookReader):
    """`readexactly(None)` returns empty bytes."""

    async def readexactly(self, n: Any) -> bytes:
        return b"" if n is None and self._exception is None else await super().readexactly(n)


class ExactlyConverts(TextbookReader):
    """`readexactly` makes a number of what is none, so text is refused with ValueError or accepted."""

    def _check_count(self, n: Any) -> int:
        return super()._check_count(int(n))


class ExactlyTakesThenRefuses(TextbookReader):
    """`readexactly` takes a byte before it refuses an n of the wrong type."""

    def _check_count(self, n: Any) -> int:
        if not isinstance(n, int):
            self._take(1)
        return super()._check_count(n)


# readuntil(separator).


class SeparatorStripped(TextbookReader):
    """`readuntil` takes the separator, but does not return it."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        taken = await super().readuntil(separator)
        return taken if isinstance(separator, tuple) else taken[: -len(separator)]


class SeparatorStays(TextbookReader):
    """`readuntil` returns the separator, but leaves it unread."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        taken = await super().readuntil(separator)
        if not isinstance(separator, tuple):
            self._buffer[:0] = separator
        return taken


class UpToTheLast(TextbookReader):
    """`readuntil` returns the bytes up to the last separator that is unread."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        taken = await super().readuntil(separator)
        last = -1 if isinstance(separator, tuple) else self._buffer.rfind(separator)
        return taken if last < 0 else taken + self._take(last + len(separator))


class RestOfChunkIsLost(TextbookReader):
    """`readuntil` drops what is behind the separator."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        taken = await super().readuntil(separator)
        self._buffer.clear()
        return taken


class WaitsAfterSeparator(TextbookReader):
    """`readuntil` waits for more if the separator is the last that is unread."""

    async def _until(self, separators: Separators) -> bytes:
        match = self._search(separators)
        last = match is not None and match.end == len(self._buffer) and match.start <= self._limit
        if last and separators != (b"\n",) and not self._eof and self._exception is None:
            await self._wait("readuntil")
        return await super()._until(separators)


class DefaultIsCrLf(TextbookReader):
    """The default separator is CR LF."""

    async def readuntil(self, separator: Any = b"\r\n") -> bytes:
        return await super().readuntil(separator)


class SearchesNews(TextbookReader):
    """After waiting, `readuntil` searches only what is new."""

    _seen = 0

    def _start(self, longest: int) -> int:
        return self._seen

    async def _wait(self, method: str) -> None:
        seen = len(self._buffer)
        await super()._wait(method)
        self._seen = seen if method == "readuntil" else 0

    def _search(self, separators: Separators) -> Match | None:
        start, self._seen = self._start(max(map(len, separators))), 0
        starts = ((self._buffer.find(each, start), each) for each in separators)
        matches = [Match(place, place + len(each)) for place, each in starts if place >= 0]
        return min(matches, key=lambda match: (match.end, -match.start), default=None)


class SearchesOneTooFew(SearchesNews):
    """After waiting, `readuntil` looks back at one byte too few for a separator that is split."""

    def _start(self, longest: int) -> int:
        return max(self._seen - max(longest - 2, 0), 0)


class NeverStepsBack(TextbookReader):
    """A false start of the separator is skipped as a whole, though the real one may start inside it."""

    def _search(self, separators: Separators) -> Match | None:
        if len(separators) > 1:
            return super()._search(separators)
        matched, separator = 0, separators[0]
        for index, byte in enumerate(self._buffer):
            matched = matched + 1 if byte == separator[matched] else int(byte == separator[0])
            if matched == len(separator):
                return Match(index + 1 - matched, index + 1)
        return None


class TakesTheWholeRun(TextbookReader):
    """A separator that overlaps itself is found at the end of its run, not at the beginning."""

    def _search(self, separators: Separators) -> Match | None:
        match = super()._search(separators)
        if match is None or len(separators) > 1 or match.start > self._limit:
            return match
        separator, start = separators[0], match.start
        for step in range(1, len(separator)):
            while self._buffer.startswith(separator, start + step) and start + step <= self._limit:
                start += step
        return Match(start, start + len(separator))


class UntilGivesPartial(TextbookReader):
    """`readuntil` returns what came before the end instead of failing."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.incomplete_error as error:
            partial: bytes = error.partial
            return partial


class UntilPlainEofError(TextbookReader):
    """`readuntil` fails with a bare EOFError."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.incomplete_error as error:
            raise EOFError("the stream was cut") from error


class PartialWithoutTail(TextbookReader):
    """`partial` leaves out a part of the separator at its end, which is dropped."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.incomplete_error as error:
            first, part = self._check_separator(separator)[0], error.partial
            tail = next((n for n in range(len(first) - 1, 0, -1) if part.endswith(first[:n])), 0)
            raise self.incomplete_error(part[: len(part) - tail], None) from None


class UntilPartialStays(TextbookReader):
    """What the error of `readuntil` hands over stays unread as well."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.incomplete_error as error:
            self._buffer += error.partial
            raise


class ExpectsZero(TextbookReader):
    """`expected` is 0 in the error of `readuntil`."""

    def _incomplete(self, expected: int | None) -> Exception:
        return super()._incomplete(expected or 0)


class ExpectsOneMore(TextbookReader):
    """`expected` is one more than there was in the error of `readuntil`."""

    def _incomplete(self, expected: int | None) -> Exception:
        return super()._incomplete(len(self._buffer) + 1 if expected is None else expected)


class EndBeforeSearch(TextbookReader):
    """`readuntil` considers the end before it searches, if the separator is all that is left behind it."""

    def _search(self, separators: Separators) -> Match | None:
        match = super()._search(separators)
        return None if self._eof and match is not None and match.end == len(self._buffer) else match

    def _check_unfound(self, separators: Separators) -> None:
        if super()._search(separators) is None:
            super()._check_unfound(separators)


class EndWakesUnsearched(TextbookReader):
    """A waiting `readuntil` that finds the end when it is woken does not search what came with it."""

    _unsearched = False

    async def _wait(self, method: str) -> None:
        await super()._wait(method)
        self._unsearched = self._eof and method == "readuntil"

    def _search(self, separators: Separators) -> Match | None:
        unsearched, self._unsearched = self._unsearched, False
        return None if unsearched else super()._search(separators)


class SeparatorCounts(TextbookReader):
    """The separator counts towards the limit of `readuntil`."""

    def _check_found(self, match: Match) -> None:
        if match.end > self._limit:
            raise self._overrun("Separator is found, but chunk is longer than limit", match.start)


class LimitIsExcluded(TextbookReader):
    """Exactly the limit before the separator is an over-limit error."""

    def _check_found(self, match: Match) -> None:
        if match.start >= self._limit:
            raise self._overrun("Separator is found, but chunk is longer than limit", match.start)


class FoundIsEnough(TextbookReader):
    """`readuntil` returns a message of any length once the separator is unread."""

    def _check_found(self, match: Match) -> None:
        """Ask nothing."""


class LimitPlusOne(TextbookReader):
    """One byte more than the limit before the separator is accepted."""

    def _check_found(self, match: Match) -> None:
        if match.start != self._limit + 1:
            super()._check_found(match)


class OverrunClears(TextbookReader):
    """An over-limit error of `readuntil` drops what is unread."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.overrun_error:
            self._buffer.clear()
            raise


class OverrunSkips(TextbookReader):
    """An over-limit error of `readuntil` takes `consumed` bytes."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.overrun_error as error:
            self._take(error.consumed)
            raise


class ConsumedOneShort(TextbookReader):
    """`consumed` is one less than the place of the separator."""

    def _check_found(self, match: Match) -> None:
        if match.start > self._limit + 1:
            raise self._overrun("Separator is found, but chunk is longer than limit", match.start - 1)
        super()._check_found(match)


class FoundIsValueError(TextbookReader):
    """If the separator is there, but far beyond the limit, `readuntil` raises ValueError."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.overrun_error as error:
            match = self._search(self._check_separator(separator))
            if match is not None and match.start > self._limit + 1:
                raise ValueError(*error.args) from error
            raise


class FoundTooLateWaits(TextbookReader):
    """If the separator is the last that is unread, but too late, `readuntil` waits before it raises."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        match = self._search(self._check_separator(separator))
        late = match is not None and match.start > self._limit + 1 and match.end == len(self._buffer)
        if late and not self._eof and self._exception is None:
            await self._wait("readuntil")
        return await super().readuntil(separator)


class NeverGivesUp(TextbookReader):
    """Without a separator, `readuntil` goes on waiting beyond the limit."""

    def _check_unfound(self, separators: Separators) -> None:
        """Ask nothing."""


class GivesUpLate(TextbookReader):
    """Without a separator, `readuntil` gives up one byte too late."""

    def _check_unfound(self, separators: Separators) -> None:
        if len(self._buffer) - max(map(len, separators)) > self._limit:
            super()._check_unfound(separators)


class EndBeforeLimit(TextbookReader):
    """At the end, an over-long message without a separator is reported as incomplete."""

    def _check_unfound(self, separators: Separators) -> None:
        if not self._eof:
            super()._check_unfound(separators)


class ConsumedIsLimit(TextbookReader):
    """`consumed` is the limit."""

    def _overrun(self, message: str, consumed: int) -> Exception:
        return super()._overrun(message, self._limit)

    def _drop_line(self, consumed: int) -> None:
        self._take(self._buffer.find(b"\n") + 1 or len(self._buffer))


class ConsumedIsAll(ConsumedIsLimit):
    """`consumed` is the number of unread bytes, a beginning of the separator included."""

    def _overrun(self, message: str, consumed: int) -> Exception:
        found = message.startswith("Separator is found")
        return TextbookReader._overrun(self, message, consumed if found else len(self._buffer))


class ConsumedWithSeparator(ConsumedIsLimit):
    """`consumed` counts the first byte of the separator too."""

    def _overrun(self, message: str, consumed: int) -> Exception:
        found = message.startswith("Separator is found")
        return TextbookReader._overrun(self, message, consumed + found)


class ConsumedIsZero(ConsumedIsLimit):
    """`consumed` is zero, so nobody can get on."""

    def _overrun(self, message: str, consumed: int) -> Exception:
        return TextbookReader._overrun(self, message, 0)


class TailCounts(TextbookReader):
    """Without a separator, `readuntil` gives up as soon as more than the limit is unread."""

    def _check_unfound(self, separators: Separators) -> None:
        super()._check_unfound(separators)
        if len(self._buffer) > self._limit:
            raise self._overrun("Separator is not found, and chunk exceed the limit", self._limit)


class GivesUpEarly(TextbookReader):
    """Without a separator, `readuntil` gives up as soon as the limit is reached."""

    def _check_unfound(self, separators: Separators) -> None:
        certain = len(self._buffer) + 1 - max(map(len, separators))
        if certain >= self._limit:
            raise self._overrun("Separator is not found, and chunk exceed the limit", certain)


class ForgetsOverrun(TextbookReader):
    """After an over-limit error the same call waits for more bytes."""

    _given_up: int | None = None

    def _overrun(self, message: str, consumed: int) -> Exception:
        self._given_up = len(self._buffer)
        return super()._overrun(message, consumed)

    def _take(self, count: int) -> bytes:
        self._given_up = None
        return super()._take(count)

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        self._check_separator(separator)
        self._raise_stored()
        if self._given_up == len(self._buffer) and not self._eof:
            await self._wait("readuntil")
        return await super().readuntil(separator)


class SecondTimeThrough(ForgetsOverrun):
    """After an over-limit error the same call returns the message although it is too long."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        separators = self._check_separator(separator)
        self._raise_stored()
        match = self._search(separators)
        if self._given_up == len(self._buffer) and match is not None:
            return self._take(match.end)
        return await TextbookReader.readuntil(self, separator)


class EmptySeparatorMatches(TextbookReader):
    """An empty separator gives an empty result."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        if isinstance(separator, bytes | bytearray | memoryview) and not separator:
            return b""
        return await super().readuntil(separator)


class EmptySeparatorLate(TextbookReader):
    """A stored exception wins over an empty separator."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        if not isinstance(separator, tuple):
            self._raise_stored()
        return await super().readuntil(separator)


class EmptySeparatorWaits(TextbookReader):
    """An empty separator is refused only when something is unread."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        empty = isinstance(separator, bytes | bytearray | memoryview) and not separator
        if empty and not self._buffer and not self._eof and self._exception is None:
            await self._wait("readuntil")
        return await super().readuntil(separator)


class SeparatorBytesOnly(TextbookReader):
    """A bytearray or memoryview is refused as a separator."""

    def _check_separator(self, separator: Any) -> Separators:
        found = super()._check_separator(separator)
        if not isinstance(separator, tuple | bytes):
            raise TypeError("the separator must be bytes")
        return found


class ViewSeparatorAsText(TextbookReader):
    """A memoryview as separator stands for one null byte."""

    def _check_separator(self, separator: Any) -> Separators:
        found = super()._check_separator(separator)
        return (b"\0",) if isinstance(separator, memoryview) else found


class SeparatorEncoded(TextbookReader):
    """A str is encoded and serves as separator."""

    def _check_separator(self, separator: Any) -> Separators:
        return super()._check_separator(separator.encode() if isinstance(separator, str) else separator)


class SeparatorNone(TextbookReader):
    """None as separator stands for a line feed."""

    def _check_separator(self, separator: Any) -> Separators:
        return super()._check_separator(b"\n" if separator is None else separator)


class SeparatorInt(TextbookReader):
    """An int as separator stands for that byte."""

    def _check_separator(self, separator: Any) -> Separators:
        return super()._check_separator(bytes([separator]) if isinstance(separator, int) else separator)


class SeparatorList(TextbookReader):
    """A list of separators serves as well as a tuple."""

    def _check_separator(self, separator: Any) -> Separators:
        return super()._check_separator(tuple(separator) if isinstance(separator, list) else separator)


class SeparatorTypeTakes(TextbookReader):
    """A separator of the wrong type is refused, but what is unread is dropped."""

    def _check_separator(self, separator: Any) -> Separators:
        try:
            return super()._check_separator(separator)
        except TypeError:
            if not isinstance(separator, tuple):
                self._buffer.clear()
            raise


# Several separators.


class TupleRefused(TextbookReader):
    """A tuple of separators is refused."""

    def _check_separator(self, separator: Any) -> Separators:
        found = super()._check_separator(separator)
        if isinstance(separator, tuple):
            raise TypeError("the separator must be bytes")
        return found


class TupleJoined(TextbookReader):
    """The separators of a tuple are joined to one."""

    def _check_separator(self, separator: Any) -> Separators:
        found = super()._check_separator(separator)
        return (b"".join(found),)


class TupleSubclassRefused(TextbookReader):
    """An instance of a subclass of tuple is refused."""

    def _check_separator(self, separator: Any) -> Separators:
        if isinstance(separator, tuple) and type(separator) is not tuple:
            raise TypeError("the separators must be in a tuple")
        return super()._check_separator(separator)


class OnlyFirstOfTuple(TextbookReader):
    """Only the first separator of a tuple is searched for."""

    def _check_separator(self, separator: Any) -> Separators:
        return super()._check_separator(separator)[:1]


class EarliestStart(TextbookReader):
    """The match that starts first counts."""

    def _search(self, separators: Separators) -> Match | None:
        starts = ((self._buffer.find(each), each) for each in separators)
        matches = [Match(start, start + len(each)) for start, each in starts if start >= 0]
        ends = {match.end for match in matches}
        right = super()._search(separators)
        return right if len(ends) < 2 else min(matches, key=lambda match: (match.start, match.end))


class FirstInOrder(TextbookReader):
    """The first separator of the tuple that occurs anywhere counts."""

    def _search(self, separators: Separators) -> Match | None:
        starts = ((self._buffer.find(each), each) for each in separators)
        return next((Match(start, start + len(each)) for start, each in starts if start >= 0), None)


class LongestOfTie(TextbookReader):
    """Of the separators that end together, the longest counts."""

    def _search(self, separators: Separators) -> Match | None:
        starts = ((self._buffer.find(each), each) for each in separators)
        matches = [Match(start, start + len(each)) for start, each in starts if start >= 0]
        return min(matches, key=lambda match: (match.end, match.start), default=None)


class EarlierStartRescues(TextbookReader):
    """A longer separator that starts within the limit makes up for the one that matches."""

    def _search(self, separators: Separators) -> Match | None:
        match = super()._search(separators)
        if match is None or match.start <= self._limit:
            return match
        later = [each for each in separators if 0 <= self._buffer.find(each) <= self._limit]
        ends = [self._buffer.find(each) + len(each) for each in later]
        return Match(self._limit, match.end) if any(end > match.end for end in ends) else match


class ShortestWhileUnfound(TextbookReader):
    """Without a match, the shortest separator decides when to give up."""

    def _check_unfound(self, separators: Separators) -> None:
        super()._check_unfound((min(separators, key=len),))


class LongestIsLate(TextbookReader):
    """Without a match, a tuple is given up one byte too late."""

    def _check_unfound(self, separators: Separators) -> None:
        spare = int(len(separators) > 1)
        if len(self._buffer) + 1 - spare - max(map(len, separators)) > self._limit:
            super()._check_unfound(separators)


class TupleConsumedTooMuch(TextbookReader):
    """Without a match, `consumed` leaves out room for the shortest separator only."""

    def _check_unfound(self, separators: Separators) -> None:
        try:
            super()._check_unfound(separators)
        except self.overrun_error as error:
            certain = len(self._buffer) + 1 - min(map(len, separators))
            raise self._overrun(error.args[0], certain) from None


class EmptyTupleTypeError(TextbookReader):
    """An empty tuple is refused with TypeError."""

    def _check_separator(self, separator: Any) -> Separators:
        if separator == ():
            raise TypeError("no separator")
        return super()._check_separator(separator)


class EmptyElementIgnored(TextbookReader):
    """An empty separator beside others is left out."""

    def _check_separator(self, separator: Any) -> Separators:
        if isinstance(separator, tuple):
            separator = tuple(each for each in separator if each != b"") or separator
        return super()._check_separator(separator)


class EmptyElementLate(TextbookReader):
    """A stored exception wins over an empty separator in a tuple."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        if isinstance(separator, tuple):
            self._raise_stored()
        return await super().readuntil(separator)


class DuplicatesRefused(TextbookReader):
    """A tuple in which a separator repeats is refused."""

    def _check_separator(self, separator: Any) -> Separators:
        found = super()._check_separator(separator)
        if len(set(found)) < len(found):
            raise ValueError("a separator repeats")
        return found


class TextElementEncoded(TextbookReader):
    """A str in a tuple of separators is encoded."""

    def _check_separator(self, separator: Any) -> Separators:
        if isinstance(separator, tuple):
            separator = tuple(each.encode() if isinstance(each, str) else each for each in separator)
        return super()._check_separator(separator)


class ElementsBytesOnly(TextbookReader):
    """A bytearray or memoryview in a tuple of separators is refused."""

    def _check_separator(self, separator: Any) -> Separators:
        if isinstance(separator, tuple) and not all(isinstance(each, bytes) for each in separator):
            raise TypeError("the separators must be bytes")
        return super()._check_separator(separator)


class NegativeStart(SearchesNews):
    """After waiting, the search for a short separator starts at a negative index."""

    def _start(self, longest: int) -> int:
        return min(self._seen + 1 - longest, 0) if self._seen else 0


class ShortBufferUnsearched(TextbookReader):
    """A tuple is not searched for while fewer bytes are unread than its longest separator has."""

    def _search(self, separators: Separators) -> Match | None:
        if len(self._buffer) < max(map(len, separators)) and not self._eof:
            return None
        return super()._search(separators)


class EarlyTupleValueError(TextbookReader):
    """A tuple is refused with ValueError."""

    def _check_separator(self, separator: Any) -> Separators:
        if isinstance(separator, tuple):
            raise ValueError("the separator must be bytes")
        return super()._check_separator(separator)


class EarlyTupleIgnored(TextbookReader):
    """A tuple stands for a line feed."""

    def _check_separator(self, separator: Any) -> Separators:
        return super()._check_separator(b"\n" if isinstance(separator, tuple) and separator else separator)


class EarlyTupleTakes(TextbookReader):
    """A tuple is refused with TypeError, but what is unread is dropped."""

    def _check_separator(self, separator: Any) -> Separators:
        if isinstance(separator, tuple):
            self._buffer.clear()
            raise TypeError("the separator must be bytes")
        return super()._check_separator(separator)


# readline.


class LineStripped(TextbookReader):
    """`readline` returns the line without its line feed."""

    async def readline(self) -> bytes:
        return (await super().readline()).removesuffix(b"\n")


class LineUniversal(TextbookReader):
    """`readline` turns CR LF into LF."""

    async def readline(self) -> bytes:
        line = await super().readline()
        return line[:-2] + b"\n" if line.endswith(b"\r\n") else line


class LineAtCr(TextbookReader):
    """`readline` takes a lone carriage return for the end of a line too."""

    async def readline(self) -> bytes:
        end = self._buffer.find(b"\r") + 1
        alone = 0 < end <= self._limit and b"\n" not in self._buffer[: end + 1]
        return self._take(end) if alone and self._exception is None else await super().readline()


class LastLineRaises(TextbookReader):
    """`readline` raises IncompleteReadError for an unfinished last line."""

    async def readline(self) -> bytes:
        line = await super().readline()
        if line and not line.endswith(b"\n"):
            raise self.incomplete_error(line, None)
        return line


class LastLineFinished(TextbookReader):
    """`readline` adds a line feed to an unfinished last line."""

    async def readline(self) -> bytes:
        line = await super().readline()
        return line + b"\n" if line and not line.endswith(b"\n") else line


class LastLineStays(TextbookReader):
    """`readline` leaves an unfinished last line unread."""

    async def readline(self) -> bytes:
        line = await super().readline()
        if not line.endswith(b"\n"):
            self._buffer += line
        return line


class EmptyLineRaises(TextbookReader):
    """`readline` raises IncompleteReadError at the end."""

    async def readline(self) -> bytes:
        line = await super().readline()
        if not line:
            raise self.incomplete_error(line, None)
        return line


class EmptyLineOnce(TextbookReader):
    """`readline` returns empty bytes at the end once, and then waits for ever."""

    _told = False

    async def readline(self) -> bytes:
        if self._told and self.at_eof() and self._exception is None:
            await self._loop.create_future()
        line = await super().readline()
        self._told = not line
        return line


class LineOverrunEscapes(TextbookReader):
    """`readline` raises LimitOverrunError for an over-long line."""

    async def readline(self) -> bytes:
        try:
            return await super().readline()
        except ValueError as error:
            raise self.overrun_error(error.args[0], self._limit + 1) from None


class LineOverrunCuts(TextbookReader):
    """`readline` returns the beginning of an over-long line."""

    async def readline(self) -> bytes:
        try:
            return await self._until((b"\n",))
        except self.incomplete_error as error:
            return bytes(error.partial)
        except self.overrun_error:
            return self._take(self._limit)


class LineOverrunLateAtEnd(TextbookReader):
    """An over-long last line without a line feed is returned if the end is there."""

    async def readline(self) -> bytes:
        if self._eof and b"\n" not in self._buffer and self._exception is None:
            return self._take(len(self._buffer))
        return await super().readline()


class OverlongLineFeedStays(TextbookReader):
    """The line feed of an over-long line is not dropped with it."""

    def _drop_line(self, consumed: int) -> None:
        found = self._buffer.find(b"\n")
        self._take(found if found >= 0 else len(self._buffer))


class OverlongStays(TextbookReader):
    """An over-long line with its line feed is not dropped."""

    def _drop_line(self, consumed: int) -> None:
        if b"\n" not in self._buffer:
            super()._drop_line(consumed)


class OverlongDropsMore(TextbookReader):
    """With an over-long line, what is behind its line feed is dropped too."""

    def _drop_line(self, consumed: int) -> None:
        self._take(len(self._buffer))


class UnfinishedStays(TextbookReader):
    """An over-long line without its line feed is not dropped."""

    def _drop_line(self, consumed: int) -> None:
        if b"\n" in self._buffer:
            super()._drop_line(consumed)


class UnfinishedDropsLimit(TextbookReader):
    """Of an over-long line without its line feed, only as much as the limit is dropped."""

    def _drop_line(self, consumed: int) -> None:
        if b"\n" in self._buffer:
            super()._drop_line(consumed)
        else:
            self._take(self._limit)


class UnfinishedDropsRest(TextbookReader):
    """The rest of an over-long line is dropped too when it comes."""

    _dropping = False

    def _drop_line(self, consumed: int) -> None:
        self._dropping = b"\n" not in self._buffer
        super()._drop_line(consumed)

    async def readline(self) -> bytes:
        if self._dropping:
            self._dropping = False
            await super().readline()
        return await super().readline()


class OverrunIsCause(TextbookReader):
    """The ValueError of `readline` has the over-limit error as its cause."""

    async def readline(self) -> bytes:
        try:
            return await super().readline()
        except ValueError as error:
            raise error from error.__context__


class OverrunIsForgotten(TextbookReader):
    """The ValueError of `readline` has no context."""

    async def readline(self) -> bytes:
        try:
            return await super().readline()
        except ValueError as error:
            message = error.args[0]
        raise ValueError(message)


class LineLimitExcluded(TextbookReader):
    """A line of exactly the limit is over-long for `readline`."""

    async def readline(self) -> bytes:
        try:
            line = await super().readline()
            if line.endswith(b"\n") and len(line) == self._limit + 1:
                raise self._overrun("Separator is found, but chunk is longer than limit", self._limit)
        except self.overrun_error as error:
            raise ValueError(error.args[0])  # noqa: B904 - the clause wants a context, and no cause
        return line


# Iteration.


class StopsAtBlank(TextbookReader):
    """Iteration stops at an empty line."""

    async def __anext__(self) -> bytes:
        line = await super().__anext__()
        if line == b"\n":
            raise StopAsyncIteration
        return line


class LosesLastLine(TextbookReader):
    """Iteration leaves out an unfinished last line."""

    async def __anext__(self) -> bytes:
        line = await super().__anext__()
        if not line.endswith(b"\n"):
            raise StopAsyncIteration
        return line


class IterationStrips(TextbookReader):
    """Iteration gives lines without their line feed."""

    async def __anext__(self) -> bytes:
        return (await super().__anext__()).removesuffix(b"\n")


class IteratesOnce(TextbookReader):
    """Iterating again at the end raises EOFError."""

    _over = False

    async def __anext__(self) -> bytes:
        if self._over and self._exception is None:
            raise EOFError("the iteration is over")
        try:
            return await super().__anext__()
        except StopAsyncIteration:
            self._over = True
            raise


class AnotherIterator(TextbookReader):
    """The asynchronous iterator of a reader is another object."""

    def __aiter__(self) -> Any:
        return self._lines()

    async def _lines(self) -> AsyncIterator[bytes]:
        while line := await self.readline():
            yield line


class OverrunStops(TextbookReader):
    """Iteration just stops at an over-long line."""

    async def __anext__(self) -> bytes:
        try:
            return await super().__anext__()
        except ValueError as error:
            raise StopAsyncIteration from error


class OverrunIsFinal(TextbookReader):
    """After an over-long line iteration gives nothing any more."""

    _over = False

    async def __anext__(self) -> bytes:
        if self._over:
            raise StopAsyncIteration
        try:
            return await super().__anext__()
        except ValueError:
            self._over = True
            raise


class ExceptionStops(TextbookReader):
    """Iteration just stops at a stored exception."""

    async def __anext__(self) -> bytes:
        try:
            return await super().__anext__()
        except BaseException as error:
            if error is self._exception:
                raise StopAsyncIteration from error
            raise


class ExceptionAfterLines(TextbookReader):
    """Iteration gives the unread lines before it raises a stored exception."""

    async def __anext__(self) -> bytes:
        end = self._buffer.find(b"\n") + 1
        if self._exception is not None and 0 < end <= self._limit:
            return self._take(end)
        return await super().__anext__()


# at_eof.


class EofWithBytesLeft(TextbookReader):
    """`at_eof` is true as soon as the end was fed, although bytes are unread."""

    def at_eof(self) -> bool:
        return self._eof


class EofWhenEmpty(TextbookReader):
    """`at_eof` is true whenever nothing is unread."""

    def at_eof(self) -> bool:
        return (not self._buffer and self._exception is None) or super().at_eof()


class EofWhenTold(TextbookReader):
    """`at_eof` is true only after a `read` has returned empty bytes."""

    _told = False

    async def read(self, n: int = -1) -> bytes:
        taken = await super().read(n)
        self._told = self._told or not taken
        return taken

    def at_eof(self) -> bool:
        return super().at_eof() and (self._told or self._exception is not None)


class BrokenIsEof(TextbookReader):
    """A stored exception makes `at_eof` true."""

    def at_eof(self) -> bool:
        return super().at_eof() or self._exception is not None


class BrokenIsNeverEof(TextbookReader):
    """A stored exception keeps `at_eof` false at the end."""

    def at_eof(self) -> bool:
        return super().at_eof() and self._exception is None


# Stored exception.


class RaisesCopies(TextbookReader):
    """A copy of the stored exception is raised."""

    def set_exception(self, exc: Any) -> None:
        self._exception = copy.copy(exc) if isinstance(exc, BaseException) else exc
        self._wake(self._exception)
        self._given = exc

    def exception(self) -> Any:
        return None if self._exception is None else self._given


class RaisesWrapped(TextbookReader):
    """The stored exception is raised as the cause of another of its type."""

    def _raise_stored(self) -> None:
        if isinstance(self._exception, OSError):
            raise type(self._exception)("the stream is broken") from self._exception
        super()._raise_stored()


class RaisesOnce(TextbookReader):
    """The stored exception is forgotten when a waiting call has raised it."""

    def _look_again(self, failure: Any) -> None:
        if failure is not None:
            self._exception = None
        super()._look_again(failure)


class ExceptionWakesNobody(TextbookReader):
    """An exception does not end a waiting call."""

    def set_exception(self, exc: Any) -> None:
        self._exception = exc


class BytesBeforeException(TextbookReader):
    """`read(n)` returns unread bytes before it raises a stored exception."""

    async def read(self, n: Any = -1) -> bytes:
        if self._exception is not None and self._buffer and isinstance(n, int) and n > 0:
            return self._take(n)
        return await super().read(n)


class LineBeforeException(TextbookReader):
    """`readuntil` returns a complete message before it raises a stored exception."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        match = self._search(self._check_separator(separator))
        if self._exception is not None and match is not None and match.start <= self._limit:
            return self._take(match.end)
        return await super().readuntil(separator)


class RaisingTakes(TextbookReader):
    """A call that raises the stored exception drops what is unread."""

    async def read(self, n: int = -1) -> bytes:
        if self._exception is not None and n != 0:
            self._buffer.clear()
        return await super().read(n)


class EndBeforeException(TextbookReader):
    """An exception that comes after the end is ignored."""

    def set_exception(self, exc: Any) -> None:
        if not self._eof or exc is None:
            super().set_exception(exc)


class EndHeals(TextbookReader):
    """An end that comes after an exception clears it."""

    def feed_eof(self) -> None:
        self._exception = None
        super().feed_eof()


class EmptyAtBrokenEnd(TextbookReader):
    """At the end, with nothing unread, `read(n)` returns empty bytes although an exception is stored."""

    async def read(self, n: Any = -1) -> bytes:
        if self.at_eof() and self._exception is not None and isinstance(n, int) and n:
            return b""
        return await super().read(n)


class LooksOnce(TextbookReader):
    """A call that was woken by bytes does not look at an exception that came in the same turn."""

    def _look_again(self, failure: Any) -> None:
        if failure is not None:
            raise failure


class ExceptionAsText(TextbookReader):
    """`exception` gives the text of the stored exception."""

    def exception(self) -> Any:
        return None if self._exception is None else str(self._exception)


class ExceptionReadOnce(TextbookReader):
    """`exception` gives the stored exception once."""

    _shown = False

    def exception(self) -> Any:
        shown, self._shown = self._shown, self._exception is not None
        return None if shown else self._exception


class ExceptionWhenNone(TextbookReader):
    """`exception` gives False while none is stored."""

    def exception(self) -> Any:
        return False if self._exception is None else self._exception


class ClearIgnored(TextbookReader):
    """`set_exception(None)` is accepted, but the exception stays."""

    def set_exception(self, exc: Any) -> None:
        if exc is not None:
            super().set_exception(exc)


class ClearEnds(TextbookReader):
    """`set_exception(None)` clears the exception and marks the end."""

    def set_exception(self, exc: Any) -> None:
        super().set_exception(exc)
        if exc is None:
            self._eof = True


class ClearDrops(TextbookReader):
    """`set_exception(None)` clears the exception and drops what is unread."""

    def set_exception(self, exc: Any) -> None:
        super().set_exception(exc)
        if exc is None:
            self._buffer.clear()


class ClassIgnored(TextbookReader):
    """An exception class is accepted, and forgotten."""

    def set_exception(self, exc: Any) -> None:
        if not isinstance(exc, type):
            super().set_exception(exc)


class ClassIsRuntimeError(TextbookReader):
    """A call that should raise an instance of a stored class raises RuntimeError."""

    def set_exception(self, exc: Any) -> None:
        super().set_exception(RuntimeError(exc) if isinstance(exc, type) else exc)


class StopIsEmpty(TextbookReader):
    """A stored StopIteration makes `read` return empty bytes."""

    async def read(self, n: int = -1) -> bytes:
        try:
            return await super().read(n)
        except RuntimeError as error:
            if isinstance(error.__cause__, StopIteration):
                return b""
            raise


class StopIsAnother(TextbookReader):
    """A stored StopIteration is raised as EOFError."""

    def set_exception(self, exc: Any) -> None:
        stop = isinstance(exc, StopIteration) or exc is StopIteration
        super().set_exception(EOFError("stopped") if stop else exc)


# Overlapping calls.


class SecondWaitsToo(TextbookReader):
    """A second call that has to wait does so, and both are woken."""

    def __init__(self, limit: int = 65536, loop: asyncio.AbstractEventLoop | None = None) -> None:
        super().__init__(limit, loop)
        self._waiters: list[asyncio.Future[Any]] = []

    async def _wait(self, method: str) -> None:
        self._resume()
        waiter = self._loop.create_future()
        self._waiters.append(waiter)
        try:
            failure = await waiter
        finally:
            self._waiters.remove(waiter)
        self._look_again(failure)

    def _wake(self, failure: Any = None) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(failure)


class SecondTakesOver(TextbookReader):
    """A second call that has to wait takes the place of the first, which is never woken."""

    def _check_alone(self, method: str) -> None:
        """Ask nothing."""


class SecondAsserted(TextbookReader):
    """A second call that would have to wait is refused with AssertionError."""

    def _check_alone(self, method: str) -> None:
        try:
            super()._check_alone(method)
        except RuntimeError as error:
            raise AssertionError(str(error)) from None


class SecondDisturbsFirst(TextbookReader):
    """A second call that has to wait is refused, and the first is ended likewise."""

    def _check_alone(self, method: str) -> None:
        try:
            super()._check_alone(method)
        except RuntimeError as error:
            self._wake(error)
            raise


class RefusalIsNameless(TextbookReader):
    """The message of the refusal names no method."""

    def _check_alone(self, method: str) -> None:
        super()._check_alone("the method was")


class RefusalNamesAnother(TextbookReader):
    """The message of the refusal always names `readexactly`."""

    def _check_alone(self, method: str) -> None:
        super()._check_alone("readexactly")


class RefusesWhoNeedNotWait(TextbookReader):
    """While a call waits, `read` is refused although bytes for it are unread."""

    async def _read_some(self, count: int) -> bytes:
        self._check_alone("read")
        return await super()._read_some(count)


class RefusesZero(TextbookReader):
    """While a call waits, `read(0)` is refused."""

    async def read(self, n: int = -1) -> bytes:
        if n == 0 and self._exception is None:
            self._check_alone("read")
        return await super().read(n)


class WokenForNothing(TextbookReader):
    """A `read(n)` that was woken returns empty bytes if another call took what was there."""

    async def _read_some(self, count: int) -> bytes:
        if not self._buffer and not self._eof:
            await self._wait("read")
        return self._take(count)


class CleansUpForAnother(TextbookReader):
    """A call that was woken gives up its place at once, and clears that of its successor when it runs."""

    async def _wait(self, method: str) -> None:
        self._check_alone(method)
        self._resume()
        waiter = self._waiter = self._loop.create_future()
        try:
            failure = await waiter
        finally:
            self._waiter = None
        self._look_again(failure)

    def _wake(self, failure: Any = None) -> None:
        super()._wake(failure)
        if self._waiter is not None and not self._waiter.cancelled():
            self._waiter = None

    def _check_alone(self, method: str) -> None:
        if self._waiter is not None:
            raise RuntimeError(f"{method}() called while another coroutine is already waiting")


class SuccessorFails(TextbookReader):
    """A call that has to wait right after the cancellation of another ends with InvalidStateError."""

    def _check_alone(self, method: str) -> None:
        if self._waiter is not None and self._waiter.cancelled():
            raise asyncio.InvalidStateError("the cancelled call has not ended yet")
        super()._check_alone(method)


class SuccessorIsCancelled(TextbookReader):
    """A call that has to wait right after the cancellation of another is cancelled too."""

    def _check_alone(self, method: str) -> None:
        if self._waiter is not None and self._waiter.cancelled():
            raise asyncio.CancelledError
        super()._check_alone(method)


# Cancellation.


class CancelIsEmpty(TextbookReader):
    """A cancelled `read(n)` returns empty bytes."""

    async def _read_some(self, count: int) -> bytes:
        try:
            return await super()._read_some(count)
        except asyncio.CancelledError:
            return b""


class CancelIsAborted(TextbookReader):
    """A cancelled `readexactly` ends with ConnectionAbortedError."""

    async def readexactly(self, n: int) -> bytes:
        try:
            return await super().readexactly(n)
        except asyncio.CancelledError as error:
            raise ConnectionAbortedError from error


class CancelComesTooLate(TextbookReader):
    """A cancelled `read(n)` for which bytes came in the same turn ends with them."""

    async def _read_some(self, count: int) -> bytes:
        try:
            return await super()._read_some(count)
        except asyncio.CancelledError:
            if not self._buffer:
                raise
            return self._take(count)


class CancelDropsBytes(TextbookReader):
    """A cancelled call drops what is unread."""

    async def _wait(self, method: str) -> None:
        try:
            await super()._wait(method)
        except asyncio.CancelledError:
            self._buffer.clear()
            raise


class CancelDropsSearched(TextbookReader):
    """A cancelled `readuntil` drops what it had searched."""

    async def _wait(self, method: str) -> None:
        searched = len(self._buffer)
        try:
            await super()._wait(method)
        except asyncio.CancelledError:
            if method == "readuntil":
                del self._buffer[:searched]
            raise


class CancelDropsCollected(TextbookReader):
    """A cancelled `readexactly` drops what had come for it before the turn of the cancellation."""

    async def _wait(self, method: str) -> None:
        collected = len(self._buffer)
        try:
            await super()._wait(method)
        except asyncio.CancelledError:
            if method == "readexactly":
                del self._buffer[:collected]
            raise


class WokenTakesAlong(TextbookReader):
    """A call that was woken by a feed and then cancelled takes the fed bytes along."""

    async def _wait(self, method: str) -> None:
        seen = len(self._buffer)
        try:
            await super()._wait(method)
        except asyncio.CancelledError:
            if method == "read":
                del self._buffer[seen:]
            raise


class CancelledGetsBytes(TextbookReader):
    """Bytes that are fed right after the cancellation go to the cancelled call, and are lost."""

    def _store(self, chunk: bytes) -> None:
        if self._waiter is None or not self._waiter.cancelled():
            super()._store(chunk)


class ReadAllLosesMiddle(TextbookReader):
    """A cancelled `read(-1)` gives back the oldest half of what it had collected."""

    async def _read_all(self) -> bytes:
        try:
            return await super()._read_all()
        except asyncio.CancelledError:
            del self._buffer[len(self._buffer) // 2 :]
            raise


class ReadAllLosesLater(TextbookReader):
    """The chunk that follows a cancelled `read(-1)` is lost too."""

    _collecting = False

    async def _read_all(self) -> bytes:
        try:
            return await super()._read_all()
        except asyncio.CancelledError:
            self._collecting = True
            raise

    def _store(self, chunk: bytes) -> None:
        if not self._collecting:
            super()._store(chunk)
        self._collecting = False


class StaysOccupied(TextbookReader):
    """After a cancelled call no other call may wait."""

    _occupied = False

    async def _wait(self, method: str) -> None:
        try:
            await super()._wait(method)
        except asyncio.CancelledError:
            self._occupied = True
            raise

    def _check_alone(self, method: str) -> None:
        super()._check_alone(method)
        if self._occupied:
            raise RuntimeError(f"{method}() called while another coroutine is already waiting")


class NextIsNotServed(TextbookReader):
    """The call that waits after a cancelled one is not woken."""

    _deaf = False

    async def _wait(self, method: str) -> None:
        if self._deaf:
            await self._loop.create_future()
        try:
            await super()._wait(method)
        except asyncio.CancelledError:
            self._deaf = True
            raise


class CancelledGetsEnd(TextbookReader):
    """An end that comes right after the cancellation goes to the cancelled call, and is lost."""

    def feed_eof(self) -> None:
        if self._waiter is None or not self._waiter.cancelled():
            super().feed_eof()


class CancelledGetsException(TextbookReader):
    """An exception that comes right after the cancellation goes to the cancelled call, and is lost."""

    def set_exception(self, exc: Any) -> None:
        if self._waiter is None or not self._waiter.cancelled():
            super().set_exception(exc)


class WokenTakesEnd(TextbookReader):
    """A call that was woken by the end and then cancelled takes the end along: later calls wait for another."""

    _woken_by_end = False

    def feed_eof(self) -> None:
        self._woken_by_end = self._waiter is not None and not self._waiter.done()
        super().feed_eof()

    async def _wait(self, method: str) -> None:
        try:
            await super()._wait(method)
        except asyncio.CancelledError:
            self._eof = self._eof and not self._woken_by_end
            raise

    def at_eof(self) -> bool:
        return (self._eof or self._woken_by_end) and not self._buffer


class LateCancelDrops(TextbookReader):
    """A call that is cancelled when time has passed drops what is unread."""

    async def _wait(self, method: str) -> None:
        since = self._loop.time()
        try:
            await super()._wait(method)
        except asyncio.CancelledError:
            if self._loop.time() > since:
                self._buffer.clear()
            raise


class LateCancelOccupies(TextbookReader):
    """After a call that was cancelled when time had passed, no other call may wait."""

    _occupied = False

    async def _wait(self, method: str) -> None:
        if self._occupied:
            raise RuntimeError(f"{method}() called while another coroutine is already waiting")
        since = self._loop.time()
        try:
            await super()._wait(method)
        except asyncio.CancelledError:
            self._occupied = self._loop.time() > since
            raise


class CancelsTwice(TextbookReader):
    """A cancelled call cancels its task again, so that a time-out does not know its own cancellation."""

    async def _wait(self, method: str) -> None:
        try:
            await super()._wait(method)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None:
                task.cancel()
            raise


# Flow control.


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


# The error classes: targets are namespaces, each with an error class of its own that its reader raises.


class IncompleteNotEof:
    """IncompleteReadError is no EOFError."""

    class IncompleteReadError(Exception):
        def __init__(self, partial: bytes, expected: int | None) -> None:
            super().__init__(f"{len(partial)} bytes read on a total of {expected} expected bytes")
            self.partial, self.expected = partial, expected

        def __reduce__(self) -> Any:
            return type(self), (self.partial, self.expected)

    class StreamReader(TextbookReader):
        pass

    StreamReader.incomplete_error = IncompleteReadError


class IncompleteWithoutExpected:
    """IncompleteReadError calls its attribute `total` instead of `expected`."""

    class IncompleteReadError(EOFError):
        def __init__(self, partial: bytes, expected: int | None) -> None:
            super().__init__(f"{len(partial)} bytes read on a total of {expected} expected bytes")
            self.partial, self.total = partial, expected

        def __reduce__(self) -> Any:
            return type(self), (self.partial, self.total)

    class StreamReader(TextbookReader):
        pass

    StreamReader.incomplete_error = IncompleteReadError


class IncompleteSwapped:
    """IncompleteReadError takes `expected` before `partial`."""

    class IncompleteReadError(EOFError):
        def __init__(self, expected: Any, partial: Any) -> None:
            size = len(partial) if isinstance(partial, bytes) else partial
            super().__init__(f"{size} bytes read on a total of {expected!r} expected bytes")
            self.partial, self.expected = partial, expected

        def __reduce__(self) -> Any:
            return type(self), (self.expected, self.partial)

    class StreamReader(TextbookReader):
        def _incomplete(self, expected: int | None) -> Exception:
            partial = self._take(len(self._buffer))
            return IncompleteSwapped.IncompleteReadError(expected, partial)

    StreamReader.incomplete_error = IncompleteReadError


class IncompleteUncounted:
    """The message of IncompleteReadError does not count the partial bytes."""

    class IncompleteReadError(asyncio.IncompleteReadError):
        def __init__(self, partial: bytes, expected: int | None) -> None:
            super().__init__(partial, expected)
            self.args = ("undefined" if expected is None else "the stream was cut",)

    class StreamReader(TextbookReader):
        pass

    StreamReader.incomplete_error = IncompleteReadError


class IncompletePositional:
    """IncompleteReadError takes no keywords."""

    class IncompleteReadError(asyncio.IncompleteReadError):
        def __init__(self, partial: bytes, expected: int | None, /) -> None:
            super().__init__(partial, expected)

    class StreamReader(TextbookReader):
        pass

    StreamReader.incomplete_error = IncompleteReadError


class UndefinedIsZero:
    """Where no number was asked for, the message of IncompleteReadError shows 0."""

    class IncompleteReadError(asyncio.IncompleteReadError):
        def __init__(self, partial: bytes, expected: int | None) -> None:
            super().__init__(partial, expected)
            self.args = (f"{len(partial)} bytes read on a total of {expected or 0} expected bytes",)

    class StreamReader(TextbookReader):
        pass

    StreamReader.incomplete_error = IncompleteReadError


class IncompletePickleFails:
    """An IncompleteReadError cannot be restored from a pickle."""

    class IncompleteReadError(EOFError):
        def __init__(self, partial: bytes, expected: int | None) -> None:
            super().__init__(f"{len(partial)} bytes read on a total of {expected} expected bytes")
            self.partial, self.expected = partial, expected

    class StreamReader(TextbookReader):
        pass

    StreamReader.incomplete_error = IncompleteReadError


class IncompletePickleForgets:
    """An IncompleteReadError that was restored from a pickle has lost `expected`."""

    class IncompleteReadError(asyncio.IncompleteReadError):
        def __reduce__(self) -> Any:
            return type(self), (self.partial, None)

    class StreamReader(TextbookReader):
        pass

    StreamReader.incomplete_error = IncompleteReadError


class LimitIsValueError:
    """LimitOverrunError is a ValueError."""

    class LimitOverrunError(ValueError):
        def __init__(self, message: str, consumed: int) -> None:
            super().__init__(message)
            self.consumed = consumed

        def __reduce__(self) -> Any:
            return type(self), (self.args[0], self.consumed)

    class StreamReader(TextbookReader):
        pass

    StreamReader.overrun_error = LimitOverrunError


class LimitSwapped:
    """LimitOverrunError has `consumed` as its first argument."""

    class LimitOverrunError(Exception):
        def __init__(self, message: str, consumed: int) -> None:
            super().__init__(consumed, message)
            self.consumed = consumed

        def __reduce__(self) -> Any:
            return type(self), (self.args[1], self.consumed)

    class StreamReader(TextbookReader):
        pass

    StreamReader.overrun_error = LimitOverrunError


class LimitPickleFails:
    """A LimitOverrunError cannot be restored from a pickle."""

    class LimitOverrunError(Exception):
        def __init__(self, message: str, consumed: int) -> None:
            super().__init__(message)
            self.consumed = consumed

    class StreamReader(TextbookReader):
        pass

    StreamReader.overrun_error = LimitOverrunError


class LimitPickleForgets:
    """A LimitOverrunError that was restored from a pickle has another `consumed`."""

    class LimitOverrunError(asyncio.LimitOverrunError):
        def __reduce__(self) -> Any:
            return type(self), (self.args[0], 0)

    class StreamReader(TextbookReader):
        pass

    StreamReader.overrun_error = LimitOverrunError


class LimitWithoutConsumed:
    """LimitOverrunError calls its attribute `offset` instead of `consumed`."""

    class LimitOverrunError(Exception):
        def __init__(self, message: str, consumed: int) -> None:
            super().__init__(message)
            self.offset = consumed

        def __reduce__(self) -> Any:
            return type(self), (self.args[0], self.offset)

    class StreamReader(TextbookReader):
        async def _line(self) -> bytes:
            try:
                return await super()._line()
            except AttributeError:  # the textbook looks for `consumed`
                self._take(self._buffer.find(b"\n") + 1 or len(self._buffer))
                raise ValueError("the line is too long") from None

    StreamReader.overrun_error = LimitOverrunError


# The clause that each of them breaks.

BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.limit.positive": (ZeroLimitIsDefault, NegativeLimitIsNone, LimitAsserted),
    "reader.limit.type": (LimitWithoutAttribute,),
    "reader.limit.default": (DefaultOneLess, DefaultTooLarge),
    "reader.methods.kinds": (PlainReadline, ReadIsGenerator, AtEofIsAwaitable),
    "reader.result.bytes": (ReadGivesBytearray, ReadexactlyGivesView, LineIsSubclass, EmptyIsBytearray),
    "reader.calls.at-once": (ReadYieldsFirst, ReaduntilYieldsFirst, ReadexactlyYieldsFirst),
    "reader.repr": (ReprNeedsTransport, ReprTakes, ReprIsBytes),
    "reader.feed.order": (StacksChunks, DropsRepeatedChunk, DoublesChunk),
    "reader.feed.empty": (EmptyChunkEnds, EmptyChunkWakes, EmptyChunkRefused),
    "reader.feed.after-end": (FeedsAfterEnd, EmptyAfterEnd, StoresThenRefuses),
    "reader.feed.bytes-like": (BytesOnly, BytearrayAsText, ViewLosesLast),
    "reader.feed.wrong-type": (TextEncoded, TextValueError, TextStoredThenRefused, ListAsText, NoneEnds),
    "reader.feed.after-exception": (DropsAfterException, RefusesAfterException, FeedHeals),
    "reader.feed.same-turn": (KeepsLastOfTurn, EndOvertakes),
    "reader.feed.copies": (KeepsTheObject, HoldsTheView),
    "reader.end.wakes": (EndWakesNobody, EndWakesTheEmpty),
    "reader.end.twice": (SecondEndRefused, SecondEndClears, SecondEndReopens),
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
    "reader.readexactly.count": (AtLeast, SurplusIsLost, OneShort, EndBeforeCount, ExactlyWithinLimit),
    "reader.readexactly.eof": (
        *(ExpectsTheMissing, ExpectsNothing, PartialIsGone),
        *(ShortInsteadOfError, PlainEofError, LoopsAtEnd),
    ),
    "reader.readexactly.eof-empties": (PartialStaysUnread,),
    "reader.readexactly.zero": (ExactlyZeroWaits, ExactlyZeroRefused, ExactlyZeroAtEnd),
    "reader.readexactly.negative": (ExactlyNegativeEmpty, ExactlyNegativeAll, ExactlyNegativeLate),
    "reader.readexactly.zero-with-exception": (ExactlyZeroBlind,),
    "reader.readexactly.keeps-while-waiting": (ExceptionTakesBytes,),
    "reader.readexactly.wrong-type": (ExactlyNoneEmpty, ExactlyConverts, ExactlyTakesThenRefuses),
    "reader.readuntil.through-separator": (
        *(SeparatorStripped, SeparatorStays, UpToTheLast),
        *(RestOfChunkIsLost, WaitsAfterSeparator),
    ),
    "reader.readuntil.default": (DefaultIsCrLf,),
    "reader.readuntil.split": (SearchesNews, SearchesOneTooFew),
    "reader.readuntil.overlap": (NeverStepsBack, TakesTheWholeRun),
    "reader.readuntil.eof": (UntilGivesPartial, UntilPlainEofError, PartialWithoutTail, UntilPartialStays),
    "reader.readuntil.eof-expected": (ExpectsZero, ExpectsOneMore),
    "reader.readuntil.eof-searched": (EndBeforeSearch, EndWakesUnsearched),
    "reader.readuntil.limit": (SeparatorCounts, LimitIsExcluded, LimitPlusOne, FoundIsEnough),
    "reader.readuntil.overrun-keeps-data": (OverrunClears, OverrunSkips),
    "reader.readuntil.overrun-found": (ConsumedOneShort, FoundIsValueError, FoundTooLateWaits),
    "reader.readuntil.overrun-unfound": (NeverGivesUp, GivesUpLate, EndBeforeLimit),
    "reader.readuntil.overrun-reconstructs": (
        *(ConsumedIsLimit, ConsumedIsAll, ConsumedWithSeparator, ConsumedIsZero),
    ),
    "reader.readuntil.overrun-not-early": (TailCounts, GivesUpEarly),
    "reader.readuntil.overrun-repeats": (ForgetsOverrun, SecondTimeThrough),
    "reader.readuntil.empty-separator": (EmptySeparatorMatches, EmptySeparatorLate, EmptySeparatorWaits),
    "reader.readuntil.separator-bytes-like": (SeparatorBytesOnly, ViewSeparatorAsText),
    "reader.readuntil.separator-type": (
        *(SeparatorEncoded, SeparatorNone, SeparatorInt),
        *(SeparatorList, SeparatorTypeTakes),
    ),
    "reader.separators.tuple": (TupleRefused, TupleJoined, TupleSubclassRefused, OnlyFirstOfTuple),
    "reader.separators.earliest-end": (EarliestStart,),
    "reader.separators.any-order": (FirstInOrder,),
    "reader.separators.tie": (LongestOfTie,),
    "reader.separators.limit-start": (EarlierStartRescues,),
    "reader.separators.longest": (ShortestWhileUnfound, LongestIsLate, TupleConsumedTooMuch),
    "reader.separators.empty": (EmptyTupleTypeError, EmptyElementIgnored, EmptyElementLate),
    "reader.separators.elements": (DuplicatesRefused, TextElementEncoded, ElementsBytesOnly),
    "reader.separators.short-buffer": (NegativeStart, ShortBufferUnsearched),
    "reader.separators.before-3-13": (EarlyTupleValueError, EarlyTupleIgnored, EarlyTupleTakes),
    "reader.readline.line": (LineStripped, LineUniversal, LineAtCr),
    "reader.readline.eof-partial": (LastLineRaises, LastLineFinished, LastLineStays),
    "reader.readline.eof-empty": (EmptyLineRaises, EmptyLineOnce),
    "reader.readline.overrun": (LineOverrunEscapes, LineOverrunCuts, LineOverrunLateAtEnd),
    "reader.readline.overrun-drops-line": (OverlongLineFeedStays, OverlongStays, OverlongDropsMore),
    "reader.readline.overrun-drops-all": (UnfinishedStays, UnfinishedDropsLimit, UnfinishedDropsRest),
    "reader.readline.overrun-context": (OverrunIsCause, OverrunIsForgotten),
    "reader.readline.limit": (LineLimitExcluded,),
    "reader.iteration.lines": (StopsAtBlank, LosesLastLine, IterationStrips, IteratesOnce),
    "reader.iteration.self": (AnotherIterator,),
    "reader.iteration.overrun": (OverrunStops, OverrunIsFinal),
    "reader.iteration.exception": (ExceptionStops, ExceptionAfterLines),
    "reader.at-eof.meaning": (EofWithBytesLeft, EofWhenEmpty, EofWhenTold),
    "reader.at-eof.exception": (BrokenIsEof,),
    "reader.at-eof.end-after-exception": (BrokenIsNeverEof,),
    "reader.exception.raised": (RaisesCopies, RaisesWrapped, RaisesOnce, ExceptionWakesNobody),
    "reader.exception.hides-data": (BytesBeforeException, LineBeforeException, RaisingTakes),
    "reader.exception.over-end": (EndBeforeException, EndHeals, EmptyAtBrokenEnd),
    "reader.exception.same-turn": (LooksOnce,),
    "reader.exception.readable": (ExceptionAsText, ExceptionReadOnce, ExceptionWhenNone),
    "reader.exception.clear": (ClearIgnored, ClearEnds, ClearDrops),
    "reader.exception.class": (ClassIgnored, ClassIsRuntimeError),
    "reader.exception.stop-iteration": (StopIsEmpty, StopIsAnother),
    "reader.overlap.refused": (SecondWaitsToo, SecondTakesOver, SecondAsserted, SecondDisturbsFirst),
    "reader.overlap.message": (RefusalIsNameless, RefusalNamesAnother),
    "reader.overlap.no-wait": (RefusesWhoNeedNotWait, RefusesZero),
    "reader.overlap.false-end": (WokenForNothing,),
    "reader.overlap.lost-wakeup": (CleansUpForAnother,),
    "reader.overlap.after-cancel": (SuccessorFails, SuccessorIsCancelled),
    "reader.cancel.ends": (CancelIsEmpty, CancelIsAborted, CancelComesTooLate),
    "reader.cancel.keeps-data": (CancelDropsBytes, CancelDropsSearched, CancelDropsCollected),
    "reader.cancel.same-turn": (WokenTakesAlong, CancelledGetsBytes),
    "reader.cancel.read-all": (ReadAllLosesMiddle, ReadAllLosesLater),
    "reader.cancel.frees": (StaysOccupied, NextIsNotServed),
    "reader.cancel.same-turn-end": (CancelledGetsEnd, CancelledGetsException, WokenTakesEnd),
    "reader.cancel.timeout": (LateCancelDrops, LateCancelOccupies, CancelsTwice),
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
    "flow.pause-error": (PauseErrorDrops, PauseErrorCounts, PauseErrorBreaks),
    "flow.transport.late": (LateTransportIgnored,),
    "flow.transport.second": (RefusesAndSwitches, AcceptsAndIgnores),
    "errors.incomplete.kind": (IncompleteNotEof, IncompleteWithoutExpected),
    "errors.incomplete.constructor": (IncompleteSwapped, IncompleteUncounted, IncompletePositional),
    "errors.incomplete.undefined": (UndefinedIsZero,),
    "errors.incomplete.pickle": (IncompletePickleFails, IncompletePickleForgets),
    "errors.limit.kind": (LimitIsValueError, LimitSwapped, LimitWithoutConsumed),
    "errors.limit.pickle": (LimitPickleFails, LimitPickleForgets),
}


def _needed_python(clause: str) -> tuple[int, int] | None:
    if clause == "reader.separators.before-3-13":
        return 3, 12
    return (3, 13) if clause.startswith("reader.separators.") else None


FAULTY: tuple[Fault, ...] = tuple(
    Fault(reader, clause, _needed_python(clause)) for clause, readers in BROKEN.items() for reader in readers
)


# Implementations that do next to nothing: each breaks many clauses, and must not pass.


class AlwaysEmpty:
    """Every call returns empty bytes."""

    def __init__(self, limit: int = 65536, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = asyncio.get_running_loop() if loop is None else loop

    async def _answer(self, *_: Any) -> Any:
        return b""

    async def read(self, n: int = -1) -> Any:
        return await self._answer(n)

    async def readexactly(self, n: int) -> Any:
        return await self._answer(n)

    async def readuntil(self, separator: Any = b"\n") -> Any:
        return await self._answer()

    async def readline(self) -> Any:
        return await self._answer()

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> Any:
        return await self._answer()

    def feed_data(self, data: Any) -> None:
        pass

    def feed_eof(self) -> None:
        pass

    def set_exception(self, exc: Any) -> None:
        pass

    def set_transport(self, transport: Any) -> None:
        pass

    def exception(self) -> Any:
        return None

    def at_eof(self) -> bool:
        return False


class AlwaysRaises(AlwaysEmpty):
    """Every call raises NotImplementedError."""

    async def _answer(self, *_: Any) -> Any:
        raise NotImplementedError


class NeverAnswers(AlwaysEmpty):
    """Every call waits for ever."""

    async def _answer(self, *_: Any) -> Any:
        await self._loop.create_future()


class ReturnsNone(AlwaysEmpty):
    """Every call returns None."""

    async def _answer(self, *_: Any) -> Any:
        return None


class EchoesForEver(AlwaysEmpty):
    """Every call returns as many bytes as were asked for, whatever was fed."""

    async def _answer(self, *counts: Any) -> Any:
        return b"x" * max(counts[0], 1) if counts and isinstance(counts[0], int) else b"x\n"


class NeverIterates(AlwaysEmpty):
    """Every call ends the iteration that nobody began."""

    async def _answer(self, *_: Any) -> Any:
        raise StopAsyncIteration


class IgnoresLimit(TextbookReader):
    """All is right but for the limit, which is ignored."""

    def _check_limit(self, limit: Any) -> int:
        return sys.maxsize


TRIVIAL: tuple[type, ...] = (
    *(AlwaysEmpty, AlwaysRaises, NeverAnswers, ReturnsNone),
    *(EchoesForEver, NeverIterates, IgnoresLimit),
)


# Implementations that fight the suite, which has to survive them and to report what they did.


class NeverYields(TextbookReader):
    """`read` loops for ever, and gives nobody else a turn."""

    async def read(self, n: int = -1) -> bytes:
        while True:
            pass


class FeedNeverReturns(TextbookReader):
    """`feed_data` loops for ever."""

    def feed_data(self, data: Any) -> None:
        while True:
            pass


class NeverQuiet(TextbookReader):
    """From the first feed on, a callback schedules itself in every turn, for ever."""

    def feed_data(self, data: Any) -> None:
        super().feed_data(data)
        self._again()

    def _again(self) -> None:
        self._loop.call_soon(self._again)


class YieldsForEver(TextbookReader):
    """`read` gives others their turn for ever, and never ends."""

    async def read(self, n: int = -1) -> bytes:
        while True:  # noqa: ASYNC110 - to wait so is just what is wrong
            await asyncio.sleep(0)


class DoublesItsBuffer(TextbookReader):
    """The buffer doubles without bound while `read` looks for more (a fuse at 1 GiB spares the machine)."""

    FUSE = 2**30

    async def read(self, n: int = -1) -> bytes:
        while len(self._buffer) < self.FUSE:
            self._buffer += self._buffer or b"x"
        self._buffer.clear()
        raise MemoryError


class SpawnsTasks(TextbookReader):
    """Every feed starts a task that starts two, and so on (a fuse at 100,000 spares the machine)."""

    FUSE = 100_000
    _alive = 0

    def feed_data(self, data: Any) -> None:
        super().feed_data(data)
        self._split()

    def _split(self) -> None:
        self._alive += 1
        if self._alive < self.FUSE:
            self._loop.call_soon(self._split)
            self._loop.call_soon(self._split)


class ConstructorRaises(TextbookReader):
    """The constructor raises."""

    def __init__(self, limit: int = 65536, loop: asyncio.AbstractEventLoop | None = None) -> None:
        raise ZeroDivisionError("no reader today")


class ConstructorExits(TextbookReader):
    """The constructor raises SystemExit."""

    def __init__(self, limit: int = 65536, loop: asyncio.AbstractEventLoop | None = None) -> None:
        raise SystemExit("no reader today")


class ReadExits(TextbookReader):
    """`read` raises SystemExit."""

    async def read(self, n: int = -1) -> bytes:
        raise SystemExit(0)


class ReadInterrupts(TextbookReader):
    """`read` raises KeyboardInterrupt."""

    async def read(self, n: int = -1) -> bytes:
        raise KeyboardInterrupt


class FeedInterrupts(TextbookReader):
    """`feed_data` raises KeyboardInterrupt."""

    def feed_data(self, data: Any) -> None:
        raise KeyboardInterrupt


class ReadRaisesGroup(TextbookReader):
    """`read` raises a group of exceptions in which nothing is to be found."""

    async def read(self, n: int = -1) -> bytes:
        raise BaseExceptionGroup("all at once", [SystemExit(1), ValueError("and this")])


class IgnoresCancellation(TextbookReader):
    """A call that is cancelled goes on waiting."""

    async def _wait(self, method: str) -> None:
        while True:
            try:
                return await super()._wait(method)
            except asyncio.CancelledError:
                continue


class RecursesForEver(TextbookReader):
    """`read` calls itself until the interpreter gives up."""

    async def read(self, n: int = -1) -> bytes:
        return await self.read(n)


class ErrorCannotBeShown(TextbookReader):
    """`read` raises an exception whose text and repr raise in turn."""

    class UnspeakableError(Exception):
        def __str__(self) -> str:
            raise ZeroDivisionError

        __repr__ = __str__

    async def read(self, n: int = -1) -> bytes:
        raise self.UnspeakableError


HOSTILE: tuple[type, ...] = (
    *(NeverYields, FeedNeverReturns, NeverQuiet, YieldsForEver, DoublesItsBuffer, SpawnsTasks),
    *(ConstructorRaises, ConstructorExits, ReadExits, ReadInterrupts, FeedInterrupts, ReadRaisesGroup),
    *(IgnoresCancellation, RecursesForEver, ErrorCannotBeShown),
)
