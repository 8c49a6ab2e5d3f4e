"""Layers that are wrong in one way: `start_server`."""

import asyncio
from typing import Any

from streamgauge.spec.server import LISTENING
from textbook_layer import TextbookLayer, TextbookWriter


class ServerOptionsDropped(TextbookLayer):
    """What the loop knows as an option of servers is not passed on."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        passed = {name: value for name, value in options.items() if name not in LISTENING.known}
        return await super().start_server(callback, host, port, limit=limit, **passed)


class EveryInterface(TextbookLayer):
    """The server listens on every interface, whatever was asked for."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        return await super().start_server(callback, None, port, limit=limit, **options)


class NeverListens(TextbookLayer):
    """The loop is never asked for a server."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        """Do nothing."""


class ServerLimitIgnored(TextbookLayer):
    """Every connection of a server has the default limit."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        return await super().start_server(callback, host, port, limit=limit if limit <= 0 else 65536, **options)


class ServerDefaultSmaller(TextbookLayer):
    """Without a limit a server has one of 65535."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65535, **options: Any
    ) -> Any:
        return await super().start_server(callback, host, port, limit=limit, **options)


class ServerOfItsOwn(TextbookLayer):
    """`start_server` returns an object of its own, which hides that of the loop."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        return [await super().start_server(callback, host, port, limit=limit, **options)]


class ServesWithoutWord(TextbookLayer):
    """`start_server` returns nothing."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        await super().start_server(callback, host, port, limit=limit, **options)


class ServerSwallowsUnknown(TextbookLayer):
    """An argument that the loop does not know is swallowed."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        passed = {name: value for name, value in options.items() if name in LISTENING.known}
        return await super().start_server(callback, host, port, limit=limit, **passed)


class ServerLimitClamped(TextbookLayer):
    """A limit that is too small is raised to 1."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        return await super().start_server(callback, host, port, limit=max(1, limit), **options)


class BadLimitIsATypeError(TextbookLayer):
    """A limit that is too small is refused with TypeError."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        if limit <= 0:
            raise TypeError("the limit must be positive")
        return await super().start_server(callback, host, port, limit=limit, **options)


class OneReaderForAll(TextbookLayer):
    """All connections of a server share a reader."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        loop = asyncio.get_running_loop()
        reader = cls.StreamReader(limit, loop)

        def factory() -> Any:
            return cls.StreamReaderProtocol(reader, callback, loop, writer=cls.StreamWriter)

        return await loop.create_server(factory, host, port, **options)


class ServesTheFirst(TextbookLayer):
    """The handler is called for the first connection only."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        served: list[Any] = []

        def once(*pair: Any) -> Any:
            served.append(pair)
            return callback(*pair) if len(served) == 1 else None

        return await super().start_server(once, host, port, limit=limit, **options)


class LimitsTheFirst(TextbookLayer):
    """The limit holds for the first connection only."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        loop, limits = asyncio.get_running_loop(), [limit]

        def factory() -> Any:
            reader = cls.StreamReader(limits.pop() if limits else 65536, loop)
            return cls.StreamReaderProtocol(reader, callback, loop, writer=cls.StreamWriter)

        return await loop.create_server(factory, host, port, **options)


class WritesToTheLatest(TextbookLayer):
    """Whoever writes writes to the connection that came last."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        latest: list[Any] = []

        class Writer(TextbookWriter):
            def __init__(self, *parts: Any) -> None:
                super().__init__(*parts)
                latest.append(self._transport)

            def write(self, data: Any) -> None:
                latest[-1].write(self._own(data))

        loop = asyncio.get_running_loop()

        def factory() -> Any:
            return cls.StreamReaderProtocol(cls.StreamReader(limit, loop), callback, loop, writer=Writer)

        return await loop.create_server(factory, host, port, **options)


BROKEN: dict[str, tuple[Any, ...]] = {
    "server.start.arguments": (ServerOptionsDropped, EveryInterface, NeverListens),
    "server.start.limit": (ServerLimitIgnored, ServerDefaultSmaller, LimitsTheFirst),
    "server.start.returns": (ServerOfItsOwn, ServesWithoutWord),
    "server.start.unknown": (ServerSwallowsUnknown,),
    "server.bad-limit": (ServerLimitClamped, BadLimitIsATypeError),
    "server.callback.once": (OneReaderForAll, ServesTheFirst),
    "writer.write.order": (WritesToTheLatest,),
}
