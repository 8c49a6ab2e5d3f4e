"""What an adapter makes, looked at from outside: whether it is what was asked for, and has what is declared.

Of an object only what can be said of it leaves this file, so that it can be said from another process, too.
"""

from __future__ import annotations

import inspect
from asyncio import AbstractEventLoop
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from streamgauge.conformance.adapters import PLAIN_METHODS, READ_METHODS, WRITE_METHODS, Adapter, StreamLayer
from streamgauge.conformance.adapters.names import Names
from streamgauge.conformance.adapters.telling import kind


@dataclass(frozen=True, slots=True)
class Look:
    """What was made last: the names of the types of a reader, or of a reader and a writer, in `kinds`.

    `instead` says in words what there is instead of them, if that is so, and `lacking` which names are declared that
    the last of them does not have. What is made `by_names` is made by the implementation alone.
    """

    kinds: tuple[str, ...] = ()
    instead: str = ""
    lacking: tuple[str, ...] = ()
    by_names: bool = False


class Keeping:
    """An adapter that keeps what it made last: a reader, or what it was given for a connection or for a server."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._made: Any = None
        self.name = adapter.name
        self.capabilities = frozenset(adapter.capabilities)
        self.errors: Mapping[str, type[BaseException]] = adapter.errors

    def reader(self, loop: AbstractEventLoop, *limit: Any) -> Any:
        """Make a reader, and keep it."""
        self._made = self._adapter.reader(loop, *limit)
        return self._made

    async def connect(self, loop: AbstractEventLoop, host: str, port: int, **options: Any) -> Any:
        """Make a connection, and keep what there is."""
        self._made = await cast(StreamLayer, self._adapter).connect(loop, host, port, **options)
        return self._made

    async def serve(self, loop: AbstractEventLoop, callback: Any, host: str, port: int, **options: Any) -> Any:
        """Make a server, and keep what its handler is given."""

        def keeping(*given: Any) -> Any:
            self._made = given
            return callback(*given)

        return await cast(StreamLayer, self._adapter).serve(loop, keeping, host, port, **options)

    def look(self, *, connected: bool) -> Look:
        """Return what can be said of it."""
        made, by_names = self._made, isinstance(self._adapter, Names)
        if not connected:
            if made is None or inspect.isawaitable(made):
                if inspect.iscoroutine(made):
                    made.close()
                return Look(instead="None" if made is None else "an awaitable", by_names=by_names)
            lacking = (one for one in (*READ_METHODS, *PLAIN_METHODS) if not callable(getattr(made, one, None)))
        else:
            if not isinstance(made, tuple) or len(made) != 2 or any(one is None for one in made):
                what = "nothing" if made is None else kind(made)
                return Look(instead=what, by_names=by_names)
            lacking = (one for one in WRITE_METHODS if not hasattr(made[1], one))
        kinds = tuple(map(_kind, made if connected else (made,)))
        return Look(kinds, "", tuple(one for one in lacking if one in self.capabilities), by_names)


def _kind(made: Any) -> str:
    return f"{type(made).__module__}.{type(made).__qualname__}"
