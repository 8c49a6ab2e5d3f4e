"""Upgrading a stream to TLS while it is in use.

The one idea: **what was received and not yet read belongs to the TLS layer.** If it is the beginning of the peer's
handshake, it must get there, or both sides wait for ever. If it is anything else, somebody put it there: read after the
upgrade, it would pass for protected. Given to the TLS layer, it fails the handshake.
"""

import asyncio
import ssl
from typing import Any

from streamgauge.reference.reader import StreamReader


async def upgrade(
    loop: asyncio.AbstractEventLoop,
    transport: asyncio.BaseTransport,
    protocol: asyncio.BaseProtocol,
    reader: StreamReader | None,
    context: ssl.SSLContext,
    **options: Any,
) -> asyncio.Transport:
    """Put TLS between `transport` and `protocol`; `options` are those of `loop.start_tls`. Returns the new transport.

    ConnectionResetError if the peer has ended the stream, or the connection was lost.
    """
    if reader is not None and reader._inbox.ended:
        raise ConnectionResetError("The peer has ended the stream: no handshake can follow")
    # start_tls pauses the transport and gives it another protocol in its first step, which is now. In the turns after
    # that it introduces the two and resumes. This callback comes between: nothing arrives before or meanwhile.
    handing_over = loop.call_soon(hand_over, transport, protocol, reader)
    try:
        secured = await loop.start_tls(transport, protocol, context, **options)  # type: ignore[arg-type]  # the loop knows which transports it can upgrade
    finally:
        handing_over.cancel()  # It is still to come only if start_tls refused at once.
    if secured is None:
        raise ConnectionResetError("Connection lost")  # together with the end of the handshake
    return secured


def hand_over(transport: asyncio.BaseTransport, protocol: asyncio.BaseProtocol, reader: StreamReader | None) -> None:
    """Give what `reader` has not returned to whoever reads from `transport` now, in place of `protocol`."""
    unread = b""
    if reader is not None:
        unread = bytes(reader._buffer)
        reader._buffer.clear()
    layer: Any = transport.get_protocol()
    if layer is protocol:
        return  # A loop of another kind. What is unread must not be read in either case.
    if not hasattr(layer, "get_buffer"):
        layer.data_received(unread)
        return
    while unread:
        room = layer.get_buffer(len(unread))
        count = min(len(room), len(unread))
        room[:count] = unread[:count]
        layer.buffer_updated(count)
        unread = unread[count:]
