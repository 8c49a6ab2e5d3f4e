"""Every stimulus and every observation: two closed unions of frozen dataclasses.

A *stimulus* is something the suite does to the implementation (imperatives: `Feed`, `Cancel`); an
*observation* is something the implementation did (past participles: `Returned`, `Paused`). A trace is a
sequence of both, and all of it is plain data: it can be stored, compared, hashed and sent elsewhere.

Arguments that hash alike but mean different things (a list and a tuple, `1.0` and `1`) travel as `Shaped`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

Form = Literal["bytes", "bytearray", "memoryview", "str", "none", "zero", "list"]
Pausing = Literal["works", "unsupported", "fails"]
BreakForm = Literal["instance", "class", "none"]
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
Value = int | bytes | str | None | Shaped | tuple["Value", ...]


# ------------------------------------------------------------------ stimuli


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


Stimulus = Feed | End | Break | Call | Cancel | Attach | Ask | Advance | Settle


# ------------------------------------------------------------- observations


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
    message: str = field(default="")
    context: str | None = None


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


Observation = Made | Returned | Raised | Refused | Answered | Paused | Resumed | Quiet | Overran
Event = Stimulus | Observation


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for a whole scenario: the limit (bytes) the reader is made with, and whose rules apply."""

    limit: Argument | Unset = UNSET
    python: Version = (3, 15)
