"""The bridge to the reference implementation, the only one."""

from __future__ import annotations

import streamgauge.reference
from streamgauge.conformance.adapters.names import Names


def adapter() -> Names:
    """Return the adapter of `streamgauge.reference`."""
    return Names(streamgauge.reference, "reference")
