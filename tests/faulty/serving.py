"""Layers that are wrong in one way: `start_server`."""

from typing import Any

from streamgauge.spec.server import KNOWN
from textbook_layer import TextbookLayer


class ServerOptionsDropped(TextbookLayer):
    """What the loop knows as an option of servers is not passed on."""

    @classmethod
    async def start_server(
        cls, callback: Any, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any
    ) -> Any:
        passed = {name: value for name, value in options.items() if name not in KNOWN}
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
        passed = {name: value for name, value in options.items() if name in KNOWN}
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


BROKEN: dict[str, tuple[Any, ...]] = {
    "server.start.arguments": (ServerOptionsDropped, EveryInterface, NeverListens),
    "server.start.limit": (ServerLimitIgnored, ServerDefaultSmaller),
    "server.start.returns": (ServerOfItsOwn, ServesWithoutWord),
    "server.start.unknown": (ServerSwallowsUnknown,),
    "server.bad-limit": (ServerLimitClamped, BadLimitIsATypeError),
}
