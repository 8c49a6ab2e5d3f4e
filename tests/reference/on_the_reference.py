"""A pytest plugin for the test suites of other people's programs: `-p on_the_reference` puts the reference under them.

It is loaded before the program is imported. The names of `asyncio.streams` are replaced, there and in `asyncio`; the
classes that were there refuse to be made, so that nobody who found them elsewhere passes for a user of the reference.
"""

import asyncio

import streamgauge.reference


def refuse(*_: object, **__: object) -> None:
    """Stands for the constructors of asyncio's own streams."""
    raise RuntimeError("asyncio's own streams are in use")


for name in asyncio.streams.__all__:
    original, replacement = getattr(asyncio.streams, name), getattr(streamgauge.reference, name)
    setattr(asyncio, name, replacement)
    setattr(asyncio.streams, name, replacement)
    if isinstance(original, type):
        original.__init__ = refuse  # type: ignore[misc]  # for good: this process does nothing else
