"""`Search`: a search for a separator that found none so far, and goes on as more comes.

It looks at new bytes only, plus as many old ones as may be the beginning of a separator. So a line that comes in many
small chunks is looked through once, and not once a chunk.
"""

from collections.abc import Sequence

from streamgauge.reference.separators import earliest


class Search:
    """A search that found nothing in a chunk, and goes on in the chunks that came after it.

    `barren` is the number of bytes that were looked at and hold no separator.
    """

    __slots__ = ("_chunks", "_overlap", "barren", "separators")

    def __init__(self, separators: Sequence[bytes], head: bytes, start: int) -> None:
        """`head`, from `start` on, holds none of `separators`."""
        reach = len(separators[-1]) - 1  # so many last bytes may be the beginning of a separator
        self.separators = separators
        self.barren = len(head) - start
        self._chunks = 0
        # No further back than `start`, as less may be unread than the longest has: [reader.separators.short-buffer]
        self._overlap = head[max(start, len(head) - reach) :] if reach else b""

    def go_on(self, fresh: Sequence[bytes]) -> tuple[int, int] | None:
        """Look at what is new in `fresh`; return where the match begins and ends, counted from the start."""
        if self._chunks == len(fresh):
            return None
        new = fresh[self._chunks :]
        # Old bytes at every place where a match may begin: [reader.readuntil.overlap]
        window = self._overlap + (b"".join(new) if len(new) > 1 else new[0])
        before = self.barren - len(self._overlap)
        found = earliest(self.separators, window, 0)
        if found is not None:
            return before + found[0], before + found[1]
        reach = len(self.separators[-1]) - 1
        self.barren = before + len(window)
        self._chunks = len(fresh)
        self._overlap = window[-reach:] if reach else b""
        return None
