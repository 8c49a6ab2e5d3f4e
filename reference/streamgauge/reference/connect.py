"""`open_connection` and `open_unix_connection`: a stream to somebody who listens.

Whatever belongs to the connection itself is the event loop's business; here a reader, a protocol and a writer are
put around it. `limit` is the only argument that is kept: the others reach the loop as they are.
"""

import asyncio
from os import PathLike
from typing import Any

from streamgauge.reference.protocol import StreamReaderProtocol
from streamgauge.reference.reader import DEFAULT_LIMIT, StreamReader
from streamgauge.reference.writer import StreamWriter

Address = str | bytes | PathLike[str] | PathLike[bytes]


async def open_connection(
    host: str | None = None, port: int | str | None = None, *, limit: float = DEFAULT_LIMIT, **kwds: Any
) -> tuple[StreamReader, StreamWriter]:
    """Connect to `host` and `port`; the reader's `limit` is in bytes.

    The keywords are those of `loop.create_connection`, and so are the errors: OSError, or ValueError for arguments
    that contradict one another. ValueError also if the limit is not positive, before anything is tried.
    See the library reference, "Streams", `open_connection`.
    """
    loop = asyncio.get_running_loop()
    reader = StreamReader(limit, loop)  # [connection.open.limit], [connection.open.limit-positive]
    protocol = StreamReaderProtocol(reader, loop=loop)
    # What it refuses is refused, a `loop` too: [connection.open.unknown], [connection.open.no-loop]
    # [connection.open.arguments], [connection.open.refused], [connection.open.cancel]
    transport, _ = await loop.create_connection(lambda: protocol, host, port, **kwds)  # type: ignore[arg-type]  # the loop takes what is documented
    return reader, StreamWriter(transport, protocol, reader, loop)  # [connection.open.pair]


async def open_unix_connection(
    path: Address | None = None, *, limit: float = DEFAULT_LIMIT, **kwds: Any
) -> tuple[StreamReader, StreamWriter]:
    """Connect to the Unix socket at `path`; the rest is as for `open_connection`.

    The keywords are those of `loop.create_unix_connection`. Only where there are Unix sockets.
    """
    loop = asyncio.get_running_loop()
    reader = StreamReader(limit, loop)  # [connection.open.limit], [connection.open.limit-positive]
    protocol = StreamReaderProtocol(reader, loop=loop)
    # [connection.open.arguments], [connection.open.refused], [connection.open.cancel]
    transport, _ = await loop.create_unix_connection(lambda: protocol, path, **kwds)  # type: ignore[arg-type]  # the loop takes bytes, too
    return reader, StreamWriter(transport, protocol, reader, loop)  # [connection.open.pair]
