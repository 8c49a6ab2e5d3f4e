"""What tests of runs share: runs that do not go far."""

import pytest

from streamgauge.conformance.running import exploring
from streamgauge.conformance.scenarios import exhaustive


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """How a run is put together does not depend on how far it goes."""
    monkeypatch.setitem(exhaustive.BOUNDS, "quick", dict.fromkeys(exhaustive.BOUNDS["quick"], 1))
    monkeypatch.setitem(exploring.SAMPLES, "quick", (2, 20))
