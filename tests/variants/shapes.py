"""Readers of another shape or build: no class of asyncio, no common buffer, promises, only some of the methods."""

import asyncio
import operator
import types
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textbook import TextbookReader
from variants.variant import Variant

Separators = tuple[bytes, ...]


class Promise:
    """An awaitable that is neither a coroutine nor a future."""

    __slots__ = ("_arguments", "_function")

    def __init__(self, function: Callable[..., Awaitable[bytes]], *arguments: Any) -> None:
        self._function, self._arguments = function, arguments

    def __await__(self) -> Any:
        return self._function(*self._arguments).__await__()


class GivesPromises(TextbookReader):
    """The methods are plain functions, and give awaitables of another kind."""

    def read(self, n: int = -1) -> Any:
        return Promise(super().read, n)

    def readexactly(self, n: int) -> Any:
        return Promise(super().readexactly, n)

    def readuntil(self, separator: Any = b"\n") -> Any:
        return Promise(super().readuntil, separator)

    def readline(self) -> Any:
        return Promise(super().readline)

    def __anext__(self) -> Any:
        return Promise(super().__anext__)


class OnlyRead:
    """A reader that can do nothing but `read`."""

    def __init__(self, limit: int = 65536, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._reader = TextbookReader(limit, loop)

    def feed_data(self, data: Any) -> None:
        self._reader.feed_data(data)

    def feed_eof(self) -> None:
        self._reader.feed_eof()

    async def read(self, n: int = -1) -> bytes:
        return await self._reader.read(n)


class OnlyReadline:
    """A reader that can do nothing but `readline`, in a module."""

    def __init__(self, limit: int = 65536, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._reader = TextbookReader(limit, loop)

    def feed_data(self, data: Any) -> None:
        self._reader.feed_data(data)

    def feed_eof(self) -> None:
        self._reader.feed_eof()

    async def readline(self) -> bytes:
        return await self._reader.readline()


lines_only = types.ModuleType("lines_only", "A module with a reader that can do nothing but `readline`.")
lines_only.StreamReader = OnlyReadline  # type: ignore[attr-defined]  # made on the spot


class QueueReader:
    """A reader with slots on a queue of chunks: no common buffer, no parent, no transport."""

    __slots__ = ("_chunks", "_error", "_future", "_limit", "_loop", "_over", "_size")

    def __init__(self, limit: int = 65536, loop: asyncio.AbstractEventLoop | None = None) -> None:
        if limit <= 0:
            raise ValueError("the limit must be positive")
        self._limit, self._loop = limit, loop or asyncio.get_running_loop()
        self._chunks: deque[bytes] = deque()
        self._size, self._over, self._error = 0, False, None
        self._future: asyncio.Future[None] | None = None

    def __repr__(self) -> str:
        return f"<queue of {len(self._chunks)} chunks>"

    def feed_data(self, data: Any) -> None:
        if self._over:
            raise BufferError("nothing comes after the end")
        if isinstance(data, str):
            raise TypeError("feed bytes")
        if data:
            self._chunks.append(bytes(data))
            self._size += len(data)
            self._notify()

    def feed_eof(self) -> None:
        self._over = True
        self._notify()

    def set_exception(self, exc: Any) -> None:
        self._error = exc
        self._notify()

    def exception(self) -> Any:
        return self._error

    def at_eof(self) -> bool:
        return self._over and not self._chunks

    async def read(self, n: int = -1) -> bytes:
        self._check()
        size = operator.index(n)
        while size < 0 and not self._over:
            await self._news("read")
        while size > 0 and not self._chunks and not self._over:
            await self._news("read")
        if size < 0:
            return self._pop(self._size)
        return self._pop(min(size, len(self._chunks[0]))) if size and self._chunks else b""

    async def readexactly(self, n: int) -> bytes:
        size = operator.index(n)
        if size < 0:
            raise ValueError("n must not be negative")
        self._check()
        while self._size < size and not self._over:
            await self._news("readexactly")
        if self._size < size:
            raise asyncio.IncompleteReadError(self._pop(self._size), size)
        return self._pop(size)

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        ends = separator if isinstance(separator, tuple) else (separator,)
        ends = tuple(bytes(memoryview(each)) for each in ends)
        if not ends or b"" in ends:
            raise ValueError("an empty separator")
        self._check()
        while (end := self._find(ends)) is None and not self._over:
            await self._news("readuntil")
        if end is None:
            raise asyncio.IncompleteReadError(self._pop(self._size), None)
        return self._pop(end)

    async def readline(self) -> bytes:
        try:
            return await self.readuntil()
        except asyncio.IncompleteReadError as error:
            return error.partial
        except asyncio.LimitOverrunError as error:
            self._pop(b"".join(self._chunks).find(b"\n") + 1 or self._size)
            raise ValueError(str(error))  # noqa: B904 - the clause wants a context, and no cause

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> bytes:
        if line := await self.readline():
            return line
        raise StopAsyncIteration

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _find(self, ends: Separators) -> int | None:
        """Look at every beginning of the stream in turn: the first that ends in a separator is it."""
        unread = b"".join(self._chunks)
        for length in range(1, len(unread) + 1):
            fitting = [len(each) for each in ends if unread.endswith(each, 0, length)]
            if fitting:
                if length - min(fitting) > self._limit:
                    raise asyncio.LimitOverrunError("too long", length - min(fitting))
                return length
        certain = len(unread) + 1 - max(map(len, ends))
        if certain > self._limit:
            raise asyncio.LimitOverrunError("too long, and no end of it", certain)
        return None

    def _pop(self, size: int) -> bytes:
        taken = []
        self._size -= size
        while size:
            chunk = self._chunks.popleft()
            if len(chunk) > size:
                self._chunks.appendleft(chunk[size:])
            taken.append(chunk[:size])
            size -= len(taken[-1])
        return b"".join(taken)

    async def _news(self, method: str) -> None:
        if self._future is not None and not self._future.cancelled():
            raise RuntimeError(f"{method}() while another call waits")
        mine = self._future = self._loop.create_future()
        try:
            await mine
        finally:
            self._future = None if self._future is mine else self._future
        self._check()

    def _notify(self) -> None:
        if self._future is not None and not self._future.done():
            self._future.set_result(None)


VARIANTS: tuple[Variant, ...] = (
    Variant(TextbookReader, "none: it is the reader that the others differ from"),
    Variant(GivesPromises, "any awaitable will do", ("reader.methods.kinds",)),
    Variant(OnlyRead, "what a reader lacks is not asked of it"),
    Variant(lines_only, "what a module lacks is not asked of it"),
    Variant(
        QueueReader,
        "chunks may be kept apart, and `read(n)` may return no more than the first",
    ),
)
