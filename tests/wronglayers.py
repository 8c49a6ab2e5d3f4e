"""Stream layers that are each wrong in one way, for tests of what is said of them; each is asyncio's but for that.

`Right` is wrong in none, not even as asyncio is.
"""

import asyncio
from asyncio import StreamReader, StreamReaderProtocol, StreamWriter
from typing import Any


class DrainsAtOnce(StreamWriter):
    """Its drain never waits."""

    async def drain(self) -> None:
        pass


class WritesTwice(StreamWriter):
    """Hands over everything twice."""

    def write(self, data: Any) -> None:
        super().write(data)
        super().write(data)


class ForgetsToClose(StreamWriter):
    """Its close does nothing."""

    def close(self) -> None:
        pass


class KeepsBuffers(StreamWriter):
    """Hands over what its callers lent only when the loop comes round."""

    def write(self, data: Any) -> None:
        if data:
            asyncio.get_running_loop().call_soon(super().write, data)


class WritesText(StreamWriter):
    """Takes text for bytes."""

    def write(self, data: Any) -> None:
        super().write(data.encode() if isinstance(data, str) else data)


class RefusesLines(StreamWriter):
    """Wants a list of lines, and nothing else."""

    def writelines(self, data: Any) -> None:
        if not isinstance(data, list):
            raise TypeError("not a list")
        super().writelines(data)


class NeverCloses(StreamWriter):
    """Never tells that it is closing."""

    def is_closing(self) -> bool:
        return False


class SuspendsFirst(StreamWriter):
    """Its drain always lets others run first."""

    async def drain(self) -> None:
        await asyncio.sleep(0)
        await super().drain()


class NeverSuspends(StreamWriter):
    """Its drain lets nobody run who might tell that the connection is gone."""

    async def drain(self) -> None:
        if not self.transport.is_closing():
            await super().drain()


class _ClosesAtTheEnd(StreamReaderProtocol):
    def eof_received(self) -> bool:
        super().eof_received()
        return False


class _DropsTheLast(StreamReaderProtocol):
    def data_received(self, data: bytes) -> None:
        super().data_received(data[:-1])


class _LosesWithoutAWord(StreamReaderProtocol):
    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            super().connection_lost(exc)


def _made_with(protocol: Any) -> Any:
    async def open_connection(host: Any = None, port: Any = None, *, limit: int = 2**16, **options: Any) -> Any:
        loop = asyncio.get_running_loop()
        reader = StreamReader(limit=limit, loop=loop)
        transport, made = await loop.create_connection(lambda: protocol(reader, loop=loop), host, port, **options)
        return reader, StreamWriter(transport, made, reader, loop)

    async def start_server(
        callback: Any, host: Any = None, port: Any = None, *, limit: int = 2**16, **options: Any
    ) -> Any:
        loop = asyncio.get_running_loop()

        def factory() -> Any:
            return protocol(StreamReader(limit=limit, loop=loop), callback, loop=loop)

        return await loop.create_server(factory, host, port, **options)

    return open_connection, start_server


class ClosesAtTheEnd:
    """Gives the connection up when the peer has sent its end."""

    open_connection, start_server = map(staticmethod, _made_with(_ClosesAtTheEnd))


class DropsTheLast:
    """Loses the last byte of every chunk."""

    open_connection, start_server = map(staticmethod, _made_with(_DropsTheLast))


class LosesWithoutAWord:
    """Tells its reader nothing of a clean loss."""

    open_connection, start_server = map(staticmethod, _made_with(_LosesWithoutAWord))


class ForgetsOptions:
    """Connects and listens without what it was asked for."""

    @staticmethod
    async def open_connection(host: Any = None, port: Any = None, *, limit: int = 2**16, **options: Any) -> Any:
        return await asyncio.open_connection(host, port, limit=limit)

    @staticmethod
    async def start_server(callback: Any, host: Any = None, port: Any = None, **options: Any) -> Any:
        return await asyncio.start_server(callback, host, port, limit=options.get("limit", 2**16))


class ServesNobody:
    """Never calls the handler, and returns no server."""

    @staticmethod
    async def start_server(callback: Any, host: Any = None, port: Any = None, **options: Any) -> Any:
        await asyncio.start_server(lambda reader, writer: None, host, port, **options)


class ServesInSilence:
    """Tells nobody that a handler failed."""

    @staticmethod
    async def start_server(callback: Any, host: Any = None, port: Any = None, **options: Any) -> Any:
        async def quietly(reader: Any, writer: Any) -> None:
            try:
                await callback(reader, writer)
            except Exception:
                writer.close()

        return await asyncio.start_server(quietly, host, port, **options)

    open_connection = staticmethod(asyncio.open_connection)


class _Undisturbed(StreamWriter):
    """Whoever stops to wait for the close disturbs nobody else who does."""

    async def wait_closed(self) -> None:
        waiter = self._protocol._get_close_waiter(self)  # type: ignore[attr-defined]  # private, and the only way
        await asyncio.shield(waiter)


class Right:
    """Asyncio's, without its fault."""

    start_server = staticmethod(asyncio.start_server)

    @staticmethod
    async def open_connection(host: Any = None, port: Any = None, *, limit: int = 2**16, **options: Any) -> Any:
        loop = asyncio.get_running_loop()
        reader = StreamReader(limit=limit, loop=loop)
        protocol = StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.create_connection(lambda: protocol, host, port, **options)
        return reader, _Undisturbed(transport, protocol, reader, loop)
