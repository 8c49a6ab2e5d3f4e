"""`Unread`: what `StreamReader._buffer` is in asyncio, for those who reach for it.

It is private there. But programs that upgrade to TLS by hand empty it, so that nothing said in the clear is heard
afterwards (aiosmtpd does), and event loops since Python 3.13 hand it to the TLS layer.
"""

from collections.abc import Callable


class Unread(bytearray):
    """A copy of a reader's unread bytes; to clear it is to clear them in the reader, too."""

    def __init__(self, data: bytes, discard: Callable[[], object]) -> None:
        super().__init__(data)
        self._discard = discard

    def clear(self) -> None:
        """Discard everything, here and there."""
        super().clear()
        self._discard()
