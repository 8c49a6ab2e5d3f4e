"""A reader that forgets, for the README: it is right until a call is cancelled.

`readexactly` collects its record piece by piece, and what it has collected is lost when a time-out ends it. Check it
with `streamgauge check examples.forgetful:Reader --only reader.cancel --strict`.
"""

import asyncio


class Reader(asyncio.StreamReader):
    """The reader of asyncio with a `readexactly` of its own."""

    async def readexactly(self, n: int) -> bytes:
        """Return exactly `n` bytes."""
        if n < 0:
            raise ValueError("readexactly size can not be less than zero")
        record = b""
        while len(record) < n:
            piece = await self.read(n - len(record))
            if not piece:
                raise asyncio.IncompleteReadError(record, n)
            record += piece
        return record
