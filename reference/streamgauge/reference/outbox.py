"""The sending half of a stream, without I/O: who is held up by the transport, who waits for the end, what each is owed.

The one idea: **whoever waits has a promise of their own, kept by the first change that concerns it.** It is made here,
by whatever makes promises outside (an event loop's `create_future`), and kept here: room again, or the end. So a
caller who gives up spoils nothing for anybody else; and what a promise holds is what happened while its owner waited,
even if something else has happened by the time it runs.

The bytes themselves lie in the transport. It alone knows how many, and says only "hold" and "release".
"""

from collections import deque
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
    """Whether the transport holds writers back, whether it is over, and the promises that depend on the two.

    As long as it is neither `held` nor `ended`, whoever has more to send need not ask for `room`.
    """

    __slots__ = ("_held_up", "_leaving", "_promise", "ended", "error", "held")

    def __init__(self, promise: Callable[[], P]) -> None:
        self.held = False
        self.ended = False
        self.error: BaseException | None = None
        self._promise = promise
        self._held_up: deque[P] = deque()  # Who gives up is mostly among the first, where a deque forgets fast.
        self._leaving: deque[P] = deque()

    # What the transport says

    def hold(self) -> None:
        """The transport has enough. AssertionError if it said so before."""
        if self.held:  # [flow.write.protocol-asserts]; an assert statement would vanish under -O.
            raise AssertionError("Writing is paused already")
        self.held = True

    def release(self) -> None:
        """The transport has room again. AssertionError if it never said otherwise."""
        if not self.held:
            raise AssertionError("Writing is not paused")
        self.held = False
        held_up = self._held_up
        while held_up:  # all of them: [writer.drain.many], and for good: [writer.drain.held-again]
            promise = held_up.popleft()
            if not promise.done():  # given up, and not forgotten yet
                promise.set_result(None)  # [writer.drain.released]

    def end(self, error: BaseException | None) -> None:
        """The connection is over, cleanly or by `error`. The first end counts."""
        if self.ended:
            return  # [connection.lost.twice]
        self.ended = True
        self.error = error
        # Cleanly means that we closed: who waited meanwhile is let go, although there is nobody left to write to:
        # [writer.drain.clean-loss]
        self._keep(self._held_up, error)  # [writer.drain.lost-while-waiting]
        self._keep(self._leaving, error)  # [writer.wait-closed.returns], [writer.wait-closed.error]

    # What callers are owed

    def room(self) -> P:
        """A promise of room for more, if `held`. ConnectionResetError, if `ended`: there will be none any more."""
        if self.ended:
            raise ConnectionResetError("Connection lost")  # [writer.drain.after-loss]
        promise = self._promise()  # one each: [writer.drain.cancel-harmless], [writer.drain.second]
        self._held_up.append(promise)
        return promise

    def ending(self) -> P:
        """A promise of the end, perhaps kept already."""
        promise = self._promise()  # one each: [writer.wait-closed.cancel-harmless], [writer.wait-closed.many]
        self._leaving.append(promise)
        if self.ended:
            self._keep(self._leaving, self.error)  # [writer.wait-closed.again]
        return promise

    def forget(self, promise: P) -> None:
        """Its owner waits no longer."""
        for group in (self._held_up, self._leaving):
            if promise in group:
                group.remove(promise)

    def _keep(self, group: deque[P], error: BaseException | None) -> None:
        while group:
            promise = group.popleft()
            if promise.done():
                continue  # given up, and not forgotten yet
            if error is None:
                promise.set_result(None)
            else:
                promise.set_exception(error)
                promise.exception()  # Seen, whoever gives up now: [connection.lost.unretrieved]
