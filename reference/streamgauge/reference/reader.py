"""`StreamReader`: the asyncio shell around an inbox.

The one idea: **it only parks and wakes.** What a read is owed is the inbox's business. Here a caller whose question
has no answer yet is parked on a future, and whenever anything changes (data, the end, an exception) everybody parked
is woken to ask again, the longest parked first. Nothing is handed over at a wake-up, so none can be lost: if another
reader was quicker, the woken one finds "not yet" and is parked again, in its old place.

Every read first asks without waiting: data that is there is returned without suspending, and without the cost of a
second coroutine.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Self, TypeVarTuple

from streamgauge.reference.inbox import Inbox, Separator, Source, as_separators
from streamgauge.reference.unread import Unread

DEFAULT_LIMIT = 2**16  # bytes
Ts = TypeVarTuple("Ts")


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
        self._parked: list[asyncio.Future[BaseException | type[BaseException] | None]] = []

    def __repr__(self) -> str:
        inbox = self._inbox
        facts = ["StreamReader"]
        if inbox.size:
            facts.append(f"{inbox.size} bytes")
        if inbox.ended:
            facts.append("eof")
        if inbox.limit != DEFAULT_LIMIT:
            facts.append(f"limit={inbox.limit}")
        facts.extend(f"waiter={waiter!r}" for waiter in self._parked)
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

    # Private in asyncio, and used none the less, by programs and event loops that upgrade to TLS

    @property
    def _buffer(self) -> Unread:
        inbox = self._inbox
        return Unread(b"".join((inbox._head[inbox._start :], *inbox._fresh)), self._discard)

    def _discard(self) -> None:
        if self._inbox.size:
            self._inbox._take(self._inbox.size)

    @property
    def _transport(self) -> Source | None:
        return self._inbox.source

    @_transport.setter
    def _transport(self, transport: Source) -> None:
        """Let the transport so far go on, and pause this one from now on, perhaps at once."""
        inbox = self._inbox
        inbox.invite()
        inbox.source = transport
        inbox.throttle()

    def feed_data(self, data: Iterable[int]) -> None:
        """Append bytes. AssertionError after `feed_eof`, even under -O."""
        inbox = self._inbox
        if inbox.feed(data):
            if self._parked:
                self._wake()
            if inbox.source is not None:
                inbox.throttle()

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
        self._wake(exc)

    # For whoever reads

    def at_eof(self) -> bool:
        """Whether the end was fed and everything before it was read."""
        return self._inbox.ended and not self._inbox.size

    async def read(self, n: int = -1) -> bytes:
        """Up to `n` bytes, as soon as there is one; if `n` is negative, everything up to the end. Empty: the end."""
        if n < 0:
            return await self._read_to_end()
        data = self._inbox.some(n)
        if data is None:
            data = await self._answer("read", self._inbox.some, n)
        return data

    async def readline(self) -> bytes:
        """One line with its newline; at the end what is left of one. ValueError if it exceeds the limit."""
        line = self._inbox.line()
        if line is None:
            line = await self._answer("readuntil", self._inbox.line)
        return line

    async def readexactly(self, n: int) -> bytes:
        """Exactly `n` bytes. IncompleteReadError, with those that came, if the end comes first."""
        data = self._inbox.exactly(n)
        if data is None:
            data = await self._answer("readexactly", self._inbox.exactly, n)
        return data

    async def readuntil(self, separator: Separator | tuple[Separator, ...] = b"\n") -> bytes:
        """Data up to and including the separator; of a tuple, whichever is complete first.

        IncompleteReadError if the end comes first; LimitOverrunError, and the data stays, if more than the limit
        precedes the separator; ValueError if a separator is empty or there is none.
        """
        separators = (separator,) if type(separator) is bytes and separator else as_separators(separator)
        data = self._inbox.until(separators)
        if data is None:
            data = await self._answer("readuntil", self._inbox.until, separators)
        return data

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        line = self._inbox.line()
        if line is None:
            line = await self._answer("readuntil", self._inbox.line)
        if not line:
            raise StopAsyncIteration
        return line

    async def _read_to_end(self) -> bytes:
        if not self._inbox.ended and self._inbox.exception is None:
            self._refuse_second("read")  # Before it takes anything: to put that back would wake the first.
        collected: list[bytes] = []
        try:
            data = self._inbox.to_end(collected)
            if data is None:
                data = await self._answer("read", self._inbox.to_end, collected)
            return data
        except BaseException:
            # Cancelled, refused or broken: the next reader, who may be parked already, finds everything again,
            # and it counts again for the transport: [reader.cancel.read-all], [flow.pause.above]
            self._inbox.put_back(collected)
            self._wake()
            self._inbox.throttle()
            raise

    # Parking and waking

    async def _answer(self, name: str, ask: Callable[[*Ts], bytes | None], *question: *Ts) -> bytes:
        """Ask, and park until there is an answer."""
        self._refuse_second(name)
        parked = self._parked
        waiter = self._loop.create_future()
        parked.append(waiter)
        try:
            while True:
                if self._inbox.paused:
                    # After parking, as the transport may deliver on the spot: [flow.resume.before-waiting]
                    self._inbox.invite()
                exception = await waiter
                if exception is not None:
                    raise exception
                data = ask(*question)  # which looks at the exception, too: [reader.exception.same-turn]
                if data is not None:
                    return data
                # Another reader was quicker, or it takes more. Parked again in the same place, before those who
                # came meanwhile: [reader.overlap.false-end], [reader.overlap.lost-wakeup]
                woken, waiter = waiter, self._loop.create_future()
                parked[parked.index(woken)] = waiter
        finally:
            parked.remove(waiter)

    def _refuse_second(self, name: str) -> None:
        """RuntimeError if somebody is parked. A future that is done holds nobody: its reader has yet to run."""
        # [reader.overlap.after-cancel]
        if self._parked and not all(waiter.done() for waiter in self._parked):
            # [reader.overlap.refused], [reader.overlap.message]
            raise RuntimeError(f"{name}() called while another coroutine is already waiting for incoming data")

    def _wake(self, exception: BaseException | type[BaseException] | None = None) -> None:
        """Have everybody parked ask again, or raise `exception`, even if it will have been cleared by then."""
        for waiter in self._parked:
            if not waiter.done():
                waiter.set_result(exception)
