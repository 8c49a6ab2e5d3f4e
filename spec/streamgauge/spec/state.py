"""What the model remembers.

The model cannot look inside an implementation, so it keeps every `Inbox` that may be true there: two calls that
became ready in one turn may be served in either order, a cancelled `read(-1)` may have lost what it had
collected. Each observation strikes out the inboxes that it contradicts; a departure is an observation that
strikes out all of them. The first inbox is the canonical one: what the plainest implementation would hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from streamgauge.spec.alphabet import UNSET, Break, Call, Pausing, Settings, Value
from streamgauge.spec.outbox import NO_OUTBOX, Outbox
from streamgauge.spec.records import replace

DEFAULT_LIMIT = 65536


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
class Owed:
    """One legal way for a call to end: the outcome, how many bytes it takes, and the clauses that say so.

    The first clause is the one to blame when the outcome stays away. An `optional` outcome may stay away.
    """

    outcome: Gives | Fails
    clauses: tuple[str, ...]
    take: int = 0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """A call that has not ended: `waiting` once it was seen waiting, `decided` if it settled on an outcome unseen.

    `raced` if it began to wait in a turn in which another call was woken or cancelled.
    """

    op: int
    call: Call
    waiting: bool = False
    raced: bool = False
    cancelled: bool = False
    expires: int | None = None
    expired: bool = False
    decided: Owed | None = None


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
        """Return the inbox without its first `count` bytes."""
        if not count:
            return self
        cuts = tuple(cut - count for cut in self.cuts if cut > count)
        return replace(self, unread=self.unread[count:], cuts=cuts)

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
    `waited` tell whether the transport was paused, and a call was waiting, when it began.
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

    @property
    def eventful(self) -> bool:
        """Tell whether something happened that may wake, or end, a call that waits."""
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
class Due:
    """What the plain call just made owes before anything else: whether it must, or may, raise.

    `names` are the exceptions it may raise (empty: any). `otherwise` is how things stand if it raised.
    """

    clause: str
    must: bool
    otherwise: State | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """All that the model knows. `lenient` once nothing more can be held against the implementation.

    `overlaps` once two calls were under way together, `raced` once one of them began in the turn in which the other,
    which had waited, was being woken.
    `suspects` are the clauses that the next look at the data puts to the test; `last` is the clause by which
    bytes last left the inbox. `outbox` is the sending half of a connection.
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
    suspects: tuple[str, ...] = ()
    last: str = ""
    due: Due | None = None
    question: str = ""
    lenient: bool = False
    outbox: Outbox = NO_OUTBOX

    @property
    def canonical(self) -> Inbox:
        """What the plainest implementation would hold."""
        return self.inboxes[0]


def limit_is_good(state: State) -> bool:
    """Tell whether a reader can be made with the limit."""
    limit = state.settings.limit
    return not isinstance(limit, int) or limit > 0


def limit_is_odd(state: State) -> bool:
    """Tell whether the limit is neither missing nor a number of bytes: it may be refused."""
    limit = state.settings.limit
    return limit is not UNSET and not isinstance(limit, int)


def suspecting(state: State, *clauses: str) -> State:
    """Return the state in which the next look at the data also tests `clauses`."""
    kept = tuple(known for known in state.suspects if known not in clauses)
    return replace(state, suspects=(*kept, *clauses)[-4:])
