"""A deterministic event loop: a ready queue, a timer heap, and a clock that moves only when told.

It has no selector and no threads. `settle` runs whatever is ready until nothing is left, so that "it hangs"
becomes an observation instead of a time-out. What the loop does not offer raises `NotImplementedError`.
"""

from __future__ import annotations

import asyncio
import contextvars
import heapq
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from itertools import count
from typing import Any, Protocol

from streamgauge.conformance.worlds.world import Restless

MOST_CALLBACKS = 20_000


class Handle:
    """A callback that waits for its turn; cancelling it is all one can do."""

    __slots__ = ("args", "callback", "context")

    def __init__(self, callback: Callable[..., Any], args: tuple[Any, ...], context: contextvars.Context) -> None:
        self.callback: Callable[..., Any] | None = callback
        self.args = args
        self.context = context

    def cancel(self) -> None:
        """Never run the callback."""
        self.callback = None

    def cancelled(self) -> bool:
        """Check whether the callback was cancelled."""
        return self.callback is None


class TimerHandle(Handle):
    """A callback that waits for a moment; `when` is in seconds of the loop's own clock."""

    __slots__ = ("_when",)

    def __init__(
        self, when: float, callback: Callable[..., Any], args: tuple[Any, ...], context: contextvars.Context
    ) -> None:
        super().__init__(callback, args, context)
        self._when = when

    def when(self) -> float:
        """Return the moment, in seconds of the loop's own clock."""
        return self._when


class Network(Protocol):
    """What a loop asks when connections are made; its world answers."""

    async def connect(self, factory: Callable[[], Any], options: dict[str, Any]) -> tuple[Any, Any]:
        """Return a transport and its protocol, or raise what a network raises."""

    async def listen(self, factory: Callable[[], Any], options: dict[str, Any]) -> Any:
        """Return a server."""


# The documented parameters, with the defaults that need not be passed on.
CONNECTING: dict[str, Any] = {
    **dict.fromkeys(("ssl", "sock", "local_addr", "server_hostname", "ssl_handshake_timeout", "ssl_shutdown_timeout")),
    **dict.fromkeys(("happy_eyeballs_delay", "interleave", "host", "port")),
    **dict.fromkeys(("family", "proto", "flags"), 0),
    "all_errors": False,
}
LISTENING: dict[str, Any] = {
    **dict.fromkeys(("ssl", "sock", "reuse_address", "reuse_port", "keep_alive", "ssl_handshake_timeout")),
    **dict.fromkeys(("ssl_shutdown_timeout", "host", "port")),
    "family": 0,
    "flags": 1,
    "backlog": 100,
    "start_serving": True,
}


class Loop(asyncio.AbstractEventLoop):
    """The loop. `callbacks_run` counts the callbacks so far; `reported` holds what its exception handler was told.

    `network` is asked for connections and servers, `on_report` is told of each report, where there are such.
    """

    def __init__(self) -> None:
        self._ready: deque[Handle] = deque()
        self._timers: list[tuple[float, int, TimerHandle]] = []
        self._order = count()
        self._now = 0.0
        self.callbacks_run = 0
        self.reported: list[dict[str, Any]] = []
        self.network: Network | None = None
        self.on_report: Callable[[Any], None] | None = None

    # ----------------------------------------------------- what asyncio asks

    def call_soon(  # type: ignore[override]  # the stubs spell the arguments out
        self, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> Any:
        """Make the callback ready."""
        handle = Handle(callback, args, context if context is not None else contextvars.copy_context())
        self._ready.append(handle)
        return handle

    def call_soon_threadsafe(  # type: ignore[override]  # the stubs spell the arguments out
        self, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> Any:
        """Make the callback ready: there is but one thread."""
        return self.call_soon(callback, *args, context=context)

    def call_later(  # type: ignore[override]  # the stubs spell the arguments out
        self, delay: float, callback: Any, *args: Any, context: Any = None
    ) -> Any:
        """Make the callback ready in `delay` seconds."""
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]  # the stubs spell the arguments out
        self, when: float, callback: Any, *args: Any, context: Any = None
    ) -> Any:
        """Make the callback ready at a moment of the clock."""
        handle = TimerHandle(when, callback, args, context if context is not None else contextvars.copy_context())
        if when > self._now:
            heapq.heappush(self._timers, (when, next(self._order), handle))
        else:
            self._ready.append(handle)
        return handle

    def time(self) -> float:
        """Return the moment (seconds)."""
        return self._now

    def create_future(self) -> asyncio.Future[Any]:
        """Return a future of this loop."""
        return asyncio.Future(loop=self)

    def create_task(
        self, coro: Coroutine[Any, Any, Any] | Generator[Any, None, Any], **options: Any
    ) -> asyncio.Task[Any]:
        """Return a task of this loop."""
        return asyncio.Task(coro, loop=self, **options)

    def get_debug(self) -> bool:
        """Debug mode is off."""
        return False

    def is_running(self) -> bool:
        """The loop runs: whoever asks is inside it."""
        return True

    def is_closed(self) -> bool:
        """The loop is open."""
        return False

    async def create_connection(
        self, protocol_factory: Callable[[], Any], host: Any = None, port: Any = None, **options: Any
    ) -> tuple[Any, Any]:
        """Return a transport and its protocol. Raises `TypeError` for an argument that is not documented."""
        if self.network is None:
            raise NotImplementedError
        given = _given("create_connection", CONNECTING, {"host": host, "port": port, **options})
        return await self.network.connect(protocol_factory, given)

    async def create_server(
        self, protocol_factory: Callable[[], Any], host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        """Return a server. Raises `TypeError` for an argument that is not documented."""
        if self.network is None:
            raise NotImplementedError
        given = _given("create_server", LISTENING, {"host": host, "port": port, **options})
        return await self.network.listen(protocol_factory, given)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Remember what is reported."""
        self.reported.append(context)
        if self.on_report is not None and not _left_over(context):
            self.on_report(context.get("exception"))

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        """Remember what is reported."""
        self.reported.append(context)

    # ------------------------------------------------------- what worlds ask

    def turn(self) -> int:
        """Return how many callbacks have run."""
        return self.callbacks_run

    def settle(self, task: asyncio.Task[Any] | None = None) -> None:
        """Run until nothing is ready, whatever became of the task. Raises `Restless` after too many callbacks."""
        ready = self._ready
        popleft = ready.popleft
        left = MOST_CALLBACKS
        while ready:
            handle = popleft()
            callback = handle.callback
            if callback is not None:
                self.callbacks_run += 1
                try:
                    handle.context.run(callback, *handle.args)
                except (Exception, asyncio.CancelledError, SystemExit) as problem:
                    self.call_exception_handler({"message": "exception in a callback", "exception": problem})
            left -= 1
            if not left:
                ready.clear()
                raise Restless

    def advance(self, seconds: float) -> None:
        """Move the clock by `seconds`; timers that fall due become ready, in the order of their moments."""
        self._now += seconds
        while self._timers and self._timers[0][0] <= self._now:
            _, _, handle = heapq.heappop(self._timers)
            self._ready.append(handle)

    def reset(self) -> None:
        """Forget everything that is planned; the clock starts again at 0."""
        self._ready.clear()
        self._timers.clear()
        self.reported.clear()
        self._now = 0.0


def _given(method: str, known: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that say something, by name. Raises `TypeError` if one is unknown."""
    for name in options:
        if name not in known:
            raise TypeError(f"{method}() got an unexpected keyword argument {name!r}")
    return {name: value for name, value in options.items() if value != known[name]}


def _left_over(context: dict[str, Any]) -> bool:
    """Check whether a task or future reports itself because it is collected, which happens at no certain moment."""
    message = str(context.get("message", ""))
    return message.endswith(("was never retrieved", "was destroyed but it is pending!"))


def new_loop() -> Loop:
    """Return a new loop."""
    return Loop()  # type: ignore[abstract]  # the stubs call abstract what raises NotImplementedError here
