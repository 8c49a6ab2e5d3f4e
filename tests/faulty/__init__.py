"""Readers and stream layers that are wrong in exactly one way, each with the clause that must be reported as failed.

Its one idea: every fault is one override of the textbook reader or layer, so everything else about it is right, and the
blame has one right address. There is a module for each section of the chapters, with its faults by clause in `BROKEN`:

- `construction`: the limit, the kinds of the methods, what they return, `repr`
- `feeding`: chunks and the end
- `read`, `readexactly`, `readuntil`, `overrun` (its limit), `separators` (a tuple of them): the calls
- `readline`, `iteration`: lines
- `at_eof`, `exception`: what is asked, what is stored
- `overlap`, `cancel`: two calls at a time, and calls that are given up
- `flow`: pausing and resuming the transport
- `errors`: the error classes
- `seldom`, `seldom_layers`: whatever goes wrong only at a certain size, after a certain history, or by a coincidence
- `writing`, `draining`, `closing`: layers whose writer is wrong, or the protocol behind it
- `connection`, `protocol`: `open_connection`, and what reaches an end of a connection
- `serving`, `handling`: `start_server`, and its handlers

`FAULTY` holds them all. `trivial` and `hostile` hold those that do next to nothing and those that fight the suite.
Every reader can be found by its name from here, as in `streamgauge check faulty:EndWakesNobody`.
"""

from typing import Any, NamedTuple

from faulty import (
    at_eof,
    cancel,
    closing,
    connection,
    construction,
    draining,
    errors,
    exception,
    feeding,
    flow,
    handling,
    iteration,
    overlap,
    overrun,
    protocol,
    read,
    readexactly,
    readline,
    readuntil,
    seldom,
    seldom_layers,
    separators,
    serving,
    writing,
)
from faulty.hostile import HOSTILE
from faulty.trivial import TRIVIAL, TRIVIAL_LAYERS
from streamgauge.spec.clauses import by_id

__all__ = ["BROKEN", "FAULTY", "HOSTILE", "TRIVIAL", "TRIVIAL_LAYERS", "Fault"]


NEWEST = (3, 13)


class Fault(NamedTuple):
    """A target, the clause that must be reported as failed, and the Python whose rules show it (None: any)."""

    reader: Any
    blamed: str
    needs_python: tuple[int, int] | None = None

    @property
    def rules(self) -> tuple[int, int]:
        """The Python by whose rules it is judged: where nothing else is needed, the newest that has the clause."""
        clause = by_id()[self.blamed]
        return self.needs_python or clause.until or max(NEWEST, clause.since or NEWEST)


ROOMS = (
    construction,
    feeding,
    read,
    readexactly,
    readuntil,
    overrun,
    separators,
    readline,
    iteration,
    at_eof,
    exception,
    overlap,
    cancel,
    flow,
    errors,
    seldom,
    writing,
    draining,
    closing,
    protocol,
    connection,
    serving,
    handling,
    seldom_layers,
)

# The clause that each of them breaks.
BROKEN: dict[str, tuple[Any, ...]] = {}
for _room in ROOMS:
    for _clause, _readers in _room.BROKEN.items():
        BROKEN[_clause] = (*BROKEN.get(_clause, ()), *_readers)

RULES = {
    "reader.separators.before-3-13": (3, 12),
    "writer.drain.second": (3, 9),
    "server.callback.plain-raises-closed": (3, 15),
}


def _needed_python(clause: str) -> tuple[int, int] | None:
    if clause in RULES:
        return RULES[clause]
    return (3, 13) if clause.startswith("reader.separators.") else None


FAULTY: tuple[Fault, ...] = tuple(
    Fault(reader, clause, _needed_python(clause)) for clause, readers in BROKEN.items() for reader in readers
)

_READERS = {reader.__name__: reader for reader in (*(fault.reader for fault in FAULTY), *TRIVIAL, *HOSTILE)}


def __getattr__(name: str) -> Any:
    try:
        return _READERS[name]
    except KeyError:
        raise AttributeError(f"there is no faulty reader {name!r}") from None
