"""Readers that are unusual in one way, and right: each uses a freedom that the clauses leave, and must pass.

Its one idea: a suite that demands more than the clauses say fails one of these. Most replace one method of the
textbook reader; the last few are built on another plan altogether.
"""

import asyncio
import operator
import sys
import types
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from textbook import Match, TextbookReader

Separators = tuple[bytes, ...]


class Variant(NamedTuple):
    """A target that must pass, the freedom that it uses, and the clauses that leave it."""

    reader: Any
    freedom: str
    clauses: tuple[str, ...] = ()


# Arguments and refusals.


class DefaultForNone(TextbookReader):
    """A limit of None stands for the default."""

    def _check_limit(self, limit: Any) -> int:
        return super()._check_limit(65536 if limit is None else limit)


class LimitValueError(TextbookReader):
    """A limit that is no integer is refused with ValueError."""

    def _check_limit(self, limit: Any) -> int:
        if not isinstance(limit, int):
            raise ValueError("the limit must be an integer")
        return super()._check_limit(limit)


class FloatLimit(TextbookReader):
    """A float limit is accepted as it is."""

    def _check_limit(self, limit: Any) -> Any:
        return limit if isinstance(limit, float) and limit > 0 else super()._check_limit(limit)


class ConsumeAsCPython(TextbookReader):
    """Anything false is ignored by a feed, and a list of ints is taken as bytes."""

    def _copy(self, data: Any) -> bytes:
        if not data:
            return b""
        return bytes(data) if isinstance(data, list) else super()._copy(data)


class AssertsOpen(TextbookReader):
    """Feeding after the end raises AssertionError."""

    def _check_open(self) -> None:
        if self._eof:
            raise AssertionError("feed_data after feed_eof")


class RefusesWithOwnError(TextbookReader):
    """Feeding after the end raises an error of its own, and so does a second transport."""

    class ReaderStateError(Exception):
        """Something was asked of a reader in the wrong state."""

    def _check_open(self) -> None:
        if self._eof:
            raise self.ReaderStateError("feed_data after feed_eof")

    def set_transport(self, transport: Any) -> None:
        if self._transport is not None:
            raise self.ReaderStateError("the reader has a transport already")
        super().set_transport(transport)


class LateSeparatorCheck(TextbookReader):
    """A separator of the wrong type is refused only when something is unread, or the stream ends."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        if isinstance(separator, str | list) and separator:
            self._raise_stored()
            while len(self._buffer) < len(separator):
                if self._eof:
                    raise self._incomplete(None)
                await self._wait("readuntil")
        return await super().readuntil(separator)


class LateCountCheck(TextbookReader):
    """`read` looks at the type of n only when it need not wait any more."""

    async def read(self, n: Any = -1) -> bytes:
        if n is None or isinstance(n, str | bytes | float):
            self._raise_stored()
            while not self._buffer and not self._eof:
                await self._wait("read")
        return await super().read(n)


class HugeRefused(TextbookReader):
    """`read(n)` refuses an n beyond the word size of the machine."""

    async def _read_some(self, count: int) -> bytes:
        if count > sys.maxsize:
            raise OverflowError("n is too large")
        return await super()._read_some(count)


class ExactFloats(TextbookReader):
    """`readexactly` takes a float for the integer that it equals."""

    def _check_count(self, n: Any) -> int:
        return super()._check_count(int(n) if isinstance(n, float) and n.is_integer() else n)


class ShowsEverything(TextbookReader):
    """`repr` goes over several lines and shows the bytes, in characters of any kind."""

    def __repr__(self) -> str:
        return f"reader «{bytes(self._buffer)!r}»\n limit: {self._limit}\n {self._exception!r} {self._waiter!r}"


# Short reads, and what read(0) may do.


class OneByteAtATime(TextbookReader):
    """`read(n)` returns at most one byte."""

    async def _read_some(self, count: int) -> bytes:
        return await super()._read_some(1)


class ZeroIgnoresException(TextbookReader):
    """`read(0)` returns empty bytes also while an exception is stored."""

    async def read(self, n: Any = -1) -> bytes:
        return b"" if isinstance(n, int) and n == 0 else await super().read(n)


class ZeroResumes(TextbookReader):
    """`read(0)` and `readexactly(0)` resume a transport if at most the limit is unread."""

    async def read(self, n: Any = -1) -> bytes:
        if isinstance(n, int) and n == 0:
            self._maybe_resume()
        return await super().read(n)

    async def readexactly(self, n: Any) -> bytes:
        if isinstance(n, int) and n == 0:
            self._maybe_resume()
        return await super().readexactly(n)


class ReadAllLoses(TextbookReader):
    """`read(-1)` collects by calling `read` of itself, and loses what it collected when it is cancelled."""

    async def _read_all(self) -> bytes:
        blocks = []
        while block := await self.read(self._limit):
            blocks.append(block)
        return b"".join(blocks)


class ReadAllHolds(TextbookReader):
    """`read(-1)` leaves everything unread until the end comes."""

    async def _read_all(self) -> bytes:
        while not self._eof:
            await self._wait("read")
        return self._take(len(self._buffer))


class ReadAllKeepsNewest(TextbookReader):
    """`read(-1)` gives back the newest half of what it had collected when it is cancelled."""

    async def _read_all(self) -> bytes:
        before = len(self._buffer)
        try:
            return await super()._read_all()
        except asyncio.CancelledError:
            del self._buffer[: max(before, len(self._buffer)) // 2]
            raise


class PartialLeavesPaused(TextbookReader):
    """A call that fails at the end leaves a paused transport paused."""

    def _incomplete(self, expected: int | None) -> Exception:
        partial = bytes(self._buffer)
        self._buffer.clear()
        error: Exception = self.incomplete_error(partial, expected)
        return error


# The search.


class ExactTail(TextbookReader):
    """Over the limit, `consumed` leaves out just the longest tail that could begin a separator."""

    def _tail(self, separators: Separators) -> int:
        begins = [each[:size] for each in separators for size in range(1, len(each))]
        return max((len(each) for each in begins if self._buffer.endswith(each)), default=0)

    def _check_unfound(self, separators: Separators) -> None:
        certain = len(self._buffer) - self._tail(separators)
        if certain > self._limit:
            raise self._overrun("Separator is not found, and chunk exceed the limit", certain)


class JudgesByChunk(TextbookReader):
    """The limit is judged chunk by chunk, so the error may come although the separator is unread already."""

    _cuts: tuple[int, ...] = ()

    def _store(self, chunk: bytes) -> None:
        super()._store(chunk)
        self._cuts = (*self._cuts, len(self._buffer))

    def _take(self, count: int) -> bytes:
        taken = super()._take(count)
        self._cuts = tuple(cut - len(taken) for cut in self._cuts if cut > len(taken))
        return taken

    def _check_found(self, match: Match) -> None:
        self._check_cuts(match)
        super()._check_found(match)

    def _check_cuts(self, match: Match) -> None:
        for cut in self._cuts:
            certain = cut + 1 - (match.end - match.start)
            if cut < match.end and certain > self._limit:
                raise self._overrun("Separator is not found, and chunk exceed the limit", certain)


class GivesUpAtLimitOnly(TextbookReader):
    """Once over the limit, `readuntil` reports how far it has looked, not how far it could have."""

    def _check_unfound(self, separators: Separators) -> None:
        try:
            super()._check_unfound(separators)
        except self.overrun_error as error:
            raise self._overrun("the separator is too far away", error.consumed) from None


# Waking and waiting.


class WakesWhenServed(TextbookReader):
    """A waiting call is woken only when it can end."""

    _enough: Callable[[], bool] | None = None

    async def _read_some(self, count: int) -> bytes:
        return await self._until_enough(lambda: bool(self._buffer), super()._read_some(count))

    async def readexactly(self, n: int) -> bytes:
        call = super().readexactly(n)
        return await self._until_enough(lambda: len(self._buffer) >= operator.index(n), call)

    async def _until(self, separators: Separators) -> bytes:
        return await self._until_enough(lambda: self._decided(separators), super()._until(separators))

    def _decided(self, separators: Separators) -> bool:
        certain = len(self._buffer) + 1 - max(map(len, separators))
        return certain > self._limit or self._search(separators) is not None

    async def _until_enough(self, enough: Callable[[], bool], call: Awaitable[bytes]) -> bytes:
        before, self._enough = self._enough, enough
        alone = self._waiter is None or self._waiter.cancelled()
        try:
            return await call
        finally:
            self._enough = None if alone else before

    def _wake(self, failure: Any = None) -> None:
        idle = self._enough is not None and not self._enough()
        if self._eof or self._exception is not None or not idle:
            super()._wake(failure)
        else:
            self._resume()  # who goes on waiting does not wait behind a closed gate


