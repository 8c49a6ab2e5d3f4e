"""How fast the writing side of the reference is, beside that of `asyncio` of the same interpreter.

Only ratios are judged: the two take turns at going first, round by round, on one event loop, and of the rounds' ratios
the median counts. What is measured is the processor's time, with the kernel's, because others use the machine, too. Run
it with `pytest -m benchmark -s tests/benchmarks/test_writer_speed.py` to see the table.
"""

import asyncio
import gc
import socket
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from streamgauge import reference
from wires import Wire

pytestmark = pytest.mark.benchmark

ROUNDS = 151
BLOCK = b"x" * 100


class Sink(Wire):
    """Takes everything and keeps nothing."""

    def write(self, data: object) -> None:
        pass

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))


def ends(streams: Any, wire: Wire) -> tuple[Any, Any]:
    """A protocol and a writer on a transport without a wire."""
    loop = asyncio.get_running_loop()
    reader = streams.StreamReader(loop=loop)
    protocol = streams.StreamReaderProtocol(reader, loop=loop)
    protocol.connection_made(wire)
    return protocol, streams.StreamWriter(wire, protocol, reader, loop)


async def writing(streams: Any, count: int) -> float:
    _, writer = ends(streams, wire := Sink())
    start = time.process_time()
    for _ in range(count):
        writer.write(BLOCK)
    elapsed = time.process_time() - start
    wire.close()
    return elapsed


async def writing_lines(streams: Any, count: int) -> float:
    _, writer = ends(streams, wire := Sink())
    lines = [BLOCK] * 20
    start = time.process_time()
    for _ in range(count):
        writer.writelines(lines)
    elapsed = time.process_time() - start
    wire.close()
    return elapsed


async def draining(streams: Any, count: int) -> float:
    _, writer = ends(streams, wire := Sink())
    start = time.process_time()
    for _ in range(count):
        await writer.drain()
    elapsed = time.process_time() - start
    wire.close()
    return elapsed


async def writing_and_draining(streams: Any, count: int) -> float:
    _, writer = ends(streams, wire := Sink())
    start = time.process_time()
    for _ in range(count):
        writer.write(BLOCK)
        await writer.drain()
    elapsed = time.process_time() - start
    wire.close()
    return elapsed


async def draining_held_up(streams: Any, count: int) -> float:
    protocol, writer = ends(streams, wire := Sink())
    loop = asyncio.get_running_loop()
    start = time.process_time()
    for _ in range(count):
        writer.write(BLOCK)
        protocol.pause_writing()
        loop.call_soon(protocol.resume_writing)
        await writer.drain()
    elapsed = time.process_time() - start
    wire.close()
    return elapsed


async def many_held_up(streams: Any, count: int) -> float:
    protocol, writer = ends(streams, wire := Sink())
    start = time.process_time()
    for _ in range(count):
        protocol.pause_writing()
        tasks = [asyncio.create_task(writer.drain()) for _ in range(20)]
        await asyncio.sleep(0)
        protocol.resume_writing()
        await asyncio.gather(*tasks)
    elapsed = time.process_time() - start
    wire.close()
    return elapsed


def sending(data: Any) -> Callable[[Any, int], Awaitable[float]]:
    async def send(streams: Any, count: int) -> float:
        ours, theirs = socket.socketpair()
        _, writer = await streams.open_connection(sock=ours)
        start = time.process_time()
        for _ in range(count):
            writer.write(data)
            await writer.drain()
            theirs.recv(2**16)
        elapsed = time.process_time() - start
        writer.close()
        await writer.wait_closed()
        theirs.close()
        return elapsed

    return send


async def echo(reader: Any, writer: Any) -> None:
    while data := await reader.read(2**16):
        writer.write(data)
        await writer.drain()
    writer.close()


async def echoing(streams: Any, count: int) -> float:
    async with await streams.start_server(echo, "127.0.0.1", 0) as server:
        reader, writer = await streams.open_connection(*server.sockets[0].getsockname())
        start = time.process_time()
        for _ in range(count):
            writer.write(BLOCK)
            await writer.drain()
            await reader.readexactly(len(BLOCK))
        elapsed = time.process_time() - start
        writer.close()
        await writer.wait_closed()
    return elapsed


async def connecting(streams: Any, count: int) -> float:
    async with await streams.start_server(echo, "127.0.0.1", 0) as server:
        address = server.sockets[0].getsockname()
        start = time.process_time()
        for _ in range(count):
            reader, writer = await streams.open_connection(*address)
            writer.write(BLOCK)
            writer.write_eof()
            await reader.read()
            writer.close()
            await writer.wait_closed()
        return time.process_time() - start


@dataclass(frozen=True, slots=True)
class Course:
    """What is measured, and how often it is done in a round."""

    name: str
    run: Callable[[Any, int], Awaitable[float]]
    count: int
    factor: float  # at least so many times as fast as asyncio


# What is promised: a drain, with a write or without, and an echo never cost more. A write alone costs a few nanoseconds
# more that it takes to see that its data cannot change, which show only where no transport does anything; data that can
# change costs a copy, which the transport then need not make. A connection that is made for one short answer takes a
# few hundredths longer. A drain that is held up costs the same: loop and future do nearly all there is to do.
NEVER_SLOWER, EQUAL, SHORT_LIVED, CHECKED = 1.0, 0.98, 0.9, 0.75
COURSES = (
    Course("write, nothing beneath", writing, 5000, CHECKED),
    Course("writelines of 20, nothing beneath", writing_lines, 1000, NEVER_SLOWER),
    Course("drain with nothing to wait for", draining, 2000, NEVER_SLOWER),
    Course("write and drain, nothing beneath", writing_and_draining, 2000, NEVER_SLOWER),
    Course("write and drain, held up each time", draining_held_up, 1000, EQUAL),
    Course("20 drains held up together", many_held_up, 50, NEVER_SLOWER),
    Course("write and drain, socket", sending(BLOCK), 1000, NEVER_SLOWER),
    Course("write and drain, socket, bytearray", sending(bytearray(BLOCK)), 1000, EQUAL),
    Course("echo, loopback", echoing, 300, NEVER_SLOWER),
    Course("connect, echo, close, loopback", connecting, 30, SHORT_LIVED),
)


async def measured(course: Course) -> list[tuple[float, float]]:
    rounds: list[tuple[float, float]] = []
    gc.disable()
    try:
        for number in range(ROUNDS):
            taken = {}
            for streams in (asyncio.streams, reference) if number % 2 else (reference, asyncio.streams):
                taken[streams] = await course.run(streams, course.count)
            rounds.append((taken[asyncio.streams], taken[reference]))
    finally:
        gc.enable()
    return rounds


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.name)
def test_the_reference_is_as_fast_as_asyncio(course: Course) -> None:
    rounds = asyncio.run(measured(course))
    ratio = statistics.median(theirs / ours for theirs, ours in rounds)
    theirs, ours = map(min, zip(*rounds, strict=True))
    print(
        f"\n  {course.name:36} asyncio {theirs * 1e3:8.3f} ms  reference {ours * 1e3:8.3f} ms  {ratio:6.2f} times",
        end="",
    )
    assert ratio >= course.factor
