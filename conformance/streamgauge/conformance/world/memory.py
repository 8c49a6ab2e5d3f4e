"""The memory world: a bare reader that is fed by hand, and transports that only count pauses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Report = Callable[[str, int], None]


class Transport:
    """A read transport without a wire: it reports what is asked of it, and may refuse to pause.

    `pausing` is `works`, `unsupported` (`pause_reading` raises NotImplementedError, as many transports do), or
    `fails` (it raises RuntimeError).
    """

    def __init__(self, number: int, pausing: str, report: Report) -> None:
        self._number = number
        self._pausing = pausing
        self._report = report
        self._paused = False

    def pause_reading(self) -> None:
        """Pause, or refuse to."""
        self._report("paused", self._number)
        if self._pausing == "unsupported":
            raise NotImplementedError
        if self._pausing == "fails":
            raise RuntimeError("pause_reading failed")
        self._paused = True

    def resume_reading(self) -> None:
        """Resume."""
        self._report("resumed", self._number)
        self._paused = False

    def is_reading(self) -> bool:
        """Tell whether the transport is delivering data."""
        return not self._paused

    def is_closing(self) -> bool:
        """Tell that the connection stands."""
        return False

    def close(self) -> None:
        """There is nothing to close."""

    def abort(self) -> None:
        """There is nothing to abort."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return the default: there is no socket behind this transport."""
        return default
