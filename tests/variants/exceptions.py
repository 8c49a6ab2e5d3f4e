"""Readers that are unusual in the exceptions that they store, and in the classes of those that they raise."""

import asyncio
from typing import Any

from textbook import TextbookReader
from variants.variant import Variant


class ClearRefused(TextbookReader):
    """`set_exception` refuses None."""

    def set_exception(self, exc: Any) -> None:
        if exc is None:
            raise TypeError("an exception is wanted")
        super().set_exception(exc)


class ClassRefused(TextbookReader):
    """`set_exception` refuses a class, and StopIteration."""

    def set_exception(self, exc: Any) -> None:
        if isinstance(exc, type | StopIteration):
            raise TypeError("an exception is wanted, and none that ends a coroutine")
        super().set_exception(exc)


class ClassMadeAtOnce(TextbookReader):
    """`set_exception` makes the one instance of a class that every call raises."""

    def set_exception(self, exc: Any) -> None:
        super().set_exception(exc() if isinstance(exc, type) else exc)


class CutOffError(asyncio.IncompleteReadError):
    """The stream was cut."""


class TooLongError(asyncio.LimitOverrunError):
    """The message is too long."""


class DerivedErrors(TextbookReader):
    """The errors are of subclasses of those of asyncio."""

    incomplete_error = CutOffError
    overrun_error = TooLongError


class OwnErrors:
    """A namespace with error classes of its own, which have nothing to do with those of asyncio."""

    class IncompleteReadError(EOFError):
        def __init__(self, partial: bytes, expected: int | None) -> None:
            super().__init__(f"the stream ended after {len(partial)} of {expected} bytes")
            self.partial, self.expected = partial, expected

        def __reduce__(self) -> Any:
            return type(self), (self.partial, self.expected)

    class LimitOverrunError(Exception):
        def __init__(self, message: str, consumed: int) -> None:
            super().__init__(message, consumed)
            self.consumed = consumed

        def __str__(self) -> str:
            return str(self.args[0])

    class StreamReader(TextbookReader):
        pass

    StreamReader.incomplete_error = IncompleteReadError
    StreamReader.overrun_error = LimitOverrunError


class LineTooLongError(ValueError, asyncio.LimitOverrunError):
    """Both errors that an overlong line may be."""

    def __init__(self, message: str, consumed: int) -> None:
        asyncio.LimitOverrunError.__init__(self, message, consumed)


class LineErrorIsBoth(TextbookReader):
    """The ValueError for an overlong line is a LimitOverrunError, too."""

    async def _line(self) -> bytes:
        try:
            return await self._until((b"\n",))
        except asyncio.IncompleteReadError as error:
            return bytes(error.partial)
        except asyncio.LimitOverrunError as error:
            self._drop_line(error.consumed)
            raise LineTooLongError(error.args[0], error.consumed)  # noqa: B904 - the clause wants a context, and no cause


VARIANTS: tuple[Variant, ...] = (
    Variant(ClearRefused, "clearing may be refused", ("reader.exception.clear",)),
    Variant(
        ClassRefused,
        "a class, and StopIteration, may be refused",
        ("reader.exception.class", "reader.exception.stop-iteration"),
    ),
    Variant(
        ClassMadeAtOnce,
        "a class may stand for one instance that every call raises",
        ("reader.exception.class",),
    ),
    Variant(DerivedErrors, "the errors may be of subclasses"),
    Variant(OwnErrors, "the error classes may be those of the implementation"),
    Variant(LineErrorIsBoth, "a ValueError may be more than that", ("reader.readline.overrun",)),
)
