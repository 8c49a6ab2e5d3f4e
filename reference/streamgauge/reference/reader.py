"""`StreamReader`: the asyncio shell around an inbox.

The one idea: **it only parks and wakes.** What a read is owed is the inbox's business. Here a caller whose question
has no answer yet is parked on a future, and whenever anything changes (data, the end, an exception) everybody parked
is woken to ask again, the longest parked first. Nothing is handed over at a wake-up, so none can be lost: if another
reader was quicker, the woken one finds "not yet" and is parked again, in its old place.

Every read first asks without waiting: data that is there is returned without suspending, and without the cost of a
second coroutine.
"""

import asyncio
from collections.abc import Iterable
from typing import Self

from streamgauge.reference.inbox import Inbox, Separator, Source, as_separators

DEFAULT_LIMIT = 2**16  # bytes


class StreamReader:
    """Reads bytes that somebody else feeds: a drop-in for `asyncio.StreamReader`, on any event loop.

    One coroutine at a time may wait for data. See the library reference, "Streams", "StreamReader".
    """

    _source_traceback = None  # asyncio.StreamReaderProtocol takes it over from its reader.

    def __init__(self, limit: float = DEFAULT_LIMIT, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """`limit` (bytes) bounds a line, and is half of what may lie unread before the transport is paused."""
        if limit <= 0:
            raise ValueError("Limit cannot be <= 0")  # [reader.limit.positive]
        # Without a running loop this creates one, warns or fails, as this Python's own reader does.
        self._loop = asyncio.get_event_loop() if loop is None else loop
        self._inbox = Inbox(limit)
        self._parked: asyncio.Future[None] | None = None  # the one call that waits, until it has left ...
        self._sleeper: asyncio.Future[None] | None = None  # ... and until it was woken

    def __repr__(self) -> str:
        inbox = self._inbox
        facts = ["StreamReader"]
        if inbox.size:
            facts.append(f"{inbox.size} bytes")
        if inbox.ended:
            facts.append("eof")
        if inbox.limit != DEFAULT_LIMIT:
            facts.append(f"limit={inbox.limit}")
        if self._sleeper is not None:
            facts.append(f"waiter={self._sleeper!r}")
        if inbox.exception is not None:
            facts.append(f"exception={inbox.exception!r}")
        if inbox.source is not None:
            facts.append(f"transport={inbox.source!r}")
        if inbox.paused:
            facts.append("paused")
        return f"<{' '.join(facts)}>"

    # For whoever feeds

    def set_transport(self, transport: Source) -> None:
        """Name the transport to be paused when too much lies unread. Once only: AssertionError."""
        if self._inbox.source is not None:
            raise AssertionError("Transport already set")
        self._inbox.source = transport

    def feed_data(self, data: Iterable[int]) -> None:
        """Append bytes. AssertionError after `feed_eof`, even under -O."""
        inbox, sleeper = self._inbox, self._sleeper
        if sleeper is not None:
            if not inbox.feed(data):
                return  # Whoever goes on waiting keeps the source going: [flow.resume.before-waiting]
            self._sleeper = None
            if not sleeper.done():
                sleeper.set_result(None)
        elif inbox.fresh and data and not inbox.ended:  # `Inbox.feed` once more, for speed
            inbox.fresh.extend(data)
        else:
            inbox.feed(data)
        if inbox.source is not None and len(inbox.head) + len(inbox.fresh) > inbox.high_water:
            inbox.throttle()  # which looks closer: part of the head may have been read

    def feed_eof(self) -> None:
        """Mark the end: what is buffered can still be read."""
        self._inbox.ended = True
        self._wake()

    def exception(self) -> BaseException | type[BaseException] | None:
        """The stored exception, which every read raises, or None."""
        return self._inbox.exception

    def set_exception(self, exc: BaseException | type[BaseException] | None) -> None:
        """Make every read raise `exc`, whatever is buffered, until another call replaces it; None clears it."""
        self._inbox.exception = exc
        self._wake()
        self._inbox.throttle()  # Nobody goes on waiting.

    # For whoever reads

    def at_eof(self) -> bool:
        """Whether the end was fed and everything before it was read."""
        return self._inbox.ended and not self._inbox.size

    async def read(self, n: int = -1) -> bytes:
        """Up to `n` bytes, as soon as there is one; if `n` is negative, everything up to the end. Empty: the end."""
        if n < 0:
            while (data := self._inbox.rest()) is None:
                await self._change("read")
            return data
        while (data := self._inbox.some(n)) is None:
            await self._change("read")
        return data

    async def readline(self) -> bytes:
        """One line with its newline; at the end what is left of one. ValueError if it exceeds the limit."""
        while (line := self._inbox.line()) is None:
            await self._change("readuntil")
        return line

    async def readexactly(self, n: int) -> bytes:
        """Exactly `n` bytes. IncompleteReadError, with those that came, if the end comes first."""
        while (data := self._inbox.exactly(n)) is None:
            await self._change("readexactly")
        return data

    async def readuntil(self, separator: Separator | tuple[Separator, ...] = b"\n") -> bytes:
        """Data up to and including the separator; of a tuple, whichever is complete first.

        IncompleteReadError if the end comes first; LimitOverrunError, and the data stays, if more than the limit
        precedes the separator; ValueError if a separator is empty or there is none.
        """
        if type(separator) is bytes and separator:
            while (data := self._inbox.until(separator)) is None:
                await self._change("readuntil")
            return data
        separators = as_separators(separator)
        while (data := self._inbox.until_any(separators)) is None:
            await self._change("readuntil")
        return data

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        while (line := self._inbox.line()) is None:
            await self._change("readuntil")
        if not line:
            raise StopAsyncIteration
        return line

    # Parking and waking

    async def _change(self, name: str) -> None:
        """Park the caller, a read called `name`, until something changes that may matter to it."""
        if self._parked is not None and not self._parked.cancelled():
            self._inbox.anything_matters()
            # [reader.overlap.refused], [reader.overlap.message]
            raise RuntimeError(f"{name}() called while another coroutine is already waiting for incoming data")
        parked = self._parked = self._sleeper = self._loop.create_future()
        try:
            if self._inbox.paused:
                # After parking, as the transport may deliver on the spot: [flow.resume.before-waiting]
                self._inbox.invite()
            await parked
        finally:
            if self._parked is parked:
                self._parked = self._sleeper = None

    def _wake(self) -> None:
        sleeper, self._sleeper = self._sleeper, None
        if sleeper is not None and not sleeper.done():
            sleeper.set_result(None)
