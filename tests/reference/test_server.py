"""`start_server` and `start_unix_server`, with clients of asyncio on loopback and Unix sockets."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

import streamgauge.reference as streams

Handler = Callable[[streams.StreamReader, streams.StreamWriter], object]
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def shout(reader: streams.StreamReader, writer: streams.StreamWriter) -> None:
    """Each line back in capitals, until there are no more."""
    async for line in reader:
        writer.write(line.upper())
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"one\ntwo\n")
    writer.write_eof()
    assert await reader.read() == b"ONE\nTWO\n"
    writer.close()
    await writer.wait_closed()


async def on_tcp(handler: Handler, folder: Path) -> tuple[asyncio.Server, Callable[[], Awaitable[Ends]]]:
    server = await streams.start_server(handler, "127.0.0.1", 0)
    return server, lambda: asyncio.open_connection(*server.sockets[0].getsockname())


async def on_unix(handler: Handler, folder: Path) -> tuple[asyncio.Server, Callable[[], Awaitable[Ends]]]:
    server = await streams.start_unix_server(handler, folder / "socket")
    return server, lambda: asyncio.open_unix_connection(folder / "socket")


@pytest.mark.parametrize("start", [on_tcp, on_unix])
@pytest.mark.asyncio
async def test_each_client_gets_a_handler_of_its_own(start: Callable[..., Any], tmp_path: Path) -> None:
    server, connect = await start(shout, tmp_path)
    async with server:
        first, second = await connect(), await connect()
        await converse(*second)
        await converse(*first)


@pytest.mark.asyncio
async def test_the_limit_is_that_of_the_readers() -> None:
    raised: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    async def handler(reader: streams.StreamReader, writer: streams.StreamWriter) -> None:
        try:
            await reader.readuntil()
        except streams.LimitOverrunError as error:
            raised.set_result(error)
        writer.close()

    async with await streams.start_server(handler, "127.0.0.1", 0, limit=3) as server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"four\n")
        await raised
        writer.close()
        await writer.wait_closed()


@pytest.mark.asyncio
async def test_a_limit_that_is_not_positive_is_refused_at_once(tmp_path: Path) -> None:
    for attempt in (
        streams.start_server(shout, "127.0.0.1", 0, limit=0),
        streams.start_unix_server(shout, tmp_path / "socket", limit=-1),
    ):
        with pytest.raises(ValueError, match="Limit cannot be <= 0"):
            await attempt


class Refusal(Exception):
    """Stands for whatever a loop raises."""


@pytest.mark.asyncio
async def test_all_other_arguments_reach_the_loop_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, tuple[object, ...], dict[str, object]]] = []

    def note(name: str) -> Any:
        async def create(factory: Any, *args: object, **kwds: object) -> None:
            assert isinstance(factory(), streams.StreamReaderProtocol)
            calls.append((name, args, kwds))
            raise Refusal

        return create

    loop = asyncio.get_running_loop()
    for name in ("create_server", "create_unix_server"):
        monkeypatch.setattr(loop, name, note(name))
    for attempt in (
        streams.start_server(shout),
        streams.start_server(shout, ["a", "b"], 80, limit=9, backlog=5, whatever=7),
        streams.start_unix_server(shout),
        streams.start_unix_server(shout, b"path", start_serving=False),
    ):
        with pytest.raises(Refusal):
            await attempt
    assert calls == [
        ("create_server", (None, None), {}),
        ("create_server", (["a", "b"], 80), {"backlog": 5, "whatever": 7}),
        ("create_unix_server", (None,), {}),
        ("create_unix_server", (b"path",), {"start_serving": False}),
    ]


@pytest.mark.parametrize("plain", [False, True], ids=["coroutine", "plain"])
@pytest.mark.asyncio
async def test_a_client_whose_handler_raises_is_not_kept_waiting(plain: bool) -> None:
    told: list[dict[str, Any]] = []
    kept = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))

    def handler(reader: streams.StreamReader, writer: streams.StreamWriter) -> None:
        kept.append(writer)
        raise KeyError("k")

    async def coroutine(reader: streams.StreamReader, writer: streams.StreamWriter) -> None:
        handler(reader, writer)

    async with await streams.start_server(handler if plain else coroutine, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
    assert [(context["message"], repr(context["exception"])) for context in told] == [
        ("Unhandled exception in client_connected_cb", "KeyError('k')")
    ]


CALLER: ContextVar[str] = ContextVar("CALLER")


@pytest.mark.parametrize("plain", [False, True], ids=["coroutine", "plain"])
@pytest.mark.asyncio
async def test_handlers_run_in_copies_of_the_context_in_which_the_server_was_started(plain: bool) -> None:
    seen: asyncio.Queue[str] = asyncio.Queue()

    def handler(reader: streams.StreamReader, writer: streams.StreamWriter) -> None:
        seen.put_nowait(CALLER.get())
        CALLER.set("a handler")
        writer.close()

    async def coroutine(reader: streams.StreamReader, writer: streams.StreamWriter) -> None:
        handler(reader, writer)

    CALLER.set("whoever started it")
    server = await streams.start_server(handler if plain else coroutine, "127.0.0.1", 0, start_serving=False)
    CALLER.set("whoever set it going")
    async with server:
        await server.start_serving()
        for _ in range(2):
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            assert await seen.get() == "whoever started it"
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()
    assert CALLER.get() == "whoever set it going"
