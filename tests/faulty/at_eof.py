"""Readers that are wrong in one way: `at_eof`."""

from typing import Any

from textbook import TextbookReader


class EofWithBytesLeft(TextbookReader):
    """`at_eof` is true as soon as the end was fed, although bytes are unread."""

    def at_eof(self) -> bool:
        return self._eof


class EofWhenEmpty(TextbookReader):
    """`at_eof` is true whenever nothing is unread."""

    def at_eof(self) -> bool:
        return (not self._buffer and self._exception is None) or super().at_eof()


class EofWhenTold(TextbookReader):
    """`at_eof` is true only after a `read` has returned empty bytes."""

    _told = False

    async def read(self, n: int = -1) -> bytes:
        taken = await super().read(n)
        self._told = self._told or not taken
        return taken

    def at_eof(self) -> bool:
        return super().at_eof() and (self._told or self._exception is not None)


class BrokenIsEof(TextbookReader):
    """A stored exception makes `at_eof` true."""

    def at_eof(self) -> bool:
        return super().at_eof() or self._exception is not None


class BrokenIsNeverEof(TextbookReader):
    """A stored exception keeps `at_eof` false at the end."""

    def at_eof(self) -> bool:
        return super().at_eof() and self._exception is None


BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.at-eof.meaning": (EofWithBytesLeft, EofWhenEmpty, EofWhenTold),
    "reader.at-eof.exception": (BrokenIsEof,),
    "reader.at-eof.end-after-exception": (BrokenIsNeverEof,),
}
