"""What is done to a reader, and what it does, whatever it gets its bytes from."""

from __future__ import annotations

from dataclasses import dataclass

from streamgauge.spec.alphabet.values import Argument, BreakForm, Form, Pausing, Problem, Value

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


# ------------------------------------------------------------- observations


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
