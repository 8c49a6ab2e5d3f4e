"""Readers that are wrong in one way: iteration."""

from collections.abc import AsyncIterator
from typing import Any

from textbook import TextbookReader


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


BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.iteration.lines": (StopsAtBlank, LosesLastLine, IterationStrips, IteratesOnce),
    "reader.iteration.self": (AnotherIterator,),
    "reader.iteration.overrun": (OverrunStops, OverrunIsFinal),
    "reader.iteration.exception": (ExceptionStops, ExceptionAfterLines),
}
