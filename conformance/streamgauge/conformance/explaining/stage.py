"""What a program that shows a failure stands on: each definition in here is taken as it is, if the program uses it.

Its one idea: whatever is seen goes into `seen`, in the words of time lines, and the program goes the way of the trace
as long as just that is seen. It ends where that way parts from a right one. Nothing here takes real time, and nothing
here knows a rule of streams.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import sys
import threading
from contextlib import contextmanager, suppress
from typing import Any

LONG = 32  # characters

seen: list[str] = []
given: list[Any] = []
errors = {name: getattr(asyncio, name) for name in ("IncompleteReadError", "LimitOverrunError", "CancelledError")}


@contextmanager
def guarded() -> Any:
    """Exit with 2 if anything happens that was not expected, or nothing any more."""
    timer = threading.Timer(30, os._exit, (2,))  # seconds, for a target that never comes back
    timer.start()
    try:
        yield
    except BaseException as error:
        print(f"this was not expected: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(2)
    timer.cancel()


def run(main: Any) -> None:
    """Exit with 1 if `main` comes to its end, for then the fault shows."""
    with guarded():
        asyncio.new_event_loop().run_until_complete(main())
    os._exit(1)  # calls that wait for ever are left to it


# -------------------------------------------------------------- what is seen


async def look(*way: str, fault: str = "nothing", right: str | tuple[str, ...] = (), turns: int = 50) -> None:
    """Run what is left; go on if just this was seen, and then the fault. Exit with 0 if it is right, else with 2."""
    for _ in range(turns):
        await asyncio.sleep(0)
    came = seen[len(way) :] or ["nothing"]
    print(f"seen: {seen!a}", *[f"right: {right!a}"] * bool(right), sep="\n", flush=True)
    if seen[: len(way)] != [*way] or came[0] != fault:
        os._exit(0 if any(one.startswith(right) for one in (*seen, *came)) else 2)
    seen.clear()


def cut(data: bytes, most: int = LONG) -> str:
    """Return bytes as a literal of about `most` characters, cut in the middle if it is longer."""
    if len(data) <= most and len(repr(data)) <= most + 3:
        return repr(data)
    piece = max(most // 4, 4)
    return f"{data[:piece]!r}…{data[-piece:]!r} ({len(data)} bytes)"


def said(value: Any) -> str:
    """Return a value in words."""
    if type(value) is bytes:
        return cut(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{type(value).__name__}({cut(bytes(value))})"
    if type(value) is tuple:
        return f"({', '.join(map(said, value))}{',' * (len(value) == 1)})"
    if isinstance(value, BaseException):
        return f"{type(value).__name__}()"
    plain = value is None or type(value) in (bool, int, str)
    return repr(value) if plain else f"an object ({type(value).__name__})"


def described(error: BaseException) -> str:
    """Return an exception in words: its nearest class that everybody knows, and what it carries."""
    known = {kind: name for name, kind in errors.items()}
    kind = next(one for one in type(error).__mro__ if one in known or one.__module__ == "builtins")
    if error in given:
        return f"the very {known.get(kind, kind.__name__)} that was set{again(given.index(error) + 1)}"
    held = (
        f", {what} {said(vars(error)[what])}" for what in ("partial", "expected", "consumed") if what in vars(error)
    )
    return known.get(kind, kind.__name__) + "".join(held)


def again(number: int) -> str:
    """Return which one of several is meant, unless it is the first."""
    return "" if number == 1 else f" (number {number})"


# ------------------------------------------------------------- what is done


def mine(error: Any) -> Any:
    """Know this very exception again."""
    given.append(error)
    return error


async def call(number: int, method: Any, *args: Any, **options: Any) -> None:
    """Make a call, and see how it ends."""
    try:
        end = f"returned {said(await method(*args, **options))}"
    except BaseException as error:
        end = f"raised {described(error)}"
    seen.append(f"call {number} {end}")


async def promptly(method: Any, *args: Any, **options: Any) -> Any:
    """Make a call, and see whether it lets others run."""
    later: list[bool] = []
    asyncio.get_running_loop().call_soon(later.append, True)
    try:
        return await method(*args, **options)
    finally:
        seen.append("not at once" if later else "at once")


async def within(timer: Any, method: Any, *args: Any) -> Any:
    """Make a call with a time-out."""
    async with timer:
        return await method(*args)


def expire(timer: Any) -> None:
    """Let the time of a time-out be up."""
    with suppress(RuntimeError):  # it is over already
        timer.reschedule(0)


async def formed(form: Any, method: Any, *args: Any) -> Any:
    """Make a call, and see what form the exception has that it raises."""
    try:
        return await method(*args)
    except BaseException as error:
        seen.append(form(error))
        raise


WORD = r"\w+"


def names(name: str, error: BaseException) -> str:
    """Say whether the message of an exception names something."""
    return f"names {name}: {name in re.findall(WORD, str(error))}"


def origin(error: BaseException) -> str:
    """Say what an exception came of."""
    cause = error.__cause__
    return f"came of {type(error.__context__).__name__ if cause is None else f'cause: {type(cause).__name__}'}"


def attempt(method: Any, *args: Any, **options: Any) -> Any:
    """Make a plain call, and see what it raises."""
    try:
        return method(*args, **options)
    except BaseException as error:
        seen.append(f"at once raised {described(error)}")


def do(method: Any, *args: Any) -> None:
    """Make a plain call, and see what it raises, or returns if there is anything."""
    value = attempt(method, *args)
    if value is not None:
        seen.append(f"returned {said(value)}")


def answer(method: Any, *args: Any) -> None:
    """Put a question, and see the answer."""
    attempt(lambda: seen.append(f"answered {said(method(*args))}"))


def use_again(chunk: Any) -> None:
    """Use a buffer as its owner may: put something else into it, and resize it."""
    chunk[:] = b"\xff" * len(chunk)
    if isinstance(chunk, bytearray):
        chunk.append(0xFF)


class Several(tuple[Any, ...]):
    """A tuple that is more than a tuple."""

    __slots__ = ()


# ------------------------------------------------------------- what is asked


def at_eof(reader: Any) -> Any:
    """See whether it is at the end, which is a yes or a no."""
    value = reader.at_eof()
    return value if isinstance(value, bool) else f"an object ({type(value).__name__})"


NEVER = "an exception that was never set"


def stored(reader: Any) -> Any:
    """See the stored exception, which is one that was set."""
    value = reader.exception()
    if value is None:
        return None
    return f"the exception that was set{again(given.index(value) + 1)}" if value in given else NEVER


def methods(reader: Any) -> Any:
    """Check whether what there is of the read methods can be awaited, and what is plain cannot."""
    wanted = {"read": (0,), "readexactly": (0,), "readuntil": (), "readline": (), "__anext__": ()}
    plain: dict[str, tuple[int, ...]] = {"at_eof": (), "feed_eof": ()}
    for name, args in {**wanted, **plain}.items():
        if hasattr(reader, name):
            value = getattr(reader, name)(*args)
            awaited = inspect.isawaitable(value)
            getattr(value, "close" if inspect.iscoroutine(value) else "cancel", int)()
            if awaited is (name in plain):
                return f"{name} is {'not a plain call' if awaited else 'not awaitable'}"
    return True


# ----------------------------------------------------- what a transport is asked

ASKED = {
    "pause_reading": "called pause_reading",
    "resume_reading": "called resume_reading",
    "write": "the transport was handed {}",
    "write_eof": "write_eof was called on the transport",
    "close": "the transport was closed",
    "abort": "the transport was aborted",
}


class Transport(asyncio.ReadTransport):
    """A transport without a wire; what it is asked for is seen."""

    def __init__(self, number: int, problem: BaseException | None = None) -> None:
        super().__init__()
        self.whose = "" if number == 1 else f" of transport {number}"
        self.problem, self.reading = problem, True

    def pause_reading(self) -> None:
        """Pause, or refuse to."""
        seen.append(f"called pause_reading{self.whose}")
        if self.problem is not None:
            raise self.problem
        self.reading = False

    def resume_reading(self) -> None:
        """Resume."""
        seen.append(f"called resume_reading{self.whose}")
        self.reading = True

    def is_reading(self) -> bool:
        """Check whether it delivers data."""
        return self.reading

    def is_closing(self) -> bool:
        """The connection stands."""
        return False
