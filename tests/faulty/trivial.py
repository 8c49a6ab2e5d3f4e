"""Implementations that do next to nothing: each breaks many clauses, and must not pass."""

import asyncio
import sys
from typing import Any

from textbook import TextbookReader
from textbook_layer import TextbookLayer, TextbookProtocol, TextbookWriter


class AlwaysEmpty:
    """Every call returns empty bytes."""

    def __init__(self, limit: int = 65536, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = asyncio.get_running_loop() if loop is None else loop

    async def _answer(self, *_: Any) -> Any:
        return b""

    async def read(self, n: int = -1) -> Any:
        return await self._answer(n)

    async def readexactly(self, n: int) -> Any:
        return await self._answer(n)

    async def readuntil(self, separator: Any = b"\n") -> Any:
        return await self._answer()

    async def readline(self) -> Any:
        return await self._answer()

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> Any:
        return await self._answer()

    def feed_data(self, data: Any) -> None:
        pass

    def feed_eof(self) -> None:
        pass

    def set_exception(self, exc: Any) -> None:
        pass

    def set_transport(self, transport: Any) -> None:
        pass

    def exception(self) -> Any:
        return None

    def at_eof(self) -> bool:
        return False


class AlwaysRaises(AlwaysEmpty):
    """Every call raises NotImplementedError."""

    async def _answer(self, *_: Any) -> Any:
        raise NotImplementedError


class NeverAnswers(AlwaysEmpty):
    """Every call waits for ever."""

    async def _answer(self, *_: Any) -> Any:
        await self._loop.create_future()


class ReturnsNone(AlwaysEmpty):
    """Every call returns None."""

    async def _answer(self, *_: Any) -> Any:
        return None


class EchoesForEver(AlwaysEmpty):
    """Every call returns as many bytes as were asked for, whatever was fed."""

    async def _answer(self, *counts: Any) -> Any:
        return b"x" * max(counts[0], 1) if counts and isinstance(counts[0], int) else b"x\n"


class NeverIterates(AlwaysEmpty):
    """Every call ends the iteration that nobody began."""

    async def _answer(self, *_: Any) -> Any:
        raise StopAsyncIteration


class IgnoresLimit(TextbookReader):
    """All is right but for the limit, which is ignored."""

    def _check_limit(self, limit: Any) -> int:
        return sys.maxsize


TRIVIAL: tuple[type, ...] = (
    *(AlwaysEmpty, AlwaysRaises, NeverAnswers, ReturnsNone),
    *(EchoesForEver, NeverIterates, IgnoresLimit),
)


class IdleWriter:
    """Does nothing, says nothing, waits for nothing."""

    def __init__(self, *_: Any) -> None:
        """Keep nothing."""

    def __getattr__(self, name: str) -> Any:
        if name in ("drain", "wait_closed"):
            return self._at_once
        return lambda *_: None

    async def _at_once(self) -> None:
        """Return."""


class IdleLayer(TextbookLayer):
    """The writer does nothing at all."""

    StreamWriter = IdleWriter


class StuckWriter(TextbookWriter):
    """Writes, and waits for ever."""

    async def drain(self) -> None:
        await self._loop.create_future()

    async def wait_closed(self) -> None:
        await self._loop.create_future()


class StuckLayer(TextbookLayer):
    """Whoever waits waits for ever, and nothing that arrives is fed."""

    StreamWriter = StuckWriter

    class StreamReaderProtocol(TextbookProtocol):
        """Hears nothing."""

        def data_received(self, data: bytes) -> None:
            """Drop it."""

        def eof_received(self) -> bool:
            return False

        def connection_lost(self, exc: BaseException | None) -> None:
            """Do not care."""


class RefusingLayer(TextbookLayer):
    """No connection is ever made, and no server."""

    @classmethod
    async def open_connection(cls, *_: Any, **__: Any) -> Any:
        raise OSError("never")

    @classmethod
    async def start_server(cls, *_: Any, **__: Any) -> Any:
        raise OSError("never")


TRIVIAL_LAYERS: tuple[type, ...] = (IdleLayer, StuckLayer, RefusingLayer)
