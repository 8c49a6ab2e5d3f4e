"""`StreamReader`: the asyncio shell around an inbox.

The one idea: **it only parks and wakes.** What a read is owed is the inbox's business. Here a caller whose question
has no answer yet is parked on a future, and whenever that may have changed (by data, the end, an exception) everybody
parked is woken to ask again. Nothing is handed over at a wake-up, so none can be lost: if another reader was quicker,
the woken one finds "not yet" and is parked again, before those who came meanwhile.

What is here for speed only, and could go without changing what anybody is owed, is marked "for speed" where it stands.
How many times longer a course of tests/benchmarks/test_reference_speed.py takes without it, the one that suffers most:

    each read has the loop in its own body             a wait needs no second coroutine                        1.2
    `unopened` takes what comes while nobody waits     no call for each chunk, and one join of them all        2.4
    `feed_data` does what `take_in` and `_wake` do     no calls, if a single reader waits for this chunk       1.03
    `missing` is looked at before the inbox is asked   no question whose answer is known to be "not yet"       1.04
    a single reader is parked in the loop itself       no call of `_park`                                      1.01
    `__anext__` asks the inbox itself                  a line that is there needs no second coroutine          1.2
    the inbox cuts slices of its head first            no search object, no exception, no second look          1.8
    `take_in` says when it is in vain to ask again     a reader is not woken for each of many small chunks     1.4

tests/reference/test_speed_paths.py compares all of these with a reader that goes the plain way.
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

DEFAULT_LIMIT = 2**16  # bytes: [reader.limit.default]
Waiter = asyncio.Future[BaseException | type[BaseException] | None]  # its result: what to raise, if anything


class StreamReader:
    """Reads bytes that somebody else feeds: a drop-in for `asyncio.StreamReader`, on any event loop.

    One coroutine at a time may wait for data. See the library reference, "Streams", "StreamReader".
    """

    _source_traceback = None  # asyncio.StreamReaderProtocol takes it over from its reader.

    def __init__(self, limit: float = DEFAULT_LIMIT, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """`limit` (bytes) bounds a line, and is half of what may lie unread before the transport is paused."""
        if limit <= 0:  # TypeError for what is no number: [reader.limit.type]
            raise ValueError("Limit cannot be <= 0")  # [reader.limit.positive]
        # Without a running loop this creates one, warns or fails, as this Python's own reader does.
        self._loop = asyncio.get_event_loop() if loop is None else loop
        self._create_future = maker_of_futures(self._loop)
        self._inbox = Inbox(limit)
        self._waiter: Waiter | None = None
        self._ahead: list[Waiter] = []  # those to be woken before it; empty if there is no waiter

    def __repr__(self) -> str:  # [reader.repr]
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
            raise AssertionError("Transport already set")  # [flow.transport.second]
        self._inbox.source = transport  # With the next feed it is paused, if at all: [flow.transport.late]

    # Private in asyncio, and used none the less, by programs and event loops that upgrade to TLS

    @property
    def _buffer(self) -> Unread:
        return Unread(self._inbox.unread, self._inbox.discard)

    @property
    def _transport(self) -> Source | None:
        return self._inbox.source

    @_transport.setter
    def _transport(self, transport: Source) -> None:
        """Resume the transport so far, and pause this one from now on, perhaps at once."""
        inbox = self._inbox
        inbox.invite()
        inbox.source = transport
        inbox.throttle()

    def feed_data(self, data: Iterable[int]) -> None:
        """Append bytes. AssertionError after `feed_eof`, even under -O."""
        # A stored exception changes nothing: [reader.feed.after-exception]. Whoever is woken asks in a later turn, when
        # all that comes in this one is there: [reader.feed.same-turn]
        inbox = self._inbox
        if inbox.ended:  # An assert statement would vanish under -O, and empty data comes just as late.
            raise AssertionError("feed_data after feed_eof")  # [reader.feed.after-end]
        if not data:
            return  # [reader.feed.empty]
        if type(data) is not bytes:
            # [reader.feed.copies], [reader.feed.bytes-like], and so what is cut from it is bytes: [reader.result.bytes]
            data = as_chunk(data)
        waiter = self._waiter
        if waiter is None:
            inbox.unopened.append(data)  # for speed
            inbox.missing = 0
        elif self._ahead:
            inbox.take_in(data)
            self._wake()
        elif 0 < inbox.missing <= len(data):
            # For speed: `take_in` and `_wake`, for the usual single reader who has waited for this.
            inbox.head, inbox.start, inbox.sought_from, inbox.missing = data, 0, NOWHERE, 0
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)
        elif inbox.take_in(data):
            self._waiter = None  # for speed: `_wake`
            if not waiter.done():
                waiter.set_result(None)
        if inbox.source is not None:
            inbox.room -= len(data)  # for speed: whether it may be worth measuring
            if inbox.room < 0:
                inbox.throttle()

    def feed_eof(self) -> None:
        """Mark the end: what is buffered can still be read."""
        self._inbox.end()
        self._wake()  # [reader.end.wakes]

    def exception(self) -> BaseException | type[BaseException] | None:
        """The stored exception, which every read raises, or None."""
        return self._inbox.exception  # [reader.exception.readable]

    def set_exception(self, exc: BaseException | type[BaseException] | None) -> None:
        """Make every read raise `exc`, whatever is buffered, until another call replaces it; None clears it."""
        # Who waits raises it, and who was woken by data meanwhile finds it: [reader.exception.raised],
        # [reader.exception.same-turn]. A class is raised like an instance, and StopIteration leaves a coroutine as
        # RuntimeError: [reader.exception.class], [reader.exception.stop-iteration]
        self._inbox.fail(exc)
        self._wake(exc)

    # For whoever reads: plain answers, and coroutines for what may have to wait: [reader.methods.kinds]
    # Each coroutine asks before it waits: [reader.calls.at-once], [reader.overlap.no-wait]
    # One that is cancelled leaves a future that is done, and holds nobody: [reader.cancel.ends],
    # [reader.cancel.frees], [reader.cancel.timeout]

    def at_eof(self) -> bool:
        """Whether the end was fed and everything before it was read."""
        # Whatever exception is stored: [reader.at-eof.meaning], [reader.at-eof.end-after-exception]
        return self._inbox.ended and not self._inbox.size

    async def read(self, n: int = -1) -> bytes:
        """Up to `n` bytes, as soon as there is one; if `n` is negative, everything up to the end. Empty: the end."""
        if n < 0:
            return await self._read_to_end()  # [reader.read.negative]
        inbox, waiter = self._inbox, None
        while (n and inbox.missing == 1) or (data := inbox.some(n)) is None:  # for speed: `missing`
            if self._waiter is None and not inbox.paused:  # for speed, here and below: `_park`
                waiter = self._waiter = self._create_future()
            else:
                waiter = self._park("read", waiter)
            try:
                exception = await waiter
            except BaseException:
                waiter.cancel()
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
        while (n and inbox.missing == n) or (data := inbox.exactly(n)) is None:  # for speed: `missing`
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
        # [reader.readuntil.default]; for speed: `as_separators`
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
        return self  # [reader.iteration.self]

    async def __anext__(self) -> bytes:
        # As `readline`: [reader.iteration.lines], [reader.iteration.overrun], [reader.iteration.exception]
        line = self._inbox.line()  # for speed
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
        # Nothing is handed over: if it is cancelled, all is there for the next call: [reader.cancel.same-turn-end]
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
    own.extend(data)  # Not bytes(data), which makes zeros of an int: [reader.feed.wrong-type]
    return bytes(own)
