"""`maker_of_futures`: how an event loop makes what its callers wait for.

Everybody who waits needs one. That of asyncio's own loops is a method in Python around a class in C; where it is that
method, the class is called without it, which takes half the time.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any


def maker_of_futures(loop: asyncio.AbstractEventLoop) -> Callable[[], "asyncio.Future[Any]"]:
    """Return what makes the same futures as `loop.create_future`, of this loop or any other."""
    make = loop.create_future
    # for speed
    if getattr(make, "__func__", None) is asyncio.BaseEventLoop.create_future:
        return partial(asyncio.Future, loop=loop)
    return make
