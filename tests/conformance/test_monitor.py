"""The seams of tap and judge hold: live streams, on asyncio's own loop and over sockets, are judged while they talk."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from streamgauge.conformance.judge import Cursor, Judge
from streamgauge.conformance.playing.end import Side
from streamgauge.conformance.playing.observing import plain
from streamgauge.conformance.playing.tap import tapped
from streamgauge.spec.alphabet import UNSET, Answered, Call, Do, Made, Open, Quiet, Returned, Settings, Settle

RULES = Settings(UNSET, (3, 13))
ROUNDS = 5


class Monitored:
    """A reader and a writer over a tapped transport; what is asked of them goes to a cursor, as does what passes."""

    def __init__(self, cursor: Cursor, reader: type[asyncio.StreamReader], writer: type[asyncio.StreamWriter]) -> None:
        self._end = Side(1, cursor.take, {})
        self._classes = reader, writer
        self._calls = 0

    async def connect(self, sock: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._end.note(Open())
        reader, writer = self._classes
        self.reader = reader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(self.reader, loop=loop)
        tap = tapped(protocol, self._end)
        await loop.create_connection(lambda: tap, sock=sock)
        self.writer = writer(tap.transport, protocol, self.reader, loop)
        self._end.note(Made())

    def do(self, method: str, *args: Any) -> None:
        self._end.note(Do(method, args))
        self._end.note(Answered(method, plain(getattr(self.writer, method)(*args))))

    async def call(self, method: str, *args: Any) -> Any:
        self._calls += 1
        op, suspended = self._calls, list[bool]()
        self._end.note(Call(op, method, args))
        self._end.note(Settle())
        asyncio.get_running_loop().call_soon(suspended.append, True)
        target = self.writer if method in {"drain", "wait_closed"} else self.reader
        value = await getattr(target, method)(*args)
        self._end.note(Returned(op, plain(value), not suspended))
        await self.rest()
        return value

    async def rest(self) -> None:
        """Some idle rounds in a row are a quiet loop, where both ends of a pair of sockets are in it."""
        for _ in range(ROUNDS):
            await asyncio.sleep(0)
        self._end.note(Quiet())


async def echo(sock: socket.socket) -> None:
    reader, writer = await asyncio.open_connection(sock=sock)
    while line := await reader.readline():
        writer.write(line)
        await writer.drain()
    writer.close()


async def conversation(monitored: Monitored) -> None:
    here, there = socket.socketpair()
    other = asyncio.create_task(echo(there))
    await monitored.connect(here)
    for line in (b"one\n", b"two\n"):
        monitored.do("write", line)
        await monitored.call("drain")
        await monitored.call("readline")
    monitored.do("write_eof")
    await monitored.call("read")
    monitored.do("close")
    await monitored.call("wait_closed")
    await other


class LosesBytes(asyncio.StreamReader):
    """Loses the first byte of each chunk but the first."""

    chunks = 0

    def feed_data(self, data: Any) -> None:
        self.chunks += 1
        super().feed_data(data if self.chunks == 1 else data[1:])


class WritesTwice(asyncio.StreamWriter):
    """Writes what it is given, and once more."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        super().write(data)
        super().write(data)


def judged(
    reader: type[asyncio.StreamReader] = asyncio.StreamReader, writer: type[asyncio.StreamWriter] = asyncio.StreamWriter
) -> tuple[Judge, Cursor]:
    judge = Judge()
    cursor = judge.begin(RULES)
    asyncio.run(conversation(Monitored(cursor, reader, writer)))
    return judge, cursor


def test_a_right_conversation_bears_out_clauses_and_departs_from_none() -> None:
    judge, cursor = judged()
    assert cursor.departures == ()
    assert {"writer.write.order", "reader.readline.line"} <= set(judge.named(cursor.evidence))


@pytest.mark.parametrize(
    ("classes", "clause", "turn"),
    [
        ({"reader": LosesBytes}, "connection.data.feeds", 4),
        ({"writer": WritesTwice}, "writer.write.order", 1),
    ],
)
def test_a_wrong_class_is_blamed_where_it_goes_wrong(classes: dict[str, Any], clause: str, turn: int) -> None:
    _, cursor = judged(**classes)
    assert [(one.violation.clause, one.turn) for one in cursor.departures[:1]] == [(clause, turn)]
