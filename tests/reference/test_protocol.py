"""The protocol, called as an event loop would, on a transport without a wire."""

import asyncio
import gc
import inspect
import subprocess
import sys
import weakref
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest
import pytest_asyncio

from streamgauge.reference import StreamReader, StreamReaderProtocol, StreamWriter
from streamgauge.reference.protocol import ClientConnected
from wires import Wire

Complaints = list[dict[str, Any]]


@pytest_asyncio.fixture
async def complaints() -> Complaints:
    """What the loop's exception handler was told."""
    told: Complaints = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    return told


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[Wire]:
    wire = Wire()
    yield wire
    wire.close()


def connected(wire: Wire, reader: StreamReader | None = None) -> tuple[StreamReader, StreamReaderProtocol]:
    reader = reader or StreamReader()
    protocol = StreamReaderProtocol(reader)
    protocol.connection_made(wire)
    return reader, protocol


def serving(wire: Wire, handler: Any) -> StreamReaderProtocol:
    protocol = StreamReaderProtocol(StreamReader(), handler)
    protocol.connection_made(wire)
    return protocol


async def quiet() -> None:
    """Let everything run that can: no chain of wake-ups here is longer."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_it_is_made_as_in_asyncio() -> None:
    def shape(owner: type) -> list[tuple[str, object, object]]:
        return [(p.name, p.kind, p.default) for p in inspect.signature(owner).parameters.values()]

    assert shape(StreamReaderProtocol) == shape(asyncio.StreamReaderProtocol)


# What comes in


@pytest.mark.asyncio
async def test_data_and_the_end_reach_the_reader(wire: Wire) -> None:
    reader, protocol = connected(wire)
    protocol.data_received(b"da")
    protocol.data_received(b"ta")
    assert protocol.eof_received() is True
    assert await reader.read() == b"data"


@pytest.mark.asyncio
async def test_over_tls_the_end_of_one_side_is_that_of_both() -> None:
    _, protocol = connected(Wire(sslcontext=object()))
    assert protocol.eof_received() is False


@pytest.mark.asyncio
async def test_the_reader_pauses_the_transport(wire: Wire) -> None:
    _reader, protocol = connected(wire, StreamReader(limit=4))
    protocol.data_received(b"123456789")
    assert wire.asked == ["pause"]


@pytest.mark.asyncio
async def test_a_clean_loss_is_the_end_for_the_reader(wire: Wire) -> None:
    reader, protocol = connected(wire)
    protocol.data_received(b"data")
    protocol.connection_lost(None)
    assert await reader.read() == b"data"


@pytest.mark.asyncio
async def test_a_loss_by_error_reaches_the_reader_even_after_the_end(wire: Wire) -> None:
    reader, protocol = connected(wire)
    protocol.eof_received()
    protocol.connection_lost(error := ConnectionResetError())
    with pytest.raises(ConnectionResetError) as raised:
        await reader.read()
    assert raised.value is error


@pytest.mark.parametrize("error", [None, ConnectionResetError()])
@pytest.mark.asyncio
async def test_after_the_loss_nothing_more_happens(wire: Wire, error: ConnectionResetError | None) -> None:
    reader, protocol = connected(wire)
    protocol.data_received(b"data")
    protocol.connection_lost(error)
    protocol.data_received(b"late")
    protocol.eof_received()
    protocol.connection_lost(BrokenPipeError())
    assert reader.exception() is error
    assert repr(reader).startswith("<StreamReader 4 bytes")
    waiter = protocol._get_close_waiter(None)
    assert waiter.exception() is error


@pytest.mark.asyncio
async def test_data_after_the_end_and_a_second_connection_are_refused(wire: Wire) -> None:
    _reader, protocol = connected(wire)
    with pytest.raises(AssertionError):
        protocol.connection_made(wire)
    protocol.eof_received()
    with pytest.raises(AssertionError):
        protocol.data_received(b"late")


@pytest.mark.asyncio
async def test_without_a_reader_it_accepts_everything(wire: Wire) -> None:
    protocol = StreamReaderProtocol(None)
    protocol.connection_made(wire)
    protocol._replace_transport(wire)
    protocol.data_received(b"data")
    protocol.eof_received()
    protocol.connection_lost(ConnectionResetError())


@pytest.mark.asyncio
async def test_it_feeds_a_reader_of_asyncio(wire: Wire) -> None:
    reader = asyncio.StreamReader()
    protocol = StreamReaderProtocol(reader)  # type: ignore[arg-type]  # a drop-in, though no relative
    protocol.connection_made(wire)
    protocol.data_received(b"data")
    protocol.eof_received()
    assert await reader.read() == b"data"


# What goes out


@pytest.mark.parametrize("optimised", [[], ["-O"]])
def test_a_pause_in_a_pause_is_refused_even_when_asserts_are_off(optimised: list[str]) -> None:
    script = """
import asyncio
from streamgauge.reference import StreamReaderProtocol
loop = asyncio.new_event_loop()
protocol = StreamReaderProtocol(None, loop=loop)
for calls in ([protocol.resume_writing], [protocol.pause_writing, protocol.pause_writing]):
    try:
        [call() for call in calls]
    except AssertionError:
        continue
    raise SystemExit(f"{calls!r} was accepted")
loop.close()
"""
    subprocess.run([sys.executable, *optimised, "-c", script], check=True)


@pytest.mark.asyncio
async def test_a_writer_of_asyncio_is_served_as_well(wire: Wire) -> None:
    _reader, protocol = connected(wire)
    writer = asyncio.StreamWriter(wire, protocol, None, asyncio.get_running_loop())
    await writer.drain()
    protocol.pause_writing()
    waits = (writer.drain(), writer.wait_closed(), writer.drain(), writer.wait_closed())
    draining, closing, *cancelled = map(asyncio.ensure_future, waits)
    await quiet()
    for task in cancelled:
        task.cancel()
    await quiet()
    assert len(protocol._outbox._held_up) == len(protocol._outbox._leaving) == 1
    protocol.resume_writing()
    await draining
    wire.close()
    protocol.connection_lost(None)
    await closing
    await writer.wait_closed()


@pytest.mark.asyncio
async def test_a_future_of_the_end_that_nobody_looked_at_is_not_complained_about(
    wire: Wire, complaints: Complaints
) -> None:
    reader, protocol = connected(wire)
    waiters = [protocol._get_close_waiter(None)]
    protocol.connection_lost(BrokenPipeError())
    waiters.append(protocol._get_close_waiter(None))
    await quiet()
    assert all(waiter.done() for waiter in waiters)
    waiters.clear()
    gc.collect()
    assert complaints == []
    assert reader.exception() is not None


# Who holds whom


@pytest.mark.asyncio
async def test_it_does_not_hold_the_reader_of_a_client(wire: Wire) -> None:
    reader, protocol = connected(wire)
    gone = weakref.ref(reader)
    wire._extra.clear()  # type: ignore[attr-defined]  # nothing else that could hold it
    del reader
    gc.collect()
    assert gone() is None
    protocol.data_received(b"data")
    protocol.eof_received()
    protocol.connection_lost(ConnectionResetError())


@pytest.mark.asyncio
async def test_it_holds_the_reader_of_a_server_until_the_handler_has_it(wire: Wire) -> None:
    seen: list[weakref.ref[StreamReader]] = []

    def handler(reader: StreamReader, writer: StreamWriter) -> None:
        seen.append(weakref.ref(reader))
        wire.close()

    protocol = StreamReaderProtocol(StreamReader(), handler)
    gc.collect()
    protocol.connection_made(wire)
    gc.collect()
    assert [reader() for reader in seen] == [None]


@pytest.mark.asyncio
async def test_a_handler_that_keeps_no_writer_gets_its_connection_closed(wire: Wire) -> None:
    with pytest.warns(ResourceWarning, match="unclosed <StreamWriter"):
        serving(wire, lambda reader, writer: None)
    assert wire.asked == ["close"]


@pytest.mark.asyncio
async def test_it_holds_the_task_of_a_handler_until_the_loss(wire: Wire) -> None:
    loop = asyncio.get_running_loop()

    async def handler(reader: StreamReader, writer: StreamWriter) -> None:
        await loop.create_future()  # which nobody else holds

    protocol = serving(wire, handler)
    await quiet()
    task = weakref.ref(protocol._task)
    gc.collect()
    assert task() is not None
    wire.close()
    loop.set_exception_handler(lambda *_: None)  # A pending task that is collected is complained about.
    protocol.connection_lost(None)
    gc.collect()
    assert task() is None


# The handler


@pytest.mark.asyncio
async def test_the_handler_is_called_at_once_with_reader_and_writer(wire: Wire, complaints: Complaints) -> None:
    calls: list[tuple[StreamReader, StreamWriter]] = []

    def handler(reader: StreamReader, writer: StreamWriter) -> "asyncio.Future[None]":
        calls.append((reader, writer))
        return asyncio.get_running_loop().create_future()  # which is no coroutine and hence of no interest

    protocol = serving(wire, handler)
    [(reader, writer)] = calls
    assert writer.transport is wire
    assert protocol._task is None
    protocol.data_received(b"data")
    assert await reader.read(9) == b"data"
    wire.close()
    assert complaints == []


class Handlers:
    """Ways to be a coroutine function, or nearly."""

    async def method(self, reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    __call__ = method

    def returns_one(self, reader: StreamReader, writer: StreamWriter) -> Coroutine[object, object, None]:
        return self.method(reader, writer)


@pytest.mark.parametrize("handler", [Handlers().method, Handlers(), Handlers().returns_one])
@pytest.mark.asyncio
async def test_a_coroutine_is_run_as_a_task(wire: Wire, complaints: Complaints, handler: ClientConnected) -> None:
    protocol = serving(wire, handler)
    protocol.data_received(b"line\nmore")
    await quiet()
    assert wire.sent == [b"line\n"]
    assert complaints == []


class Odd(BaseException):
    """What nobody should raise."""


@pytest.mark.parametrize("error", [ValueError("no"), Odd(), asyncio.CancelledError()], ids=repr)
@pytest.mark.asyncio
async def test_a_plain_handler_that_raises_is_reported_and_its_connection_closed(
    wire: Wire, complaints: Complaints, error: BaseException
) -> None:
    kept = []

    def handler(reader: StreamReader, writer: StreamWriter) -> None:
        kept.append(writer)
        raise error

    serving(wire, handler)
    message = "Unhandled exception in client_connected_cb"
    assert complaints == [{"message": message, "exception": error, "transport": wire}]
    assert wire.asked == ["close"]


@pytest.mark.asyncio
async def test_a_plain_handler_may_end_the_program(wire: Wire, complaints: Complaints) -> None:
    kept = []

    def handler(reader: StreamReader, writer: StreamWriter) -> None:
        kept.append(writer)
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        serving(wire, handler)
    assert complaints == []


@pytest.mark.asyncio
async def test_a_coroutine_that_raises_is_reported_and_its_connection_closed(
    wire: Wire, complaints: Complaints
) -> None:
    kept = []
    error = ValueError("no")

    async def handler(reader: StreamReader, writer: StreamWriter) -> None:
        kept.append(writer)
        raise error

    serving(wire, handler)
    await quiet()
    message = "Unhandled exception in client_connected_cb"
    assert complaints == [{"message": message, "exception": error, "transport": wire}]
    assert wire.asked == ["close"]


@pytest.mark.asyncio
async def test_a_handler_that_is_cancelled_gets_its_connection_closed_and_nothing_is_said(
    wire: Wire, complaints: Complaints
) -> None:
    kept = []

    async def handler(reader: StreamReader, writer: StreamWriter) -> None:
        kept.append(writer)
        await reader.read()

    protocol = serving(wire, handler)
    await quiet()
    assert protocol._task is not None
    protocol._task.cancel()
    await quiet()
    assert wire.asked == ["close"]
    assert complaints == []
