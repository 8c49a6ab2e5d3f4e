"""Changing records that cannot change: `dataclasses.replace` for slotted records without validation.

The model makes a new state at every step, and building one through its constructor took half of all the time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

Record = TypeVar("Record")

_set = object.__setattr__


def replace(record: Record, **changes: Any) -> Record:
    """Return a copy of a frozen slotted dataclass of two fields or more, with some fields changed."""
    kind = type(record)
    names, values_of = _fields(kind)  # type: ignore[arg-type]  # a class can be hashed
    copy = object.__new__(kind)
    for name, value in zip(names, values_of(record), strict=True):
        _set(copy, name, value)
    for name, value in changes.items():
        _set(copy, name, value)
    return copy


@cache
def _fields(kind: type) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names: tuple[str, ...] = kind.__slots__  # type: ignore[attr-defined]  # every record has slots
    return names, attrgetter(*names)
