"""Cleaning up after a play: it comes to an end, whatever the implementation does then."""

from typing import Any

import pytest

from streamgauge.conformance.playing.calls import Calls, OutOfBudget
from streamgauge.conformance.worlds.hand import ByHand
from streamgauge.conformance.worlds.world import Restless


@pytest.mark.parametrize("trouble", [Restless(), OutOfBudget("steps")], ids=["restless", "out of budget"])
def test_what_never_rests_while_it_is_cleaned_up_ends_nothing(
    trouble: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, cleaned = ByHand(), []

    def settle(*_: Any) -> None:
        raise trouble

    monkeypatch.setattr(world, "settle", settle)
    monkeypatch.setattr(world, "reset", lambda: cleaned.append(True))
    Calls(world, ()).clean()
    assert cleaned == [True]
