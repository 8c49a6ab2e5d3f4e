"""Implementations that fight the suite, which has to survive them and to report what they did."""

import asyncio
from typing import Any

from textbook import TextbookReader


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
