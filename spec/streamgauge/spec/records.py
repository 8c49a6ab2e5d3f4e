"""Changing records that cannot change: `dataclasses.replace` for slotted records without validation.

The model makes a new state at every step, and building one through its constructor took half of all the time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

Record = TypeVar("Record")

_new = object.__new__


def replace(record: Record, **changes: Any) -> Record:
    """Return a copy of a frozen slotted dataclass of two fields or more, with some fields changed."""
    kind = type(record)
    values_of, setters, setter_of = _fields(kind)  # type: ignore[arg-type]  # a class can be hashed
    copy = _new(kind)
    for setter, value in zip(setters, values_of(record), strict=True):
        setter(copy, value)
    for name, value in changes.items():
        setter_of[name](copy, value)
    return copy


_Setter = Callable[[Any, Any], None]


@cache
def _fields(kind: type) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[_Setter, ...], dict[str, _Setter]]:
    """Return how to read all fields of a class, and how to set each in spite of its being frozen."""
    names: tuple[str, ...] = kind.__slots__  # type: ignore[attr-defined]  # every record has slots
    setters = {name: getattr(kind, name).__set__ for name in names}
    return attrgetter(*names), tuple(setters.values()), setters
