"""What the events of a trace are made of: values, arguments, problems, and the words for their kinds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

Form = Literal["bytes", "bytearray", "memoryview", "str", "none", "zero", "list"]
Pausing = Literal["works", "unsupported", "fails"]
BreakForm = Literal["instance", "class", "none"]
Fate = Literal["accepted", "refused", "unanswered"]
Handler = Literal["plain", "plain-raises", "future", "coroutine", "partial", "object", "lambda"]
Ending = Literal["returns", "raises", "cancelled"]
Version = tuple[int, int]


class Unset(Enum):
    """The argument that is not passed at all."""

    UNSET = "unset"


UNSET = Unset.UNSET


@dataclass(frozen=True, slots=True)
class Shaped:
    """An argument or a result of a type that needs its name said: `kind` and its contents."""

    kind: str
    content: bytes | str | tuple[Argument, ...]


Argument = int | bytes | str | None | Shaped | tuple["Argument", ...]
Value = int | bytes | str | None | Shaped | tuple["Value", ...]
Options = tuple[tuple[str, Argument], ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """An exception as plain data.

    `name` is the documented name of the nearest known class; `injected` counts the `Break` whose very object
    it is (0: none of them). The message is kept without object addresses.
    """

    name: str
    injected: int = 0
    partial: Value = None
    expected: Value = None
    consumed: Value = None
    message: str = field(default="")
    context: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for a whole scenario: the limit (bytes) the reader is made with, and whose rules apply."""

    limit: Argument | Unset = UNSET
    python: Version = (3, 15)
