"""The adapter for anything that has (some of) the names of `asyncio.streams`."""

from __future__ import annotations

import asyncio
import inspect
import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from streamgauge.conformance.adapters import (
    ERRORS,
    HELPERS,
    PLAIN_METHODS,
    READ_METHODS,
    WRITE_METHODS,
    AdapterFault,
)

NAMES = ("StreamReader", "StreamWriter", *HELPERS)


class Names:
    """An adapter over a namespace with (some of) the names of `asyncio.streams`, or over a class of readers or writers.

    What is missing to make a connection is taken from asyncio. Raises `AdapterFault` if there is nothing in it that
    the suite could drive.
    """

    def __init__(self, target: Any, name: str) -> None:
        self.name = name
        self._parts = _parts_of(target, name)
        self._make = self._parts.get("StreamReader")
        self.errors: Mapping[str, type[BaseException]] = MappingProxyType(
            {error: getattr(holder_of(error, target), error) for error in ERRORS}
        )
        self._takes_loop, takes_limit = (False, False) if self._make is None else _parameters(self._make)
        self.capabilities = frozenset(
            (*_of_reader(self._make, takes_limit=takes_limit), *_of_connection(self._parts), *ERRORS)
        )

    def reader(self, loop: AbstractEventLoop, *limit: Any) -> Any:
        """Return a new reader on `loop`; at most one `limit` (bytes) is given.

        A reader that is made without a limit is made without a loop, too: it has to find the running one.
        """
        make = self._parts.get("StreamReader", asyncio.StreamReader)
        if not limit:
            return make()
        options: dict[str, Any] = {"loop": loop} if self._takes_loop else {}
        return make(limit=limit[0], **options)

    async def connect(self, loop: AbstractEventLoop, host: str, port: int, /, **options: Any) -> Any:
        """Return a reader and a writer, by `open_connection` or by hand."""
        if "open_connection" in self._parts:
            return await self._parts["open_connection"](host, port, **options)
        limit = () if "limit" not in options else (options.pop("limit"),)
        reader = self.reader(loop, *limit)
        protocol = self._parts.get("StreamReaderProtocol", asyncio.StreamReaderProtocol)(reader, loop=loop)
        transport, _ = await loop.create_connection(lambda: protocol, host, port, **options)
        return reader, self._parts.get("StreamWriter", asyncio.StreamWriter)(transport, protocol, reader, loop)

    async def serve(self, loop: AbstractEventLoop, callback: Any, host: str, port: int, /, **options: Any) -> Any:
        """Return a server that calls `callback(reader, writer)` for every connection."""
        return await self._parts["start_server"](callback, host, port, **options)


def looks_like_reader(target: Any) -> bool:
    """Check whether `target` is itself a class of readers."""
    return inspect.isclass(target) and any(hasattr(target, method) for method in READ_METHODS[:4])


def looks_like_writer(target: Any) -> bool:
    """Check whether `target` is itself a class of writers."""
    return inspect.isclass(target) and not looks_like_reader(target) and hasattr(target, "drain")


def has_names(target: Any) -> bool:
    """Check whether `target` is a namespace with some of the names of `asyncio.streams`."""
    return any(getattr(target, name, None) is not None for name in NAMES)


def holder_of(error: str, target: Any) -> Any:
    """Return what holds the exception class of this name: the target, the module that it stands in, or asyncio."""
    for place in (target, sys.modules.get(str(getattr(target, "__module__", ""))), asyncio):
        found = getattr(place, error, None)
        if inspect.isclass(found) and issubclass(found, BaseException):
            return place
    raise AdapterFault(f"{error} is no exception class")


def _parts_of(target: Any, name: str) -> dict[str, Any]:
    if has_names(target):
        return {one: getattr(target, one) for one in NAMES if getattr(target, one, None) is not None}
    if looks_like_reader(target):
        return {"StreamReader": target}
    if looks_like_writer(target):
        return {"StreamWriter": target}
    raise AdapterFault(
        f"{name} has none of the names of asyncio.streams: expected {', '.join(NAMES)} in it, or a class of readers "
        "or writers"
    )


def _of_reader(make: Any, *, takes_limit: bool) -> Iterator[str]:
    if make is None:
        return
    yield from (method for method in (*READ_METHODS, *PLAIN_METHODS) if hasattr(make, method))
    if takes_limit:
        yield "limit"
    if hasattr(make, "readuntil"):
        yield "separators"


def _of_connection(parts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what can be done with connections; what `open_connection` returns is expected to be all there."""
    helpers = [name for name in HELPERS if name in parts]
    if not helpers and "StreamWriter" not in parts:
        return
    if helpers != ["start_server"] or "StreamWriter" in parts:
        yield "connection"  # of a server alone the other end would be asyncio's
    yield from helpers
    whole = "open_connection" in parts or "start_server" in parts
    if whole:
        yield "StreamReaderProtocol"
    writer = parts.get("StreamWriter")
    for method in WRITE_METHODS:
        if hasattr(writer, method) if writer is not None else whole:
            yield method
    if whole and "StreamReader" not in parts:
        yield from (*READ_METHODS, "at_eof", "limit", "separators")


def _parameters(make: Callable[..., Any]) -> tuple[bool, bool]:
    """Return whether the constructor takes a loop, and whether it takes a limit."""
    try:
        parameters = inspect.signature(make).parameters
    except (TypeError, ValueError):
        return False, True
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters.values()):
        return True, True
    return "loop" in parameters, "limit" in parameters
