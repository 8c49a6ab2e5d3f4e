"""A textbook implementation of asyncio's byte streams, importable on its own.

    inbox.py     the receiving half without I/O: the bytes that came, and what each read is owed
    search.py    its memory of a search that failed, which goes on as more comes; separators.py: what is sought
    source.py    what the inbox asks of whoever delivers: to hold back, and to go on
    reader.py    its asyncio shell: `StreamReader`, which only parks callers and wakes them
    futures.py   how an event loop makes what its callers wait for
    unread.py    asyncio's private `_buffer` of a reader, which programs use that upgrade to TLS by hand
    outbox.py    the sending half without I/O: who is held up, who waits for the end, and what each is owed
    writer.py    its asyncio shell: `StreamWriter`, around a transport
    tls.py       what happens to a stream that becomes a protected one, for `StreamWriter.start_tls`
    protocol.py  `StreamReaderProtocol`, which passes on between a transport and the two halves
    connect.py   `open_connection`, `open_unix_connection`
    server.py    `start_server`, `start_unix_server`

The names, signatures and error classes are those of `asyncio.streams`, so that a program may say
`import streamgauge.reference as streams` in place of `from asyncio import streams`, and keep its `except` clauses.
The two error classes are therefore asyncio's own, not copies of them. Transports, servers and their faults are those of
the event loop, whichever is running.

Standard library only; Python 3.11 and later.
"""

import socket
from asyncio import IncompleteReadError, LimitOverrunError

from streamgauge.reference.connect import open_connection
from streamgauge.reference.protocol import StreamReaderProtocol
from streamgauge.reference.reader import StreamReader
from streamgauge.reference.server import start_server
from streamgauge.reference.writer import StreamWriter

# The two errors are asyncio's: [errors.incomplete.kind], [errors.incomplete.constructor],
# [errors.incomplete.undefined], [errors.incomplete.pickle], [errors.limit.kind], [errors.limit.pickle]
__all__ = [
    "IncompleteReadError",
    "LimitOverrunError",
    "StreamReader",
    "StreamReaderProtocol",
    "StreamWriter",
    "open_connection",
    "start_server",
]

if hasattr(socket, "AF_UNIX"):
    from streamgauge.reference.connect import open_unix_connection
    from streamgauge.reference.server import start_unix_server

    __all__ += ["open_unix_connection", "start_unix_server"]
