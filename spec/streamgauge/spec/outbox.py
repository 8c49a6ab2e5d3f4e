"""What the model remembers of the sending half of a connection, and of how the connection came and goes.

Unlike the bytes of a reader, those of a writer leave no choice: what was given is handed to the transport, whole and
in order. What is free is the end of a call that waits: things may change several times in one turn, so a call may end
in any of the `ways` that were open to it since it was last seen waiting, and must end if one is open when the loop
is quiet.
"""

from __future__ import annotations

from dataclasses import dataclass

from streamgauge.spec.alphabet import PLAIN_LINK, Dial, Do, Ending, Handler, Link, Serve
from streamgauge.spec.alphabet.reading import Call


@dataclass(frozen=True, slots=True)
class Way:
    """One legal end of a call that waits, by `clause`: it returns None, or raises `error`.

    `injected`: the very exception of that count. `optional`: the call may as well go on waiting. `at_once`: it ends
    without suspending (True), not without (False), or either way (None).
    """

    clause: str
    error: str = ""
    injected: int = 0
    optional: bool = False
    at_once: bool | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """A `drain`, `wait_closed` or `open_connection` that has not ended; `waiting` once it was seen waiting.

    `closing` and `lost` tell how the connection was when it was called (a drain: or became in the rest of that turn).
    `again`: the transport let go, and held again before the call was seen to end.
    """

    op: int
    call: Call | Dial
    closing: bool = False
    lost: bool = False
    waiting: bool = False
    again: bool = False
    cancelled: bool = False
    expires: int | None = None
    expired: bool = False
    ways: tuple[Way, ...] = ()

    @property
    def method(self) -> str:
        """What was called."""
        return self.call.method if isinstance(self.call, Call) else "open_connection"


@dataclass(frozen=True, slots=True)
class Hosting:
    """The server: what it was started with, and how things stand with its handler.

    `listened` once the loop was asked for a server; `handled` counts the calls of the handler for this connection.
    """

    serve: Serve
    listened: bool = False
    accepted: bool = False
    handled: int = 0
    concluded: Ending | None = None
    reported: bool = False

    @property
    def handler(self) -> Handler:
        """The kind of the handler."""
        return self.serve.handler


@dataclass(frozen=True, slots=True)
class Outbox:
    """The sending half. `opened` by what the connection came about, empty without one.

    `unsent` are bytes that were given, and that the transport was not handed yet; `doing` is the plain call that has
    not returned. `asked_*` is what the caller wants, the others what the transport was told. `came` is what last
    reached this end, `gave` the method that last gave bytes, `failure` the exception that ended the connection, and
    `error` its count. `spoiled` names the methods of which a call was cancelled or timed out (and
    the clause by which a second drain was refused), `ended` those of which a call has ended. `tested` are the clauses
    that the bytes put to the test that were not handed over yet. `discarded` once bytes came after the close,
    `miscounted` once the transport said twice that it holds, or that it does not; `running` while the loop does.
    """

    opened: str = ""
    link: Link = PLAIN_LINK
    unsent: bytes = b""
    doing: Do | None = None
    waits: tuple[Wait, ...] = ()
    clogged: bool = False
    held: bool = False
    asked_half: bool = False
    halved: bool = False
    asked_close: bool = False
    closed: bool = False
    aborted: bool = False
    lost: bool = False
    error: int = 0
    failure: str = ""
    gave: str = ""
    came: str = ""
    spoiled: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    tested: tuple[str, ...] = ()
    discarded: bool = False
    miscounted: bool = False
    hosting: Hosting | None = None
    running: bool = False

    @property
    def closing(self) -> bool:
        """Whether `is_closing` has to be true."""
        return self.asked_close or self.closed or self.aborted or self.lost

    def find(self, op: int) -> Wait | None:
        """Return the call of that number, if it has not ended."""
        return next((one for one in self.waits if one.op == op), None)


NO_OUTBOX = Outbox()
