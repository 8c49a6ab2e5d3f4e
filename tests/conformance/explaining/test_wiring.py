"""The network of programs: what passes between a transport and its protocol is seen, and connections are made."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from streamgauge.conformance.explaining import stage, wiring
from streamgauge.conformance.playing.handlers import HandlerFailed
from streamgauge.conformance.worlds.loop import CONNECTING, LISTENING
from streamgauge.spec.alphabet import Link

ADDRESS = ("192.0.2.1", 7)
MADE = "create_connection was called with host='192.0.2.1', port=7"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Nothing is seen yet, and nothing was made."""
    kept: tuple[Any, ...] = (stage.seen, stage.given, wiring.wires, wiring.pairs, wiring.listeners)
    yield
    for one in kept:
        one.clear()
    wiring.hosts[:] = [1]


def seen(coroutine: Callable[[], Coroutine[Any, Any, Any]]) -> list[str]:
    """What is seen while a coroutine runs, and whatever it leaves to run."""

    async def runs() -> None:
        await coroutine()
        for _ in range(9):
            await asyncio.sleep(0)

    asyncio.run(runs())
    return stage.seen


class Plain(asyncio.Protocol):
    """A protocol that stays open, and raises when it is told to."""

    def __init__(self, *, raises: bool = False) -> None:
        self.raises = raises

    def data_received(self, data: bytes) -> None:
        if self.raises:
            raise KeyError(data)

    def eof_received(self) -> bool:
        return not self.raises


class Buffered(asyncio.BufferedProtocol):
    """A protocol that lends its buffer."""

    def __init__(self) -> None:
        self.got, self.room = b"", bytearray(2)

    def get_buffer(self, sizehint: int) -> bytearray:
        return self.room

    def buffer_updated(self, nbytes: int) -> None:
        self.got += self.room[:nbytes]


def heard(protocol: Any, number: int = 1, **link: Any) -> wiring.Heard:
    wire = wiring.Heard(protocol, number, Link(**link))
    wire.begin()
    return wire


def test_whatever_a_transport_does_when_it_is_asked_is_seen() -> None:
    async def asks() -> None:
        wire = heard(Plain())
        wire.pause_reading()
        wire.resume_reading()
        wire.write(b"ab")
        wire.writelines([b"c", b"d"])
        wire.write(b"")
        wire.write_eof()
        wire.write_eof()
        wire.close()
        wire.close()
        stage.attempt(wire.write, b"after the end")
        wire.pause_reading()
        wire.arrive(b"too late")
        await asyncio.sleep(0)
        wire.abort()

    assert seen(asks) == [
        "called pause_reading",
        "called resume_reading",
        "the transport was handed b'ab'",
        "the transport was handed b'cd'",
        "write_eof was called on the transport",
        "the transport was closed",
        "at once raised RuntimeError",
        "data_received(b'too late')",
        "connection_lost(None)",
    ]


def test_what_a_transport_refuses_is_not_seen_to_be_done() -> None:
    async def asks() -> None:
        wire = heard(Plain(), half_close=False)
        stage.attempt(wire.write, "text")
        stage.attempt(wire.write_eof)
        wire.abort()

    assert seen(asks) == [
        "at once raised TypeError", "at once raised NotImplementedError",
        "the transport was aborted", "connection_lost(None)",
    ]  # fmt: skip


def test_what_a_protocol_is_told_is_seen_with_what_it_raises() -> None:
    async def tells() -> None:
        wire = heard(Plain(raises=True), 2)
        wire.hold(True)
        wire.arrive(b"ab")
        wire.end()

    theirs = "at the server's end: "
    assert seen(tells) == [
        f"{theirs}pause_writing()", f"{theirs}data_received(b'ab')", "at once raised KeyError",
        f"{theirs}eof_received()", f"{theirs}eof_received returned something false",
        f"{theirs}the transport was closed", f"{theirs}connection_lost(None)",
    ]  # fmt: skip


def test_an_error_that_a_protocol_is_told_is_known_again() -> None:
    async def tells() -> None:
        heard(Plain()).lose(error := OSError())
        stage.attempt(raises, error)

    def raises(error: BaseException) -> None:
        raise error

    assert seen(tells) == ["connection_lost(OSError())", "at once raised the very OSError that was set"]


def test_either_kind_of_protocol_gets_its_data_and_may_be_replaced() -> None:
    async def tells() -> None:
        wire = heard(Plain())
        wire.set_protocol(buffered)
        assert wire.get_protocol() is buffered
        wire.arrive(b"abcde")

    buffered = Buffered()
    assert seen(tells) == ["data_received(b'abcde')"]
    assert buffered.got == b"abcde"


def dial(made: Any) -> Any:
    return wiring.telling("create_connection", CONNECTING, made)


listen = wiring.telling("create_server", LISTENING, wiring.listen)


async def connect(**options: Any) -> Any:
    return await asyncio.get_running_loop().create_connection(Plain, *ADDRESS, **options)


def test_a_connection_is_made_and_the_loop_says_what_it_was_asked_for() -> None:
    async def makes() -> None:
        wiring.network(create_connection=dial(wiring.accepted))
        transport, _ = await connect(family=2, all_errors=True, flags=0)
        assert transport is wiring.wires[1]
        await stage.call(1, connect, odd=1)

    wanted = "create_connection was called with all_errors=True, family=2, host='192.0.2.1', port=7"
    assert seen(makes) == [wanted, "call 1 raised TypeError"]


def test_a_transport_is_such_as_it_is_said_to_be() -> None:
    async def makes() -> None:
        wiring.network(create_connection=wiring.connecting(wiring.accepted, high=2))
        transport, _ = await connect(family=2)
        assert transport.get_write_buffer_limits() == (0, 2)

    assert seen(makes) == []


def test_an_attempt_may_be_refused_or_given_up() -> None:
    async def makes() -> None:
        wiring.network(create_connection=dial(wiring.refused))
        await stage.call(1, connect)
        wiring.network(create_connection=dial(wiring.unanswered))
        task = asyncio.create_task(stage.call(2, connect))
        await asyncio.sleep(0)
        task.cancel()

    assert seen(makes) == [
        MADE, "call 1 raised the very ConnectionRefusedError that was set",
        MADE, "the transport was aborted", "call 2 raised CancelledError",
    ]  # fmt: skip


def test_a_server_accepts_its_peers_and_what_they_raise_is_reported() -> None:
    async def serves() -> None:
        wiring.network(create_server=listen)
        loop = asyncio.get_running_loop()
        wiring.served(await loop.create_server(Plain, *ADDRESS))
        assert wiring.accept(2) is wiring.wires[2]
        await loop.create_server(lambda: Plain(odd=1), *ADDRESS)  # type: ignore[call-arg]  # that it raises is the point
        assert wiring.accept() is None
        loop.call_exception_handler({"message": "a handler", "exception": HandlerFailed()})
        loop.call_exception_handler({"message": "Task was destroyed but it is pending!"})
        wiring.served(None)

    listens = "create_server was called with host='192.0.2.1', port=7"
    assert seen(serves) == [
        listens, "returned the server that the loop made", f"at the server's end: {listens}",
        "the loop's exception handler was told of something else",
        "the loop's exception handler was told that the handler failed", "returned something else",
    ]  # fmt: skip


def test_a_protocol_that_refuses_its_connection_is_reported() -> None:
    class Refuses(Plain):
        def connection_made(self, transport: Any) -> None:
            raise KeyError

    async def serves() -> None:
        wiring.network(create_server=listen)
        await asyncio.get_running_loop().create_server(Refuses, *ADDRESS)
        wiring.accept()

    assert seen(serves)[1:] == ["the loop's exception handler was told of something else"]


def test_what_reaches_the_other_end_of_a_linked_connection_is_seen_there() -> None:
    async def links() -> None:
        made = wiring.connecting(lambda *args: wiring.accepted(*args, peer=wiring.accept))
        wiring.network(create_connection=made, create_server=listen)
        await asyncio.get_running_loop().create_server(Plain, *ADDRESS)
        transport, _ = await connect()
        transport.write(b"ab")

    assert seen(links)[1:] == ["the transport was handed b'ab'", "at the server's end: data_received(b'ab')"]


def test_a_call_that_waits_for_nobody_is_awaited_and_no_longer() -> None:
    async def waits() -> None:
        assert await wiring.at_once(asyncio.sleep, 0, 7) == 7
        await wiring.at_once(asyncio.Event().wait)
        await wiring.at_once(connect, host=1)

    assert seen(waits) == ["at once raised TimeoutError", "at once raised TypeError"]


@pytest.mark.parametrize("limit", [{}, {"limit": 7}])
def test_the_parts_of_a_target_make_a_connection(limit: dict[str, int]) -> None:
    async def makes() -> None:
        wiring.network(create_connection=wiring.connecting(wiring.accepted))
        parts = asyncio.StreamReader, asyncio.StreamReaderProtocol, asyncio.StreamWriter
        await stage.call(1, wiring.dialled, wiring.by_hand, *parts, *ADDRESS, **limit)
        ((reader, writer),) = wiring.pairs
        assert isinstance(reader, asyncio.StreamReader)
        assert writer.transport is wiring.wires[1]
        writer.close()

    made = ["call 1 returned 'a reader and a writer'", "the transport was closed", "connection_lost(None)"]
    assert seen(makes) == made


class Can:
    """One that has these methods."""

    def __init__(self, *names: str) -> None:
        for name in names:
            setattr(self, name, None)


READER, WRITER = Can("read"), Can("write")


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ((READER, WRITER), "a reader and a writer"),
        ((WRITER, READER), "a writer and a reader"),
        ((Can("read", "write"), Can("read", "write")), "a reader and a writer"),
        ((WRITER,), "a writer"),
        ((), "nothing"),
        ((READER, 7), "('reader', 7)"),
        (None, "None"),
    ],
)
def test_a_connection_is_known_by_what_its_parts_can_do(pair: Any, words: str) -> None:
    assert wiring.roles(pair) == words


def test_a_handler_is_seen_where_it_is_called() -> None:
    async def calls() -> None:
        wiring.network(create_server=listen)
        await asyncio.get_running_loop().create_server(Plain, *ADDRESS)
        wire = wiring.accept()
        assert wiring.called(READER, WRITER) is wire
        assert wire is not None
        assert wire.handled == (READER, WRITER)

    assert seen(calls)[1:] == ["the handler was called with a reader and a writer"]
