"""Readers that are unusual in when the transport is paused and resumed."""

import contextlib
from typing import Any

from textbook import TextbookReader
from variants.variant import Variant


class PausesLater(TextbookReader):
    """Whether to pause is judged by a callback, at the end of the turn; an error in pausing is swallowed."""

    def _maybe_pause(self) -> None:
        self._loop.call_soon(self._pause_unless_waiting)

    def _pause_unless_waiting(self) -> None:
        if self._waiter is None or self._waiter.done():
            with contextlib.suppress(Exception):
                super()._maybe_pause()


class ResumesLater(TextbookReader):
    """A call that took something resumes the transport by a callback, later in the turn."""

    def _maybe_resume(self) -> None:
        self._loop.call_soon(super()._maybe_resume)


class PauseErrorSwallowed(TextbookReader):
    """An error in pausing is swallowed."""

    def _maybe_pause(self) -> None:
        with contextlib.suppress(Exception):
            super()._maybe_pause()


class PausesWhenAttached(TextbookReader):
    """A transport is paused at once if too much is unread already."""

    def set_transport(self, transport: Any) -> None:
        super().set_transport(transport)
        with contextlib.suppress(Exception):
            self._maybe_pause()


class SecondTransportTakesOver(TextbookReader):
    """A second transport takes over."""

    def set_transport(self, transport: Any) -> None:
        self._transport, self._paused = transport, False


class ResumesAtTheEnd(TextbookReader):
    """The transport is resumed once nothing more will come."""

    def feed_eof(self) -> None:
        super().feed_eof()
        self._resume()

    def set_exception(self, exc: Any) -> None:
        super().set_exception(exc)
        self._resume()


VARIANTS: tuple[Variant, ...] = (
    Variant(
        PausesLater,
        "the transport may be paused at any time before the loop is quiet; an error in it may be swallowed",
        ("flow.pause.above", "flow.pause-error"),
    ),
    Variant(
        ResumesLater,
        "the transport may be resumed at any time before the loop is quiet",
        ("flow.resume.at-limit", "flow.resume.readline"),
    ),
    Variant(PauseErrorSwallowed, "an error in pausing may be swallowed", ("flow.pause-error",)),
    Variant(PausesWhenAttached, "a late transport may be paused at once", ("flow.transport.late",)),
    Variant(SecondTransportTakesOver, "a second transport may take over", ("flow.transport.second",)),
    Variant(
        ResumesAtTheEnd,
        "the transport may be let go once the end or an exception has come",
        ("flow.resume.not-above", "flow.pause.above"),
    ),
)
