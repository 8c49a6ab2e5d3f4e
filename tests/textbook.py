"""TextbookReader: the plainest reader that keeps every clause, parent of the wrong and the unusual ones.

Its one idea: what matters is in small methods, so that `faulty` breaks exactly one and `variants`
replaces one. It looks at its state again after every wake-up, searches the whole buffer every time, and
remembers nothing else.
"""

import asyncio
import operator
from typing import Any, NamedTuple


class Match(NamedTuple):
    """Where in the buffer a separator starts, and where it ends."""

    start: int
    end: int


class TextbookReader:
    """A byte buffer, two flags, a stored exception and the future of the one call that waits."""

    incomplete_error: Any = asyncio.IncompleteReadError
    overrun_error: Any = asyncio.LimitOverrunError

    def __init__(self, limit: int = 65536, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._limit = self._check_limit(limit)
        self._loop = asyncio.get_running_loop() if loop is None else loop
        self._buffer = bytearray()
        self._eof = False
        self._exception: Any = None
        self._waiter: asyncio.Future[Any] | None = None
        self._transport: Any = None
        self._paused = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self._buffer)} bytes{', eof' if self._eof else ''}>"

    # What the protocol calls.

    def feed_data(self, data: Any) -> None:
        self._check_open()
        chunk = self._copy(data)
        if chunk:
            self._store(chunk)
            self._wake()
            self._maybe_pause()

    def feed_eof(self) -> None:
        self._eof = True
        self._wake()

    def set_exception(self, exc: Any) -> None:
        self._exception = exc
        self._wake(exc)

    def set_transport(self, transport: Any) -> None:
        if self._transport is not None:
            raise RuntimeError("the reader has a transport already")
        self._transport = transport

    # What the user calls.

    def exception(self) -> Any:
        return self._exception

    def at_eof(self) -> bool:
        return self._eof and not self._buffer

    async def read(self, n: int = -1) -> bytes:
        self._raise_stored()
        count = operator.index(n)
        if count == 0:
            return b""
        if count < 0:
            return await self._read_all()
        return await self._read_some(count)

    async def readexactly(self, n: int) -> bytes:
        count = self._check_count(n)
        self._raise_stored()
        while len(self._buffer) < count:
            if self._eof:
                raise self._incomplete(count)
            await self._wait("readexactly")
        return self._take(count)

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        return await self._until(self._check_separator(separator))

    async def readline(self) -> bytes:
        return await self._line()

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> bytes:
        line = await self._line()
        if not line:
            raise StopAsyncIteration
        return line

    # Arguments.

    def _check_limit(self, limit: Any) -> int:
        if operator.index(limit) <= 0:
            raise ValueError("the limit must be positive")
        return operator.index(limit)

    def _check_open(self) -> None:
        if self._eof:
            raise RuntimeError("feed_data after feed_eof")

    def _copy(self, data: Any) -> bytes:
        return bytes(memoryview(data))  # TypeError unless bytes-like

    def _check_count(self, n: Any) -> int:
        if operator.index(n) < 0:
            raise ValueError("readexactly size can not be less than zero")
        return operator.index(n)

    def _check_separator(self, separator: Any) -> tuple[bytes, ...]:
        given = separator if isinstance(separator, tuple) else (separator,)
        separators = tuple(bytes(memoryview(each)) for each in given)
        if not separators or not all(separators):
            raise ValueError("a separator should be at least one byte long")
        return separators

    # The buffer.

    def _store(self, chunk: bytes) -> None:
        self._buffer += chunk

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._maybe_resume()
        return taken

    async def _read_some(self, count: int) -> bytes:
        while not self._buffer and not self._eof:
            await self._wait("read")
        return self._take(count)

    async def _read_all(self) -> bytes:
        if not self._eof:
            self._check_alone("read")
        collected = bytearray()
        try:
            while not self._eof:
                collected += self._take(len(self._buffer))
                await self._wait("read")
        except BaseException:
            self._buffer[:0] = collected
            raise
        return bytes(collected) + self._take(len(self._buffer))

    async def _until(self, separators: tuple[bytes, ...]) -> bytes:
        self._raise_stored()
        while (match := self._search(separators)) is None:
            self._check_unfound(separators)
            if self._eof:
                raise self._incomplete(None)
            await self._wait("readuntil")
        self._check_found(match)
        return self._take(match.end)

    async def _line(self) -> bytes:
        try:
            return await self._until((b"\n",))
        except self.incomplete_error as error:
            return bytes(error.partial)
        except self.overrun_error as error:
            self._drop_line(error.consumed)
            raise ValueError(error.args[0])  # noqa: B904 - the clause wants a context, and no cause

    def _search(self, separators: tuple[bytes, ...]) -> Match | None:
        """The match that ends first; of those that end together, the shortest."""
        starts = ((self._buffer.find(each), each) for each in separators)
        matches = [Match(start, start + len(each)) for start, each in starts if start >= 0]
        return min(matches, key=lambda match: (match.end, -match.start), default=None)

    def _check_found(self, match: Match) -> None:
        if match.start > self._limit:
            raise self._overrun("Separator is found, but chunk is longer than limit", match.start)

    def _check_unfound(self, separators: tuple[bytes, ...]) -> None:
        certain = len(self._buffer) + 1 - max(map(len, separators))
        if certain > self._limit:
            raise self._overrun("Separator is not found, and chunk exceed the limit", certain)

    def _overrun(self, message: str, consumed: int) -> Exception:
        error: Exception = self.overrun_error(message, consumed)
        return error

    def _incomplete(self, expected: int | None) -> Exception:
        error: Exception = self.incomplete_error(self._take(len(self._buffer)), expected)
        return error

    def _drop_line(self, consumed: int) -> None:
        found = self._buffer.startswith(b"\n", consumed)
        self._take(consumed + 1 if found else len(self._buffer))

    # Waiting, and waking who waits.

    async def _wait(self, method: str) -> None:
        self._check_alone(method)
        self._resume()
        waiter = self._waiter = self._loop.create_future()
        try:
            failure = await waiter
        finally:
            if self._waiter is waiter:
                self._waiter = None
        self._look_again(failure)

    def _look_again(self, failure: Any) -> None:
        """Much may have happened between the wake-up and now."""
        if failure is not None:
            raise failure
        self._raise_stored()

    def _check_alone(self, method: str) -> None:
        """A call that was woken keeps its place until it runs; one that was cancelled has left it."""
        if self._waiter is not None and not self._waiter.cancelled():
            raise RuntimeError(f"{method}() called while another coroutine is already waiting for incoming data")

    def _wake(self, failure: Any = None) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(failure)

    def _raise_stored(self) -> None:
        if self._exception is not None:
            raise self._exception

    # The transport.

    def _maybe_pause(self) -> None:
        if self._transport is not None and not self._paused and len(self._buffer) > 2 * self._limit:
            try:
                self._transport.pause_reading()
            except NotImplementedError:
                self._transport = None  # it cannot be paused: keep everything, and do not try again
            else:
                self._paused = True

    def _maybe_resume(self) -> None:
        if len(self._buffer) <= self._limit:
            self._resume()

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
