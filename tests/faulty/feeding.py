"""Readers that are wrong in one way: feeding, and the end."""

import asyncio
from typing import Any

from textbook import TextbookReader


class StacksChunks(TextbookReader):
    """A chunk goes before those that are unread."""

    def _store(self, chunk: bytes) -> None:
        self._buffer[:0] = chunk


class DropsRepeatedChunk(TextbookReader):
    """A chunk equal to the one before it is taken for a repetition, and dropped."""

    _last = b""

    def _store(self, chunk: bytes) -> None:
        if chunk != self._last:
            super()._store(chunk)
        self._last = chunk


class DoublesChunk(TextbookReader):
    """A chunk that is fed while bytes are unread is stored twice."""

    def _store(self, chunk: bytes) -> None:
        super()._store(chunk * 2 if self._buffer else chunk)


class EmptyChunkEnds(TextbookReader):
    """An empty chunk marks the end."""

    def feed_data(self, data: Any) -> None:
        super().feed_data(data)
        if not data:
            self.feed_eof()


class EmptyChunkWakes(TextbookReader):
    """A waiting `read` takes an empty chunk for its result."""

    _poked = False

    def feed_data(self, data: Any) -> None:
        super().feed_data(data)
        if not data:
            self._poked = True
            self._wake()

    async def _read_some(self, count: int) -> bytes:
        self._poked = False
        while not self._buffer and not self._eof and not self._poked:
            await self._wait("read")
        return self._take(count)


class EmptyChunkRefused(TextbookReader):
    """An empty chunk is refused before the end."""

    def _copy(self, data: Any) -> bytes:
        chunk = super()._copy(data)
        if not chunk:
            raise ValueError("nothing to feed")
        return chunk


class FeedsAfterEnd(TextbookReader):
    """A chunk that comes after the end is stored."""

    def _check_open(self) -> None:
        """Ask nothing."""


class EmptyAfterEnd(TextbookReader):
    """An empty chunk is accepted after the end."""

    def feed_data(self, data: Any) -> None:
        if not isinstance(data, bytes) or data:
            super().feed_data(data)


class StoresThenRefuses(TextbookReader):
    """A chunk after the end is refused when it is stored already."""

    def feed_data(self, data: Any) -> None:
        if self._eof:
            self._buffer += data
        super().feed_data(data)


class BytesOnly(TextbookReader):
    """A bytearray or memoryview is refused if it is not empty."""

    def _copy(self, data: Any) -> bytes:
        if data and not isinstance(data, bytes):
            raise TypeError("feed bytes")
        return super()._copy(data)


class BytearrayAsText(TextbookReader):
    """A bytearray is stored as its repr."""

    def _copy(self, data: Any) -> bytes:
        return str(data).encode() if isinstance(data, bytearray) and data else super()._copy(data)


class ViewLosesLast(TextbookReader):
    """The last byte of a memoryview is not stored."""

    def _copy(self, data: Any) -> bytes:
        return super()._copy(data)[:-1] if isinstance(data, memoryview) else super()._copy(data)


class TextEncoded(TextbookReader):
    """A str is encoded and stored."""

    def _copy(self, data: Any) -> bytes:
        return data.encode() if isinstance(data, str) else super()._copy(data)


class TextValueError(TextbookReader):
    """A str is refused with ValueError."""

    def _copy(self, data: Any) -> bytes:
        if isinstance(data, str):
            raise ValueError("feed bytes")
        return super()._copy(data)


class TextStoredThenRefused(TextbookReader):
    """A str is refused when it is stored already."""

    def _copy(self, data: Any) -> bytes:
        if isinstance(data, str):
            self._store(data.encode())
        return super()._copy(data)


class ListAsText(TextbookReader):
    """A list of ints is stored as its repr."""

    def _copy(self, data: Any) -> bytes:
        return str(data).encode() if isinstance(data, list) else super()._copy(data)


class NoneEnds(TextbookReader):
    """Feeding None marks the end."""

    def feed_data(self, data: Any) -> None:
        if data is None and not self._eof:
            self.feed_eof()
        else:
            super().feed_data(data)


class DropsAfterException(TextbookReader):
    """Bytes that are fed while an exception is stored are dropped."""

    def _store(self, chunk: bytes) -> None:
        if self._exception is None:
            super()._store(chunk)


class RefusesAfterException(TextbookReader):
    """Feeding raises the stored exception."""

    def _store(self, chunk: bytes) -> None:
        self._raise_stored()
        super()._store(chunk)


class FeedHeals(TextbookReader):
    """Bytes that are fed while an exception is stored clear it."""

    def _store(self, chunk: bytes) -> None:
        super()._store(chunk)
        self._exception = None


class KeepsLastOfTurn(TextbookReader):
    """A woken call that has not run yet finds only the last chunk of the turn."""

    _mark = 0

    def _store(self, chunk: bytes) -> None:
        if self._waiter is not None and self._waiter.done() and not self._waiter.cancelled():
            del self._buffer[self._mark :]
        self._mark = len(self._buffer)
        super()._store(chunk)


class EndOvertakes(TextbookReader):
    """An end that comes in the turn of a feed hides those bytes from the waiting call."""

    def feed_eof(self) -> None:
        if self._waiter is not None and self._waiter.done() and not self._waiter.cancelled():
            self._buffer.clear()
        super().feed_eof()


class KeepsTheObject(TextbookReader):
    """The fed object itself is kept, and copied when its bytes are looked at."""

    def __init__(self, limit: int = 65536, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._held: list[Any] = []
        super().__init__(limit, loop)

    @property
    def _buffer(self) -> bytearray:
        held, self._held = self._held, []
        for each in held:
            self._copied += each
        return self._copied

    @_buffer.setter
    def _buffer(self, value: bytearray) -> None:
        self._copied = value

    def _copy(self, data: Any) -> Any:
        super()._copy(data)
        return data

    def _store(self, chunk: Any) -> None:
        self._held.append(chunk)


class HoldsTheView(TextbookReader):
    """A view of the fed object is held, so a bytearray cannot be resized afterwards."""

    def _copy(self, data: Any) -> bytes:
        self._view = memoryview(data)
        return super()._copy(data)


class EndWakesNobody(TextbookReader):
    """`feed_eof` marks the end, but wakes nobody."""

    def feed_eof(self) -> None:
        self._eof = True


class EndWakesTheEmpty(TextbookReader):
    """`feed_eof` wakes a waiting call only if nothing is unread."""

    def feed_eof(self) -> None:
        self._eof = True
        if not self._buffer:
            self._wake()


class SecondEndRefused(TextbookReader):
    """A second `feed_eof` raises."""

    def feed_eof(self) -> None:
        self._check_open()
        super().feed_eof()


class SecondEndClears(TextbookReader):
    """A second `feed_eof` drops what is unread."""

    def feed_eof(self) -> None:
        if self._eof:
            self._buffer.clear()
        super().feed_eof()


class SecondEndReopens(TextbookReader):
    """A second `feed_eof` takes the first one back."""

    def feed_eof(self) -> None:
        self._eof = not self._eof
        self._wake()


BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.feed.order": (StacksChunks, DropsRepeatedChunk, DoublesChunk),
    "reader.feed.empty": (EmptyChunkEnds, EmptyChunkWakes, EmptyChunkRefused),
    "reader.feed.after-end": (FeedsAfterEnd, EmptyAfterEnd, StoresThenRefuses),
    "reader.feed.bytes-like": (BytesOnly, BytearrayAsText, ViewLosesLast),
    "reader.feed.wrong-type": (TextEncoded, TextValueError, TextStoredThenRefused, ListAsText, NoneEnds),
    "reader.feed.after-exception": (DropsAfterException, RefusesAfterException, FeedHeals),
    "reader.feed.same-turn": (KeepsLastOfTurn, EndOvertakes),
    "reader.feed.copies": (KeepsTheObject, HoldsTheView),
    "reader.end.wakes": (EndWakesNobody, EndWakesTheEmpty),
    "reader.end.twice": (SecondEndRefused, SecondEndClears, SecondEndReopens),
}
