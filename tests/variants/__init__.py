"""Readers and layers that are unusual in one way, and right: each uses a freedom that the clauses leave, and must pass.

Its one idea: a suite that demands more than the clauses say fails one of these. Most replace one method of the
textbook reader, or one part of the textbook layer; some are built on another plan altogether.

- `arguments`, `exceptions`: what is taken, refused, stored and raised
- `reading`, `searching`: what a call returns, and when it is too much
- `waiting`, `pausing`: when calls end, and when the transport hears of it
- `shapes`: other shapes and builds
- `writing`, `draining`: layers whose writer is unusual, or the protocol behind it
- `connecting`: layers whose `open_connection` or `start_server` is

`READERS`, `LAYERS` (writers and protocols) and `CONNECTIONS` hold them all. Every class can be found by its name from
here, as in `streamgauge check variants:WakesLater`.
"""

from typing import Any

from variants import (
    arguments,
    connecting,
    draining,
    exceptions,
    pausing,
    reading,
    searching,
    shapes,
    waiting,
    writing,
)
from variants.variant import Variant

__all__ = ["CONNECTIONS", "LAYERS", "READERS", "Variant"]

OF_READERS = (shapes, arguments, reading, searching, waiting, pausing, exceptions)
OF_LAYERS = (writing, draining)

READERS: tuple[Variant, ...] = tuple(variant for room in OF_READERS for variant in room.VARIANTS)
LAYERS: tuple[Variant, ...] = tuple(variant for room in OF_LAYERS for variant in room.VARIANTS)
CONNECTIONS: tuple[Variant, ...] = connecting.VARIANTS


def __getattr__(name: str) -> Any:
    for room in (*OF_READERS, *OF_LAYERS, connecting):
        if name in vars(room):
            return vars(room)[name]
    raise AttributeError(f"there is no unusual target {name!r}")
