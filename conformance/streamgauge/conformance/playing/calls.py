"""Calls that are awaited: each is a task that notes its own end.

Before a play is over whatever still waits is cancelled, and what comes of that is no observation.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from streamgauge.conformance.playing.observing import Broken, Errors, facts, plain
from streamgauge.conformance.worlds.world import Restless, World
from streamgauge.spec.alphabet import Observation, Problem, Quiet, Raised, Returned

QUIET = Quiet()
MOST_CLEANINGS = 3
Note = Callable[[Observation], object]


# Ends of calls that are seen again and again are the same objects, which a judge knows at first sight.
returned = lru_cache(maxsize=10_000)(Returned)


@lru_cache(maxsize=10_000, typed=True)
def failed(op: int, at_once: bool, *facts: Any) -> Raised:
    """Return the end of a call that raised an exception of which these are the facts."""
    return Raised(op, Problem(*facts), at_once)


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
        self._loop, self._turn, self._run = world.loop, world.turn, world.settle
        self.errors = errors
        self.stopped: Stopped | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}

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
            note(failed(op, turn() == begun, *facts(raised, self.errors, broken)))
            raised.__traceback__ = None
        else:
            seen = value if type(value) is bytes else plain(value)
            at_once = turn() == begun
            note(returned(op, seen, at_once) if type(seen) is bytes else Returned(op, seen, at_once))

    def cancel(self, op: int, note: Note) -> None:
        """Give up call number `op`, if it is under way."""
        task = self._tasks.get(op)
        if task is None:
            return
        coroutine: Any = task.get_coro()
        if inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED and not task.cancelling():
            # A task that never begins ends without a word of its own.
            task.add_done_callback(lambda done: note(Raised(op, Problem("CancelledError"), at_once=True)))
        task.cancel()

    def settle(self, task: asyncio.Task[Any] | None = None) -> None:
        """Let everything run that can, the task above all. Raises `Stopped` if a call was stopped meanwhile."""
        self._run(task)
        if self.stopped is not None:
            raise self.stopped

    def clean(self) -> None:
        """Give up what still waits, and forget everything."""
        for _ in range(MOST_CLEANINGS):
            waiting = [task for task in self._tasks.values() if not task.done()]
            for task in waiting:
                task.cancel()
            try:
                self._run()
            except (Restless, OutOfBudget):
                break  # what comes of cleaning up is no observation, nor does it end the play
            if not waiting:
                break
        self._tasks.clear()
        self.stopped = None
        self.world.reset()
