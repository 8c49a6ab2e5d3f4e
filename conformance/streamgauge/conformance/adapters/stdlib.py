"""The streams of the running interpreter."""

from __future__ import annotations

import asyncio

from streamgauge.conformance.adapters.names import Names


def adapter() -> Names:
    """Return the adapter of `asyncio`."""
    return Names(asyncio, "asyncio")
