"""The adapter for anything that has (some of) the names of `asyncio.streams`."""

from __future__ import annotations

import asyncio
import inspect
import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from streamgauge.conformance.adapters import ERRORS, PLAIN_METHODS, READ_METHODS, AdapterFault


class Names:
    """An adapter over a namespace with a `StreamReader`, or over a reader class itself.

    Raises `AdapterFault` if there is nothing in it that the suite could drive.
    """

    def __init__(self, target: Any, name: str) -> None:
        self.name = name
        self._make, self._home = _reader_of(target, name)
        self.errors: Mapping[str, type[BaseException]] = MappingProxyType(
            {error: _error(error, target, self._home) for error in ERRORS}
        )
        self._takes_loop, takes_limit = _parameters(self._make)
        present = {method for method in (*READ_METHODS, *PLAIN_METHODS) if hasattr(self._make, method)}
        extras = {"limit"} if takes_limit else set()
        if "readuntil" in present:
            extras.add("separators")
        self.capabilities = frozenset(present | extras | set(ERRORS))

    def reader(self, loop: AbstractEventLoop, *limit: Any) -> Any:
        """Return a new reader on `loop`; at most one `limit` (bytes) is given.

        A reader that is made without a limit is made without a loop, too: it has to find the running one.
        """
        if not limit:
            return self._make()
        options: dict[str, Any] = {"loop": loop} if self._takes_loop else {}
        return self._make(limit=limit[0], **options)


def looks_like_reader(target: Any) -> bool:
    """Tell whether `target` is itself a class of readers."""
    return inspect.isclass(target) and any(hasattr(target, method) for method in READ_METHODS[:4])


def _reader_of(target: Any, name: str) -> tuple[Callable[..., Any], Any]:
    inner = getattr(target, "StreamReader", None)
    if inner is not None:
        return inner, target
    if looks_like_reader(target):
        return target, sys.modules.get(target.__module__)
    raise AdapterFault(
        f"{name} has none of the names of asyncio.streams: expected a StreamReader in it, or a class with read methods"
    )


def _error(error: str, target: Any, home: Any) -> type[BaseException]:
    for place in (target, home, asyncio):
        found = getattr(place, error, None)
        if inspect.isclass(found) and issubclass(found, BaseException):
            return found
    raise AdapterFault(f"{error} is no exception class")


def _parameters(make: Callable[..., Any]) -> tuple[bool, bool]:
    """Return whether the constructor takes a loop, and whether it takes a limit."""
    try:
        parameters = inspect.signature(make).parameters
    except (TypeError, ValueError):
        return False, True
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters.values()):
        return True, True
    return "loop" in parameters, "limit" in parameters
