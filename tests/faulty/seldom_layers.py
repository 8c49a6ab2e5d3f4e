"""Layers that are wrong seldom: by number, after a certain history, or by a coincidence."""

import asyncio
from collections.abc import Iterable
from typing import Any

from textbook_layer import Buffer, TextbookProtocol, TextbookWriter, layer


class ThirdHoldIsMissed(TextbookProtocol):
    """The third time that the transport holds writing is missed."""

    _holds = 0

    def pause_writing(self) -> None:
        super().pause_writing()
        self._holds += 1
        if self._holds == 3:
            self.held = False

    def resume_writing(self) -> None:
        self.held = True
        super().resume_writing()


class EndLetsDrainsGo(TextbookWriter):
    """`write_eof` lets the drains go that wait."""

    def write_eof(self) -> None:
        super().write_eof()
        self._protocol._release_drainers(None)


class ThirdDrainIsForgotten(TextbookWriter):
    """After two cancelled drains no other one is woken."""

    _cancelled = 0

    async def _wait(self, waiters: Any) -> None:
        draining = waiters is self._protocol.drainers
        try:
            await super()._wait([] if draining and self._cancelled >= 2 else waiters)
        except asyncio.CancelledError:
            self._cancelled += draining
            raise


class ErrorAfterBothEnds(TextbookProtocol):
    """A loss by an error passes for a clean one once the peer has ended, and we have."""

    def connection_lost(self, exc: BaseException | None) -> None:
        over = self._reader.at_eof() and getattr(self, "halved", False)
        super().connection_lost(None if over else exc)


class NotesTheEnd(TextbookWriter):
    """A writer that notes in its protocol that it has ended its half."""

    def write_eof(self) -> None:
        super().write_eof()
        self._protocol.halved = True


class EndsTwoClosers(TextbookProtocol):
    """The loss ends two `wait_closed`, and no third one."""

    def _release_closers(self, exc: BaseException | None) -> None:
        self.closers = self.closers[:2]
        super()._release_closers(exc)


class EndIsMissedWhileHeld(TextbookProtocol):
    """The end of the peer is not fed while the transport holds writing."""

    def eof_received(self) -> bool:
        return True if self.held else super().eof_received()


class StaysOpenWhileHeld(TextbookProtocol):
    """A handler that raises while its transport holds writing leaves its connection open."""

    def _hang_up(self) -> None:
        if not self.held:
            super()._hang_up()


class StaysOpenWhileDraining(TextbookProtocol):
    """A handler that is cancelled while a drain waits leaves its connection open."""

    def _handler_cancelled(self) -> None:
        if not self.drainers:
            super()._handler_cancelled()


class SixteenPieces(TextbookWriter):
    """`writelines` writes no more than sixteen pieces."""

    def writelines(self, data: Iterable[Buffer]) -> None:
        super().writelines(list(data)[:16])


class LinesOfText(TextbookWriter):
    """`writelines` of a str writes it."""

    def writelines(self, data: Any) -> None:
        super().writelines([data.encode()] if isinstance(data, str) else data)


class LinesOfBytes(TextbookWriter):
    """`writelines` of bytes writes them."""

    def writelines(self, data: Any) -> None:
        super().writelines([data] if isinstance(data, bytes) else data)


class MissesTheThirtieth(TextbookProtocol):
    """The thirtieth chunk of a connection is lost."""

    _chunks = 0

    def data_received(self, data: bytes) -> None:
        self._chunks += 1
        if self._chunks != 30:
            super().data_received(data)


BROKEN: dict[str, tuple[Any, ...]] = {
    "writer.drain.held": (layer(ThirdHoldIsMissed), layer(EndLetsDrainsGo)),
    "writer.drain.cancel-harmless": (layer(ThirdDrainIsForgotten),),
    "writer.wait-closed.error": (layer(NotesTheEnd, ErrorAfterBothEnds),),
    "writer.wait-closed.many": (layer(EndsTwoClosers),),
    "writer.writelines.iterable": (layer(SixteenPieces),),
    "writer.writelines.bad-element": (layer(LinesOfText), layer(LinesOfBytes)),
    "connection.eof.feeds": (layer(EndIsMissedWhileHeld),),
    "connection.data.feeds": (layer(MissesTheThirtieth),),
    "server.callback.raises-closed": (layer(StaysOpenWhileHeld),),
    "server.callback.cancelled-closed": (layer(StaysOpenWhileDraining),),
}
