"""Every stimulus and every observation: two closed unions of frozen dataclasses.

A *stimulus* is something the suite does to the implementation (imperatives: `Feed`, `Cancel`); an
*observation* is something the implementation did (past participles: `Returned`, `Paused`). A trace is a
sequence of both, and all of it is plain data: it can be stored, compared, hashed and sent elsewhere.

A simulated network does things of its own accord: it loses a connection that was closed, holds up a writer that
ran ahead, delivers what waited for a reader. These stimuli stand in the trace where they happened, whether a step
asked for them or not. Where both ends of a connection are under test, what concerns the second is wrapped in `On`.

Arguments that hash alike but mean different things (a list and a tuple, `1.0` and `1`) travel as `Shaped`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

# What events are made of.
Form = Literal["bytes", "bytearray", "memoryview", "str", "none", "zero", "list"]
Pausing = Literal["works", "unsupported", "fails"]
BreakForm = Literal["instance", "class", "none"]
Fate = Literal["accepted", "refused", "unanswered"]
Handler = Literal["plain", "plain-raises", "future", "coroutine", "partial", "object", "lambda"]
Ending = Literal["returns", "raises", "cancelled"]
Version = tuple[int, int]


class Unset(Enum):
    """The argument that is not passed at all."""

    UNSET = "unset"


UNSET = Unset.UNSET


@dataclass(frozen=True, slots=True)
class Shaped:
    """An argument or a result of a type that needs its name said: `kind` and its contents."""

    kind: str
    content: bytes | str | tuple[Argument, ...]


Argument = int | bytes | str | None | Shaped | tuple["Argument", ...]
Value = Argument
Options = tuple[tuple[str, Argument], ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """An exception as plain data.

    `name` is the documented name of the nearest known class; `injected` counts the `Break` whose very object
    it is (0: none of them). The message is kept without object addresses.
    """

    name: str
    injected: int = 0
    partial: Value = None
    expected: Value = None
    consumed: Value = None
    message: str = ""
    context: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for a whole scenario: the limit (bytes) the reader is made with, and whose rules apply."""

    limit: Argument | Unset = UNSET
    python: Version = (3, 15)


# ------------------------------------------------------------ done to a reader


@dataclass(frozen=True, slots=True)
class Feed:
    """Call `feed_data` with `data`, repeated `times`, as an object of the type that `form` names."""

    data: bytes
    form: Form = "bytes"
    times: int = 1

    @property
    def content(self) -> bytes:
        """All the bytes that are fed."""
        return self.data * self.times


@dataclass(frozen=True, slots=True)
class End:
    """Call `feed_eof`."""


@dataclass(frozen=True, slots=True)
class Break:
    """Call `set_exception` with a new instance of the built-in `error`, with the class itself, or with None."""

    error: str = "ConnectionResetError"
    form: BreakForm = "instance"


@dataclass(frozen=True, slots=True)
class Call:
    """Start a task that awaits `method(*args)`; `timeout` (seconds) wraps it in `asyncio.timeout`."""

    op: int
    method: str
    args: tuple[Argument, ...] = ()
    timeout: int | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel the task of call `op`."""

    op: int


@dataclass(frozen=True, slots=True)
class Attach:
    """Call `set_transport` with a new transport, whose `pause_reading` behaves as `pausing` says."""

    pausing: Pausing = "works"


@dataclass(frozen=True, slots=True)
class Ask:
    """Put a question that is answered at once: `at_eof`, `exception`, `repr`, or a named inspection."""

    question: str


@dataclass(frozen=True, slots=True)
class Advance:
    """Move the clock of the world by `seconds`; timers that fall due run when the loop does."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Settle:
    """Run the loop until nothing is left to run. Steps without a `Settle` between share one loop turn."""


# ------------------------------------------------------------ seen of a reader


@dataclass(frozen=True, slots=True)
class Made:
    """The reader was constructed."""


@dataclass(frozen=True, slots=True)
class Returned:
    """Call `op` ended with `value`; `at_once` if it never suspended."""

    op: int
    value: Value
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Raised:
    """Call `op` ended with an exception; `at_once` if it never suspended."""

    op: int
    problem: Problem
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The stimulus before this one raised at once (the constructor, if there was none)."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered to an `Ask`."""

    question: str
    value: Value


@dataclass(frozen=True, slots=True)
class Paused:
    """`pause_reading` was called on the transport of that number, counted from 1."""

    transport: int = 1


@dataclass(frozen=True, slots=True)
class Resumed:
    """`resume_reading` was called on the transport of that number, counted from 1."""

    transport: int = 1


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing is left to run: whatever has not happened by now will not happen by itself."""


@dataclass(frozen=True, slots=True)
class Overran:
    """The implementation never came to rest within a budget (`turns`, `steps` or `memory`) and was stopped."""

    budget: str


# -------------------------------------------------------- done to a connection


@dataclass(frozen=True, slots=True)
class Link:
    """What a simulated transport is like.

    It holds up its writer above `high` bytes, and lets it go on at a quarter of that. `pausing` is what its
    `pause_reading` does; without `half_close` its `write_eof` is unsupported.
    """

    high: int = 8
    pausing: Pausing = "works"
    half_close: bool = True


PLAIN_LINK = Link()


@dataclass(frozen=True, slots=True)
class Open:
    """Make a connection, the way the target makes one; `linked` to the target's own server, else to a scripted peer."""

    link: Link = PLAIN_LINK
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Dial:
    """Start a task that awaits `open_connection` with `options`; `fate` is what the network makes of it."""

    op: int
    options: Options = ()
    fate: Fate = "accepted"


@dataclass(frozen=True, slots=True)
class Serve:
    """Await `start_server` with a handler of that kind, and with `options`."""

    handler: Handler = "plain"
    options: Options = ()


@dataclass(frozen=True, slots=True)
class Accept:
    """A peer connects to the server."""

    link: Link = PLAIN_LINK


@dataclass(frozen=True, slots=True)
class Conclude:
    """End the coroutine of the handler."""

    how: Ending = "returns"


@dataclass(frozen=True, slots=True)
class Do:
    """Make a plain call of the writer: `write`, `writelines`, `write_eof`, `close`, or `abort` of its transport."""

    method: str
    args: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Clog:
    """From now on the peer takes nothing of what is written."""


@dataclass(frozen=True, slots=True)
class Unclog:
    """The peer takes `count` of the bytes that are queued, or (None) all of them, and whatever comes."""

    count: int | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """The transport calls `pause_writing`."""


@dataclass(frozen=True, slots=True)
class Release:
    """The transport calls `resume_writing`."""


@dataclass(frozen=True, slots=True)
class Lose:
    """The connection is lost: cleanly (None), or by a new instance of the built-in `error`."""

    error: str | None = None


# -------------------------------------------------------- seen of a connection


@dataclass(frozen=True, slots=True)
class Dialled:
    """The loop's `create_connection` was called with these arguments."""

    options: Options = ()


@dataclass(frozen=True, slots=True)
class Listened:
    """The loop's `create_server` was called with these arguments."""

    options: Options = ()


@dataclass(frozen=True, slots=True)
class Handled:
    """The handler was called with these arguments, by their roles."""

    value: Value


@dataclass(frozen=True, slots=True)
class Reported:
    """The loop's exception handler was told something: the very exception of a server's handler, or anything else."""

    failure: bool = True


@dataclass(frozen=True, slots=True)
class Wrote:
    """The transport was handed these bytes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Halved:
    """`write_eof` was called on the transport."""


@dataclass(frozen=True, slots=True)
class Closed:
    """`close` was called on the transport."""


@dataclass(frozen=True, slots=True)
class Aborted:
    """`abort` was called on the transport, or, while there is none, the attempt to connect was cancelled."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What `eof_received` returned: whether the transport is to stay open."""

    open: bool


@dataclass(frozen=True, slots=True)
class On:
    """What concerns end number `end` of a connection; end 1 goes without saying."""

    end: int
    event: OneEnd | Observation


Reading = Feed | End | Break | Call | Cancel | Attach | Ask | Advance | Settle
OneEnd = Reading | Open | Dial | Serve | Accept | Conclude | Do | Clog | Unclog | Hold | Release | Lose
Stimulus = OneEnd | On
Observation = (
    Made | Returned | Raised | Refused | Answered | Paused | Resumed | Quiet | Overran
    | Dialled | Listened | Handled | Reported | Wrote | Halved | Closed | Aborted | Kept
)  # fmt: skip
Event = Stimulus | Observation
Beginning = Call | Dial  # what begins a call
Ended = Returned | Raised  # what ends it
NETWORK = Feed | End | Hold | Release | Lose  # what the network may do of its own accord
OF_BOTH = frozenset({Quiet, Settle, Advance, Overran})
OPENING = frozenset({Open, Dial, Serve, Accept})


def parted(event: Event) -> tuple[int, OneEnd | Observation]:
    """Return whose an event is, and what it is by itself: of end 1, of end 2, or of both (0)."""
    if isinstance(event, On):
        return event.end, event.event
    return 0 if type(event) in OF_BOTH else 1, event
