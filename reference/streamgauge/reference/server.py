"""`start_server` and `start_unix_server`: a stream for each client, and a handler called with its two ends.

Listening and accepting is the event loop's business; here it gets the protocol for the next client. `limit` is the only
argument that is kept: the others reach the loop as they are.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import copy_context
from typing import Any

from streamgauge.reference.connect import Address
from streamgauge.reference.protocol import ClientConnected, StreamReaderProtocol
from streamgauge.reference.reader import DEFAULT_LIMIT, StreamReader


async def start_server(
    client_connected_cb: ClientConnected,
    host: str | Sequence[str] | None = None,
    port: int | str | None = None,
    *,
    limit: float = DEFAULT_LIMIT,
    **kwds: Any,
) -> asyncio.Server:
    """Start a server that calls `client_connected_cb(reader, writer)` for each client; the `limit` is in bytes.

    The callback is a plain function, or a coroutine function, which is run as a task. If it raises, the loop's
    exception handler is told; then, and if the task is cancelled, the connection is closed. It runs in a copy of the
    context in which the server was started.

    The keywords are those of `loop.create_server`, and so are the result and the errors. ValueError also if the limit
    is not positive. See the library reference, "Streams", `start_server`.
    """
    loop = asyncio.get_running_loop()
    factory = welcoming(client_connected_cb, limit, loop)
    # [server.start.arguments], [server.start.unknown], [server.start.returns]
    return await loop.create_server(factory, host, port, **kwds)  # type: ignore[arg-type]  # the loop takes what is documented


async def start_unix_server(
    client_connected_cb: ClientConnected, path: Address | None = None, *, limit: float = DEFAULT_LIMIT, **kwds: Any
) -> asyncio.Server:
    """Listen at the Unix socket `path`; the rest is as for `start_server`.

    The keywords are those of `loop.create_unix_server`. Only where there are Unix sockets.
    """
    loop = asyncio.get_running_loop()
    factory = welcoming(client_connected_cb, limit, loop)
    # [server.start.arguments], [server.start.returns]
    return await loop.create_unix_server(factory, path, **kwds)  # type: ignore[arg-type]  # the loop takes bytes, too


def welcoming(
    client_connected_cb: ClientConnected, limit: float, loop: asyncio.AbstractEventLoop
) -> Callable[[], StreamReaderProtocol]:
    """Return what makes the protocol for the next client."""
    context = copy_context()  # [server.context]
    StreamReader(limit, loop)  # A limit that is refused is refused now, not at every client: [server.bad-limit]

    def protocol() -> StreamReaderProtocol:
        # [server.start.limit]
        protocol = StreamReaderProtocol(StreamReader(limit, loop), client_connected_cb, loop)
        protocol._context = context
        return protocol

    return protocol
