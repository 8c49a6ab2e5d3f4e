"""The error classes: targets are namespaces, each with an error class of its own that its reader raises."""

import asyncio
from typing import Any

from textbook import TextbookReader


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


BROKEN: dict[str, tuple[Any, ...]] = {
    "errors.incomplete.kind": (IncompleteNotEof, IncompleteWithoutExpected),
    "errors.incomplete.constructor": (IncompleteSwapped, IncompleteUncounted, IncompletePositional),
    "errors.incomplete.undefined": (UndefinedIsZero,),
    "errors.incomplete.pickle": (IncompletePickleFails, IncompletePickleForgets),
    "errors.limit.kind": (LimitIsValueError, LimitSwapped, LimitWithoutConsumed),
    "errors.limit.pickle": (LimitPickleFails, LimitPickleForgets),
}
