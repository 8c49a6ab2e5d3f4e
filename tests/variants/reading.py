"""Readers that are unusual in how much a call returns, and in what it does to the transport."""

import asyncio
from typing import Any

from textbook import TextbookReader
from variants.variant import Variant


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
    """`read(-1)` gives back only the newer half of what it had collected when it is cancelled."""

    async def _read_all(self) -> bytes:
        try:
            return await super()._read_all()
        except asyncio.CancelledError:
            del self._buffer[: len(self._buffer) // 2]
            raise


class PartialLeavesPaused(TextbookReader):
    """A call that fails at the end leaves a paused transport paused."""

    def _incomplete(self, expected: int | None) -> Exception:
        partial = bytes(self._buffer)
        self._buffer.clear()
        error: Exception = self.incomplete_error(partial, expected)
        return error


class ReadAllLosesABlock(TextbookReader):
    """A cancelled `read(-1)` loses the oldest ten bytes, if there are many."""

    async def _read_all(self) -> bytes:
        try:
            return await super()._read_all()
        except asyncio.CancelledError:
            del self._buffer[:10]
            raise


VARIANTS: tuple[Variant, ...] = (
    Variant(OneByteAtATime, "`read(n)` may stop short of what is unread"),
    Variant(
        ZeroIgnoresException,
        "`read(0)` may return empty bytes while an exception is stored",
        ("reader.read.zero-with-exception",),
    ),
    Variant(ZeroResumes, "a call for no bytes may resume the transport"),
    Variant(
        ReadAllLoses,
        "a cancelled `read(-1)` may lose what it had collected, and may collect through `read`",
        ("reader.cancel.read-all",),
    ),
    Variant(
        ReadAllHolds,
        "`read(-1)` may leave everything unread while it waits",
        ("reader.cancel.read-all", "reader.at-eof.meaning"),
    ),
    Variant(
        ReadAllKeepsNewest,
        "a cancelled `read(-1)` may lose the older part of what it had collected",
        ("reader.cancel.read-all",),
    ),
    Variant(
        PartialLeavesPaused,
        "a call that fails at the end may leave the transport paused",
    ),
    Variant(
        ReadAllLosesABlock, "of the bytes of a cancelled `read(-1)` any number may be lost", ("reader.cancel.read-all",)
    ),
)
