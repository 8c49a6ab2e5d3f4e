"""Readers that are wrong in one way: the stored exception."""

import copy
from typing import Any

from textbook import TextbookReader


class RaisesCopies(TextbookReader):
    """A copy of the stored exception is raised."""

    def set_exception(self, exc: Any) -> None:
        self._exception = copy.copy(exc) if isinstance(exc, BaseException) else exc
        self._wake(self._exception)
        self._given = exc

    def exception(self) -> Any:
        return None if self._exception is None else self._given


class RaisesWrapped(TextbookReader):
    """The stored exception is raised as the cause of another of its type."""

    def _raise_stored(self) -> None:
        if isinstance(self._exception, OSError):
            raise type(self._exception)("the stream is broken") from self._exception
        super()._raise_stored()


class RaisesOnce(TextbookReader):
    """The stored exception is forgotten when a waiting call has raised it."""

    def _look_again(self, failure: Any) -> None:
        if failure is not None:
            self._exception = None
        super()._look_again(failure)


class ExceptionWakesNobody(TextbookReader):
    """An exception does not end a waiting call."""

    def set_exception(self, exc: Any) -> None:
        self._exception = exc


class BytesBeforeException(TextbookReader):
    """`read(n)` returns unread bytes before it raises a stored exception."""

    async def read(self, n: Any = -1) -> bytes:
        if self._exception is not None and self._buffer and isinstance(n, int) and n > 0:
            return self._take(n)
        return await super().read(n)


class LineBeforeException(TextbookReader):
    """`readuntil` returns a complete message before it raises a stored exception."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        match = self._search(self._check_separator(separator))
        if self._exception is not None and match is not None and match.start <= self._limit:
            return self._take(match.end)
        return await super().readuntil(separator)


class RaisingTakes(TextbookReader):
    """A call that raises the stored exception drops what is unread."""

    async def read(self, n: int = -1) -> bytes:
        if self._exception is not None and n != 0:
            self._buffer.clear()
        return await super().read(n)


class EndBeforeException(TextbookReader):
    """An exception that comes after the end is ignored."""

    def set_exception(self, exc: Any) -> None:
        if not self._eof or exc is None:
            super().set_exception(exc)


class EndHeals(TextbookReader):
    """An end that comes after an exception clears it."""

    def feed_eof(self) -> None:
        self._exception = None
        super().feed_eof()


class EmptyAtBrokenEnd(TextbookReader):
    """At the end, with nothing unread, `read(n)` returns empty bytes although an exception is stored."""

    async def read(self, n: Any = -1) -> bytes:
        if self.at_eof() and self._exception is not None and isinstance(n, int) and n:
            return b""
        return await super().read(n)


class LooksOnce(TextbookReader):
    """A call that was woken by bytes does not look at an exception that came in the same turn."""

    def _look_again(self, failure: Any) -> None:
        if failure is not None:
            raise failure


class ExceptionAsText(TextbookReader):
    """`exception` gives the text of the stored exception."""

    def exception(self) -> Any:
        return None if self._exception is None else str(self._exception)


class ExceptionReadOnce(TextbookReader):
    """`exception` gives the stored exception once."""

    _shown = False

    def exception(self) -> Any:
        shown, self._shown = self._shown, self._exception is not None
        return None if shown else self._exception


class ExceptionWhenNone(TextbookReader):
    """`exception` gives False while none is stored."""

    def exception(self) -> Any:
        return False if self._exception is None else self._exception


class ClearIgnored(TextbookReader):
    """`set_exception(None)` is accepted, but the exception stays."""

    def set_exception(self, exc: Any) -> None:
        if exc is not None:
            super().set_exception(exc)


class ClearEnds(TextbookReader):
    """`set_exception(None)` clears the exception and marks the end."""

    def set_exception(self, exc: Any) -> None:
        super().set_exception(exc)
        if exc is None:
            self._eof = True


class ClearDrops(TextbookReader):
    """`set_exception(None)` clears the exception and drops what is unread."""

    def set_exception(self, exc: Any) -> None:
        super().set_exception(exc)
        if exc is None:
            self._buffer.clear()


class BrokenSearchTakes(TextbookReader):
    """An exception that ends a waiting `readuntil` takes the unread bytes along: clearing brings nothing back."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        whole = self._exception is None
        try:
            return await super().readuntil(separator)
        except BaseException:
            if whole and self._exception is not None:
                self._buffer.clear()
            raise


class ClassIgnored(TextbookReader):
    """An exception class is accepted, and forgotten."""

    def set_exception(self, exc: Any) -> None:
        if not isinstance(exc, type):
            super().set_exception(exc)


class ClassIsRuntimeError(TextbookReader):
    """A call that should raise an instance of a stored class raises RuntimeError."""

    def set_exception(self, exc: Any) -> None:
        super().set_exception(RuntimeError(exc) if isinstance(exc, type) else exc)


class StopIsEmpty(TextbookReader):
    """A stored StopIteration makes `read` return empty bytes."""

    async def read(self, n: int = -1) -> bytes:
        try:
            return await super().read(n)
        except RuntimeError as error:
            if isinstance(error.__cause__, StopIteration):
                return b""
            raise


class StopIsAnother(TextbookReader):
    """A stored StopIteration is raised as EOFError."""

    def set_exception(self, exc: Any) -> None:
        stop = isinstance(exc, StopIteration) or exc is StopIteration
        super().set_exception(EOFError("stopped") if stop else exc)


BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.exception.raised": (RaisesCopies, RaisesWrapped, RaisesOnce, ExceptionWakesNobody),
    "reader.exception.hides-data": (BytesBeforeException, LineBeforeException, RaisingTakes),
    "reader.exception.over-end": (EndBeforeException, EndHeals, EmptyAtBrokenEnd),
    "reader.exception.same-turn": (LooksOnce,),
    "reader.exception.readable": (ExceptionAsText, ExceptionReadOnce, ExceptionWhenNone),
    "reader.exception.clear": (ClearIgnored, ClearEnds, ClearDrops, BrokenSearchTakes),
    "reader.exception.class": (ClassIgnored, ClassIsRuntimeError),
    "reader.exception.stop-iteration": (StopIsEmpty, StopIsAnother),
}
