"""Adapters: how the suite takes hold of an implementation.

- `names`: anything that has (some of) the names of `asyncio.streams`: a module, a class, any namespace.
- `stdlib`, `reference`: the two that are always there.
- `aiohttp`: a real reader of another shape, as an example.
- `resolve`: from what a person types to an adapter.

An adapter is an object with a `name`, a set of `capabilities`, a method `reader(loop, limit)` that returns an
object with the read methods of `asyncio.StreamReader`, and `errors`, the exception classes that it raises by
their documented names. One that can make connections, too, is a `StreamLayer`.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

READ_METHODS = ("read", "readline", "readexactly", "readuntil", "__anext__")
PLAIN_METHODS = ("at_eof", "feed_data", "feed_eof", "exception", "set_exception", "set_transport")
WRITE_METHODS = (
    *("write", "writelines", "write_eof", "can_write_eof", "close", "is_closing", "wait_closed", "drain"),
    *("get_extra_info", "transport"),
)
HELPERS = ("StreamReaderProtocol", "open_connection", "start_server")
ERRORS = ("IncompleteReadError", "LimitOverrunError")
OF_READERS = (*READ_METHODS, *PLAIN_METHODS, *ERRORS, "limit", "separators")
OF_CONNECTIONS = ("connection", *WRITE_METHODS, *HELPERS)
CAPABILITIES = frozenset((*OF_READERS, *OF_CONNECTIONS))


class AdapterFault(Exception):
    """The adapter itself does not hold: nothing can be said about the implementation behind it."""


@runtime_checkable
class Adapter(Protocol):
    """What the driver needs of an implementation.

    `capabilities` are names out of `CAPABILITIES`, in a set of any kind or a list: methods the reader and the writer
    have, `limit` if the reader takes one, `separators` if `readuntil` takes a tuple of them, the error classes that
    stand in `errors`, and `connection`, with the helpers there are, if it is a `StreamLayer`.
    """

    name: str
    capabilities: frozenset[str]
    errors: Mapping[str, type[BaseException]]

    def reader(self, loop: AbstractEventLoop, *limit: Any) -> Any:
        """Return a new reader on `loop`; at most one `limit` (bytes) is given.

        Whatever the constructor of the implementation raises comes out as it is.
        """


class StreamLayer(Adapter, Protocol):
    """An adapter that can make connections on a loop, which has `create_connection` and `create_server`.

    `options` are those of `asyncio.open_connection` and `asyncio.start_server`; `limit` (bytes) is among them.
    """

    async def connect(self, loop: AbstractEventLoop, host: str, port: int, /, **options: Any) -> Any:
        """Return a reader and a writer."""

    async def serve(self, loop: AbstractEventLoop, callback: Any, host: str, port: int, /, **options: Any) -> Any:
        """Return a server that calls `callback(reader, writer)` for every connection."""
