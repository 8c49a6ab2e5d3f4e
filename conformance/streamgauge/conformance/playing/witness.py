"""One end of a connection as the driver sees it: its reader, its writer, its wire, and where its events are noted."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable
from typing import Any

from streamgauge.conformance.observing import Broken, Errors, plain, problem
from streamgauge.conformance.playing.calls import Stopped
from streamgauge.conformance.playing.handlers import Stage
from streamgauge.conformance.playing.material import lent, material, use_again
from streamgauge.conformance.world.network import PEERNAME, Wire
from streamgauge.spec.alphabet import (
    Aborted,
    Answered,
    Closed,
    Do,
    End,
    Ending,
    Event,
    Feed,
    Halved,
    Hold,
    Kept,
    Lose,
    Observation,
    On,
    Paused,
    Refused,
    Release,
    Resumed,
    Shaped,
    Value,
    Wrote,
)

SEEN: dict[str, Observation] = {
    "halved": Halved(),
    "closed": Closed(),
    "aborted": Aborted(),
    "paused": Paused(),
    "resumed": Resumed(),
}
READING, WRITING = ("read", "readline", "readexactly", "readuntil"), ("write", "drain", "close")
ROLES = ("reader", "writer")
UNKNOWN = object()


class Witness:
    """End number `number`. `broken` are the exceptions it was given, `stage` where its handler waits for its end."""

    def __init__(self, number: int, trace: list[Event], errors: Errors) -> None:
        self._number = number
        self._trace = trace
        self._errors = errors
        self.broken: Broken = []
        self.reader: Any = None
        self.writer: Any = None
        self.wire: Wire | None = None
        self.served: Any = None
        self.stage: Stage | None = None

    def note(self, event: Any) -> None:
        """Note something that this end did, or that was done to it."""
        self._trace.append(event if self._number == 1 else On(self._number, event))

    def refused(self, raised: BaseException) -> None:
        """Note that a plain call raised."""
        self.note(Refused(problem(raised, self._errors, self.broken)))

    def leave(self) -> None:
        """Let go of everything, and note nothing any more."""
        self._trace = []
        if self.wire is not None:
            # A writer that is collected unclosed would complain, and close.
            self.wire.abort()
        self.reader = self.writer = self.wire = self.served = self.stage = None

    def takes(self, arguments: Any) -> Value:
        """Take a reader and a writer, and return what they are by their roles."""
        if not isinstance(arguments, tuple):
            return Shaped("object", type(arguments).__name__)
        if len(arguments) == len(ROLES) and all(map(_plays, arguments, ROLES)):
            self.reader, self.writer = arguments
            return ROLES
        return tuple(map(_role, arguments))

    async def is_answered(self, answer: Awaitable[None]) -> None:
        """Wait for an answer that may never come, and note it if that is given up."""
        try:
            await answer
        except asyncio.CancelledError:
            self.note(Aborted())
            raise

    def begins(self, wire: Wire) -> None:
        """Tell the protocol that the connection is made, and note what it raises."""
        try:
            wire.begin()
        except Exception as raised:
            self.refused(raised)

    def conclude(self, how: Ending) -> None:
        """Have the coroutine of the handler end."""
        if self.stage is not None:
            self.stage.conclude(how)

    def answer(self, question: str) -> Value:
        """Return what the writer answers."""
        writer = self.writer
        match question:
            case "is_closing" | "can_write_eof":
                return plain(getattr(writer, question)())
            case "extra_info":
                return bool(writer.get_extra_info("peername") == PEERNAME)
            case "extra_info_default":
                known = writer.get_extra_info("peername", UNKNOWN) == PEERNAME
                without = writer.get_extra_info("no such name")
                return without is None and writer.get_extra_info("no such name", UNKNOWN) is UNKNOWN and known
            case "transport":
                return writer.transport is self.wire
            case _:
                return all([_is_awaited(writer.drain()), _is_awaited(writer.wait_closed())])  # both are closed

    # ------------------------------------------------------------- plain calls

    def do(self, step: Do) -> None:
        """Make a plain call of the writer, or of its transport, and note what comes of it."""
        buffers: list[bytearray | memoryview] = []
        given = [lent(one, buffers) for one in step.args]
        try:
            target = self.writer.transport if step.method == "abort" else self.writer
            value = getattr(target, step.method)(*given)
        except Stopped:
            raise
        except BaseException as raised:
            self.refused(raised)
        else:
            seen = Shaped("awaitable", type(value).__name__) if _is_awaited(value) else plain(value)
            self.note(Answered(step.method, seen))
        for buffer in buffers:
            try:
                use_again(buffer)
            except BufferError as raised:
                self.refused(raised)

    def set_exception(self, error: BaseException | type[BaseException] | None) -> None:
        """Give the reader an exception, and note if it refuses."""
        self.broken.append(Stopped() if error is None else error)
        try:
            self.reader.set_exception(error)
        except Stopped:
            raise
        except BaseException as raised:
            self.refused(raised)

    # ------------------------------------------------------ what a wire tells

    def wrote(self, data: bytes) -> None:
        """Note bytes that were handed over."""
        self.note(Wrote(data))

    def asked(self, what: str) -> None:
        """Note what the wire was asked."""
        self.note(SEEN[what])

    def held(self, holds: bool) -> None:  # which of the two it is
        """Note that the writer is held up, or let go on."""
        self.note(Hold() if holds else Release())

    def fed(self, arriving: Feed | bytes) -> Any:
        """Note what is about to be delivered, and return it as an object."""
        if isinstance(arriving, Feed):
            self.note(arriving)
            return material(arriving)
        self.note(Feed(arriving) if arriving else End())
        return arriving or None

    def dropped(self, arriving: Feed | bytes) -> None:
        """Note bytes that came too late to be delivered; the end is nothing that could be kept."""
        if arriving:
            self.note(arriving if isinstance(arriving, Feed) else Feed(arriving))

    def kept(self, answer: Any) -> None:
        """Note what `eof_received` returned."""
        self.note(Kept(bool(answer)))

    def lost(self, error: BaseException | None) -> None:
        """Note the loss of the connection."""
        if error is not None:
            self.broken.append(error)
        self.note(Lose(None if error is None else type(error).__name__))

    def raised(self, error: BaseException) -> None:
        """Note that the protocol raised."""
        self.refused(error)


def _plays(value: Any, role: str) -> bool:
    """Tell whether the object can do what one of that role does; it may play another one, too."""
    return any(hasattr(value, name) for name in (READING if role == "reader" else WRITING))


def _role(value: Any) -> Value:
    return next((role for role in reversed(ROLES) if _plays(value, role)), Shaped("object", type(value).__name__))


def _is_awaited(result: Any) -> bool:
    if inspect.iscoroutine(result):
        result.close()
        return True
    return inspect.isawaitable(result)
