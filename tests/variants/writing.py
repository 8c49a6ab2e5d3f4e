"""Layers that are unusual in how a writer hands bytes to its transport, and in how it closes."""

import asyncio
from collections.abc import Iterable
from typing import Any

from textbook_layer import Buffer, TextbookWriter, layer
from variants.variant import Variant


class GathersATurn(TextbookWriter):
    """What is written in a turn is handed over at its end, in one piece."""

    def __init__(self, transport: Any, protocol: Any, reader: Any, loop: Any) -> None:
        super().__init__(transport, protocol, reader, loop)
        self._gathered: list[Buffer] = []
        self._ended = False

    def write(self, data: Buffer) -> None:
        self._gather([data])

    def writelines(self, data: Iterable[Buffer]) -> None:
        self._gather(list(data))

    def _gather(self, pieces: list[Buffer]) -> None:
        if self.is_closing():
            return
        if self._ended:
            raise RuntimeError("write after write_eof")
        for piece in pieces:
            memoryview(piece)  # TypeError unless bytes-like
        if not self._gathered:
            self._loop.call_soon(self._flush)
        self._gathered += map(self._own, pieces)

    def _flush(self) -> None:
        gathered, self._gathered = self._gathered, []
        if gathered:
            self._transport.write(b"".join(gathered))

    def write_eof(self) -> None:
        if not self.can_write_eof():
            raise NotImplementedError
        self._flush()
        super().write_eof()
        self._ended = True

    def close(self) -> None:
        self._flush()
        super().close()


class ClosesLater(TextbookWriter):
    """The transport is closed at the end of the turn; until then the writer is closing by itself."""

    _closing = False

    def write(self, data: Buffer) -> None:
        if not self._closing:
            super().write(data)

    def writelines(self, data: Iterable[Buffer]) -> None:
        if not self._closing:
            super().writelines(data)

    def write_eof(self) -> None:
        if not self._closing:
            super().write_eof()

    def close(self) -> None:
        if not self.is_closing():
            self._closing = True
            self._deaf()
            self._loop.call_soon(self._transport.close)

    async def drain(self) -> None:
        if self._closing and not super().is_closing():
            self._raise_what_reads_raise()
            await asyncio.sleep(0)
        await super().drain()

    def _deaf(self) -> None:
        self._protocol.data_received = lambda data: None

    def is_closing(self) -> bool:
        return self._closing or super().is_closing()


class OneByOne(TextbookWriter):
    """`writelines` looks at all elements, and then writes one after the other."""

    def writelines(self, data: Iterable[Buffer]) -> None:
        pieces = list(data)
        if self._is_checked(pieces):
            for piece in pieces or [b""]:
                self.write(piece)

    def _is_checked(self, pieces: list[Buffer]) -> bool:
        if self.is_closing():
            return False
        for piece in pieces:
            memoryview(piece)  # TypeError unless bytes-like
        return True


class AllInOne(TextbookWriter):
    """`writelines` writes all elements in one piece."""

    def writelines(self, data: Iterable[Buffer]) -> None:
        self.write(b"".join(data))


class DropsByItself(TextbookWriter):
    """What is written on a connection that is closing is not looked at, whether `write_eof` was called or not."""

    def write(self, data: Buffer) -> None:
        if not self.is_closing():
            super().write(data)

    def writelines(self, data: Iterable[Buffer]) -> None:
        if not self.is_closing():
            super().writelines(data)


class LooksBeforeItDrops(TextbookWriter):
    """What is written on a connection that is closing must be bytes-like all the same."""

    def write(self, data: Buffer) -> None:
        memoryview(data)  # TypeError unless bytes-like
        super().write(data)


class HandsOnLater(TextbookWriter):
    """What is written, the end and the close are handed on by one callback, later in the turn."""

    _late: list[tuple[str, tuple[Any, ...]]]
    _shut = _half = False

    def _put(self, name: str, *args: Any) -> None:
        self._late = [*getattr(self, "_late", ()), (name, args)]
        if len(self._late) == 1:
            self._loop.call_soon(self._hand_on)

    def _hand_on(self) -> None:
        late, self._late = self._late, []
        for name, args in late:
            getattr(self._transport, name)(*args)

    def write(self, data: Buffer) -> None:
        self.writelines([data])

    def writelines(self, data: Iterable[Buffer]) -> None:
        joined = b"".join(data)
        if self.is_closing():
            return
        if self._half:
            raise RuntimeError("write after write_eof")
        if joined:
            self._put("write", joined)

    def write_eof(self) -> None:
        if not self.can_write_eof():
            raise NotImplementedError
        if not self.is_closing() and not self._half:
            self._half = True
            self._put("write_eof")

    def close(self) -> None:
        if not self.is_closing():
            self._shut = True
            self._protocol.data_received = lambda data: None
            self._put("close")

    def is_closing(self) -> bool:
        return self._shut or super().is_closing()

    async def drain(self) -> None:
        if self._shut and not super().is_closing():
            self._raise_what_reads_raise()
            await asyncio.sleep(0)
        await super().drain()


class EndsBeforeItCloses(TextbookWriter):
    """`close` ends the sending half, and then closes the transport."""

    def write(self, data: Buffer) -> None:
        if not self.is_closing():
            super().write(data)

    def writelines(self, data: Iterable[Buffer]) -> None:
        if not self.is_closing():
            super().writelines(data)

    def close(self) -> None:
        if not self._transport.is_closing() and self._transport.can_write_eof():
            self._transport.write_eof()
        self._transport.close()


VARIANTS: tuple[Variant, ...] = (
    Variant(layer(TextbookWriter), "none: it is the layer that the others differ from"),
    Variant(
        layer(GathersATurn),
        "bytes may be handed over at any time before the loop is quiet",
        ("writer.write.order", "writer.write-eof.after-data", "writer.close.flushes"),
    ),
    Variant(layer(ClosesLater), "the transport may be closed at any time before the loop is quiet"),
    Variant(layer(OneByOne), "lines may be written one after the other", ("writer.writelines.iterable",)),
    Variant(layer(AllInOne), "lines may be written in one piece", ("writer.writelines.iterable",)),
    Variant(
        layer(DropsByItself),
        "after the close, anything may be dropped",
        ("writer.close.write-dropped", "writer.write-eof.write-refused"),
    ),
    Variant(layer(LooksBeforeItDrops), "after the close, what is no bytes may be refused"),
    Variant(
        layer(HandsOnLater),
        "bytes may be handed on later in the turn, though a second close has come",
        ("writer.write.order", "writer.close.twice"),
    ),
    Variant(layer(EndsBeforeItCloses), "a close may send the end first", ("writer.close.flushes",)),
)
