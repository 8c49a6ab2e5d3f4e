"""Readers that are wrong in one way: cancellation."""

import asyncio
from typing import Any

from textbook import TextbookReader


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


BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.cancel.ends": (CancelIsEmpty, CancelIsAborted, CancelComesTooLate),
    "reader.cancel.keeps-data": (CancelDropsBytes, CancelDropsSearched, CancelDropsCollected),
    "reader.cancel.same-turn": (WokenTakesAlong, CancelledGetsBytes),
    "reader.cancel.read-all": (ReadAllLosesMiddle, ReadAllLosesLater),
    "reader.cancel.frees": (StaysOccupied, NextIsNotServed),
    "reader.cancel.same-turn-end": (CancelledGetsEnd, CancelledGetsException, WokenTakesEnd),
    "reader.cancel.timeout": (LateCancelDrops, LateCancelOccupies, CancelsTwice),
}
