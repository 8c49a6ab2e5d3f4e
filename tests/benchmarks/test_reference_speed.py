"""How fast the reference reader is, beside `asyncio.StreamReader` of the same interpreter.

Only ratios are judged: the two readers take turns at going first, round by round, and of the rounds' ratios the median
counts. Run it with `pytest -m benchmark -s tests/benchmarks/test_reference_speed.py` to see the table.
"""

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import pytest

from streamgauge.reference import StreamReader

pytestmark = pytest.mark.benchmark

AnyReader = asyncio.StreamReader | StreamReader
Consume = Callable[[AnyReader], Awaitable[int]]

ROUNDS = 51
LIMIT = 2**16
LINE = b"x" * 39 + b"\n"


async def by_readline(reader: AnyReader) -> int:
    total = 0
    while line := await reader.readline():
        total += len(line)
    return total


async def by_iteration(reader: AnyReader) -> int:
    total = 0
    async for line in reader:
        total += len(line)
    return total


async def by_read_all(reader: AnyReader) -> int:
    return len(await reader.read(-1))


def by_read(n: int) -> Consume:
    async def consume(reader: AnyReader) -> int:
        total = 0
        while data := await reader.read(n):
            total += len(data)
        return total

    return consume


def by_readexactly(n: int) -> Consume:
    async def consume(reader: AnyReader) -> int:
        total = 0
        try:
            while True:
                total += len(await reader.readexactly(n))
        except asyncio.IncompleteReadError:
            return total

    return consume


def by_readuntil(separator: bytes) -> Consume:
    async def consume(reader: AnyReader) -> int:
        total = 0
        try:
            while True:
                total += len(await reader.readuntil(separator))
        except asyncio.IncompleteReadError:
            return total

    return consume


@dataclass(frozen=True, slots=True)
class Course:
    """Chunks, and how they are consumed; `arriving` feeds one each time the consumer waits, else all come first."""

    name: str
    factor: float  # at least so many times as fast as asyncio
    chunks: Sequence[bytes]
    consume: Consume
    arriving: bool = False


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def blocks(size: int, count: int) -> list[bytes]:
    return [b"x" * size] * count


# What is promised: no course is slower than in asyncio, whether its data lies there or every chunk is waited for, and
# reading lines that lie there is 1.3 times as fast.
LINES, LINES_ARRIVING, NEVER_SLOWER = 1.3, 1.15, 1.0
COURSES = (
    Course("readline, 64 KiB chunks, buffered", LINES, cut(LINE * 6552, 2**16), by_readline),
    Course("readline, 64 KiB chunks, arriving", LINES, cut(LINE * 6552, 2**16), by_readline, arriving=True),
    Course("readline, 1000-byte chunks, buffered", LINES, cut(LINE * 4000, 1000), by_readline),
    Course("readline, 1000-byte chunks, arriving", LINES_ARRIVING, cut(LINE * 4000, 999), by_readline, arriving=True),
    Course("readline, one line a chunk, arriving", NEVER_SLOWER, [LINE] * 1000, by_readline, arriving=True),
    Course("readline, four chunks a line, arriving", NEVER_SLOWER, cut(LINE * 300, 10), by_readline, arriving=True),
    Course("iteration, 64 KiB chunks, buffered", LINES, cut(LINE * 6552, 2**16), by_iteration),
    Course("iteration, 1000-byte chunks, arriving", LINES_ARRIVING, cut(LINE * 4000, 999), by_iteration, arriving=True),
    Course("readuntil LF, buffered", NEVER_SLOWER, cut(LINE * 6552, 2**16), by_readuntil(b"\n")),
    Course("readuntil CRLF, buffered", NEVER_SLOWER, cut((LINE[:-1] + b"\r\n") * 4000, 2**16), by_readuntil(b"\r\n")),
    Course(
        "readuntil CRLF, arriving", NEVER_SLOWER, cut((LINE[:-1] + b"\r\n") * 3996, 999), by_readuntil(b"\r\n"), True
    ),
    Course("readexactly(100), buffered", NEVER_SLOWER, blocks(2**16, 25), by_readexactly(100)),
    Course("readexactly(100), arriving", NEVER_SLOWER, blocks(1000, 300), by_readexactly(100), arriving=True),
    Course(
        "readexactly(10000), 1000-byte chunks, arriving", NEVER_SLOWER, blocks(1000, 1000), by_readexactly(10_000), True
    ),
    Course("readexactly(100000), 1-byte chunks, buffered", NEVER_SLOWER, blocks(1, 100_000), by_readexactly(100_000)),
    Course("readexactly(1 MiB), 64 KiB chunks, arriving", NEVER_SLOWER, blocks(2**16, 64), by_readexactly(2**20), True),
    Course("read(100), buffered", NEVER_SLOWER, blocks(2**16, 4), by_read(100)),
    Course("read(64 KiB), buffered", NEVER_SLOWER, blocks(2**16, 256), by_read(2**16)),
    Course("read(64 KiB), 1000-byte chunks, arriving", NEVER_SLOWER, blocks(1000, 1000), by_read(2**16), arriving=True),
    Course("read(-1), buffered", NEVER_SLOWER, blocks(2**16, 64), by_read_all),
    Course("read(-1), 1000-byte chunks, arriving", NEVER_SLOWER, blocks(1000, 1000), by_read_all, arriving=True),
    Course("read(-1), 64 KiB chunks, arriving", NEVER_SLOWER, blocks(2**16, 64), by_read_all, arriving=True),
)


async def seconds(reader: AnyReader, course: Course) -> float:
    total = sum(map(len, course.chunks))
    if course.arriving:
        consumer = asyncio.ensure_future(course.consume(reader))
        await asyncio.sleep(0)
        start = time.process_time()
        for chunk in course.chunks:
            reader.feed_data(chunk)
            await asyncio.sleep(0)
        reader.feed_eof()
        read = await consumer
    else:
        start = time.process_time()
        for chunk in course.chunks:
            reader.feed_data(chunk)
        reader.feed_eof()
        read = await course.consume(reader)
    elapsed = time.process_time() - start
    assert read == total
    return elapsed


async def measured(course: Course) -> list[tuple[float, float]]:
    rounds: list[tuple[float, float]] = []
    gc.disable()
    try:
        for number in range(ROUNDS):
            taken = {}
            for kind in (asyncio.StreamReader, StreamReader) if number % 2 else (StreamReader, asyncio.StreamReader):
                taken[kind] = await seconds(kind(LIMIT), course)
            rounds.append((taken[asyncio.StreamReader], taken[StreamReader]))
    finally:
        gc.enable()
    return rounds


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.name)
def test_the_reference_reader_keeps_up_with_asyncio(course: Course) -> None:
    rounds = asyncio.run(measured(course))
    ratio = statistics.median(theirs / ours for theirs, ours in rounds)
    theirs, ours = map(min, zip(*rounds, strict=True))
    print(
        f"\n  {course.name:46} asyncio {theirs * 1e3:8.3f} ms  reference {ours * 1e3:8.3f} ms  {ratio:6.2f} times",
        end="",
    )
    assert ratio >= course.factor


@pytest.mark.parametrize("separator", [b"\n", b"\r\n", b"--boundary"], ids=repr)
@pytest.mark.parametrize("asking", [True, False], ids=["asked-after-every-byte", "asked-once"])
def test_single_bytes_cost_the_same_each_however_many_wait(separator: bytes, asking: bool) -> None:
    async def per_byte(count: int) -> float:
        data = cut(b"-" * count + separator, 1)
        course = Course("", 0, data, by_readuntil(separator), arriving=asking)
        return min([await seconds(StreamReader(limit=2 * count), course) for _ in range(5)]) / count

    async def growth() -> float:
        return await per_byte(80_000) / await per_byte(5_000)

    assert asyncio.run(growth()) < 4  # 16, if each byte cost as much as all that came before it
