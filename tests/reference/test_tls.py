"""Streams that are protected later on, between two ends of the reference or against a peer made by hand."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from streamgauge.reference import StreamReader, StreamReaderProtocol, StreamWriter, open_connection, start_server
from streamgauge.reference.tls import hand_over, upgrade
from wires import Wire

CERTIFICATE = Path(__file__).with_name("localhost.pem")
Ends = tuple[StreamReader, StreamWriter]


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def client_context() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))


@asynccontextmanager
async def served(handler: Callable[[StreamReader, StreamWriter], Any], limit: int = 2**16) -> AsyncIterator[Ends]:
    """The client's ends of a connection to `handler`."""
    async with await start_server(handler, "127.0.0.1", 0, limit=limit) as server:
        reader, writer = await open_connection(*server.sockets[0].getsockname(), limit=limit)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


async def upgrading(reader: StreamReader, writer: StreamWriter) -> None:
    """A server that speaks plainly until it is asked not to, then sends everything back."""
    assert await reader.readline() == b"STARTTLS\n"
    writer.write(b"READY\n")
    await writer.start_tls(server_context())
    while data := await reader.read(1000):
        writer.write(data)
        await writer.drain()
    writer.close()


@pytest.mark.asyncio
async def test_both_ends_go_on_with_the_same_reader_and_writer() -> None:
    async with served(upgrading, limit=1000) as (reader, writer):
        plain = writer.transport
        writer.write(b"STARTTLS\n")
        assert await reader.readline() == b"READY\n"
        await writer.start_tls(client_context(), server_hostname="localhost", ssl_shutdown_timeout=5)
        assert writer.transport is not plain
        assert writer.get_extra_info("sslcontext") is not None
        assert not writer.can_write_eof()
        assert writer._protocol.eof_received() is False  # type: ignore[attr-defined]  # it is ours
        reader._inbox.ended = False  # that was a question only
        writer.write(b"x" * 100_000)
        assert await reader.readexactly(100_000) == b"x" * 100_000


@pytest.mark.asyncio
async def test_the_reader_pauses_the_new_transport_and_not_the_old() -> None:
    async with served(upgrading) as (reader, writer):
        writer.write(b"STARTTLS\n")
        assert await reader.readline() == b"READY\n"
        await writer.start_tls(client_context(), server_hostname="localhost")
        secured: Any = writer.transport
        reader.feed_data(b"x" * 200_000)
        assert not secured.is_reading()
        assert len(await reader.read(200_000)) == 200_000
        assert secured.is_reading()


@pytest.mark.asyncio
async def test_a_handshake_that_is_here_before_the_upgrade_reaches_the_tls_layer() -> None:
    async with served(upgrading) as (reader, writer):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = client_context().wrap_bio(incoming, outgoing, server_hostname="localhost")

        async def wanting(step: Callable[[], Any]) -> Any:
            while True:
                try:
                    result = step()
                except ssl.SSLWantReadError:
                    writer.write(outgoing.read())
                    incoming.write(await reader.read(2**16))
                else:
                    writer.write(outgoing.read())
                    return result

        with pytest.raises(ssl.SSLWantReadError):
            tls.do_handshake()
        writer.write(b"STARTTLS\n" + outgoing.read())
        assert await reader.readline() == b"READY\n"
        await wanting(tls.do_handshake)
        tls.write(b"protected")
        assert await wanting(lambda: tls.read(100)) == b"protected"


@pytest.mark.asyncio
async def test_what_was_injected_before_the_upgrade_of_a_client_fails_the_handshake() -> None:
    async def injecting(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(b"READY\nINJECTED\n")
        await reader.read()
        writer.close()

    async with served(injecting) as (reader, writer):
        assert await reader.readline() == b"READY\n"
        with pytest.raises(ssl.SSLError):
            await writer.start_tls(client_context(), server_hostname="localhost")
        with pytest.raises(ssl.SSLError):
            await reader.read()


@pytest.mark.asyncio
async def test_what_was_injected_before_the_upgrade_of_a_server_fails_the_handshake() -> None:
    failures: asyncio.Queue[BaseException | None] = asyncio.Queue()

    async def handler(reader: StreamReader, writer: StreamWriter) -> None:
        assert await reader.readline() == b"STARTTLS\n"
        for attempt in (writer.start_tls(server_context()), reader.read()):
            failures.put_nowait(*await asyncio.gather(attempt, return_exceptions=True))  # type: ignore[arg-type]  # both fail

    async with served(handler) as (_, writer):
        writer.write(b"STARTTLS\nINJECTED: a line long enough to be no record\n")
        assert isinstance(await failures.get(), ssl.SSLError)
        assert isinstance(await failures.get(), ssl.SSLError)


@pytest.mark.asyncio
async def test_even_what_had_paused_the_transport_is_handed_over() -> None:
    ready = asyncio.Event()

    async def injecting(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(b"READY\n" + b"x" * 2500)
        ready.set()
        await reader.read()
        writer.close()

    async with served(injecting, limit=1000) as (reader, writer):
        await ready.wait()
        while not reader._inbox.paused:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0)
        with pytest.raises(ssl.SSLError):
            await writer.start_tls(client_context(), server_hostname="localhost")
        with pytest.raises(ssl.SSLError):
            await reader.read()


@pytest.mark.asyncio
async def test_a_peer_that_has_ended_the_stream_gets_no_handshake() -> None:
    def ending(reader: StreamReader, writer: StreamWriter) -> None:
        writer.close()

    async with served(ending) as (reader, writer):
        assert await reader.read() == b""
        with pytest.raises(ConnectionResetError, match="ended"):
            await writer.start_tls(client_context(), server_hostname="localhost")


@pytest.mark.asyncio
async def test_a_connection_that_was_closed_cannot_be_protected() -> None:
    async with served(upgrading) as (_, writer):
        writer.close()
        await writer.wait_closed()
        with pytest.raises(ConnectionResetError):
            await writer.start_tls(client_context(), server_hostname="localhost")


@pytest.mark.asyncio
async def test_what_a_drain_would_raise_is_raised_first() -> None:
    async with served(upgrading) as (reader, writer):
        reader.set_exception(KeyError("k"))
        with pytest.raises(KeyError):
            await writer.start_tls(client_context(), server_hostname="localhost")


@pytest.mark.parametrize("name", [None, ""])
@pytest.mark.asyncio
async def test_a_client_that_checks_names_must_say_which(name: str | None) -> None:
    async with served(upgrading) as (_, writer):
        with pytest.raises(ValueError, match="check_hostname requires server_hostname"):
            await writer.start_tls(client_context(), server_hostname=name)


@pytest.mark.asyncio
async def test_a_certificate_for_another_name_is_refused() -> None:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # for the server's side, which fails as well
    async with served(upgrading) as (reader, writer):
        writer.write(b"STARTTLS\n")
        assert await reader.readline() == b"READY\n"
        with pytest.raises(ssl.SSLCertVerificationError):
            await writer.start_tls(client_context(), server_hostname="example.org")


@pytest.mark.asyncio
async def test_if_the_loop_refuses_at_once_everything_stays_readable() -> None:
    def greeting(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(b"READY\nmore\n")
        writer.close()

    async with served(greeting) as (reader, writer):
        assert await reader.readline() == b"READY\n"
        reader._inbox.ended = False
        with pytest.raises(TypeError):
            await upgrade(asyncio.get_running_loop(), writer.transport, writer._protocol, reader, None)  # type: ignore[arg-type]  # wrong on purpose
        await asyncio.sleep(0)
        assert await reader.readline() == b"more\n"


# Layers and loops that are not asyncio's


class Upgrading:
    """A loop that does nothing but to put `layer` in place of the protocol."""

    def __init__(self, layer: Any, secured: Any) -> None:
        self.layer = layer
        self.secured = secured
        self.call_soon = asyncio.get_running_loop().call_soon

    async def start_tls(self, transport: Wire, protocol: object, context: object, **options: object) -> Any:
        transport.set_protocol(self.layer)
        await asyncio.sleep(0)
        return self.secured


class Layer(asyncio.Protocol):
    """A TLS layer that is given data."""

    received = b""

    def data_received(self, data: bytes) -> None:
        self.received += data


class NarrowLayer(asyncio.BufferedProtocol):
    """A TLS layer that lends a buffer of two bytes."""

    received = b""

    def get_buffer(self, sizehint: int) -> bytearray:
        self.buffer = bytearray(2)
        return self.buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.received += self.buffer[:nbytes]


def unread(data: bytes) -> tuple[Wire, StreamReaderProtocol, StreamReader]:
    wire, reader = Wire(), StreamReader(limit=1)
    protocol = StreamReaderProtocol(reader)
    protocol.connection_made(wire)
    wire.set_protocol(protocol)
    protocol.data_received(data)
    return wire, protocol, reader


@pytest.mark.parametrize("layer", [Layer(), NarrowLayer()])
@pytest.mark.asyncio
async def test_a_layer_gets_all_that_was_unread_by_the_interface_that_it_has(layer: Layer | NarrowLayer) -> None:
    wire, protocol, reader = unread(b"hello")
    secured = Wire()
    loop: Any = Upgrading(layer, secured)
    assert await upgrade(loop, wire, protocol, reader, client_context()) is secured
    assert layer.received == b"hello"
    assert repr(reader) == f"<StreamReader limit=1 transport={wire!r}>"
    assert wire.asked == ["pause", "resume"]


@pytest.mark.asyncio
async def test_with_no_layer_to_give_it_to_it_cannot_be_read_either() -> None:
    wire, protocol, reader = unread(b"hello")
    hand_over(wire, protocol, reader)
    protocol._replace_transport(wire)
    protocol.eof_received()
    assert await reader.read() == b""


@pytest.mark.asyncio
async def test_without_a_reader_there_is_nothing_to_hand_over() -> None:
    wire, protocol, _reader = unread(b"hello")
    wire.set_protocol(layer := Layer())
    hand_over(wire, protocol, None)
    assert layer.received == b""


@pytest.mark.asyncio
async def test_what_arrives_before_the_upgrade_is_complete_counts_for_the_new_transport() -> None:
    wire, protocol, reader = unread(b"hello")
    hand_over(wire, protocol, reader)
    protocol.data_received(b"early")
    protocol._replace_transport(secured := Wire())
    assert wire.asked == ["pause", "resume", "pause", "resume"]
    assert secured.asked == ["pause"]
    assert await reader.read(9) == b"early"
    assert secured.asked == ["pause", "resume"]


@pytest.mark.asyncio
async def test_a_program_that_upgrades_by_hand_empties_the_reader_and_gives_it_the_new_transport() -> None:
    wire, protocol, reader = unread(b"injected")
    assert bytes(reader._buffer) == b"injected"
    assert reader._transport is wire
    reader._buffer.clear()
    reader._transport = Wire()
    assert wire.asked == ["pause", "resume"]
    assert not reader._buffer
    reader._buffer.clear()
    protocol.data_received(b"x")
    assert await reader.read(9) == b"x"


@pytest.mark.asyncio
async def test_a_connection_that_is_lost_together_with_the_end_of_the_handshake_is_lost() -> None:
    wire, protocol, reader = unread(b"")
    loop: Any = Upgrading(Layer(), None)
    with pytest.raises(ConnectionResetError):
        await upgrade(loop, wire, protocol, reader, client_context())
