"""Layers that are wrong in one way: `open_connection`."""

import asyncio
from collections.abc import Callable
from typing import Any

from streamgauge.spec.connection import CONNECTING
from textbook_layer import TextbookLayer

# What comes back.


class PairTurnedRound(TextbookLayer):
    """`open_connection` returns the writer first."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        reader, writer = await super().open_connection(host, port, limit=limit, **options)
        return writer, reader


class WriterOnly(TextbookLayer):
    """`open_connection` returns the writer alone."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        _, writer = await super().open_connection(host, port, limit=limit, **options)
        return writer


class TransportToo(TextbookLayer):
    """`open_connection` returns the transport, too."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        reader, writer = await super().open_connection(host, port, limit=limit, **options)
        return reader, writer, writer.transport


# The limit.


class LimitIgnored(TextbookLayer):
    """Every connection has the default limit."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        return await super().open_connection(host, port, limit=limit if limit <= 0 else 65536, **options)


class LimitWithLineFeed(TextbookLayer):
    """The limit that is given counts the line feed, too."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        return await super().open_connection(host, port, limit=limit - 1 if limit > 1 else limit, **options)


class DefaultLimitSmaller(TextbookLayer):
    """Without a limit it is 65535."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65535, **options: Any) -> Any:
        return await super().open_connection(host, port, limit=limit, **options)


class DefaultLimitLarger(TextbookLayer):
    """Without a limit it is twice as large as it should be."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 131072, **options: Any) -> Any:
        return await super().open_connection(host, port, limit=limit, **options)


class LimitClamped(TextbookLayer):
    """A limit that is too small is raised to 1."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        return await super().open_connection(host, port, limit=max(1, limit), **options)


class LimitLookedAtTooLate(TextbookLayer):
    """The reader is made once the connection is."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        loop = asyncio.get_running_loop()

        def factory() -> Any:
            return cls.StreamReaderProtocol(cls.StreamReader(limit, loop), None, loop)

        transport, protocol = await loop.create_connection(factory, host, port, **options)
        reader = protocol._reader
        return reader, cls.StreamWriter(transport, protocol, reader, loop)


# The arguments.


class OptionsDropped(TextbookLayer):
    """What the loop knows as an option of connections is not passed on."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        passed = {name: value for name, value in options.items() if name not in CONNECTING.known}
        return await super().open_connection(host, port, limit=limit, **passed)


class HostAsText(TextbookLayer):
    """The port is passed on as text."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        return await super().open_connection(host, str(port), limit=limit, **options)


class FamilyOfItsOwn(TextbookLayer):
    """Whatever was asked for, the family is that of the first version of the protocol."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        return await super().open_connection(host, port, limit=limit, **{**options, "family": 2})


class UnknownSwallowed(TextbookLayer):
    """An argument that the loop does not know is swallowed."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        passed = {name: value for name, value in options.items() if name in CONNECTING.known or name == "loop"}
        return await super().open_connection(host, port, limit=limit, **passed)


class UnknownByAnotherError(TextbookLayer):
    """An argument that the loop does not know is refused with ValueError."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        try:
            return await super().open_connection(host, port, limit=limit, **options)
        except TypeError as error:
            raise error if "loop" in options else ValueError(str(error)) from None


class LoopAccepted(TextbookLayer):
    """A loop is accepted, and ignored."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        options.pop("loop", None)
        return await super().open_connection(host, port, limit=limit, **options)


class LoopOfNoneAccepted(TextbookLayer):
    """A loop of None is accepted."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        if options.get("loop", host) is None:
            del options["loop"]
        return await super().open_connection(host, port, limit=limit, **options)


# Failing, and giving up.


async def _with_failure(
    made: Callable[[], Any], failure: Callable[[OSError], BaseException]
) -> Any:  # what open_connection returns
    try:
        return await made()
    except OSError as error:
        raise failure(error) from error


class FailureWrapped(TextbookLayer):
    """The error of the loop is raised as another one."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        opening = super().open_connection(host, port, limit=limit, **options)
        return await _with_failure(lambda: opening, lambda error: RuntimeError(str(error)))


class FailureWithoutNumber(TextbookLayer):
    """The error of the loop is raised as a new one of the same class."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        opening = super().open_connection(host, port, limit=limit, **options)
        return await _with_failure(lambda: opening, lambda error: type(error)(f"cannot connect to {host}"))


class TriesForEver(TextbookLayer):
    """Who cannot connect waits for better times."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        try:
            return await super().open_connection(host, port, limit=limit, **options)
        except OSError:
            await asyncio.get_running_loop().create_future()


class AttemptGoesOn(TextbookLayer):
    """Who is cancelled leaves the attempt to itself."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        return await asyncio.shield(super().open_connection(host, port, limit=limit, **options))


class CancellationIsFailure(TextbookLayer):
    """Who is cancelled raises an OSError."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        try:
            return await super().open_connection(host, port, limit=limit, **options)
        except asyncio.CancelledError:
            raise TimeoutError("nobody answered") from None


class CancellationIgnored(TextbookLayer):
    """Who is cancelled goes on waiting."""

    @classmethod
    async def open_connection(cls, host: Any = None, port: Any = None, *, limit: int = 65536, **options: Any) -> Any:
        try:
            return await super().open_connection(host, port, limit=limit, **options)
        except asyncio.CancelledError:
            await asyncio.get_running_loop().create_future()


BROKEN: dict[str, tuple[Any, ...]] = {
    "connection.open.pair": (PairTurnedRound, WriterOnly, TransportToo),
    "connection.open.limit": (LimitIgnored, LimitWithLineFeed, DefaultLimitSmaller, DefaultLimitLarger),
    "connection.open.arguments": (OptionsDropped, HostAsText, FamilyOfItsOwn),
    "connection.open.unknown": (UnknownSwallowed, UnknownByAnotherError),
    "connection.open.no-loop": (LoopAccepted, LoopOfNoneAccepted),
    "connection.open.limit-positive": (LimitClamped, LimitLookedAtTooLate),
    "connection.open.refused": (FailureWrapped, FailureWithoutNumber, TriesForEver),
    "connection.open.cancel": (AttemptGoesOn, CancellationIsFailure, CancellationIgnored),
}
