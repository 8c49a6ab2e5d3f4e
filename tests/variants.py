"""Readers that are unusual in one way, and right: each uses a freedom that the clauses leave, and must pass.

Its one idea: a suite that demands more than the clauses say fails one of these. Most replace one method of the
textbook reader; the last few are built on another plan altogether.
"""

import asyncio
import contextlib
import operator
import sys
import types
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from textbook import Match, TextbookReader

Separators = tuple[bytes, ...]


class Variant(NamedTuple):
    """A target that must pass, the freedom that it uses, the testable clauses that leave it, and whose rules do."""

    reader: Any
    freedom: str
    clauses: tuple[str, ...] = ()
    python: tuple[int, int] = (3, 13)


# Arguments and refusals.


class DefaultForNone(TextbookReader):
    """A limit of None stands for the default."""

    def _check_limit(self, limit: Any) -> int:
        return super()._check_limit(65536 if limit is None else limit)


class LimitValueError(TextbookReader):
    """A limit that is no integer is refused with ValueError."""

    def _check_limit(self, limit: Any) -> int:
        if not isinstance(limit, int):
            raise ValueError("the limit must be an integer")
        return super()._check_limit(limit)


class FloatLimit(TextbookReader):
    """A float limit is accepted as it is."""

    def _check_limit(self, limit: Any) -> Any:
        return limit if isinstance(limit, float) and limit > 0 else super()._check_limit(limit)


class TakesLikeCPython(TextbookReader):
    """Anything false is ignored by a feed, and a list of ints is taken as bytes."""

    def _copy(self, data: Any) -> bytes:
        if not data:
            return b""
        return bytes(data) if isinstance(data, list) else super()._copy(data)


class AssertsOpen(TextbookReader):
    """Feeding after the end raises AssertionError."""

    def _check_open(self) -> None:
        if self._eof:
            raise AssertionError("feed_data after feed_eof")


class RefusesWithOwnError(TextbookReader):
    """Feeding after the end raises an error of its own, and so does a second transport."""

    class ReaderStateError(Exception):
        """Something was asked of a reader in the wrong state."""

    def _check_open(self) -> None:
        if self._eof:
            raise self.ReaderStateError("feed_data after feed_eof")

    def set_transport(self, transport: Any) -> None:
        if self._transport is not None:
            raise self.ReaderStateError("the reader has a transport already")
        super().set_transport(transport)


class LateSeparatorCheck(TextbookReader):
    """A separator of the wrong type is refused only when something is unread, or the stream ends."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        if isinstance(separator, str | list) and separator:
            self._raise_stored()
            while len(self._buffer) < len(separator):
                if self._eof:
                    raise self._incomplete(None)
                await self._wait("readuntil")
        return await super().readuntil(separator)


class LateCountCheck(TextbookReader):
    """`read` looks at the type of n only when it need not wait any more."""

    async def read(self, n: Any = -1) -> bytes:
        if n is None or isinstance(n, str | bytes | float):
            self._raise_stored()
            while not self._buffer and not self._eof:
                await self._wait("read")
        return await super().read(n)


class HugeRefused(TextbookReader):
    """`read(n)` refuses an n beyond the word size of the machine."""

    async def _read_some(self, count: int) -> bytes:
        if count > sys.maxsize:
            raise OverflowError("n is too large")
        return await super()._read_some(count)


class ExactFloats(TextbookReader):
    """`readexactly` takes a float for the integer that it equals."""

    def _check_count(self, n: Any) -> int:
        return super()._check_count(int(n) if isinstance(n, float) and n.is_integer() else n)


class ShowsEverything(TextbookReader):
    """`repr` goes over several lines and shows the bytes, in characters of any kind."""

    def __repr__(self) -> str:
        return f"reader «{bytes(self._buffer)!r}»\n limit: {self._limit}\n {self._exception!r} {self._waiter!r}"


# Short reads, and what read(0) may do.


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


# The search.


class ExactTail(TextbookReader):
    """Over the limit, `consumed` leaves out just the longest tail that could begin a separator."""

    def _tail(self, separators: Separators) -> int:
        begins = [each[:size] for each in separators for size in range(1, len(each))]
        return max((len(each) for each in begins if self._buffer.endswith(each)), default=0)

    def _check_unfound(self, separators: Separators) -> None:
        certain = len(self._buffer) - self._tail(separators)
        if certain > self._limit:
            raise self._overrun("Separator is not found, and chunk exceed the limit", certain)


class JudgesByChunk(TextbookReader):
    """The limit is judged chunk by chunk, so the error may come although the separator is unread already."""

    _cuts: tuple[int, ...] = ()

    def _store(self, chunk: bytes) -> None:
        super()._store(chunk)
        self._cuts = (*self._cuts, len(self._buffer))

    def _take(self, count: int) -> bytes:
        taken = super()._take(count)
        self._cuts = tuple(cut - len(taken) for cut in self._cuts if cut > len(taken))
        return taken

    def _search(self, separators: Separators) -> Match | None:
        match = super()._search(separators)
        for cut in self._cuts:
            if match is not None and cut >= match.end:
                break
            self._check_prefix(cut + 1 - max(map(len, separators)))
        return match

    def _check_prefix(self, certain: int) -> None:
        if certain > self._limit:
            raise self._overrun("Separator is not found, and chunk exceed the limit", certain)

    def _drop_line(self, consumed: int) -> None:
        self._take(self._buffer.find(b"\n") + 1 or len(self._buffer))

    async def _read_all(self) -> bytes:
        while not self._eof:
            await self._wait("read")
        return self._take(len(self._buffer))


class OtherWords(TextbookReader):
    """The messages of errors are worded otherwise."""

    def _overrun(self, message: str, consumed: int) -> Exception:
        return super()._overrun(f"{consumed} bytes, and no separator before them", consumed)

    def _check_alone(self, method: str) -> None:
        try:
            super()._check_alone(method)
        except RuntimeError:
            raise RuntimeError(f"{method}: someone else is waiting") from None


# Waking and waiting.


class WakesLater(TextbookReader):
    """A waiting call is woken by a callback, later in the turn."""

    def _wake(self, failure: Any = None) -> None:
        self._loop.call_soon(super()._wake, failure)


class BreaksLater(TextbookReader):
    """An exception ends a waiting call later in the turn."""

    def set_exception(self, exc: Any) -> None:
        self._exception = exc
        self._loop.call_soon(self._wake, exc)


class WaitsForEvent(TextbookReader):
    """A call waits for an asyncio.Event, and occupies the reader until it has ended."""

    def __init__(self, limit: int = 65536, loop: asyncio.AbstractEventLoop | None = None) -> None:
        super().__init__(limit, loop)
        self._event = asyncio.Event()
        self._occupied = False

    async def _wait(self, method: str) -> None:
        self._check_alone(method)
        self._resume()
        self._event.clear()
        self._occupied = True
        try:
            await self._event.wait()
        finally:
            self._occupied = False
        self._look_again(None)

    def _check_alone(self, method: str) -> None:
        if self._occupied:
            raise RuntimeError(f"{method}() called while another coroutine is already waiting")

    def _wake(self, failure: Any = None) -> None:
        self._event.set()


Outcome = tuple[bytes, Any]  # what was taken, and the exception to raise instead of returning it
Decision = Callable[[], tuple[int, Any] | None]  # how much to take and what to raise, or None: wait


class DecidesWhenFed(TextbookReader):
    """How a waiting call ends is decided when bytes are fed; if it is cancelled, they are given back."""

    _decide: Decision
    _held: Outcome | None = None

    async def _read_some(self, count: int) -> bytes:
        return await self._end("read", lambda: (count, None) if self._buffer or self._eof else None)

    async def _read_all(self) -> bytes:
        return await self._end("read", lambda: (len(self._buffer), None) if self._eof else None)

    async def readexactly(self, n: int) -> bytes:
        count = self._check_count(n)
        self._raise_stored()
        return await self._end("readexactly", lambda: self._decide_count(count))

    async def _until(self, separators: Separators) -> bytes:
        self._raise_stored()
        return await self._end("readuntil", lambda: self._decide_message(separators))

    async def _line(self) -> bytes:
        self._raise_stored()
        return await self._end("readuntil", self._decide_line)

    def _decide_count(self, count: int) -> tuple[int, Any] | None:
        if len(self._buffer) >= count:
            return count, None
        return self._decide_end(count)

    def _decide_end(self, expected: int | None) -> tuple[int, Any] | None:
        if not self._eof:
            return None
        return len(self._buffer), self.incomplete_error(bytes(self._buffer), expected)

    def _decide_message(self, separators: Separators) -> tuple[int, Any] | None:
        match = self._search(separators)
        try:
            if match is not None:
                self._check_found(match)
                return match.end, None
            self._check_unfound(separators)
        except self.overrun_error as error:
            return 0, error
        return self._decide_end(None)

    def _decide_line(self) -> tuple[int, Any] | None:
        decision = self._decide_message((b"\n",))
        if decision is None or decision[1] is None:
            return decision
        count, error = decision
        if isinstance(error, self.incomplete_error):
            return count, None
        too_long = ValueError(error.args[0])
        too_long.__context__ = error
        return self._buffer.find(b"\n") + 1 or len(self._buffer), too_long

    async def _end(self, method: str, decide: Decision) -> bytes:
        self._give_back()
        outcome = self._take_decided(decide)
        while outcome is None:
            outcome = await self._wait_decided(method, decide)
        taken, error = outcome
        if error is not None:
            raise error
        return taken

    def _take_decided(self, decide: Decision) -> Outcome | None:
        decision = decide()
        return None if decision is None else (self._take(decision[0]), decision[1])

    async def _wait_decided(self, method: str, decide: Decision) -> Outcome | None:
        self._check_alone(method)
        self._resume()
        self._decide = decide
        waiter = self._waiter = self._loop.create_future()
        try:
            failure = await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():
                self._give_back()
            raise
        finally:
            if self._waiter is waiter:
                self._waiter = None
        if failure is not None:
            raise failure
        outcome, self._held = self._held, None
        if outcome is None:  # another call took it from under this one
            self._raise_stored()
        return outcome or self._take_decided(decide)

    def _give_back(self) -> None:
        """Until the call runs for which it was decided, the decision can be taken back."""
        if self._held is not None:
            self._buffer[:0] = self._held[0]
            self._held = None

    def _is_waiting(self) -> bool:
        return self._waiter is not None and not self._waiter.done()

    def _wake(self, failure: Any = None) -> None:
        if self._is_waiting():
            self._held = self._take_decided(self._decide) if failure is None else None
            if failure is not None or self._held is not None:
                super()._wake(failure)

    def _maybe_pause(self) -> None:
        if not self._is_waiting():
            super()._maybe_pause()


class WakesWhoCanEnd(DecidesWhenFed):
    """A waiting call is woken only when it can end, and takes its bytes when it runs."""

    def _wake(self, failure: Any = None) -> None:
        if self._is_waiting() and (failure is not None or self._decide() is not None):
            TextbookReader._wake(self, failure)


# The transport.


class PausesLater(TextbookReader):
    """Whether to pause is judged by a callback, at the end of the turn; an error in pausing is swallowed."""

    def _maybe_pause(self) -> None:
        self._loop.call_soon(self._pause_unless_waiting)

    def _pause_unless_waiting(self) -> None:
        if self._waiter is None or self._waiter.done():
            with contextlib.suppress(Exception):
                super()._maybe_pause()


class ResumesLater(TextbookReader):
    """A call that took something resumes the transport by a callback, later in the turn."""

    def _maybe_resume(self) -> None:
        self._loop.call_soon(super()._maybe_resume)


class PauseErrorSwallowed(TextbookReader):
    """An error in pausing is swallowed."""

    def _maybe_pause(self) -> None:
        with contextlib.suppress(Exception):
            super()._maybe_pause()


class PausesWhenAttached(TextbookReader):
    """A transport is paused at once if too much is unread already."""

    def set_transport(self, transport: Any) -> None:
        super().set_transport(transport)
        with contextlib.suppress(Exception):
            self._maybe_pause()


class SecondTransportTakesOver(TextbookReader):
    """A second transport takes over."""

    def set_transport(self, transport: Any) -> None:
        self._transport, self._paused = transport, False


# Exceptions.


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


# Other shapes.


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
    Variant(DefaultForNone, "a limit of None may be accepted", ("reader.limit.type",)),
    Variant(LimitValueError, "a limit of another type may be refused either way", ("reader.limit.type",)),
    Variant(FloatLimit, "a float may be accepted as limit", ("reader.limit.type",)),
    Variant(
        TakesLikeCPython,
        "what is false may be ignored, and a list of ints taken for bytes",
        ("reader.feed.wrong-type",),
    ),
    Variant(AssertsOpen, "any exception may refuse a feed after the end", ("reader.feed.after-end",)),
    Variant(
        RefusesWithOwnError,
        "any exception may refuse a feed after the end, or a second transport",
        ("reader.feed.after-end", "flow.transport.second"),
    ),
    Variant(
        LateSeparatorCheck,
        "a separator of the wrong type may be refused as late as a search is due",
        ("reader.readuntil.separator-type",),
    ),
    Variant(
        LateCountCheck,
        "an n of the wrong type may be refused when the call need not wait",
        ("reader.read.wrong-type",),
    ),
    Variant(HugeRefused, "a huge n may be refused", ("reader.read.huge",)),
    Variant(
        ExactFloats,
        "a float may count as the integer that it equals",
        ("reader.readexactly.wrong-type",),
    ),
    Variant(ShowsEverything, "`repr` may tell anything in any words", ("reader.repr",)),
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
        ExactTail,
        "the over-limit error may come as soon as the bytes that are no beginning of a separator exceed it",
        ("reader.readuntil.overrun-not-early", "reader.readuntil.overrun-unfound", "reader.separators.longest"),
    ),
    Variant(
        JudgesByChunk,
        "the limit may be judged chunk by chunk",
        ("reader.readuntil.overrun-found", "reader.readline.overrun-drops-all"),
    ),
    Variant(
        OtherWords,
        "messages may be worded in any way, if the refusal of a second call names the method",
        ("reader.overlap.message", "reader.readline.overrun"),
    ),
    Variant(WakesLater, "a waiting call may be woken at any time in the turn", ("reader.feed.same-turn",)),
    Variant(BreaksLater, "an exception may end a call later in the turn", ("reader.exception.raised",)),
    Variant(
        WaitsForEvent,
        "a call in the turn of the cancellation of another may be refused",
        ("reader.overlap.after-cancel",),
    ),
    Variant(
        DecidesWhenFed,
        "how a waiting call ends may be decided by each feed",
        ("reader.exception.same-turn", "reader.exception.over-end"),
    ),
    Variant(
        WakesWhoCanEnd,
        "a waiting call need not be woken before it can end",
        ("reader.feed.same-turn", "flow.resume.before-waiting"),
    ),
    Variant(
        PausesLater,
        "the transport may be paused at any time before the loop is quiet; an error in it may be swallowed",
        ("flow.pause.above", "flow.pause-error"),
    ),
    Variant(
        ResumesLater,
        "the transport may be resumed at any time before the loop is quiet",
        ("flow.resume.at-limit", "flow.resume.readline"),
    ),
    Variant(PauseErrorSwallowed, "an error in pausing may be swallowed", ("flow.pause-error",)),
    Variant(PausesWhenAttached, "a late transport may be paused at once", ("flow.transport.late",)),
    Variant(SecondTransportTakesOver, "a second transport may take over", ("flow.transport.second",)),
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
    Variant(GivesPromises, "any awaitable will do", ("reader.methods.kinds",)),
    Variant(OnlyRead, "what a reader lacks is not asked of it"),
    Variant(lines_only, "what a module lacks is not asked of it"),
    Variant(
        QueueReader,
        "chunks may be kept apart, and `read(n)` may return no more than the first",
    ),
)
