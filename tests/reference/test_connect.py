"""`open_connection` and `open_unix_connection`, against a server of asyncio on a loopback or Unix socket."""

import asyncio
import inspect
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import streamgauge.reference as streams


async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Each line back in capitals, until there are no more."""
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def converse(reader: streams.StreamReader, writer: streams.StreamWriter) -> None:
    writer.write(b"one\n")
    writer.writelines([b"two", b"", b"\n"])
    await writer.drain()
    assert await reader.readline() == b"ONE\n"
    assert await reader.readline() == b"TWO\n"
    writer.write_eof()
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("name", ["open_connection", "start_server", "open_unix_connection", "start_unix_server"])
def test_it_is_called_as_in_asyncio(name: str) -> None:
    def shape(function: Any) -> list[tuple[str, object, object]]:
        return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]

    assert shape(getattr(streams, name)) == shape(getattr(asyncio, name))
    assert inspect.iscoroutinefunction(getattr(streams, name))


def test_without_unix_sockets_their_names_are_absent_and_the_others_are_there() -> None:
    script = """
import asyncio, socket
del socket.AF_UNIX
import streamgauge.reference as streams
assert not hasattr(streams, "open_unix_connection") and not hasattr(streams, "start_unix_server")
assert sorted(streams.__all__) == sorted(name for name in streams.__all__ if hasattr(streams, name))
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.asyncio
async def test_a_connection_is_a_reader_and_a_writer() -> None:
    async with await asyncio.start_server(shout, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        await converse(*await streams.open_connection(host, port, limit=100))


@pytest.mark.asyncio
async def test_a_unix_connection_is_a_reader_and_a_writer(tmp_path: Path) -> None:
    async with await asyncio.start_unix_server(shout, tmp_path / "socket"):
        await converse(*await streams.open_unix_connection(tmp_path / "socket", limit=100))


@pytest.mark.asyncio
async def test_the_limit_is_the_readers() -> None:
    async with await asyncio.start_server(shout, "127.0.0.1", 0) as server:
        reader, writer = await streams.open_connection(*server.sockets[0].getsockname(), limit=3)
        writer.write(b"four\n")
        with pytest.raises(streams.LimitOverrunError):
            await reader.readuntil()
        writer.close()
        await writer.wait_closed()


@pytest.mark.asyncio
async def test_a_limit_that_is_not_positive_is_refused_before_anything_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "create_connection", None)
    monkeypatch.setattr(loop, "create_unix_connection", None)
    for attempt in (streams.open_connection("localhost", 1, limit=0), streams.open_unix_connection("x", limit=0)):
        with pytest.raises(ValueError, match="Limit cannot be <= 0"):
            await attempt


class Refusal(Exception):
    """Stands for whatever a loop raises."""


@pytest.mark.asyncio
async def test_all_other_arguments_reach_the_loop_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, tuple[object, ...], dict[str, object]]] = []

    def note(name: str) -> Any:
        async def create(factory: Any, *args: object, **kwds: object) -> None:
            assert factory() is factory()
            calls.append((name, args, kwds))
            raise Refusal

        return create

    loop = asyncio.get_running_loop()
    for name in ("create_connection", "create_unix_connection"):
        monkeypatch.setattr(loop, name, note(name))
    for attempt in (
        streams.open_connection(),
        streams.open_connection("host", "service", limit=9, ssl=True, flags=5, whatever=7),
        streams.open_unix_connection(),
        streams.open_unix_connection(b"path", server_hostname=""),
    ):
        with pytest.raises(Refusal):
            await attempt
    assert calls == [
        ("create_connection", (None, None), {}),
        ("create_connection", ("host", "service"), {"ssl": True, "flags": 5, "whatever": 7}),
        ("create_unix_connection", (None,), {}),
        ("create_unix_connection", (b"path",), {"server_hostname": ""}),
    ]


@pytest.mark.asyncio
async def test_the_error_of_the_attempt_is_raised(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = taken.getsockname()
    with pytest.raises(ConnectionRefusedError):
        await streams.open_connection(*address)
    with pytest.raises(FileNotFoundError):
        await streams.open_unix_connection(tmp_path / "nothing")
    with pytest.raises(TypeError):
        await streams.open_connection(*address, loop=asyncio.get_running_loop())


@pytest.mark.asyncio
async def test_a_socket_is_taken_over() -> None:
    ours, theirs = socket.socketpair()
    reader, writer = await streams.open_connection(sock=ours)
    writer.write(b"data")
    writer.close()
    await writer.wait_closed()
    assert ours.fileno() == -1
    assert theirs.recv(9) == b"data"
    theirs.close()
    assert reader.at_eof()


@pytest.mark.asyncio
async def test_a_writer_is_held_up_until_the_peer_reads() -> None:
    ours, theirs = socket.socketpair()
    _reader, writer = await streams.open_connection(sock=ours)
    peer_reader, peer_writer = await streams.open_connection(sock=theirs, limit=1000)
    writer.writelines([b"x" * 1_000_000] * 8)
    draining = asyncio.create_task(writer.drain())
    await asyncio.sleep(0)
    assert not draining.done()
    assert len(await peer_reader.readexactly(8_000_000)) == 8_000_000
    await draining
    for each in (writer, peer_writer):
        each.close()
        await each.wait_closed()


@pytest.mark.asyncio
async def test_buffers_that_change_while_they_are_queued_arrive_as_they_were() -> None:
    ours, theirs = socket.socketpair()
    _reader, writer = await streams.open_connection(sock=ours)
    peer_reader, peer_writer = await streams.open_connection(sock=theirs)
    writer.write(b"x" * 8_000_000)
    data = bytearray(b"before")
    writer.write(data)
    data.clear()
    writer.write_eof()
    with pytest.raises(RuntimeError):
        writer.writelines(iter(()))
    assert (await peer_reader.read())[-7:] == b"xbefore"
    for each in (writer, peer_writer):
        each.close()
        await each.wait_closed()


@pytest.mark.asyncio
async def test_the_pipes_of_a_subprocess_are_served_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("StreamReader", "StreamWriter"):
        monkeypatch.setattr(asyncio.streams, name, getattr(streams, name))
    pipe = asyncio.subprocess.PIPE
    script = "import sys; sys.stdout.write(sys.stdin.read().upper())"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdin=pipe, stdout=pipe)
    ends: list[object] = [child.stdin, child.stdout]
    assert [type(end) for end in ends] == [streams.StreamWriter, streams.StreamReader]
    assert child.stdin
    assert child.stdout
    child.stdin.write(b"data")
    await child.stdin.drain()
    child.stdin.close()
    await child.stdin.wait_closed()
    assert await child.stdout.read() == b"DATA"
    assert await child.wait() == 0
