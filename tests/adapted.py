"""Adapters around implementations that are wrong in one way: what they make cannot be had by the names of asyncio."""

import asyncio
from typing import Any

import faulty
from streamgauge.conformance.adapters.names import Names


class OfReaders:
    """An adapter with a shape of its own: its readers have no public class."""

    name = "of readers"
    capabilities = Names(faulty.EndWakesNobody, "").capabilities
    errors = Names(faulty.EndWakesNobody, "").errors

    def reader(self, loop: asyncio.AbstractEventLoop, *limit: Any) -> Any:
        return faulty.EndWakesNobody(*limit, loop=loop)


class WritesTwice(asyncio.StreamWriter):
    """A writer by itself, of which asyncio makes connections: it hands over everything twice."""

    def write(self, data: Any) -> None:
        super().write(data)
        super().write(data)


class OfLayers(Names):
    """An adapter whose connections have a writer that is wrong."""

    def __init__(self) -> None:
        super().__init__(WritesTwice, "of layers")


made = OfReaders()


class Holder:
    """A namespace that keeps its adapter."""

    streamgauge_adapter = OfReaders
