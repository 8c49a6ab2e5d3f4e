"""The sending half of a stream, without I/O: who is held up by the transport, who waits for the end, what each is owed.

The one idea: **whoever waits has a promise of their own, kept by the first change that concerns it.** It is made here,
by whatever makes promises outside (an event loop's `create_future`), and kept here: room again, or the end. So a
caller who gives up spoils nothing for anybody else; and what a promise holds is what happened while its owner waited,
even if something else has happened by the time it runs.

The bytes themselves lie in the transport. It alone knows how many, and says only "hold" and "release".
"""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Promise(Protocol):
    """What the outbox keeps: a future, of asyncio or otherwise."""

    def done(self) -> bool:
        """Whether it was kept, or given up."""
        ...

    def set_result(self, result: None, /) -> None:
        """Keep it: all is well."""
        ...

    def set_exception(self, exception: BaseException, /) -> None:
        """Keep it: here is what went wrong."""
        ...

    def exception(self) -> BaseException | None:
        """What went wrong. Asking also notes that somebody has seen it."""
        ...


P = TypeVar("P", bound=Promise)


class Outbox(Generic[P]):
    """Whether the transport holds writers back, whether it is over, and the promises that hang on the two.

    `idle` is for whoever is in a hurry: nothing is held back and nothing is over, so `room` would say None.
    """

    def __init__(self, promise: Callable[[], P]) -> None:
        self.idle = True
        self.held = False
        self.ended = False
        self.error: BaseException | None = None
        self._promise = promise
        self._held_up: dict[P, None] = {}  # dictionaries, because they forget fast and keep the order
        self._leaving: dict[P, None] = {}

    # What the transport says

    def hold(self) -> None:
        """The transport has enough. AssertionError if it said so before."""
        if self.held:  # An assert statement would vanish under -O.
            raise AssertionError("Writing is paused already")
        self.held = True
        self.idle = False

    def release(self) -> None:
        """The transport has room again. AssertionError if it never said otherwise."""
        if not self.held:
            raise AssertionError("Writing is not paused")
        self.held = False
        self.idle = not self.ended
        for promise in self._held_up:
            if not promise.done():  # given up, and not forgotten yet
                promise.set_result(None)
        self._held_up.clear()

    def end(self, error: BaseException | None) -> None:
        """The connection is over, cleanly or by `error`. The first end counts."""
        if self.ended:
            return
        self.ended = True
        self.idle = False
        self.error = error
        # Cleanly means that we closed: who waited meanwhile is let go, although there is nobody left to write to.
        self._keep(self._held_up, error)
        self._keep(self._leaving, error)

    # What callers are owed

    def room(self) -> P | None:
        """A promise of room for more, or None: there is room. ConnectionResetError: there will be none any more."""
        if self.ended:
            raise ConnectionResetError("Connection lost")
        if not self.held:
            return None
        promise = self._promise()
        self._held_up[promise] = None
        return promise

    def ending(self) -> P:
        """A promise of the end, perhaps kept already."""
        promise = self._promise()
        self._leaving[promise] = None
        if self.ended:
            self._keep(self._leaving, self.error)
        return promise

    def forget(self, promise: P) -> None:
        """Its owner waits no longer."""
        self._held_up.pop(promise, None)
        self._leaving.pop(promise, None)

    def _keep(self, group: dict[P, None], error: BaseException | None) -> None:
        for promise in group:
            if promise.done():
                continue
            if error is None:
                promise.set_result(None)
            else:
                promise.set_exception(error)
                promise.exception()  # Seen: an owner who gives up now shall cause no complaint.
        group.clear()
