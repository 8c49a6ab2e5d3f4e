"""Records that cannot change: changed copies of them, and one of each that is known again at sight.

The model makes several new records at every step, and building them through their constructors took half of all the
time. So a copy is made as a twin, a record of the same slots that can be changed, and becomes one of its own kind when
it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, make_dataclass
from functools import cache
from typing import Any, TypeVar

Record = TypeVar("Record")
CLOSED = ("bool", "int", "str", "bytes")

_copying: dict[type, Callable[[Any], Any]] = {}


class Kept:
    """One object of all records that are the same, which is known again at sight as long as it is kept."""

    __slots__ = ("_first", "_others")

    def __init__(self) -> None:
        self._first: dict[Any, Any] = {}
        self._others: dict[str, Any] = {}

    def one(self, record: Record) -> Record:
        """Return the one that is kept of all that are the same as the record."""
        first: Record = self._first.setdefault(record, record)
        if first is record or _same(first, record):
            return first
        return self._others.setdefault(repr(record), record)  # type: ignore[no-any-return]  # it is one of its kind

    def clear(self) -> None:
        """Let go of all of them."""
        self._first.clear()
        self._others.clear()


one = Kept().one


def _same(one: Any, other: Any) -> bool:
    """Check whether what is equal is the same: `True` equals 1, and is another answer."""
    kind = one.__class__
    if kind is not other.__class__:
        return False
    if kind is tuple:
        return all(map(_same, one, other))
    for name in _open(kind):  # noqa: SIM110  # a generator takes twice as long
        if not _same(getattr(one, name), getattr(other, name)):
            return False
    return True


@cache
def _open(kind: type) -> tuple[str, ...]:
    """Return the fields of a record that may hold values of several types."""
    return tuple(field.name for field in fields(kind) if field.type not in CLOSED) if is_dataclass(kind) else ()


def replace(record: Record, /, **changes: Any) -> Record:
    """Return a copy of a frozen slotted dataclass, with some fields changed."""
    kind = record.__class__
    try:
        copy = _copying[kind](record)
    except KeyError:
        copy = _copier(kind)(record)
    for name, value in changes.items():
        setattr(copy, name, value)
    copy.__class__ = kind
    return copy  # type: ignore[no-any-return]  # it has just become one


def _copier(kind: type) -> Callable[[Any], Any]:
    """Return what makes a twin of a record, field by field: in a line each, for a loop takes twice as long."""
    names: tuple[str, ...] = kind.__slots__  # type: ignore[attr-defined]  # every record has slots
    twin = make_dataclass(kind.__name__, names, slots=True, eq=False, repr=False, init=False)
    lines = "; ".join(f"copy.{name} = record.{name}" for name in names)
    made: dict[str, Any] = {"twin": twin}
    exec(f"def copier(record):\n copy = twin(); {lines}; return copy", made)  # noqa: S102  # names of fields, no more
    _copying[kind] = made["copier"]
    return _copying[kind]
