"""Readers that are wrong in one way: overlapping calls."""

import asyncio
from typing import Any

from textbook import TextbookReader


class SecondWaitsToo(TextbookReader):
    """A second call that has to wait does so, and both are woken."""

    def __init__(self, limit: int = 65536, loop: asyncio.AbstractEventLoop | None = None) -> None:
        super().__init__(limit, loop)
        self._waiters: list[asyncio.Future[Any]] = []

    async def _wait(self, method: str) -> None:
        self._resume()
        waiter = self._loop.create_future()
        self._waiters.append(waiter)
        try:
            failure = await waiter
        finally:
            self._waiters.remove(waiter)
        self._look_again(failure)

    def _wake(self, failure: Any = None) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(failure)


class SecondTakesOver(TextbookReader):
    """A second call that has to wait takes the place of the first, which is never woken."""

    def _check_alone(self, method: str) -> None:
        """Ask nothing."""


class SecondAsserted(TextbookReader):
    """A second call that would have to wait is refused with AssertionError."""

    def _check_alone(self, method: str) -> None:
        try:
            super()._check_alone(method)
        except RuntimeError as error:
            raise AssertionError(str(error)) from None


class SecondDisturbsFirst(TextbookReader):
    """A second call that has to wait is refused, and the first is ended likewise."""

    def _check_alone(self, method: str) -> None:
        try:
            super()._check_alone(method)
        except RuntimeError as error:
            self._wake(error)
            raise


class RefusalIsNameless(TextbookReader):
    """The message of the refusal names no method."""

    def _check_alone(self, method: str) -> None:
        super()._check_alone("the method was")


class RefusalNamesAnother(TextbookReader):
    """The message of the refusal always names `readexactly`."""

    def _check_alone(self, method: str) -> None:
        super()._check_alone("readexactly")


class RefusesWhoNeedNotWait(TextbookReader):
    """While a call waits, `read` is refused although bytes for it are unread."""

    async def _read_some(self, count: int) -> bytes:
        self._check_alone("read")
        return await super()._read_some(count)


class RefusesZero(TextbookReader):
    """While a call waits, `read(0)` is refused."""

    async def read(self, n: int = -1) -> bytes:
        if n == 0 and self._exception is None:
            self._check_alone("read")
        return await super().read(n)


class WokenForNothing(TextbookReader):
    """A `read(n)` that was woken returns empty bytes if another call took what was there."""

    async def _read_some(self, count: int) -> bytes:
        if not self._buffer and not self._eof:
            await self._wait("read")
        return self._take(count)


class CleansUpForAnother(TextbookReader):
    """A call that was woken gives up its place at once, and clears that of its successor when it runs."""

    async def _wait(self, method: str) -> None:
        self._check_alone(method)
        self._resume()
        waiter = self._waiter = self._loop.create_future()
        try:
            failure = await waiter
        finally:
            self._waiter = None
        self._look_again(failure)

    def _wake(self, failure: Any = None) -> None:
        super()._wake(failure)
        if self._waiter is not None and not self._waiter.cancelled():
            self._waiter = None

    def _check_alone(self, method: str) -> None:
        if self._waiter is not None:
            raise RuntimeError(f"{method}() called while another coroutine is already waiting")


class SuccessorFails(TextbookReader):
    """A call that has to wait right after the cancellation of another ends with InvalidStateError."""

    def _check_alone(self, method: str) -> None:
        if self._waiter is not None and self._waiter.cancelled():
            raise asyncio.InvalidStateError("the cancelled call has not ended yet")
        super()._check_alone(method)


class SuccessorIsCancelled(TextbookReader):
    """A call that has to wait right after the cancellation of another is cancelled too."""

    def _check_alone(self, method: str) -> None:
        if self._waiter is not None and self._waiter.cancelled():
            raise asyncio.CancelledError
        super()._check_alone(method)


BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.overlap.refused": (SecondWaitsToo, SecondTakesOver, SecondAsserted, SecondDisturbsFirst),
    "reader.overlap.message": (RefusalIsNameless, RefusalNamesAnother),
    "reader.overlap.no-wait": (RefusesWhoNeedNotWait, RefusesZero),
    "reader.overlap.false-end": (WokenForNothing,),
    "reader.overlap.lost-wakeup": (CleansUpForAnother,),
    "reader.overlap.after-cancel": (SuccessorFails, SuccessorIsCancelled),
}
