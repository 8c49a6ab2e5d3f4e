"""What stands in the reference for speed only, against the plain way: same answers and turns, same calls of the source.

`PlainInbox` and `PlainReader` are the reference without what reader.py lists as speed paths: no slice of the head, no
remembered "not yet", no short cut of `feed_data` or of parking. Both are taken through the same steps.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streamgauge.reference.inbox import NOWHERE, Inbox
from streamgauge.reference.protocol import StreamReaderProtocol
from streamgauge.reference.reader import StreamReader, Waiter, as_chunk
from streamgauge.reference.separators import Separator, as_separators
from streamgauge.reference.writer import StreamWriter

Step = tuple[Any, ...]


class PlainInbox(Inbox):
    """An inbox that takes in chunks as they come, always says to ask again, and answers by the general way only."""

    __slots__ = ()
    missing = property(lambda self: 0, lambda self, value: None)  # nothing is noted

    def take_in(self, chunk: bytes) -> bool:
        self._fresh.append(chunk)
        self._fresh_size += len(chunk)
        return True

    def line(self) -> bytes | None:
        self._forget_the_head()
        return super().line()

    def until(self, separators: Sequence[bytes]) -> bytes | None:
        if self.exception is not None:
            raise self.exception
        self._forget_the_head()
        return self._through(separators)

    def exactly(self, n: int) -> bytes | None:
        self._forget_the_head()
        return super().exactly(n)

    def some(self, n: int) -> bytes | None:
        self._forget_the_head()
        if self.exception is None and self.size and isinstance(n, int):
            return self._take(min(n, self.size))
        return super().some(n)

    def _forget_the_head(self) -> None:
        """Put everything among the fresh chunks, so that there is no head to take a slice of."""
        rest = self.unread
        self.unopened.clear()
        self.head, self.start = b"", 0
        self._fresh, self._fresh_size = ([rest], len(rest)) if rest else ([], 0)
        self.sought_from = NOWHERE


class PlainReader(StreamReader):
    """A reader that asks, parks and wakes by the general way only."""

    def __init__(self, limit: int, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit, loop)
        self._create_future = loop.create_future
        self._inbox = PlainInbox(limit)

    def feed_data(self, data: Iterable[int]) -> None:
        if self._inbox.ended:
            raise AssertionError("feed_data after feed_eof")
        chunk = as_chunk(data)
        if chunk:
            self._inbox.take_in(chunk)
            self._wake()
            self._inbox.throttle()

    async def read(self, n: int = -1) -> bytes:
        return await (self._read_to_end() if n < 0 else self._ask("read", self._inbox.some, n))

    async def readline(self) -> bytes:
        return await self._ask("readuntil", self._inbox.line)

    async def readexactly(self, n: int) -> bytes:
        return await self._ask("readexactly", self._inbox.exactly, n)

    async def readuntil(self, separator: Separator | tuple[Separator, ...] = b"\n") -> bytes:
        return await self._ask("readuntil", self._inbox.until, as_separators(separator))

    async def __anext__(self) -> bytes:
        line = await self.readline()
        if not line:
            raise StopAsyncIteration
        return line

    async def _ask(self, name: str, question: Any, *args: object) -> bytes:
        waiter: Waiter | None = None
        while (answer := question(*args)) is None:
            waiter = self._park(name, waiter)
            try:
                exception = await waiter
            except BaseException:
                waiter.cancel()
                raise
            if exception is not None:
                raise exception
        return bytes(answer)


class Source:
    """Notes what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def pause_reading(self) -> None:
        self.asked.append("pause")

    def resume_reading(self) -> None:
        self.asked.append("resume")


async def play(kind: type[StreamReader], limit: int, steps: Sequence[Step]) -> list[object]:
    """What comes of each step: how calls end and in which turn, what is asked of the source, what is unread."""
    reader, source, seen = kind(limit, asyncio.get_running_loop()), Source(), list[object]()
    turn, tasks = 0, list[asyncio.Task[None]]()

    async def call(number: int, name: str, args: tuple[Any, ...]) -> None:
        try:
            answer: object = await getattr(reader, name)(*args)
        except (Exception, asyncio.CancelledError) as error:
            answer = repr(error), vars(error)
        seen.append((number, turn, answer))

    async def settle() -> None:
        nonlocal turn
        for _ in range(3):
            turn += 1
            await asyncio.sleep(0)

    for step in [*steps, ("settle",), ("end",), ("settle",)]:
        match step:
            case ("attach",) if reader._transport is None:
                reader.set_transport(source)
            case ("feed", data) if not reader._inbox.ended:
                reader.feed_data(data)
            case ("end",):
                reader.feed_eof()
            case ("break", error):
                reader.set_exception(error)
            case ("call", name, *args):
                await settle()  # A call that comes before those woken have run meets legal differences.
                run: Coroutine[Any, Any, None] = call(len(tasks), name, tuple(args))
                tasks.append(asyncio.ensure_future(run))
                await settle()
            case ("cancel",) if tasks:
                tasks[-1].cancel()
            case ("clear",):
                reader._buffer.clear()
            case ("settle",):
                await settle()
                seen.append((bytes(reader._buffer), reader.at_eof()))
            case _:
                pass  # not possible now
        seen.append(len(source.asked))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return [*seen, *source.asked]


DATA = st.text("ab\n", min_size=1, max_size=5).map(str.encode)
NUMBER = st.integers(-1, 7)
SEPARATOR = st.text("ab\n", min_size=1, max_size=2).map(str.encode)
CALL = st.one_of(
    st.tuples(st.just("call"), st.sampled_from(["readline", "__anext__", "readuntil"])),
    st.tuples(st.just("call"), st.sampled_from(["read", "readexactly"]), NUMBER),
    st.tuples(st.just("call"), st.just("readuntil"), SEPARATOR),
    st.tuples(st.just("call"), st.just("readuntil"), st.tuples(SEPARATOR, SEPARATOR)),
)
FEED = st.tuples(st.just("feed"), DATA)
RARE = st.sampled_from(
    [("attach",), ("end",), ("break", ValueError("broken")), ("break", None), ("cancel",), ("clear",)]
)
STEPS = st.lists(st.one_of(FEED, CALL, FEED, CALL, st.just(("settle",)), RARE), max_size=14)


@given(st.integers(1, 4), st.booleans(), STEPS)
@example(4, False, [("call", "read", 3), ("feed", b"a"), ("feed", b"b"), ("call", "read", 3), ("feed", b"c")])
@example(4, False, [("call", "readexactly", 2), ("feed", b"a"), ("feed", b"ba"), ("call", "readline"), ("feed", b"\n")])
@example(1, True, [("call", "readexactly", 6), ("feed", b"aaaa"), ("settle",), ("feed", b"aaa"), ("settle",)])
@example(2, True, [("feed", b"aaaaaaa"), ("call", "read", 2), ("call", "readexactly", 4), ("call", "read", 1)])
@example(4, False, [("feed", b"ab"), *[("call", "readexactly", 2)] * 2, ("feed", b"a"), ("settle",), ("feed", b"b")])
@example(2, False, [("feed", b"aaa\n"), ("call", "readline")])
@example(9, False, [("call", "readuntil", (b"a", b"b\n")), ("feed", b"b"), ("settle",), ("feed", b"a"), ("settle",)])
def test_the_speed_paths_change_nothing(limit: int, attached: bool, steps: list[Step]) -> None:
    steps = [("attach",), *steps] if attached else steps
    assert asyncio.run(play(StreamReader, limit, steps)) == asyncio.run(play(PlainReader, limit, steps))


FEW: tuple[Step, ...] = (
    ("feed", b"a"),
    ("feed", b"aa\n"),  # pauses
    ("call", "read", 1),
    ("call", "read", 9),
    ("call", "readexactly", 1),
    ("call", "readexactly", 2),
    ("call", "readline"),
    ("call", "readuntil", b"\n"),
    ("end",),
    ("break", ValueError("broken")),
)


@pytest.mark.slow
def test_the_speed_paths_change_nothing_in_any_four_steps() -> None:
    async def differing() -> list[tuple[Step, ...]]:
        every = [(("attach",), *steps) for steps in product(FEW, repeat=4)]
        return [steps for steps in every if await play(StreamReader, 1, steps) != await play(PlainReader, 1, steps)]

    assert asyncio.run(differing()) == []


class Transport(asyncio.WriteTransport):
    """One of which a drain asks only whether it is closing."""

    closing = False

    def is_closing(self) -> bool:
        return self.closing


async def drained(plainly: bool, steps: Sequence[str]) -> list[object]:
    """How each drain ends, and in which turn: by itself, or if `plainly`, by `_drain_helper` of the protocol."""
    loop = asyncio.get_running_loop()
    protocol = StreamReaderProtocol(None, loop=loop)
    transport = Transport()
    writer = StreamWriter(transport, protocol, None, loop)
    if plainly:
        writer._outbox = None
    turn, seen, tasks = 0, list[object](), list[asyncio.Task[None]]()

    async def drain(number: int) -> None:
        try:
            await writer.drain()
            seen.append((number, turn))
        except (OSError, asyncio.CancelledError) as error:
            seen.append((number, turn, repr(error)))

    for step in [*steps, "settle"]:
        match step:
            case "drain":
                tasks.append(asyncio.ensure_future(drain(len(tasks))))
                await asyncio.sleep(0)
            case "hold" if not protocol._outbox.held:
                protocol.pause_writing()
            case "release" if protocol._outbox.held:
                protocol.resume_writing()
            case "lose":
                protocol.connection_lost(None)
            case "break":
                protocol.connection_lost(OSError("broken"))
            case "cancel" if tasks:
                tasks[-1].cancel()
            case "settle":
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            case _:
                pass  # not possible now
        turn += 1
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks)
    transport.closing = True  # or the writer would warn when it is collected
    return seen


def test_a_drain_without_the_helper_ends_as_one_with_it_in_any_five_steps() -> None:
    async def differing() -> list[tuple[str, ...]]:
        every = product(("drain", "hold", "release", "lose", "break", "cancel"), repeat=4)
        return [
            steps for steps in every if await drained(False, ("hold", *steps)) != await drained(True, ("hold", *steps))
        ]

    assert asyncio.run(differing()) == []
