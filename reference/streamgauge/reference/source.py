"""`Source`: where the bytes of an inbox come from, as far as the inbox cares.

A transport is one. All that is asked of it is to hold back, and to go on.
"""

from typing import Protocol


class Source(Protocol):
    """Something that delivers bytes, and can be asked to wait."""

    def pause_reading(self) -> None:
        """Deliver nothing until resumed."""
        ...

    def resume_reading(self) -> None:
        """Go on delivering."""
        ...
