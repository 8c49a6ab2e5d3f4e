"""One end: a bare reader, or what is on one side of a connection. What happens at it is noted here."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from streamgauge.conformance.adapters import AdapterFault
from streamgauge.conformance.playing.calls import Stopped
from streamgauge.conformance.playing.handlers import Stage
from streamgauge.conformance.playing.material import lent, use_again
from streamgauge.conformance.playing.observing import Broken, answer, facts, fed, plain, told
from streamgauge.conformance.playing.tap import TappedProtocol, tapped
from streamgauge.conformance.worlds.world import Line
from streamgauge.spec.alphabet import (
    Aborted,
    Answered,
    Argument,
    Dialled,
    Ending,
    Event,
    On,
    Problem,
    Refused,
    Shaped,
    Value,
)

READING, WRITING = ("read", "readline", "readexactly", "readuntil"), ("write", "drain", "close")
ROLES = ("reader", "writer")
OF_THE_WRITER = ("is_closing", "can_write_eof", "extra_info", "extra_info_default", "transport", "writer_methods")
UNKNOWN = object()
answered = lru_cache(maxsize=100)(Answered)  # the same objects each time, which a judge knows at first sight


class Side:
    """One end of a play, that of this `number`, whose events go to `note`.

    `broken` are the exceptions it was given, `line` is how it is reached from outside, and `tap` what notes that;
    `stage` is where its handler waits for its end.
    """

    reader: Any = None
    writer: Any = None
    line: Line | None = None
    tap: TappedProtocol | None = None
    served: Any = None
    stage: Stage | None = None
    attached = 0
    announced = False

    def __init__(self, number: int, note: Callable[[Event], object], errors: Mapping[str, type[BaseException]]) -> None:
        self.note: Callable[[Any], object] = note if number == 1 else lambda event: note(On(number, event))
        self.errors = errors
        self.broken: Broken = []

    def plainly(self, call: Callable[..., Any], *args: Any) -> None:
        """Make a plain call, and note if it raises."""
        try:
            call(*args)
        except (Stopped, AdapterFault):
            raise
        except BaseException as raised:
            self.refused(raised)

    def refused(self, raised: BaseException) -> None:
        """Note that a plain call raised."""
        self.note(Refused(Problem(*facts(raised, tuple(self.errors.items()), self.broken))))

    # ------------------------------------------------------ what its world tells

    def asked(self, options: dict[str, Any]) -> None:
        """Note that the loop was asked for a connection, if that is what a scenario wants to see."""
        if self.announced:
            self.note(Dialled(told(options)))

    def failed(self, error: BaseException) -> None:
        """Know the error again."""
        self.broken.append(error)

    def given_up(self) -> None:
        """Note that the attempt to connect was given up."""
        self.note(Aborted())

    def tapped(self, protocol: Any, *, accepted: bool) -> TappedProtocol:
        """Return what notes what passes."""
        self.tap = tapped(protocol, self, accepted=accepted)
        return self.tap

    def wired(self, line: Line) -> None:
        """Be reached by this line from now on."""
        self.line = line

    def dropped(self, data: Any) -> None:
        """Note data that came too late to be delivered."""
        self.note(fed(data))

    # ---------------------------------------------------------- what is done to it

    def takes(self, arguments: Any) -> Value:
        """Take a reader and a writer, and return what they are by their roles."""
        if not isinstance(arguments, tuple):
            return Shaped("object", type(arguments).__name__)
        if len(arguments) == len(ROLES) and all(map(_plays, arguments, ROLES)):
            self.reader, self.writer = arguments
            return ROLES
        return tuple(map(_role, arguments))

    def do(self, method: str, args: tuple[Argument, ...]) -> None:
        """Make a plain call of the writer, or of its transport, and note what comes of it."""
        buffers: list[bytearray | memoryview] = []
        given = [lent(one, buffers) for one in args]
        self.plainly(self._do, method, given)
        for buffer in buffers:
            self.plainly(use_again, buffer)

    def _do(self, method: str, given: list[Any]) -> None:
        target = self.writer.transport if method == "abort" else self.writer
        value = getattr(target, method)(*given)
        self.note(Answered(method, Shaped("awaitable", type(value).__name__) if _is_awaited(value) else plain(value)))

    def conclude(self, how: Ending) -> None:
        """Let the coroutine of the handler come to its end."""
        if self.stage is not None:
            self.stage.conclude(how)

    def set_exception(self, error: BaseException | type[BaseException] | None) -> None:
        """Give the reader an exception, and note if it refuses."""
        self.broken.append(Stopped() if error is None else error)
        self.plainly(lambda: self.reader.set_exception(error))

    def ask(self, question: str) -> None:
        """Put a question to the reader or the writer, and note the answer."""
        self.plainly(self._ask, question)

    def _ask(self, question: str) -> None:
        if question in OF_THE_WRITER:
            value = self._answer(question)
        else:
            value = answer(question, self.reader, self.errors, self.broken)
        self.note(answered(question, value) if isinstance(value, bool) else Answered(question, value))

    def _answer(self, question: str) -> Value:
        writer = self.writer
        transport = None if self.tap is None else self.tap.transport
        match question:
            case "is_closing" | "can_write_eof":
                return plain(getattr(writer, question)())
            case "extra_info":
                return bool(writer.get_extra_info("peername") == _peer(transport))
            case "extra_info_default":
                known = writer.get_extra_info("peername", UNKNOWN) == _peer(transport)
                without = writer.get_extra_info("no such name")
                return without is None and writer.get_extra_info("no such name", UNKNOWN) is UNKNOWN and known
            case "transport":
                return writer.transport is transport
            case _:
                return all([_is_awaited(writer.drain()), _is_awaited(writer.wait_closed())])  # both are closed


def _peer(transport: Any) -> Any:
    return transport.get_extra_info("peername", UNKNOWN)


def _plays(value: Any, role: str) -> bool:
    """Check whether the object can do what one of that role does; it may play another one, too."""
    return any(hasattr(value, name) for name in (READING if role == "reader" else WRITING))


def _role(value: Any) -> Value:
    return next((role for role in reversed(ROLES) if _plays(value, role)), Shaped("object", type(value).__name__))


def _is_awaited(result: Any) -> bool:
    if inspect.iscoroutine(result):
        result.close()
        return True
    return inspect.isawaitable(result)
