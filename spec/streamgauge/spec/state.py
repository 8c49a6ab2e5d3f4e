"""What the model remembers.

The model cannot look inside an implementation, so it keeps every `Inbox` that may be true there: two calls that
became ready in one turn may be served in either order, a cancelled `read(-1)` may have lost what it had
collected. Each observation strikes out the inboxes that it contradicts; a departure is an observation that
strikes out all of them. The first inbox is the canonical one: what the plainest implementation would hold.

The bytes of a writer leave no choice: what was given is handed to the transport, whole and in order. What is free is
the end of a call that waits: things may change several times in one turn, so it may end in any of the ways that were
open to it since it was last seen waiting, and must end if one is open when the loop is quiet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from streamgauge.spec.alphabet import (
    PLAIN_LINK,
    Break,
    Call,
    Dial,
    Ending,
    Handler,
    Link,
    Pausing,
    Serve,
    Settings,
    Value,
)
from streamgauge.spec.records import replace

DEFAULT_LIMIT = 65536
STREAMS = frozenset({"open", "dial", "accept"})  # how a connection may come about
NO_DIAL = Dial(0)


@dataclass(frozen=True, slots=True)
class Gives:
    """The call returns `data`; if `short`, any prefix of it will do that is not empty."""

    data: bytes
    short: bool = False


@dataclass(frozen=True, slots=True)
class Fails:
    """The call raises: one of `names`, with these attributes where they are not None."""

    names: tuple[str, ...]
    injected: int = 0
    partial: bytes | None = None
    expected: tuple[Value, ...] = ()
    consumed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Yields:
    """The call returns this value: None, or the roles of what it makes."""

    value: Value = None


@dataclass(frozen=True, slots=True)
class Owed:
    """One legal way for a call to end: the outcome, how many bytes it takes, and the clauses that say so.

    The first clause is the one to blame when the outcome stays away. An `optional` outcome may stay away. `at_once`:
    it comes without suspending (True), not without (False), or either way (None).
    """

    outcome: Gives | Yields | Fails
    clauses: tuple[str, ...]
    take: int = 0
    optional: bool = False
    at_once: bool | None = None


def returns(clause: str, value: Value = None, *, optional: bool = False, at_once: bool | None = None) -> Owed:
    """Return what is owed to a call that returns `value`."""
    return Owed(Yields(value), (clause,), 0, optional, at_once)


def raises(clause: str, name: str, injected: int = 0, *, optional: bool = False) -> Owed:
    """Return what is owed to a call that raises: an exception of that name, or the very one of that count."""
    return Owed(Fails((name,), injected), (clause,), 0, optional)


@dataclass(frozen=True, slots=True)
class Pending:
    """A call that has not ended, an `open_connection` among them: `waiting` once it was seen waiting.

    Of a reader's: `decided` if it settled on an outcome unseen; `raced` if it began to wait in a turn in which another
    call was woken or cancelled, or if another took bytes from under it. Of a connection's: `closing` and `lost` tell
    how that was when it was called (a drain: or became in the rest of that turn); `again` if the transport let go, and
    held again before the call was seen to end; it may end in any of the ways that are `owed`.
    """

    op: int
    call: Call
    waiting: bool = False
    raced: bool = False
    cancelled: bool = False
    expires: int | None = None
    expired: bool = False
    decided: Owed | None = None
    closing: bool = False
    lost: bool = False
    again: bool = False
    owed: tuple[Owed, ...] = ()

    def __hash__(self) -> int:
        """Hash what differs most often."""
        return hash((self.op, self.call.method, self.waiting, self.cancelled, self.decided, self.owed))

    @property
    def method(self) -> str:
        """What was called."""
        return self.call.method

    def overdue(self, clock: int) -> bool:
        """Check whether its time is up, now that the clock shows this."""
        return self.waiting and self.expires is not None and self.expires <= clock

    def seen_waiting(self, clock: int, *, raced: bool = False) -> Pending:
        """Return the record of the call now that it was seen waiting: its time runs from here."""
        return replace(self, waiting=True, raced=raced, expires=_expiry(self.call, clock))


def beginning(call: Call, clock: int) -> Pending:
    """Return the record of a call that begins now."""
    return Pending(call.op, call, expires=_expiry(call, clock), expired=call.timeout == 0)


def _expiry(call: Call, clock: int) -> int | None:
    return None if call.timeout is None else clock + call.timeout


@dataclass(frozen=True, slots=True)
class Stored:
    """The exception that `set_exception` stored: the count of its `Break`, from 1, and the step itself."""

    index: int
    source: Break


@dataclass(frozen=True, slots=True)
class Inbox:
    """One way things may be inside: unread bytes, the chunk boundaries in them, the end, the calls that wait."""

    unread: bytes = b""
    cuts: tuple[int, ...] = ()
    ended: bool = False
    stored: Stored | None = None
    pending: tuple[Pending, ...] = ()

    def fed(self, data: bytes) -> Inbox:
        """Return the inbox with one more chunk."""
        cuts = (*self.cuts, len(self.unread)) if self.unread else self.cuts
        return replace(self, unread=self.unread + data, cuts=cuts)

    def taken(self, count: int) -> Inbox:
        """Return the inbox without its first `count` bytes, which calls that wait may have searched already."""
        if not count:
            return self
        cuts = tuple(cut - count for cut in self.cuts if cut > count)
        pending = tuple(replace(one, raced=True) if one.waiting else one for one in self.pending)
        return replace(self, unread=self.unread[count:], cuts=cuts, pending=pending)

    def with_pending(self, changed: Pending) -> Inbox:
        """Return the inbox with the record of one call replaced, or added."""
        rest = tuple(changed if known.op == changed.op else known for known in self.pending)
        if not any(known.op == changed.op for known in self.pending):
            rest = (*rest, changed)
        return replace(self, pending=rest)

    def without(self, op: int) -> Inbox:
        """Return the inbox without that call."""
        return replace(self, pending=tuple(known for known in self.pending if known.op != op))

    def find(self, op: int) -> Pending | None:
        """Return the call of that number, if it has not ended."""
        return next((known for known in self.pending if known.op == op), None)

    def others(self, op: int) -> Iterator[Pending]:
        """Yield the calls beside `op` that have not ended."""
        return (known for known in self.pending if known.op != op)


@dataclass(frozen=True, slots=True)
class Turn:
    """What has happened since the loop was last quiet.

    `peak` and `trough` are the largest and smallest number of unread bytes there may have been (bytes); `held` and
    `waited` say whether the transport was paused, and a call was waiting, when it began.
    """

    fed: int = 0
    fed_nothing: bool = False
    ended: bool = False
    broken: bool = False
    cancelled: bool = False
    expired: bool = False
    overlapped: bool = False
    peak: int = 0
    trough: int = 0
    resumed: bool = False
    waited: bool = False
    held: bool = False
    drained: str = ""
    overran: bool = False
    stirred: bool = False

    def __hash__(self) -> int:
        """Hash what differs most often."""
        return hash((self.fed, self.ended, self.broken, self.cancelled, self.peak, self.trough, self.drained))

    @property
    def eventful(self) -> bool:
        """Check whether something happened that may wake, or end, a call that waits."""
        return bool(self.fed or self.fed_nothing or self.ended or self.broken or self.cancelled or self.expired)


@dataclass(frozen=True, slots=True)
class Line:
    """The transports that were attached, and what the reader has asked of them.

    `fed`: bytes came since the first was attached; `late`: more than twice the limit was unread before that.
    """

    attached: int = 0
    in_charge: int = 0
    pausing: Pausing = "works"
    paused: bool = False
    forgotten: bool = False
    fed: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Hosting:
    """The server: what it was started with, and how things stand with its handler.

    `listened` once the loop was asked for a server, `handled` once the handler was called for this connection.
    """

    serve: Serve
    listened: bool = False
    accepted: bool = False
    handled: bool = False
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
    not returned, `owes` what that owes, `dial` the attempt to connect. `asked_*` is what the caller wants, the others
    what the transport was told. `came` is what last reached this end, `gave` the method that last gave bytes, `failure`
    the exception that ended the connection, and `error` its count. `spoiled` names the methods of which a call was
    cancelled or timed out (and the clause by which a second drain was refused), `ended` those of which a call has
    ended. `tested` are the clauses that the bytes put to the test that were not handed over yet. `discarded` once bytes
    came after the close, `miscounted` once the transport said twice that it holds, or that it does not; `running` while
    the loop does.
    """

    opened: str = ""
    link: Link = PLAIN_LINK
    unsent: bytes = b""
    doing: str = ""
    owes: Owed | None = None
    dial: Dial = NO_DIAL
    waits: tuple[Pending, ...] = ()
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
    def gone(self) -> bool:
        """Whether the transport takes nothing any more."""
        return self.closed or self.aborted or self.lost

    @property
    def closing(self) -> bool:
        """Whether `is_closing` has to be true."""
        return self.asked_close or self.gone

    def find(self, op: int) -> Pending | None:
        """Return the call of that number, if it has not ended."""
        return next((one for one in self.waits if one.op == op), None)


NO_OUTBOX = Outbox()


@dataclass(frozen=True, slots=True)
class State:
    """All that the model knows. `lenient` once nothing more can be held against the implementation.

    `overlaps` once two calls were under way together, `raced` once one of them began in the turn in which the other,
    which had waited, was being woken. `overran` once a search has given up at the limit, until bytes are taken.
    `outbox` is the sending half of a connection. `due` is what the plain call just made owes
    before anything else: an exception (of any name, if it has none) that must, or may, come. `otherwise` is how things
    stand if it does.
    """

    settings: Settings
    limit: int
    inboxes: tuple[Inbox, ...] = (Inbox(),)
    turn: Turn = Turn()
    line: Line = Line()
    breaks: int = 0
    calls: int = 0
    clock: int = 0
    overlaps: bool = False
    raced: bool = False
    overran: bool = False
    due: Owed | None = None
    otherwise: State | None = None
    question: str = ""
    lenient: bool = False
    outbox: Outbox = NO_OUTBOX

    def __hash__(self) -> int:
        """Hash what differs most often: to hash all of it, at every step, would take as long as to judge the step."""
        outbox = self.outbox if self.outbox.opened else None
        owes = self.due is not None
        return hash((self.limit, self.inboxes, self.turn, self.calls, owes, outbox))

    @property
    def canonical(self) -> Inbox:
        """What the plainest implementation would hold."""
        return self.inboxes[0]


@cache
def _exception(clause: str, names: tuple[str, ...], must: bool) -> Owed:
    return Owed(Fails(names), (clause,), optional=not must)


def owing(state: State, clause: str, *names: str, must: bool = False, otherwise: State | None = None) -> State:
    """Return the state in which the plain call just made may raise, or must; `otherwise` is how things stand then."""
    return replace(state, due=_exception(clause, names, must), otherwise=otherwise)


def settled(state: State) -> State:
    """Return the state in which the plain call just made owes nothing any more."""
    return state if state.due is None else replace(state, due=None, otherwise=None)


def sending(state: State, **changes: Any) -> State:
    """Return the state with some fields of its sending half changed."""
    return replace(state, outbox=replace(state.outbox, **changes))


def silenced(state: State) -> State:
    """Return the state in which the transport delivers nothing any more: nobody has to pause or to resume it."""
    return replace(state, line=replace(state.line, paused=False, forgotten=True))
