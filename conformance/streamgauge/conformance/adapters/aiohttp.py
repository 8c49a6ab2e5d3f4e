"""The adapter for the reader of aiohttp, as an example of one that is needed.

Its one idea: translate the shape, and repair nothing. aiohttp calls its reader an enhancement of asyncio's, so where
the two differ in more than names, the judge has to say so. Three things are not declared, since aiohttp does not
claim them: tuples of separators; `LimitOverrunError`, whose part an error of its own plays; and `set_transport`, for
it is a protocol that the reader pauses, again and again, and what a transport sees of that is up to the protocol.
"""

from __future__ import annotations

import inspect
import logging
from asyncio import AbstractEventLoop, IncompleteReadError
from collections.abc import AsyncIterator, Awaitable, Mapping
from types import MappingProxyType
from typing import Any, cast

from aiohttp import ClientSession
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http_exceptions import LineTooLong
from aiohttp.streams import StreamReader

# Its reader has no default limit (bytes), so it is given the one that the client of aiohttp gives it.
CLIENT_LIMIT = inspect.signature(ClientSession).parameters["read_bufsize"].default
UNHEARD = logging.NullHandler()


class Protocol:
    """What a reader of aiohttp asks of its protocol, over a connection that stands."""

    connected = True
    _reading_paused = False  # asked for up to aiohttp 3.13

    def pause_reading(self) -> None:
        """There is nothing to pause."""

    def resume_reading(self, resume_parser: bool = True) -> None:
        """There is nothing to resume."""


class Reader:
    """A reader of aiohttp whose iterator, an object of its own, can be reached by `__anext__` too."""

    def __init__(self, stream: StreamReader) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __repr__(self) -> str:
        return repr(self._stream)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._stream)

    def __anext__(self) -> Awaitable[bytes]:
        return anext(aiter(self._stream))


class Aiohttp:
    """Makes readers of aiohttp."""

    name = "aiohttp"
    capabilities = frozenset(
        {"read", "readline", "readexactly", "readuntil", "__anext__", "at_eof", "feed_data", "feed_eof"}
        | {"exception", "set_exception", "IncompleteReadError", "limit"}
    )
    errors: Mapping[str, type[BaseException]] = MappingProxyType(
        {"IncompleteReadError": IncompleteReadError, "LimitOverrunError": LineTooLong}
    )

    def reader(self, loop: AbstractEventLoop, limit: Any = CLIENT_LIMIT) -> Reader:
        """Return a new reader on `loop`, with a `limit` in bytes."""
        return Reader(StreamReader(cast(BaseProtocol, Protocol()), limit, loop=loop))


def adapter() -> Aiohttp:
    """Return the adapter; that aiohttp logs many reads at the end is kept off standard error."""
    logging.getLogger("aiohttp.internal").addHandler(UNHEARD)
    return Aiohttp()
