"""What a player asks of a world, and what a world tells its player.

A world runs an event loop, makes the connections that are asked of it, and does to an end what a scenario wants done
to it from outside. It knows transports, and no rules of streams. A new world is a new file that keeps to this one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol

Fate = Literal["accepted", "refused", "unanswered"]


class Restless(Exception):
    """The loop did not come to rest within its budget of callbacks."""


class Link(Protocol):
    """What a transport is to be like: see the transport of the world for what it makes of it."""

    @property
    def high(self) -> int:
        """The writer is held up above so many bytes."""

    @property
    def pausing(self) -> str:
        """What `pause_reading` does: `works`, `unsupported` or `fails`."""

    @property
    def half_close(self) -> bool:
        """Whether one direction can be closed by itself."""


class Line(Protocol):
    """What can be done to one end from outside."""

    def arrive(self, data: Any) -> None:
        """Deliver data; a bare reader may refuse them, and whatever it raises comes out."""

    def end(self) -> None:
        """Deliver the end, likewise."""

    def hold(self, holds: bool) -> None:  # which of the two it is
        """Have the writer held up, or let go on."""

    def clog(self) -> None:
        """From now on the peer takes nothing."""

    def unclog(self, count: int | None) -> None:
        """The peer takes `count` of the bytes that are queued, or all (None) and whatever comes."""

    def lose(self, error: BaseException | None) -> None:
        """Let the connection be lost: cleanly (None), or by an error."""


class Tap(Protocol):
    """A protocol that notes what passes, between the transport that a world makes and the protocol under test."""

    @property
    def transport(self) -> Any:
        """The transport as the protocol under test sees it, once the connection is made."""


class Party(Protocol):
    """An end, to which a world tells what becomes of its connection."""

    def asked(self, options: dict[str, Any]) -> None:
        """A connection was asked for, with these arguments."""

    def failed(self, error: BaseException) -> None:
        """The network raises this error."""

    def given_up(self) -> None:
        """The attempt to connect was given up."""

    def tapped(self, protocol: Any, *, accepted: bool) -> Tap:
        """Return what to connect instead of the protocol."""

    def wired(self, line: Line) -> None:
        """From now on the end is reached by this line."""

    def dropped(self, data: Any) -> None:
        """This came after `close`, and was not delivered."""


class Stage(Protocol):
    """Where a world tells what concerns no single end."""

    def listens(self, options: dict[str, Any], server: Any) -> None:
        """A server was asked for, with these arguments, and this is what there is."""

    def met(self) -> Party:
        """A peer connects to the server which is under test as well: return that end."""

    def reported(self, error: Any) -> None:
        """The loop's exception handler was told of this error, or of none."""


class World(Protocol):
    """A loop, and what is around it; one play after the other.

    In a bare world there is a `hand`, which reaches a reader; everything it does is noted by who does it. In all others
    it is None, and the tap notes what passes.
    """

    @property
    def hand(self) -> Callable[[Any], Line] | None:
        """Return what reaches a reader, if this is a bare world."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that the implementation runs on."""

    def begin(self, stage: Stage) -> None:
        """Begin a play, and tell `stage` what goes on."""

    def expect(self, end: Party, fate: Fate, link: Link, meets: Link | None) -> None:
        """Be told which end asks for the next connection, and what becomes of it; `meets` is the server's own link."""

    def accept(self, end: Party, link: Link) -> None:
        """Have a peer connect to the server."""

    def attachment(self, pausing: str) -> Any:
        """Return a transport for a bare reader, without anything behind it."""

    def turn(self) -> int:
        """Return a number that is another one as soon as anything else has run."""

    def settle(self, task: asyncio.Task[Any] | None = None) -> None:
        """Let everything run that can, and the task come to its end if it can. Raises `Restless`."""

    def advance(self, seconds: float) -> None:
        """Let time pass."""

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[Any]:
        """Return what bounds an awaited call."""

    def leave(self) -> None:
        """The play is over: let go of all connections, and tell nothing any more."""

    def reset(self) -> None:
        """Forget everything that is planned."""
