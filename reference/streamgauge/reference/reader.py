"""`StreamReader`: the asyncio shell around an inbox.

The one idea: **it only parks and wakes.** What a read is owed is the inbox's business. Here a caller whose question
has no answer yet is parked on a future, and whenever that may have changed (by data, the end, an exception) everybody
parked is woken to ask again. Nothing is handed over at a wake-up, so none can be lost: if another reader was quicker,
the woken one finds "not yet" and is parked again, before those who came meanwhile.

Every read has this loop in its own body, and first asks without waiting: neither data that is there nor a wait costs
a second coroutine. And parking is one attribute, `_waiter`, as long as no reads overlap.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Self

from streamgauge.reference.futures import maker_of_futures
from streamgauge.reference.inbox import NOWHERE, Inbox
from streamgauge.reference.separators import Separator, as_separators
from streamgauge.reference.source import Source
from streamgauge.reference.unread import Unread

DEFAULT_LIMIT = 2**16  # bytes
Waiter = asyncio.Future[BaseException | type[BaseException] | None]  # its result: what to raise, if anything


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
        self._create_future = maker_of_futures(self._loop)
        self._inbox = Inbox(limit)
        self._waiter: Waiter | None = None
        self._ahead: list[Waiter] = []  # those to be woken before it; empty if there is no waiter

    def __repr__(self) -> str:
        inbox = self._inbox
        facts = ["StreamReader"]
        if inbox.size:
            facts.append(f"{inbox.size} bytes")
        if inbox.ended:
            facts.append("eof")
        if inbox.limit != DEFAULT_LIMIT:
            facts.append(f"limit={inbox.limit}")
        facts.extend(f"waiter={waiter!r}" for waiter in self._parked())
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
        return Unread(b"".join((inbox._head[inbox._start :], *inbox._fresh, *inbox.unopened)), self._discard)

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
        if inbox.ended:  # An assert statement would vanish under -O, and empty data comes just as late.
            raise AssertionError("feed_data after feed_eof")  # [reader.feed.after-end]
        if not data:
            return  # [reader.feed.empty]
        if type(data) is not bytes:
            data = as_chunk(data)  # [reader.feed.copies]
        waiter = self._waiter
        if waiter is None:
            inbox.unopened.append(data)
            inbox.missing = 0
        elif self._ahead:
            inbox.take_in(data)
            self._wake()
        elif 0 < inbox.missing <= len(data):
            # `take_in` and `_wake`, for the usual single reader who has waited for this; a call would show.
            inbox._head, inbox._start, inbox._sought_from, inbox.missing = data, 0, NOWHERE, 0
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)
        elif inbox.take_in(data):
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)
        if inbox.source is not None:
            inbox.room -= len(data)
            if inbox.room < 0:
                inbox.throttle()

    def feed_eof(self) -> None:
        """Mark the end: what is buffered can still be read."""
        self._inbox.end()
        self._wake()

    def exception(self) -> BaseException | type[BaseException] | None:
        """The stored exception, which every read raises, or None."""
        return self._inbox.exception

    def set_exception(self, exc: BaseException | type[BaseException] | None) -> None:
        """Make every read raise `exc`, whatever is buffered, until another call replaces it; None clears it."""
        self._inbox.fail(exc)
        self._wake(exc)

    # For whoever reads

    def at_eof(self) -> bool:
        """Whether the end was fed and everything before it was read."""
        return self._inbox.ended and not self._inbox.size

    async def read(self, n: int = -1) -> bytes:
        """Up to `n` bytes, as soon as there is one; if `n` is negative, everything up to the end. Empty: the end."""
        if n < 0:
            return await self._read_to_end()
        inbox, waiter = self._inbox, None
        while (n and inbox.missing == 1) or (data := inbox.some(n)) is None:
            if self._waiter is None and not inbox.paused:
                waiter = self._waiter = self._create_future()  # `_park`, for the usual single reader
            else:
                waiter = self._park("read", waiter)
            try:
                exception = await waiter
            except BaseException:
                waiter.cancel()  # A future that is done holds nobody.
                raise
            if exception is not None:
                raise exception
        return data

    async def readline(self) -> bytes:
        """One line with its newline; at the end what is left of one. ValueError if it exceeds the limit."""
        waiter: Waiter | None = None
        while (line := self._inbox.line()) is None:
            if self._waiter is None and not self._inbox.paused:
                waiter = self._waiter = self._create_future()
            else:
                waiter = self._park("readuntil", waiter)
            try:
                exception = await waiter
            except BaseException:
                waiter.cancel()
                raise
            if exception is not None:
                raise exception
        return line

    async def readexactly(self, n: int) -> bytes:
        """Exactly `n` bytes. IncompleteReadError, with those that came, if the end comes first."""
        inbox, waiter = self._inbox, None
        while (n and inbox.missing == n) or (data := inbox.exactly(n)) is None:
            if self._waiter is None and not inbox.paused:
                waiter = self._waiter = self._create_future()
            else:
                waiter = self._park("readexactly", waiter)
            try:
                exception = await waiter
            except BaseException:
                waiter.cancel()
                raise
            if exception is not None:
                raise exception
        return data

    async def readuntil(self, separator: Separator | tuple[Separator, ...] = b"\n") -> bytes:
        """Data up to and including the separator; of a tuple, whichever is complete first.

        IncompleteReadError if the end comes first; LimitOverrunError, and the data stays, if more than the limit
        precedes the separator; ValueError if a separator is empty or there is none.
        """
        separators = (separator,) if type(separator) is bytes and separator else as_separators(separator)
        waiter: Waiter | None = None
        while (data := self._inbox.until(separators)) is None:
            if self._waiter is None and not self._inbox.paused:
                waiter = self._waiter = self._create_future()
            else:
                waiter = self._park("readuntil", waiter)
            try:
                exception = await waiter
            except BaseException:
                waiter.cancel()
                raise
            if exception is not None:
                raise exception
        return data

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        line = self._inbox.line()
        if line is None:
            line = await self.readline()
        if not line:
            raise StopAsyncIteration
        return line

    async def _read_to_end(self) -> bytes:
        if not self._inbox.ended and self._inbox.exception is None:
            self._refuse_second("read")  # Before it takes anything: to put that back would wake the first.
        collected: list[bytes] = []
        try:
            waiter: Waiter | None = None
            while (data := self._inbox.to_end(collected)) is None:
                waiter = self._park("read", waiter)
                try:
                    exception = await waiter
                except BaseException:
                    waiter.cancel()
                    raise
                if exception is not None:
                    raise exception
            return data
        except BaseException:
            # Cancelled, refused or broken: the next reader, who may be parked already, finds everything again,
            # and it counts again for the transport: [reader.cancel.read-all], [flow.pause.above]
            self._inbox.put_back(collected)
            self._wake()
            with suppress(Exception):  # A brake that fails must not hide what ended the call: [flow.pause-error]
                self._inbox.throttle()
            raise

    # Parking and waking

    def _park(self, name: str, woken: Waiter | None) -> Waiter:
        """What the method `name` is to await before it asks again; `woken` is what it awaited before, if it did."""
        if self._waiter is None:
            waiter = self._waiter = self._create_future()
        else:
            waiter = self._queue(name, woken)
        if self._inbox.paused:
            # After parking, as the transport may deliver on the spot: [flow.resume.before-waiting]
            try:
                self._inbox.invite()
            except BaseException:
                waiter.cancel()  # The transport failed, and nobody is parked.
                raise
        return waiter

    def _queue(self, name: str, woken: Waiter | None) -> Waiter:
        """Park somebody where somebody is parked already, or was and has not unwound yet."""
        if woken is None:
            self._refuse_second(name)
        waiter: Waiter = self._create_future()
        if self._waiter is None or self._waiter.done():
            self._waiter = waiter
        else:
            # Another reader was quicker, or it takes more. Those who came meanwhile stay behind:
            # [reader.overlap.false-end], [reader.overlap.lost-wakeup]
            self._ahead.append(waiter)
        return waiter

    def _refuse_second(self, name: str) -> None:
        """RuntimeError if somebody is parked. A future that is done holds nobody: its reader has yet to run."""
        # [reader.overlap.after-cancel]
        if self._waiter is not None and any(not waiter.done() for waiter in self._parked()):
            self._inbox.anything_may_do()  # It has noted what the refused read lacked.
            # [reader.overlap.refused], [reader.overlap.message]
            raise RuntimeError(f"{name}() called while another coroutine is already waiting for incoming data")

    def _parked(self) -> list[Waiter]:
        return self._ahead if self._waiter is None else [*self._ahead, self._waiter]

    def _wake(self, exception: BaseException | type[BaseException] | None = None) -> None:
        """Have everybody parked ask again, or raise `exception`, even if it will have been cleared by then."""
        waiter, self._waiter = self._waiter, None
        if self._ahead:
            for early in self._ahead:
                if not early.done():
                    early.set_result(exception)
            self._ahead.clear()
        if waiter is not None and not waiter.done():
            waiter.set_result(exception)


def as_chunk(data: Iterable[int]) -> bytes:
    """`data` as bytes of its own: the feeder may go on changing its buffer."""
    own = bytearray()
    own.extend(data)  # Not bytes(data), which makes zeros of an int.
    return bytes(own)
