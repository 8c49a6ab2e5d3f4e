"""Readers that are wrong in one way: `readexactly(n)`."""

import asyncio
from typing import Any

from textbook import TextbookReader


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


BROKEN: dict[str, tuple[Any, ...]] = {
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
}
