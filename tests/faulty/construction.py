"""Readers that are wrong in one way: construction and the shape of the methods."""

import asyncio
import sys
from typing import Any

from textbook import TextbookReader


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


BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.limit.positive": (ZeroLimitIsDefault, NegativeLimitIsNone, LimitAsserted),
    "reader.limit.type": (LimitWithoutAttribute,),
    "reader.limit.default": (DefaultOneLess, DefaultTooLarge),
    "reader.methods.kinds": (PlainReadline, ReadIsGenerator, AtEofIsAwaitable),
    "reader.result.bytes": (ReadGivesBytearray, ReadexactlyGivesView, LineIsSubclass, EmptyIsBytearray),
    "reader.calls.at-once": (ReadYieldsFirst, ReaduntilYieldsFirst, ReadexactlyYieldsFirst),
    "reader.repr": (ReprNeedsTransport, ReprTakes, ReprIsBytes),
}
