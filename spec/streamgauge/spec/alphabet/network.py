"""What is done to a connection over a simulated network, and what it does."""

from __future__ import annotations

from dataclasses import dataclass

from streamgauge.spec.alphabet.values import Argument, Ending, Fate, Handler, Options, Pausing, Value

# ------------------------------------------------------------------ stimuli


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
    """Have a connection, the way the target makes one; `linked` to the target's own server, else to a scripted peer."""

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
    """Have the coroutine of the handler end."""

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


# ------------------------------------------------------------- observations


@dataclass(frozen=True, slots=True)
class Dialled:
    """The loop's `create_connection` was called with these arguments."""

    options: Options


@dataclass(frozen=True, slots=True)
class Listened:
    """The loop's `create_server` was called with these arguments."""

    options: Options


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
