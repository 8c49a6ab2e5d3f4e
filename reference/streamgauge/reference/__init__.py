"""A textbook implementation of asyncio's byte streams, importable on its own.

    inbox.py    the receiving half without I/O: the bytes that came, and what each read is owed
    reader.py   its asyncio shell: `StreamReader`, which only parks callers and wakes them

The names, signatures and error classes are those of `asyncio`, so that a program may replace
`asyncio.StreamReader` by `streamgauge.reference.StreamReader` and keep its `except` clauses. The two error
classes are therefore asyncio's own, not copies of them.

Standard library only; Python 3.11 and later.
"""

from asyncio import IncompleteReadError, LimitOverrunError

from streamgauge.reference.reader import StreamReader

__all__ = ["IncompleteReadError", "LimitOverrunError", "StreamReader"]
