"""Calls that are awaited: each is a task that notes its own end.

Before a play is over whatever still waits is cancelled, and what comes of that is no observation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from streamgauge.conformance.playing.observing import Broken, Errors, plain, problem
from streamgauge.conformance.worlds.world import Restless, World
from streamgauge.spec.alphabet import Observation, Problem, Quiet, Raised, Returned

QUIET = Quiet()
MOST_CLEANINGS = 3
Note = Callable[[Observation], object]


@lru_cache(maxsize=10_000)
def known(op: int, data: bytes, at_once: bool) -> Returned:
    """Return the end of a call that returned bytes: the same object each time, which a judge knows at first sight."""
    return Returned(op, data, at_once)


class Stopped(BaseException):
    """The user, or a budget, wants the play to stop at once; never an observation."""


class Interrupted(Stopped):
    """The user pressed Ctrl-C."""


class OutOfBudget(Stopped):
    """The implementation used up its `budget` of steps or memory."""

    def __init__(self, budget: str) -> None:
        super().__init__(budget)
        self.budget = budget


class Calls:
    """The calls of one play after the other, in one world. `errors` are the documented exceptions by name."""

    def __init__(self, world: World, errors: Errors) -> None:
        self.world = world
        self._turn = world.turn
        self._loop = world.loop
        self.errors = errors
        self.stopped: Stopped | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._begun: set[int] = set()

    def start(
        self, op: int, call: Callable[[], Awaitable[Any]], seconds: int | None, note: Note, broken: Broken
    ) -> None:
        """Start call number `op`; `seconds` bound it."""
        self._tasks[op] = asyncio.Task(self._await(op, call, seconds, note, broken), loop=self._loop)

    async def _await(
        self, op: int, call: Callable[[], Awaitable[Any]], seconds: int | None, note: Note, broken: Broken
    ) -> None:
        """Await the call and note how it ended; a call that was never suspended ended at once."""
        turn = self._turn
        begun = turn()
        self._begun.add(op)
        try:
            if seconds is None:
                value = await call()
            else:
                async with self.world.timeout(seconds):
                    value = await call()
        except Stopped as stopped:
            self.stopped = stopped
        except MemoryError:
            self.stopped = OutOfBudget("memory")
        except BaseException as raised:
            note(Raised(op, problem(raised, self.errors, broken), turn() == begun))
            raised.__traceback__ = None
        else:
            seen = value if type(value) is bytes else plain(value)
            at_once = turn() == begun
            note(known(op, seen, at_once) if type(seen) is bytes else Returned(op, seen, at_once))

    def cancel(self, op: int, note: Note) -> None:
        """Cancel call number `op`, if it is under way."""
        task = self._tasks.get(op)
        if task is None:
            return

        def unbegun(done: asyncio.Task[None]) -> None:
            if done.cancelled() and op not in self._begun:
                note(Raised(op, Problem("CancelledError"), at_once=True))

        if not task.cancelling():
            # A task that never began ends without a word of its own.
            task.add_done_callback(unbegun)
        task.cancel()

    def settle(self, task: asyncio.Task[Any] | None = None) -> None:
        """Let everything run that can, the task above all. Raises `Stopped` if a call was stopped meanwhile."""
        self.world.settle(task)
        if self.stopped is not None:
            raise self.stopped

    def clean(self) -> None:
        """Cancel what still waits, and forget everything."""
        for _ in range(MOST_CLEANINGS):
            waiting = [task for task in self._tasks.values() if not task.done()]
            for task in waiting:
                task.cancel()
            try:
                self.world.settle()
            except (Restless, OutOfBudget):
                break  # what comes of cleaning up is no observation, nor does it end the play
            if not waiting:
                break
        self._tasks.clear()
        self._begun.clear()
        self.stopped = None
        self.world.reset()
