"""Readers that are unusual in who is woken, and when."""

import asyncio
from collections.abc import Callable
from typing import Any

from textbook import TextbookReader
from variants.variant import Variant

Separators = tuple[bytes, ...]


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


class WokenByATimer(TextbookReader):
    """A waiting call is woken by a timer that is due at once."""

    def _wake(self, failure: Any = None) -> None:
        self._loop.call_later(0, super()._wake, failure)


class WokenAsFromAThread(TextbookReader):
    """A waiting call is woken in the way that is safe for threads."""

    def _wake(self, failure: Any = None) -> None:
        self._loop.call_soon_threadsafe(super()._wake, failure)


VARIANTS: tuple[Variant, ...] = (
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
    Variant(WokenByATimer, "a timer that is due runs before the loop is quiet", ("reader.feed.same-turn",)),
    Variant(WokenAsFromAThread, "what a loop has besides may be used", ("reader.feed.same-turn",)),
)
