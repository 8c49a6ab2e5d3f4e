"""Handlers for servers, of every kind that `start_server` takes; a coroutine waits to be told how to end."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, assert_never

from streamgauge.spec.alphabet import Ending, Handler


class Staged(Protocol):
    """Whoever keeps the stage of a handler."""

    stage: Stage | None


Called = Callable[..., Staged]


class HandlerFailed(RuntimeError):
    """What a handler raises that is to raise."""


class Stage:
    """The coroutine of a handler, which waits to be told how to end."""

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self._end = asyncio.get_running_loop().create_future()

    async def wait(self) -> None:
        """Wait for the end, and come to it."""
        await self._end

    def conclude(self, how: Ending) -> None:
        """Let the coroutine come to its end."""
        if how == "cancelled":
            if self._task is not None:
                self._task.cancel()
        elif not self._end.done():
            if how == "raises":
                self._end.set_exception(HandlerFailed("the handler failed"))
            else:
                self._end.set_result(None)


class AsAnObject:
    """An object that can be called like a coroutine function."""

    def __init__(self, coroutine: Callable[..., Coroutine[Any, Any, None]]) -> None:
        self._coroutine = coroutine

    async def __call__(self, *arguments: Any) -> None:
        """Be the handler."""
        await self._coroutine(*arguments)


def handler(kind: Handler, called: Called) -> Any:
    """Return a handler that passes its arguments to `called`."""

    async def coroutine(*arguments: Any) -> None:
        end = called(*arguments)
        end.stage = Stage()
        await end.stage.wait()

    def plain(*arguments: Any) -> None:
        called(*arguments)

    def raising(*arguments: Any) -> None:
        called(*arguments)
        raise HandlerFailed("the handler failed")

    def future(*arguments: Any) -> Any:
        """Return a future that has failed: whoever awaits it, or asks for its outcome, has an exception to report."""
        called(*arguments)
        failed = asyncio.get_running_loop().create_future()
        failed.set_exception(HandlerFailed("the future of the handler failed"))
        failed.exception()  # It complains to nobody when it is collected.
        return failed

    match kind:
        case "plain":
            return plain
        case "plain-raises":
            return raising
        case "future":
            return future
        case "coroutine":
            return coroutine
        case "partial":
            return functools.partial(coroutine)
        case "object":
            return AsAnObject(coroutine)
        case "lambda":
            return lambda *arguments: coroutine(*arguments)  # noqa: PLW0108  # that it is a lambda is the point
        case _:
            assert_never(kind)
