"""`Unread`: what `StreamReader._buffer` is in asyncio, for those who reach for it.

It is private there. But programs that upgrade to TLS by hand empty it, so that nothing received in the clear is
read afterwards (aiosmtpd does), and event loops since Python 3.13 hand it to the TLS layer.
"""

from collections.abc import Callable


class Unread(bytearray):
    """A copy of a reader's unread bytes; clearing it clears them in the reader, too."""

    def __init__(self, data: bytes, discard: Callable[[], object]) -> None:
        super().__init__(data)
        self._discard = discard

    def clear(self) -> None:
        """Discard everything, here and there."""
        super().clear()
        self._discard()
