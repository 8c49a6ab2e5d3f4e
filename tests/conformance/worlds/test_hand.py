"""A bare reader is fed with calls of its own; its transports refuse to pause as they were told to."""

from __future__ import annotations

from typing import Any

import pytest

from streamgauge.conformance.worlds.hand import ByHand, Hand


class Fed:
    """A reader that keeps what it was fed."""

    def __init__(self) -> None:
        self.fed: list[Any] = []

    def feed_data(self, data: Any) -> None:
        self.fed.append(data)

    def feed_eof(self) -> None:
        raise ValueError("no")


def test_a_hand_feeds_the_very_object_and_hears_what_the_reader_raises() -> None:
    reader, data = Fed(), bytearray(b"a")
    hand = Hand(reader)
    hand.arrive(data)
    assert reader.fed[0] is data
    with pytest.raises(ValueError, match="no"):
        hand.end()


def test_a_hand_does_nothing_to_a_connection() -> None:
    reader = Fed()
    hand = Hand(reader)
    hand.hold(True)
    hand.clog()
    hand.unclog(None)
    hand.lose(None)
    assert reader.fed == []


def test_pausing_and_resuming_is_remembered() -> None:
    made = ByHand().attachment("works")
    assert made.is_reading()
    made.pause_reading()
    assert not made.is_reading()
    made.resume_reading()
    assert made.is_reading()


@pytest.mark.parametrize(("pausing", "error"), [("unsupported", NotImplementedError), ("fails", RuntimeError)])
def test_a_transport_that_refuses_to_pause_goes_on(pausing: str, error: type[Exception]) -> None:
    made = ByHand().attachment(pausing)
    with pytest.raises(error):
        made.pause_reading()
    assert made.is_reading()


def test_there_is_no_socket_behind_it() -> None:
    made = ByHand().attachment("works")
    assert made.get_extra_info("socket", "none") == "none"
    assert not made.is_closing()
    made.close()
    made.abort()
