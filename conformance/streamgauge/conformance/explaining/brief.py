"""The short forms of what stands in `stage` under the same names, for programs of bare readers which need no more.

Its one idea: what a program has to tell apart is what was seen where the fault was found. If only plain values were
seen there, `repr` says them as well as `stage.said` does, and whatever else comes is another word than the one wanted.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from streamgauge.conformance.explaining.stage import given, seen, turns

said = repr


async def settle(*words: str) -> None:
    """Run whatever is left to run; go on if just these words were seen."""
    await turns()
    if seen != [*words]:
        print("something else comes first here:", ", ".join(seen) or "nothing", flush=True)
        os._exit(0)
    seen.clear()


def described(error: BaseException) -> str:
    """Return an exception in words."""
    if error in given:
        return f"error {given.index(error) + 1}"
    known = (asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError)
    name = next(one.__name__ for one in type(error).__mro__ if one in known or one.__module__ == "builtins")
    held = [(what, getattr(error, what, None)) for what in ("partial", "expected", "consumed")]
    return " ".join([name, *(f"{what} {value}" for what, value in held if value is not None)])


def start(number: int, method: Any, *args: Any) -> asyncio.Task[None]:
    """Make a call in a task of its own, and see how it ends."""

    async def call() -> None:
        suspended: list[bool] = []
        asyncio.get_running_loop().call_soon(suspended.append, True)
        try:
            end = f"returned {await method(*args)!r}"
        except BaseException as error:
            end = f"raised {described(error)}"
        seen.append(f"call {number} {end}{'' if suspended else ' at once'}")

    return asyncio.create_task(call())
