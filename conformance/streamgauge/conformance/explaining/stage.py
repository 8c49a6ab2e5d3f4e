"""What a program that shows a failure stands on: each definition in here is taken as it is, if the program uses it.

Its one idea: whatever is seen goes into `seen`, a few words each, in its order. A step that comes to something else
than where the fault was found has taken another way, on which that fault cannot show. Nothing here takes real time,
and nothing here knows a rule of streams.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import inspect
import os
import threading
import traceback
import zlib
from typing import Any

LONG = 60  # bytes; longer ones are told by their beginning and a sum, to be compared and not to be read
ADDRESS = ("192.0.2.1", 7)

seen: list[str] = []
given: list[Any] = []
errors: dict[str, type[BaseException]] = {
    "IncompleteReadError": asyncio.IncompleteReadError,
    "LimitOverrunError": asyncio.LimitOverrunError,
}


def run(main: Any) -> None:
    """Exit with 1 if the fault shows, with 0 if it does not, with 2 if anything unexpected happens."""
    threading.Timer(30, os._exit, (2,)).start()  # seconds, for a target that never comes back
    try:
        shows = asyncio.new_event_loop().run_until_complete(main())
    except BaseException:
        traceback.print_exc()
        os._exit(2)
    os._exit(shows)  # calls that wait for ever are left to it


# -------------------------------------------------------------- what is seen


async def turns() -> None:
    """Give the loop enough turns to run whatever is left to run."""
    for _ in range(50):
        await asyncio.sleep(0)


async def settle(*words: str) -> None:
    """Run whatever is left to run; go on if just these words were seen."""
    await turns()
    so_far(*words)


def so_far(*words: str) -> None:
    """Go on if just these words were seen since the last time."""
    if seen != [*words]:
        print("something else comes first here:", ", ".join(seen) or "nothing", flush=True)
        os._exit(0)
    seen.clear()


def look(fault: str, *before: str, expected: str) -> bool:
    """Check whether the fault shows: just `before` was seen, and then `fault`, or nothing more if that is empty."""
    print(f"expected: {expected}\nseen:     {', '.join(seen) or 'nothing'}", flush=True)
    return seen[: len(before) + 1] == [*before, fault] if fault else seen == [*before]


def restless() -> bool:
    """Check whether the loop never comes to rest."""
    left = vars(asyncio.get_running_loop())["_ready"]  # private, and there is no other way to ask
    print(f"expected: the loop comes to rest\nseen:     {len(left)} callbacks are left to run", flush=True)
    return bool(left)


def exhausted() -> bool:
    """Check whether memory did not suffice."""
    print(f"expected: it comes back\nseen:     {', '.join(seen) or 'nothing'}", flush=True)
    return any(word.removesuffix(" at once").endswith("MemoryError") for word in seen)


def said(value: Any) -> str:
    """Return a value in words."""
    if isinstance(value, bytes | bytearray | memoryview):
        data = bytes(value)
        text = repr(data)
        if len(data) > LONG:
            text = f"{data[:20]!r}... ({len(data)} bytes, CRC {zlib.crc32(data):x})"
        return text if type(value) is bytes else f"{type(value).__name__}({text})"
    if type(value) is tuple:
        return f"({', '.join(map(said, value))})"
    plain = value is None or type(value) in (bool, int, str)
    return repr(value) if plain else f"an object of {type(value).__name__}"


def named(error: BaseException) -> str:
    """Return the name of the nearest class of an exception that everybody knows."""
    known = {kind: name for name, kind in errors.items()} | {asyncio.CancelledError: "CancelledError"}
    for one in type(error).__mro__:
        if one in known or vars(builtins).get(one.__name__) is one:
            return known.get(one, one.__name__)
    return type(error).__name__


def which(value: Any) -> str:
    """Return which of the exceptions that were given this very object is."""
    return next((f"error {number}" for number, one in enumerate(given, 1) if one is value), "")


def described(error: BaseException) -> str:
    """Return an exception in words."""
    if which(error):
        return which(error)
    held = ((what, getattr(error, what, None)) for what in ("partial", "expected", "consumed"))
    return " ".join([named(error), *(f"{what} {said(value)}" for what, value in held if value is not None)])


def form(error: BaseException) -> tuple[str, str]:
    """Return the message of an exception, and which one it came from."""
    if error.__cause__ is not None:
        return str(error), f"cause: {named(error.__cause__)}"
    return str(error), "None" if error.__context__ is None else named(error.__context__)


# ------------------------------------------------------------- what is done


def mine(error: Any) -> Any:
    """Know this very exception again."""
    given.append(error)
    return error


def start(number: int, method: Any, *args: Any, timer: Any = None, **options: Any) -> asyncio.Task[Any]:
    """Make a call in a task of its own, and see how it ends: the result is what it returned or raised."""

    async def call() -> Any:
        suspended: list[bool] = []
        asyncio.get_running_loop().call_soon(suspended.append, True)
        try:
            async with timer or contextlib.nullcontext():
                value = await method(*args, **options)
            end = f"returned {said(value)}"
        except BaseException as error:
            value, end = error, f"raised {described(error)}"
        seen.append(f"call {number} {end}{'' if suspended else ' at once'}")
        return value

    def unbegun(task: asyncio.Task[Any]) -> None:
        if task.cancelled():
            seen.append(f"call {number} raised CancelledError at once")

    task = asyncio.ensure_future(call())
    task.add_done_callback(unbegun)
    return task


def expire(timer: Any) -> None:
    """Let the time of a time-out be up."""
    with contextlib.suppress(RuntimeError):  # it is over already
        timer.reschedule(0)


def attempt(method: Any, *args: Any, **options: Any) -> Any:
    """Make a plain call, and see what it raises."""
    try:
        return method(*args, **options)
    except BaseException as error:
        seen.append(f"raised {described(error)}")


def answer(method: Any, *args: Any) -> None:
    """Make a plain call, and see what it returns or raises."""
    try:
        value = method(*args)
        seen.append(f"returned {said(value)}")
    except BaseException as error:
        seen.append(f"raised {described(error)}")


def do(method: Any, *args: Any) -> None:
    """Make a plain call, and see what it raises, or returns if there is anything."""
    value = attempt(method, *args)
    if value is not None:
        seen.append(f"returned {said(value)}")


def use_again(chunk: Any) -> None:
    """Do to a buffer what its owner may do: put something else into it, and resize it."""
    chunk[:] = b"\xff" * len(chunk)
    if isinstance(chunk, bytearray):
        chunk.append(0xFF)


class Several(tuple[Any, ...]):
    """A tuple that is more than a tuple."""

    __slots__ = ()


def at_eof(reader: Any) -> Any:
    """Ask for the end, which is a yes or a no."""
    value = reader.at_eof()
    return value if isinstance(value, bool) else f"an object of {type(value).__name__}"


def stored(reader: Any) -> Any:
    """Ask for the stored exception, which is one that was set."""
    value = reader.exception()
    return value if value is None else which(value) or "what was never set"


def methods(reader: Any) -> Any:
    """Ask whether what there is of the read methods can be awaited, and what is plain cannot."""
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


class Transport(asyncio.ReadTransport):
    """A transport without a wire, which sees what it is asked for."""

    def __init__(self, number: int, problem: BaseException | None = None) -> None:
        super().__init__()
        self.number, self.problem, self.reading = number, problem, True

    def pause_reading(self) -> None:
        """Pause, or refuse to."""
        seen.append(f"pause_reading {self.number}")
        if self.problem is not None:
            raise self.problem
        self.reading = False

    def resume_reading(self) -> None:
        """Resume."""
        seen.append(f"resume_reading {self.number}")
        self.reading = True

    def is_reading(self) -> bool:
        """Check whether it delivers data."""
        return self.reading

    def is_closing(self) -> bool:
        """The connection stands."""
        return False
